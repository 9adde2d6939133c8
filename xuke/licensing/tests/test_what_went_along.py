"""What was drawn, signed and served before a case was moved is read where it went."""

from __future__ import annotations

from datetime import timedelta

from xuke.accounts.queries import officer
from xuke.documents import commands as documents
from xuke.documents import queries as notices
from xuke.documents.models import Notice
from xuke.documents.service import Proof
from xuke.foundation.models import StoredFile
from xuke.licensing import commands
from xuke.licensing.models import SignedSheet
from xuke.licensing.tests.test_moving import fresh, milk, move_down
from xuke.tests.cast import NOON, seen_by

__all__ = ["milk", "move_down"]
TOMORROW = NOON.date() + timedelta(days=1)


def of_the_county(case):
    return officer(fresh(case).reviewed_by, today=NOON.date())


def test_the_county_reads_the_signed_sheet_of_a_visit_before_the_case_came(milk, move_down, zhou_the_acceptor):
    case = milk("verification_done")
    SignedSheet.objects.create(
        application=case,
        round=1,
        file=StoredFile.objects.all()[:1].get(),
        name="签字页.pdf",
        filed_at=NOON,
        filed_by="赵海峰",
        enterprise_id=case.enterprise_id,
        authority_path=case.authority_path,
    )
    move_down()
    with seen_by(zhou_the_acceptor.scope):
        assert SignedSheet.objects.filter(application=case).count() == 1


def test_the_county_draws_once_more_after_the_draws_before(milk, move_down, the_yichang_cast):
    case = milk("document_review")
    again = {"visit_on": TOMORROW, "reason": "原定人员当天另有任务。"}
    commands.redraw_team(application=case, **again, by=the_yichang_cast.reviewer, now=NOON)
    move_down()
    new = of_the_county(case)
    with seen_by(new.scope):
        drawn = commands.redraw_team(application=fresh(case), **again, by=new, now=NOON + timedelta(minutes=5))
    assert drawn.number == 2


def test_the_county_reads_how_a_notice_was_served_before_the_case_came(milk, move_down, the_yichang_cast):
    case, by = milk("document_review"), the_yichang_cast.reviewer
    told = {"name": "兴禾社区", "interest": "紧邻厂区", "address": "夷陵区"}
    commands.tell_third_party(application=case, **told, by=by, now=NOON)
    notice = Notice.objects.get(kind="third_party_notice")
    proof = Proof("post", NOON.date(), tracking="EMS1234567890", receiver="社区")
    documents.record_service(notice=notice, proof=proof, by=by, now=NOON)
    move_down()
    with seen_by(of_the_county(case).scope):
        assert notices.proof_of(Notice.objects.get(pk=notice.pk)) is not None
