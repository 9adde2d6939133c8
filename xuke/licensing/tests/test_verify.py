"""On site: two verifiers with two phones score 34 items; the leader concludes, per variety, with a signature."""

import pytest

from xuke.config.demonstration.stories import marks
from xuke.foundation import journal
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted, StepNotOpen
from xuke.licensing import commands
from xuke.licensing.models import Application, Visit
from xuke.licensing.tests.acts import confirmed
from xuke.tests.cast import NOON, TOMORROW, told


@pytest.fixture
def on_site(at):
    return at("verification_assigned")


def score(application, by, given, **other):
    return commands.score(application=application, marks=given, by=by, now=NOON, **other)


def conclude(application, by, *, signed=True, now=NOON, **other):
    confirmed(application)
    return commands.conclude_verification(application=application, applicant_signed=signed, by=by, now=now, **other)


def one(number, mark, note=""):
    return {str(number): {"score": mark, "note": note}}


# --- scoring ----------------------------------------------------------------------------------------------------------


def test_two_phones_lose_nothing_of_each_other(on_site, zhao_the_leader, sun_the_verifier):
    score(on_site, zhao_the_leader, one(1, "3"))
    visit = score(on_site, sun_the_verifier, one(2, "1", "门口积水。"))
    assert visit.sheet["common"] == {
        "1": {"score": "3", "note": "", "by": "赵海峰", "user": zhao_the_leader.user_id},
        "2": {"score": "1", "note": "门口积水。", "by": "孙雨桐", "user": sun_the_verifier.user_id},
    }
    assert visit.sheet_revision == 2
    assert Application.objects.get().state == "verification_assigned"


def test_a_mark_is_changed_and_taken_back(on_site, zhao_the_leader):
    score(on_site, zhao_the_leader, one(1, "3"))
    score(on_site, zhao_the_leader, one(1, "0", "没有门。"))
    visit = score(on_site, zhao_the_leader, one(1, ""))
    assert visit.sheet["common"]["1"]["score"] == ""
    with pytest.raises(Invalid, match="还有34项没有评分"):
        conclude(on_site, zhao_the_leader)


@pytest.mark.parametrize(
    ("number", "mark", "sentence"),
    [
        (1, "2", "第1项只能评3、1、0或者不适用"),
        (1, "3.0", "第1项只能评3、1、0或者不适用"),
        (1, "-1", "第1项只能评"),
        (34, "3", "第34项只能评1、0.5、0或者不适用"),
        (35, "3", "评分表没有第35项"),
        ("01", "3", "评分表没有第01项"),
        ("一", "3", "评分表没有第一项"),
        (1, "na", ""),
        (34, "0.5", ""),
    ],
)
def test_an_item_has_its_own_marks(number, mark, sentence, on_site, zhao_the_leader):
    if not sentence:
        assert score(on_site, zhao_the_leader, one(number, mark)).sheet["common"]
        return
    with pytest.raises(Invalid, match=sentence):
        score(on_site, zhao_the_leader, one(number, mark))


def test_every_wrong_mark_is_told_at_once_and_none_is_kept(on_site, zhao_the_leader):
    with pytest.raises(Invalid) as refusal:
        score(on_site, zhao_the_leader, one(1, "2") | one(2, "3") | one(3, "1", "注" * 1001) | one(99, "1"))
    assert list(told(refusal)) == ["marks.1", "marks.3", "marks"]
    assert Visit.objects.get().sheet == {}


def test_a_variety_has_marks_of_its_own(on_site, zhao_the_leader):
    visit = score(on_site, zhao_the_leader, one(5, "0", "没有馅料间。"), variety="v2")
    mark = {"score": "0", "note": "没有馅料间。", "by": "赵海峰", "user": zhao_the_leader.user_id}
    assert visit.sheet["varieties"] == {"v2": {"5": mark}}
    with pytest.raises(Invalid, match="没有这个品种"):
        score(on_site, zhao_the_leader, one(5, "3"), variety="v9")


@pytest.mark.parametrize(
    "name", ["chen_the_reviewer", "liu_the_decider", "he_the_supervisor", "wu_the_applicant", "zhou_the_acceptor"]
)
def test_only_the_team_scores(name, on_site, request):
    with pytest.raises(NotPermitted):
        score(on_site, request.getfixturevalue(name), one(1, "3"))


@pytest.mark.parametrize("state", ["document_review", "verification_done", "granted", "retracted"])
def test_marks_are_given_during_the_visit(state, at, zhao_the_leader):
    with pytest.raises(StepNotOpen):
        score(at(state), zhao_the_leader, one(1, "3"))


# --- concluding -------------------------------------------------------------------------------------------------------


