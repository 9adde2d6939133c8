"""`xuke journey --list` and `--all`: every outcome of every procedure is there, and what fails is told at the end."""

import json

import pytest

from xuke.config import cli_journey
from xuke.config.demonstration.filling import ROADS
from xuke.config.demonstration.journeys import JOURNEYS
from xuke.config.unusable import Unusable
from xuke.licensing.tests.test_every_procedure import reached

STORIES = {"food-first": "首次申请", "food-change": "变更"}


@pytest.fixture
def played(monkeypatch, tmp_path):
    """What every story tells, without playing it: the change is left at the review."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    homes = {name: tmp_path / name for name in STORIES}
    for home in homes.values():
        home.mkdir()

    def tell(name):
        wrong = ["申请的状态是 document_review，应当是 granted。"] if name == "food-change" else []
        return {"journey": name, "home": str(homes[name]), "wrong": wrong, "ended_well": not wrong}

    monkeypatch.setattr(cli_journey, "by_itself", tell)
    return homes


def test_whatever_can_become_of_a_procedure_is_a_journey():
    for code in ROADS:
        name = code.replace(".", "-").replace("_", "-")
        *given_up, wanted = reached(code)
        assert name in JOURNEYS and JOURNEYS[name].title
        assert {f"{name}-{each.replace('_', '-')}" for each in given_up} <= JOURNEYS.keys(), wanted


def test_all_tells_a_line_for_each_and_which_did_not_end_well(played, capsys):
    assert cli_journey.play_all(STORIES, as_json=False) == 1
    first, change, why, count = capsys.readouterr().out.splitlines()
    assert first.startswith("一致") and "首次申请" in first
    assert change.startswith("不一致") and why.strip() == "申请的状态是 document_review，应当是 granted。"
    assert count == "共2个故事，1个与预期一致，1个不一致。"
    assert [home.exists() for home in played.values()] == [False, True], "what failed is left to be looked at"


def test_all_for_a_program_is_one_json_line_each(played, capsys):
    assert cli_journey.play_all({"food-first": "首次申请"}, as_json=True) == 0
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (line["journey"], line["title"], line["ended_well"]) == ("food-first", "首次申请", True)


def test_all_does_not_play_into_a_database_that_was_given(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://xuke_app@localhost/xuke")
    with pytest.raises(Unusable, match="DATABASE_URL"):
        cli_journey.play_all(STORIES, as_json=False)
