"""Every procedure with every outcome, played through the commands: what becomes of the case and of the licence."""

from datetime import timedelta

import pytest
from django.db import transaction

from xuke.certificates.models import CertificateVersion, Licence, PublicCertificate
from xuke.config.demonstration.filling import ROADS
from xuke.foundation import journal
from xuke.foundation.calendar import valid_until
from xuke.foundation.identifiers import food_licence
from xuke.licensing import commands
from xuke.licensing.models import Application
from xuke.licensing.procedures import PROCEDURES, procedure
from xuke.licensing.tests.acts import AFTER_THE_END, RENEW
from xuke.tests.cast import MORNING, notices_about, verbs

TODAY = MORNING.date()
GIVEN_UP = ("retracted", "refused", "not_accepted", "not_required", "not_competent", "terminated")
"""Outcomes that leave a licence as it is."""
HAPPENED = {
    "first": "issued",
    "change": "amended",
    "report": "reported",
    "renewal": "renewed",
    "renewal_change": "renewed",
    "cancellation": "cancelled",
    "reissue": "reissued",
}
"""By kind, what happens to the licence when the applicant gets what was wanted."""


def reached(code: str) -> list[str]:
    """The outcomes that a procedure can have."""
    is_decided = procedure(code).kind != "report"
    given_up = [name for name in GIVEN_UP if is_decided or name not in ("refused", "terminated", "retracted")]
    return [*given_up, ROADS[code][-1]]


@pytest.mark.parametrize("code", [each.code for each in PROCEDURES])
def test_every_outcome_of_every_procedure(code, at):
    draft = at("draft", procedure=code)
    for outcome in reached(code):
        with transaction.atomic():
            application = at(outcome, application=Application.objects.get(pk=draft.pk))
            assert (application.state, application.procedure) == (outcome, code)
            assert {notice.content["item"] for notice in notices_about(application)} == {procedure(code).title}
            (_is_as_before if outcome in GIVEN_UP else _has_what_was_wanted)(application)
            transaction.set_rollback(True)


def _is_as_before(application: Application) -> None:
    licence = application.starts_from
    assert application.licence is None
    assert licence is None or (_versions(licence) == [1] and Licence.objects.get().state == "in_force")


def _has_what_was_wanted(application: Application) -> None:
    which, licence = procedure(application.procedure), application.licence
    assert notices_about(application)[-1].kind == which.decision_notice
    assert f"licence.{HAPPENED[which.kind]}" in verbs(licence)
    assert food_licence.parse(licence.number).valid
    assert Licence.objects.count() == 1, "change and renewal keep the number (invariant 1)"
    found = PublicCertificate.objects.filter(licence_number=licence.number).order_by("version")
    if which.kind == "cancellation":
        assert [row.state for row in found] == ["cancelled"], "verification is negative at once (invariant 16)"
    elif application.starts_from:
        assert [row.newest for row in found] == [False, True], "the old version is replaced (invariant 15)"


def test_a_change_keeps_number_and_expiry_and_is_issued_on_the_day_of_the_decision(at):
    application = at("granted", procedure="food.change")
    before, after = CertificateVersion.objects.order_by("version")
    kept = ("licence_number", "valid_to", "production_address", "product_details", "first_issued_on")
    assert [before.content[name] for name in kept] == [after.content[name] for name in kept]
    assert after.content["issued_on"] == application.decided_on.isoformat()
    assert application.licence.valid_to.isoformat() == before.content["valid_to"]


def test_a_change_with_a_full_verification_brings_five_new_years_when_the_decider_says_why(at, the_cast):
    application = at("decision_proposed", procedure="food.change")
    later = MORNING + timedelta(days=200)
    done = commands.grant(
        application=application, full_term_basis="国家标准重大变化，重新核查", by=the_cast.decider, now=later
    )
    assert done.licence.valid_to == valid_until(later.date(), 5)
    assert done.outcome["full_term_basis"]


@pytest.mark.parametrize("code", ["food.renewal", "food.renewal_change"])
def test_a_renewal_brings_five_years_from_its_decision_under_the_same_number(code, at, the_cast):
    application = at("decision_proposed", procedure=code)
    number, later = application.starts_from.number, MORNING + timedelta(days=400)
    done = commands.grant(application=application, by=the_cast.decider, now=later)
    assert (done.licence.number, done.licence.valid_to) == (number, valid_until(later.date(), 5))


@pytest.mark.parametrize("state", ["accepted", "decision_proposed"])
def test_silence_before_the_end_renews_by_law_from_the_day_after(state, at, the_cast):
    application = at(state, procedure="food.renewal")
    ended = application.starts_from.valid_to
    done = RENEW.do(application, the_cast)
    first = ended + timedelta(days=1)
    assert (done.state, done.licence.valid_to) == ("granted", valid_until(first, 5))
    assert journal.history(done.licence.stream)[-1].effective_on == first
    assert notices_about(done)[-1].content["deemed"] is True
    assert AFTER_THE_END.date() > first


def test_a_report_changes_the_duplicate_and_neither_the_day_of_issue_nor_the_expiry(at):
    at("recorded")
    before, after = CertificateVersion.objects.order_by("version")
    assert before.content["issued_on"] == after.content["issued_on"]
    assert before.content["valid_to"] == after.content["valid_to"]
    assert after.content["product_details"][0]["detail"].endswith("、蛋糕类")


def _versions(licence: Licence) -> list[int]:
    return list(
        CertificateVersion.objects.filter(licence=licence).order_by("version").values_list("version", flat=True)
    )
