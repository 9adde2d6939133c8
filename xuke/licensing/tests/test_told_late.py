"""A change, a report, the end of production: whoever comes late is told by when it was due, and taken all the same."""

from __future__ import annotations

import pytest

from xuke.foundation.refusals import Invalid
from xuke.licensing import gates, gating
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure as the_procedure
from xuke.licensing.starting import lateness
from xuke.licensing.tests.officer_desk import case_url
from xuke.tests.cast import NOON, told

TODAY = NOON.date()


def since(draft, section, day):
    form = {**draft.form, section: {**draft.form[section], "since": day}}
    draft.form = form
    Application.objects.filter(pk=draft.pk).update(form=form)
    return Application.objects.get(pk=draft.pk)


@pytest.mark.parametrize(
    ("procedure", "section", "day", "says"),
    [
        (
            "food.change",
            "changes",
            "2026-06-01",
            "2026年6月1日发生变化，应当在10个工作日内申请变更，最迟2026年6月15日",
        ),
        ("food.report", "happened", "2026-06-01", "应当在10个工作日内报告，最迟2026年6月15日（"),
        ("food.cancellation", "ended", "2026-06-01", "终止生产，应当在20个工作日内申请注销，最迟2026年6月30日（"),
    ],
)
def test_who_comes_months_late_is_told_with_the_last_day_and_the_article(at, procedure, section, day, says):
    draft = since(at("draft", procedure=procedure), section, day)
    (found,) = gating.closed(draft, gates.SUBMIT, today=TODAY)
    assert (found.code, found.warns, found.uncertain) == ("told_late", True, True)
    assert says in found.sentence and "食品生产许可管理办法（2020年）第" in found.sentence
    assert gating.closed(since(draft, section, "2026-09-01"), gates.SUBMIT, today=TODAY) == ()
    assert gating.closed(since(draft, section, "2026-12-01"), gates.SUBMIT, today=TODAY) == ()


def test_a_late_change_is_submitted_and_the_acceptor_reads_it(at, desk, zhou_the_acceptor):
    case = at("submitted", application=since(at("draft", procedure="food.change"), "changes", "2026-06-01"))
    assert "最迟2026年6月15日" in desk.open(zhou_the_acceptor, case_url(case, "accept")).main


@pytest.mark.parametrize("day", ["", "0001-01-01", "9999-12-31"])
def test_since_when_is_asked_and_no_day_brings_the_page_down(at, the_cast, day):
    draft = since(at("draft", procedure="food.change"), "changes", day)
    assert lateness(the_procedure("food.change"), draft, today=TODAY) == ""
    with pytest.raises(Invalid) as refusal:
        at("submitted", application=draft)
    assert told(refusal)["changes.since"]
