"""At the counter: an officer files for a visitor, the signed page is scanned, and it is one case with the web."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from xuke.accounts import commands as accounts
from xuke.accounts.models import Authority, User
from xuke.accounts.officers import Role
from xuke.config.demonstration.samples import sample
from xuke.config.demonstration.stories import marks
from xuke.documents import commands as documents
from xuke.documents import queries as notices
from xuke.documents.models import Notice
from xuke.foundation import files, journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Invalid, NotPermitted
from xuke.foundation.scope import EVERYTHING, enter
from xuke.licensing import commands, statements
from xuke.licensing.models import Application, Visit
from xuke.parties import commands as parties
from xuke.parties import queries
from xuke.parties.middleware import ACTING, COUNTER
from xuke.parties.models import CounterVisit
from xuke.signatures import queries as signatures
from xuke.signatures.models import Signature
from xuke.signatures.proofs import ByPaper
from xuke.signatures.refusals import NotThisMeans
from xuke.tests.cast import NOON

NUMBER = "11010519491231002X"


def scan(now=NOON, mark=b""):
    return files.store([sample("trial_product_report") + mark], "扫描件.pdf", now=now)


@pytest.fixture
def visit(the_cast):
    """The legal representative of the cake factory has come in person."""

    def begin(**other):
        words = {
            "uscc": the_cast.applicant.uscc,
            "visitor": the_cast.applicant.legal_representative,
            "document": "resident_id",
            "document_number": NUMBER,
            "capacity": "legal_representative",
            "authorisation": None,
        }
        return parties.begin_counter_visit(**(words | other), by=the_cast.acceptor, now=NOON)

    return begin


@pytest.fixture
def at_the_counter(visit, the_cast):
    """周敏 at the counter, for the visitor."""
    return queries.at_counter(the_cast.acceptor, visit().pk, today=NOON.date())


def on_paper(application, by):
    statement = statements.prepare("submit", application, by=by, today=NOON.date())
    return ByPaper(digest=statement.digest, seen=dict(statement.marks), scan=scan().digest)


def test_a_visitor_s_application_is_filed_signed_by_hand_and_goes_on_online(at, at_the_counter, the_cast):
    draft = at("draft")
    filed = commands.submit(application=draft, proof=on_paper(draft, at_the_counter), by=at_the_counter, now=NOON)
    assert (filed.state, filed.channel) == ("submitted", "counter")
    assert the_cast.acceptor.user_id in filed.received_by
    signature = Signature.objects.get(about=filed.stream)
    assert signature.signer_name == the_cast.applicant.legal_representative
    assert signatures.verify(signature).good
    event = journal.history(filed.stream)[-1]
    assert event.actor == the_cast.acceptor.code and "窗口" in event.actor_label
    form = notices.about(at_the_counter, filed.stream)[-1]
    assert (form.kind, form.content["signed"]["means"]) == ("application_form", signature.by_what.label)
    # The enterprise takes it back online: it is one case.
    assert commands.retract(application=filed, reason="再想想", by=the_cast.applicant, now=NOON).state == "retracted"


def test_who_files_at_the_counter_does_not_review(at, at_the_counter, the_cast):
    draft = at("draft")
    filed = commands.submit(application=draft, proof=on_paper(draft, at_the_counter), by=at_the_counter, now=NOON)
    accepted = commands.accept(application=filed, by=the_cast.acceptor, now=NOON)
    assert the_cast.acceptor.user_id in accepted.received_by


def test_an_agent_brings_an_authorisation(visit):
    with pytest.raises(Invalid) as refusal:
        visit(visitor="吴小海", capacity="case_contact")
    assert "授权委托书" in refusal.value.problems[0].message
    assert visit(visitor="吴小海", capacity="case_contact", authorisation=scan()).visitor == "吴小海"


def test_nobody_comes_as_a_legal_representative_who_is_another(visit):
    with pytest.raises(Invalid) as refusal:
        visit(visitor="张三")
    assert "登记的法定代表人" in refusal.value.problems[0].message


def test_only_who_accepts_files_at_the_counter(the_cast):
    with pytest.raises(NotPermitted):
        parties.begin_counter_visit(
            uscc=the_cast.applicant.uscc,
            visitor="x",
            document="resident_id",
            document_number=NUMBER,
            capacity="case_contact",
            authorisation=None,
            by=the_cast.reviewer,
            now=NOON,
        )


def test_a_visit_is_over_with_its_day_and_is_nobody_else_s(visit, the_cast):
    begun = visit()
    tomorrow = NOON.date().replace(day=NOON.day + 1)
    assert queries.at_counter(the_cast.acceptor, begun.pk, today=NOON.date()) is not None
    assert queries.at_counter(the_cast.acceptor, begun.pk, today=tomorrow) is None
    other = next(one for one in the_cast.others.values() if one.has("acceptor") and one != the_cast.acceptor)
    assert queries.at_counter(other, begun.pk, today=NOON.date()) is None
    parties.end_counter_visit(visit=begun.pk, by=the_cast.acceptor, now=NOON)
    assert queries.at_counter(the_cast.acceptor, begun.pk, today=NOON.date()) is None


def test_paper_signs_only_at_the_counter(at, at_the_counter, the_cast):
    draft = at("draft")
    with pytest.raises(NotThisMeans):
        commands.submit(application=draft, proof=on_paper(draft, the_cast.applicant), by=the_cast.applicant, now=NOON)


def test_the_pages_say_for_whom_and_keep_the_enterprise_s_own_business_closed(
    client: Client, at, visit, the_cast, noon
):
    draft = at("draft")
    client.force_login(User.objects.get(pk=the_cast.acceptor.user_id), "xuke.accounts.backends.PasswordBackend")
    begun = visit()
    session = client.session
    session[COUNTER] = str(begun.pk)
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    shown = client.get(f"/my/applications/{draft.pk}/sign/").content.decode()
    assert "窗口代办：" in shown and "上传签字页" in shown
    assert client.get("/my/people/").status_code == 403
    closed = client.get("/office/")
    assert closed.status_code == 403
    way_back = closed.content.decode().partition("<main")[2]
    assert "结束代办" in way_back and 'href="/my/applications/"' in way_back and 'href="/office/"' not in way_back
    assert client.post("/my/counter/end/").status_code in (302, 303)
    assert client.get("/office/counter/filing/").status_code == 200
    enter(EVERYTHING)
    assert CounterVisit.objects.get(pk=begun.pk).ended_at is not None
    assert Application.objects.get(pk=draft.pk).state == "draft"


def test_zhou_with_a_post_elsewhere_too_ends_the_visit_where_it_was_begun(client: Client, visit, the_cast, noon):
    place = Authority.objects.get(code="420500")
    user = User.objects.get(pk=the_cast.acceptor.user_id)
    accounts.appoint(user=user, authority=place, role=Role.ACCEPTOR, by=SYSTEM, now=NOON - timedelta(days=400))
    client.force_login(user, "xuke.accounts.backends.PasswordBackend")
    begun, session = visit(), client.session
    session[COUNTER], session[ACTING] = str(begun.pk), f"authority:{the_cast.acceptor.authority_id}"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    assert client.post("/my/counter/end/").status_code in (302, 303)
    enter(EVERYTHING)
    assert CounterVisit.objects.get(pk=begun.pk).ended_at is not None


def test_what_a_visitor_gives_up_is_given_up_in_writing(at, at_the_counter, the_cast):
    application = at("accepted")
    with pytest.raises(Invalid) as refusal:
        commands.retract(application=application, reason="不办了", by=at_the_counter, now=NOON)
    assert "书面申请" in refusal.value.problems[0].message
    done = commands.retract(application=application, reason="不办了", paper=scan(), by=at_the_counter, now=NOON)
    assert done.state == "retracted" and the_cast.acceptor.user_id in done.received_by


def test_the_page_a_visitor_signed_outlives_every_night(at, at_the_counter, settings, tmp_path):
    """It is the only proof of the signature, and stands in the evidence by its digest alone."""
    # The sweep would take the files of other tests from the common home.
    (tmp_path / "fonts").symlink_to(Path(settings.XUKE_HOME) / "fonts")
    settings.XUKE_HOME = tmp_path
    draft = at("draft")
    statement = statements.prepare("submit", draft, by=at_the_counter, today=NOON.date())
    signed, given_up = scan(mark=b"\n% signed by hand\n"), scan(mark=b"\n% given up by hand\n")
    proof = ByPaper(digest=statement.digest, seen=dict(statement.marks), scan=signed.digest)
    filed = commands.submit(application=draft, proof=proof, by=at_the_counter, now=NOON)
    commands.retract(application=filed, reason="不办了", paper=given_up, by=at_the_counter, now=NOON)
    files.sweep_unused(now=NOON + timedelta(days=3))
    assert files.path_of(signed.digest).exists() and files.path_of(given_up.digest).exists()


def test_nobody_signs_for_a_notice_at_the_counter(at, at_the_counter):
    application = at("accepted")
    notice = Notice.objects.get(about=application.stream, kind="acceptance_notice")
    with pytest.raises(NotPermitted, match="当面送达"):
        documents.sign_for(notice=notice, by=at_the_counter, now=NOON)


def test_nobody_confirms_a_score_sheet_at_the_counter(client: Client, at, at_the_counter, the_cast, noon):
    """It would stand on the record as the signature of an applicant who never saw it."""
    application = at("verification_assigned")
    commands.score(application=application, marks=marks(), by=the_cast.verifiers[0], now=NOON)
    with pytest.raises(NotPermitted, match="评分记录表上签字"):
        commands.confirm_sheet(application=application, by=at_the_counter, now=NOON)
    assert Visit.objects.get(application=application).confirmed == []
    client.force_login(User.objects.get(pk=the_cast.acceptor.user_id), "xuke.accounts.backends.PasswordBackend")
    session = client.session
    session[COUNTER] = str(at_the_counter.counter.visit)
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    shown = client.get(f"/my/applications/{application.pk}/sheet/").content.decode()
    assert "评分记录表上签字" in shown and "核对无误，确认" not in shown


def test_who_serves_a_visitor_decides_nothing_in_that_case(at, visit, the_cast):
    """A small county: whoever accepts decides elsewhere, but not where they acted for the visitor."""
    both = replace(the_cast.decider, roles=frozenset({Role.ACCEPTOR, Role.DECIDER}))
    application = at("decision_proposed")
    application = commands.tell_hearing_right(
        application=application, matter="拟不予许可。", by=the_cast.reviewer, now=NOON
    )
    begun = parties.begin_counter_visit(
        uscc=the_cast.applicant.uscc,
        visitor=the_cast.applicant.legal_representative,
        document="resident_id",
        document_number=NUMBER,
        capacity="legal_representative",
        authorisation=None,
        by=both,
        now=NOON,
    )
    acting = queries.at_counter(both, begun.pk, today=NOON.date())
    application = commands.waive_hearing(application=application, paper=scan(), by=acting, now=NOON)
    with pytest.raises(NotPermitted):
        commands.refuse(application=application, reason="不符合。", by=both, now=NOON)
