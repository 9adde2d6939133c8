"""The whole product as people meet it: `xuke serve` and `xuke worker` as processes, Chromium in front of them.

A test puts people before screens (`at_screen`) and asserts what they read there. Every screen is watched: a script
error, a broken content policy or an answer of the server's that failed lets the test fail. `Screen.look` takes pictures
(XUKE_SHOTS, else var/screenshots) and asks axe and the widths of the design.
"""
