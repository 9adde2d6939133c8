"""Nobody is spared the visit whose own file says that something is not put right (审查通则2022; handbook 2.5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from xuke.config.demonstration import stories
from xuke.foundation.refusals import Invalid
from xuke.licensing import commands, declared, queries
from xuke.licensing.models import PostIssueCheck, Rectification
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.tests.cast import NOON, Minutes, told

LATER = NOON + timedelta(days=100)


@pytest.fixture
def review(at):
    """A renewal of which the holder declares that nothing changed; the first visit left something to put right."""
    at("granted")
    return at("document_review", procedure="food.renewal", now=Minutes(LATER))


def propose(case, by, **other):
    said = {"opinion": "同意。", "no_visit": "没有变化。", "nothing_against": True}
    return commands.propose(application=case, **said, **other, by=by, now=LATER)


def confirm(by, *, done: bool, at=NOON):
    row = Rectification.objects.get(confirmed_on=None)
    again_by = None if done else (at + timedelta(days=10)).date()
    commands.confirm_rectification(rectification=row, done=done, note="看过现场。", again_by=again_by, by=by, now=at)


def test_what_was_not_confirmed_to_be_put_right_is_looked_at(desk, review, the_cast, chen_the_reviewer):
    with pytest.raises(Invalid) as refusal:
        propose(review, the_cast.reviewer)
    assert "核查后整改（10月8日前完成）还没有确认完成，应当现场核查" in told(refusal)["no_visit"]
    page = desk.open(chen_the_reviewer, case_url(review, "propose"))
    assert "核查后整改（10月8日前完成）还没有确认完成" in page.main and len(page.statements) <= MOST_STATEMENTS
    assert "没有现场核查，不能建议准予" in page.main and "可以不再现场核查" not in page.main
    sent = stories.step_to("verification_assigned", review, the_cast, lambda: LATER)
    assert "还没有确认完成" not in desk.open(chen_the_reviewer, case_url(sent)).main


def test_whoever_is_refused_on_paper_need_not_be_visited_first(review, the_cast):
    keys = [row["key"] for row in review.varieties]
    refused = {"results": dict.fromkeys(keys, "fail"), "reasons": dict.fromkeys(keys, "检验不合格。")}
    assert propose(review, the_cast.reviewer, **refused).state == "decision_proposed"


def test_what_was_put_right_spares_the_visit_and_what_was_not_does_not(review, the_cast, he_the_supervisor):
    confirm(he_the_supervisor, done=False)
    with pytest.raises(Invalid, match="核查后整改（9月17日前完成）还没有确认完成"):
        propose(review, the_cast.reviewer)
    confirm(he_the_supervisor, done=True)
    assert propose(review, the_cast.reviewer).state == "decision_proposed"


def test_a_check_that_found_something_asks_for_the_visit_and_a_late_one_is_only_said(
    review, the_cast, he_the_supervisor
):
    confirm(he_the_supervisor, done=True)
    case = queries.get(the_cast.reviewer, review.pk, **declared.along(the_cast.reviewer))
    assert declared.remarks(case, today=LATER.date()) == ("取得许可后检查应当在12月7日以前完成，还没有检查。",)
    check = PostIssueCheck.objects.get()
    commands.record_check(check=check, result="rectify", text="标签不合格。", by=he_the_supervisor, now=LATER)
    with pytest.raises(Invalid, match="取得许可后检查发现问题（12月16日，有问题，责令整改）"):
        propose(review, the_cast.reviewer)
