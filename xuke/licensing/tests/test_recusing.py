"""One of a team under way declares recusal: the case hears of it, and the reviewer has to send another team."""

from __future__ import annotations

from xuke.accounts.models import User
from xuke.foundation import journal
from xuke.licensing import handlers
from xuke.licensing.tests.officer_desk import case_url
from xuke.tests.cast import NOON, verbs
from xuke.verifiers import commands as register
from xuke.verifiers.models import Verifier

DECLARED = "核查组成员申报回避"


def declare(verifier, uscc):
    recusal = register.declare_recusal(
        verifier=Verifier.objects.get(user_id=verifier.user_id),
        uscc=uscc,
        enterprise_name="某某食品有限公司",
        ground="relative",
        text="妹妹是质检员。",
        by=verifier,
        now=NOON,
    )
    handlers.tell_recusal(journal.history(recusal.stream)[-1], NOON)


def test_a_verifier_on_a_visit_declares_recusal_and_chen_reads_it_in_the_case(at, desk, the_cast, chen_the_reviewer):
    application = at("verification_assigned")
    declare(the_cast.verifiers[0], application.enterprise.uscc)
    assert verbs(application)[-1] == "application.recusal_told"
    shown = desk.open(chen_the_reviewer, case_url(application)).main
    assert DECLARED in shown and the_cast.verifiers[0].name in shown


def test_wu_does_not_read_who_of_the_team_is_related_to_whom(at, client, noon, the_cast):
    application = at("verification_assigned")
    declare(the_cast.verifiers[0], application.enterprise.uscc)
    client.force_login(User.objects.get(pk=the_cast.applicant.user_id), "xuke.accounts.backends.PasswordBackend")
    page = client.get(f"/my/applications/{application.pk}/")
    assert page.status_code == 200 and "申报回避" not in page.content.decode()


def test_a_visit_to_another_enterprise_goes_on(at, the_cast):
    application = at("verification_assigned")
    declare(the_cast.verifiers[0], "91110000100000000R")
    assert "application.recusal_told" not in verbs(application)
