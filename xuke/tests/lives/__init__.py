"""Whole worlds at random: enterprises, officers and time, played through the commands in any order.

`people` says who can do what, `filing` and `ruling` what enterprises and the province do, `machine` the rest, `playing`
how it is done; `invariants` says what must never be true (handbook 13.3), and `days` counts terms a second time, day by
day. The test is `xuke/tests/test_any_world.py`; XUKE_TEST_WORLDS=200 plays so many worlds instead of a handful.
"""