def test_zhao_concludes_and_every_variety_has_its_result(on_site, zhao_the_leader, sun_the_verifier):
    score(on_site, sun_the_verifier, marks(weak=(2, 8)))
    score(on_site, zhao_the_leader, one(5, "0", "没有馅料间。"), variety="v2")
    application = conclude(on_site, zhao_the_leader, now=TOMORROW)
    visit = Visit.objects.get(application=application)
    assert (visit.concluded_at, visit.concluded_by_id) == (TOMORROW, zhao_the_leader.user_id)
    found = visit.result["varieties"]
    assert (found["v1"]["result"], found["v1"]["points"], found["v1"]["rate"]) == ("pass", "96", "0.9600")
    assert (found["v2"]["result"], found["v2"]["zeros"]) == ("fail", [5])
    assert found["v2"]["reason"] == "现场核查不符合要求：1.5库房环境"
    assert journal.history(application.stream)[-1].facts == {
        "results": {"v1": "pass", "v2": "fail"},
        "signed": True,
        "visited_on": "2026-09-07",
    }


def test_seven_weak_items_pass_and_eight_fail(on_site, zhao_the_leader):
    score(on_site, zhao_the_leader, marks(weak=tuple(range(1, 8))))
    score(on_site, zhao_the_leader, one(8, "1"), variety="v2")
    found = Visit.objects.get(application=conclude(on_site, zhao_the_leader)).result["varieties"]
    assert (found["v1"]["rate"], found["v1"]["result"]) == ("0.8600", "pass")
    assert (found["v2"]["rate"], found["v2"]["result"]) == ("0.8400", "fail")
    assert found["v2"]["reason"] == "现场核查得分率84.0%，低于85%"


def test_items_that_do_not_apply_leave_the_total(on_site, zhao_the_leader):
    score(on_site, zhao_the_leader, marks() | one(33, "na", "不涉及") | one(32, "na", "不涉及"))
    found = Visit.objects.get(application=conclude(on_site, zhao_the_leader)).result["varieties"]["v1"]
    assert (found["points"], found["most"], found["result"]) == ("94", "94", "pass")


def test_the_visit_ends_when_everything_is_scored_and_signed(on_site, zhao_the_leader):
    score(on_site, zhao_the_leader, {number: mark for number, mark in marks().items() if number != "7"})
    with pytest.raises(Invalid) as refusal:
        conclude(on_site, zhao_the_leader, signed=False)
    assert told(refusal) == {
        "signing_note": "申请人没有签字的，请注明情况。",
        "marks": "还有1项没有评分，评完34项才能结束核查。",
    }


def test_what_does_not_conform_is_described(on_site, zhao_the_leader):
    score(on_site, zhao_the_leader, marks() | one(3, "0") | one(9, "0", "  "))
    with pytest.raises(Invalid, match="评为“不符合”“不适用”的第3、9项请写明事实"):
        conclude(on_site, zhao_the_leader)


def test_a_note_on_the_common_sheet_describes_a_variety_too(on_site, zhao_the_leader):
    score(on_site, zhao_the_leader, marks(failed=(3,)))
    assert conclude(on_site, zhao_the_leader).state == "verification_done"


def test_an_applicant_who_does_not_sign_is_noted(on_site, zhao_the_leader):
    score(on_site, zhao_the_leader, marks())
    conclude(on_site, zhao_the_leader, signed=False, signing_note="企业负责人拒绝签字。")
    visit = Visit.objects.get()
    assert (visit.applicant_signed, visit.signing_note) == (False, "企业负责人拒绝签字。")


def test_a_visit_that_was_not_possible_passes_nothing(on_site, zhao_the_leader):
    application = conclude(on_site, zhao_the_leader, not_possible="当日停电。")
    found = Visit.objects.get().result
    assert found["not_possible"] == "当日停电。"
    assert {row["result"] for row in found["varieties"].values()} == {"not_possible"}
    assert application.state == "verification_done"


def test_the_leader_concludes(on_site, sun_the_verifier):
    score(on_site, sun_the_verifier, marks())
    with pytest.raises(NotPermitted, match="由核查组组长结束核查"):
        conclude(on_site, sun_the_verifier)


def test_what_zhao_scored_since_the_page_was_drawn_is_no_news_to_zhao(on_site, zhao_the_leader):
    shown = on_site.revision
    score(on_site, zhao_the_leader, marks())
    assert conclude(on_site, zhao_the_leader, revision=shown).state == "verification_done"


def test_what_sun_scored_meanwhile_is_shown_to_zhao_first(on_site, zhao_the_leader, sun_the_verifier):
    score(on_site, zhao_the_leader, marks())
    shown = on_site.revision + 1
    score(on_site, sun_the_verifier, one(3, "1", "有灰尘。"))
    with pytest.raises(Conflict) as refusal:
        conclude(on_site, zhao_the_leader, revision=shown)
    assert (refusal.value.who, refusal.value.what) == (sun_the_verifier.label, "保存核查评分")
