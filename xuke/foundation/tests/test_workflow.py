"""The engine that reads the table of a life: sixty lines, no database, no clock."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from xuke.foundation.workflow import Closed, NoSuchStep, State, Step, Workflow, from_each


@dataclass(frozen=True)
class Weather:
    rain: bool = False


def dry(weather: Weather) -> str:
    return "下雨天不能出门。" if weather.rain else ""


HOME, OUT, LOST = State("home", "在家"), State("out", "在外"), State("lost", "走丢", final=True)
GO, BACK, STRAY = (
    Step("go", "home", "out", "cat", when=dry),
    Step("come", "out", "home", "cat"),
    Step("stray", "out", "lost", "cat"),
)
CAT = Workflow("home", (HOME, OUT, LOST), (GO, BACK, STRAY))


def test_a_cat_goes_out_when_it_is_dry():
    assert CAT.step("go", "home", Weather()) == GO
    with pytest.raises(Closed, match="下雨天"):
        CAT.step("go", "home", Weather(rain=True))
    assert (GO.why_not(Weather(rain=True)), BACK.why_not(Weather(rain=True))) == ("下雨天不能出门。", "")


def test_a_cat_at_home_does_not_come_home():
    assert CAT.find("come", "home") is None
    with pytest.raises(NoSuchStep, match="come from home"):
        CAT.step("come", "home", Weather())


def test_the_table_answers_questions():
    assert CAT.open_from("out") == (BACK, STRAY)
    assert CAT.sources("come") == ("out",)
    assert CAT.state("lost").final
    assert (CAT.unreachable(), CAT.dead_ends()) == (set(), set())


def test_a_state_that_nobody_reaches_and_one_that_nobody_leaves_are_named():
    broken = Workflow(
        "home", (HOME, State("out", "在外"), State("moon", "月球"), LOST), (GO, Step("fly", "moon", "out", "cat"))
    )
    assert broken.unreachable() == {"moon", "lost"}
    assert broken.dead_ends() == {"out"}


@pytest.mark.parametrize(
    ("states", "steps", "complaint"),
    [
        ((HOME, HOME), (), "listed twice"),
        ((HOME,), (GO,), "names a state that is not listed"),
        ((HOME, OUT), (GO, Step("go", "home", "home", "dog")), "two rows in one state"),
    ],
)
def test_a_table_that_contradicts_itself_is_not_made(states, steps, complaint):
    with pytest.raises(ValueError, match=complaint):
        Workflow("home", states, steps)


def test_a_verb_that_is_open_in_many_states_is_one_line():
    rows = from_each(("home", "out"), lambda source: Step("sleep", source, source, "cat"))
    assert [row.source for row in rows] == ["home", "out"]


def test_the_diagram_is_drawn_from_the_table():
    drawn = CAT.mermaid({"cat": "猫"}).splitlines()
    assert drawn[0] == "stateDiagram-v2"
    assert "    home: 在家" in drawn
    assert "    [*] --> home" in drawn
    assert "    home --> out: go（猫）" in drawn
    assert drawn[-1] == "    lost --> [*]"
