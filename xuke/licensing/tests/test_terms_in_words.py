"""Forms, buttons and guides read the limits in force, and not a number that somebody once wrote beside them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from xuke.catalogue import editions, keys
from xuke.catalogue.models import RuleEdition
from xuke.licensing import buttons, terms_in_words
from xuke.licensing.procedures import PROCEDURES
from xuke.licensing.tests.applicant_pages import log_in
from xuke.tests.cast import NOON

TODAY = NOON.date()
_NUMBER = re.compile(r"[0-9一二三四五六七八九十]+(个工作日|年内|个月)")


@pytest.fixture
def another_number(world):
    """The nation says another number from today on."""

    def publish(key: str, value: int) -> None:
        row = RuleEdition.objects.get(topic="time_limit", key=key, level="nation", valid_to=None)
        row.content = row.content | {"value": value}
        row.pk, row.valid_from, row.recorded_at = None, TODAY, NOON - timedelta(hours=5)
        row.save(force_insert=True)
        editions.forget()

    return publish


def test_another_edition_changes_what_forms_buttons_and_guides_say(
    client, noon, at, the_cast, the_sauce_cast, another_number
):
    draft, case = at("draft", procedure="food.change"), at("document_review", cast=the_sauce_cast)
    for key, value in (("food.change_apply", 21), ("food.validity", 6), ("food.acceptance", 4)):
        another_number(key, value)
    assert "自延续决定之日起6年" in client.get("/guide/food.renewal/").content.decode()
    assert "变化后21个工作日内" in client.get("/guide/food.change/").content.decode()
    form = log_in(client, the_cast.applicant).get(f"/my/applications/{draft.pk}/form/changes/").content.decode()
    assert "应当在变化后21个工作日内申请" in form
    # What was filed keeps the limits that bound it.
    another_number("food.verification", 3)
    (sending,) = [
        each for each in buttons.of_case(the_sauce_cast.reviewer, case, today=TODAY) if each.label == "派出核查组"
    ]
    assert "5个工作日内完成" in sending.hint


@pytest.mark.parametrize("which", PROCEDURES, ids=lambda which: which.code)
def test_hints_and_results_name_limits_that_there_are_and_no_numbers(which):
    limits = keys.known()["time_limit"]
    for text in _said(which):
        assert not _NUMBER.search(text), text
        assert all(name in limits for name in re.findall(r"\{(.*?)\}", text)), text
    worded = terms_in_words.procedure(which, terms_in_words.in_force(TODAY))
    assert not any("{" in text for text in _said(worded))


def _said(which):
    yield from which.results
    for section in which.sections:
        yield section.help
        yield from (field.hint for field in section.fields)
