"""依职权注销: at once only on a fact that a register or a document tells; what can be argued about is heard first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from xuke.certificates.models import Licence
from xuke.config.demonstration import proceedings as stories
from xuke.documents.models import Notice
from xuke.foundation.refusals import Invalid, StepNotOpen
from xuke.licensing.tests.officer_desk import Desk
from xuke.parties.models import Enterprise
from xuke.proceedings import commands
from xuke.proceedings.models import Proceeding
from xuke.proceedings.tests.conftest import LATER

DEREGISTERED = "夷陵区市监局登记通知书〔2026〕第118号"


def test_a_firm_that_operates_is_not_said_to_have_ended(licence, the_cast):
    words = {"kind": "cancellation", "ground": "subject_ended", "facts": "企业终止。", "licence": licence}
    with pytest.raises(Invalid, match=r"存续.*行政许可法第七十条第（三）项") as told:
        commands.begin(**words, by=the_cast.reviewer, now=LATER)
    assert [problem.field for problem in told.value.problems] == ["proof"]
    assert not Proceeding.objects.exists()


@pytest.mark.parametrize("known", ["register", "document"])
def test_a_firm_that_ended_loses_its_licence_on_the_fact_that_is_kept(licence, the_cast, known):
    proof = "" if known == "register" else DEREGISTERED
    if known == "register":
        Enterprise.objects.filter(pk=licence.enterprise_id).update(state="deregistered")
        licence.refresh_from_db()
    done = stories.play(
        "record_closed", licence, the_cast, kind="cancellation", ground="subject_ended", now=LATER, proof=proof
    )
    assert Licence.objects.get(pk=licence.pk).state == "cancelled"
    assert done.decision["proof"] == (proof or "登记机关记载的登记状态：注销")
    assert [notice.kind for notice in Notice.objects.filter(about=done.stream)] == ["cancellation_announcement"]


@pytest.mark.parametrize("ground", ["force_majeure", "other"])
def test_who_is_said_to_be_kept_from_producing_is_told_and_heard_before_the_licence_is_cancelled(
    licence, the_cast, ground
):
    case = stories.play("opened", licence, the_cast, kind="cancellation", ground=ground, now=LATER)
    with pytest.raises(StepNotOpen, match="行政许可法第七条"):
        commands.propose(proceeding=case, opinion="注销。", by=the_cast.reviewer, now=LATER)
    case = stories.go_on(case, the_cast, "answered", now=LATER)
    with pytest.raises(StepNotOpen, match="为止"):
        commands.close_statements(proceeding=case, by=the_cast.reviewer, now=LATER + timedelta(days=1))
    later = LATER + timedelta(days=30)
    case = commands.close_statements(proceeding=case, by=the_cast.reviewer, now=later)
    words = {"opinion": "注销。", "on_record": "不影响事实的认定，不予采纳。"}
    case = commands.propose(proceeding=case, **words, by=the_cast.reviewer, now=later)
    with pytest.raises(StepNotOpen, match="直接办理注销"):
        commands.decide(proceeding=case, by=the_cast.decider, now=later)
    case = commands.cancel(proceeding=case, by=the_cast.decider, now=later)
    assert (case.state, Licence.objects.get(pk=licence.pk).state) == ("record_closed", "cancelled")
    notices = Notice.objects.filter(about=case.stream).order_by("issued_at", "pk")
    assert [notice.kind for notice in notices] == ["ending_notice", "cancellation_announcement"]
    assert stories.STATEMENT in notices[1].content["statement"]


def test_a_case_of_before_that_nobody_was_told_of_is_not_cancelled_upon(licence, the_cast):
    """It was begun when the formality asked nobody."""
    case = stories.play("opened", licence, the_cast, kind="cancellation", ground="other", now=LATER)
    Proceeding.objects.filter(pk=case.pk).update(state="proposed")
    with pytest.raises(StepNotOpen, match="事先告知"):
        commands.cancel(proceeding=case, by=the_cast.decider, now=LATER)


def test_the_page_asks_for_the_document_and_tells_why(client, licence, the_cast):
    typed = {"ground": "cancellation:subject_ended", "number": licence.number, "facts": "企业已经终止。"}
    sent = Desk(client).send(the_cast.reviewer, "/office/proceedings/new/", typed)
    assert sent.status == 422 and "证明文书" in sent.main and "存续" in sent.main
    sent = Desk(client).send(the_cast.reviewer, "/office/proceedings/new/", {**typed, "proof": DEREGISTERED})
    assert DEREGISTERED in Desk(client).open(the_cast.reviewer, sent.goes_to).main
