"""No sequence of commands breaks what the law promises (handbook 13.3: 1 to 9, 14 to 16, 18)."""

import os
import sys
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from xuke.config.demonstration import stories
from xuke.tests.cast import MORNING, Minutes
from xuke.tests.lives.machine import AnyWorld

HEAVY = int(os.environ.get("XUKE_TEST_WORLDS", "0"))
"""So many worlds instead of a handful. What went wrong is not made shorter, but told as a story."""


@pytest.mark.usefixtures("world")
def test_no_sequence_of_commands_breaks_what_the_law_promises(the_world):
    AnyWorld.world = the_world
    for place, name in enumerate(("wuxiaomei", "wangjie")):
        clock = Minutes(MORNING + timedelta(hours=place))
        stories.play("granted", the_world.casts[name], clock, file=lambda *_: the_world.file)
    run_state_machine_as_test(
        AnyWorld,
        settings=settings(
            max_examples=HEAVY or 4,
            stateful_step_count=20 if HEAVY else 6,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    if HEAVY:
        told = "".join(f"{count:6} {name}\n" for name, count in sorted(AnyWorld.taken.items()))
        sys.stderr.write(f"\n{told}")
