"""Whole worlds at random: enterprises, officers and time, played through the commands in any order.

`people` says who can do what, `machine` plays, `invariants` says what must never be true (handbook 13.3), and `days`
counts terms a second time, day by day. The test is `xuke/tests/test_any_world.py`.
"""
