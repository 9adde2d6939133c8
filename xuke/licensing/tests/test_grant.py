"""The grant: decision, right, number, version, notice and journal are born together, or not at all."""

from datetime import date

import pytest
from django.db import connection, transaction

from xuke.accounts.queries import officer
from xuke.certificates import queries as certificates
from xuke.certificates.commands import AlreadyLicensed
from xuke.certificates.models import CertificateVersion, Licence
from xuke.documents.models import Notice
from xuke.foundation import journal
from xuke.foundation.identifiers import food_licence
from xuke.foundation.models import Counter, Entry
from xuke.foundation.refusals import StepNotOpen
from xuke.licensing import commands
from xuke.licensing.models import Application, Visit
from xuke.licensing.tests.acts import BY_VERB, signed
from xuke.tests.cast import NOON, Minutes, at_once, everything, notices_about, verbs


def grant(application, by, now=NOON, **other):
    return commands.grant(application=application, by=by, now=now, **other)


def jobs():
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args->>'notice', priority FROM procrastinate_jobs ORDER BY id")
        return cursor.fetchall()


# --- what a grant is --------------------------------------------------------------------------------------------------


def test_liu_grants_and_a_right_is_born_with_its_number(at, the_cast, liu_the_decider):
    application = grant(at("decision_proposed"), liu_the_decider)
    licence = Licence.objects.get()
    assert application.licence == licence
    assert licence.number == food_licence.compose(category="124", division="420506", sequence=1)
    assert food_licence.parse(licence.number).valid
    assert (licence.granted_on, licence.valid_to) == (date(2026, 9, 7), date(2031, 9, 6))
    assert (licence.state, licence.enterprise_id) == ("in_force", the_cast.applicant.enterprise_id)
    assert (application.decided_by_id, application.decided_on) == (liu_the_decider.user_id, date(2026, 9, 7))
    assert (application.due_on, application.due_provisional) == (date(2026, 9, 14), False)
    assert verbs(licence) == ["licence.issued"]


def test_the_certificate_says_what_was_granted(at, the_cast, liu_the_decider):
    application = grant(at("decision_proposed"), liu_the_decider)
    version = CertificateVersion.objects.get()
    content = version.content
    assert (version.version, version.ordered_at, version.file_id) == (1, NOON, None)
    assert content["licence_number"] == application.licence.number
    assert content["producer_name"] == the_cast.firm.name
    assert content["food_categories"] == ["糕点"]
    assert [row["seq"] for row in content["product_details"]] == [1, 2]
    assert (content["issued_on"], content["valid_to"]) == ("2026-09-07", "2031-09-06")
    assert content["issuer"] == the_cast.authority.name
    assert (version.enterprise_id, version.authority_path) == (application.enterprise_id, application.authority_path)


def test_the_decision_is_served_and_the_certificate_goes_before_the_notice(at, liu_the_decider):
    application = grant(at("decision_proposed"), liu_the_decider)
    notice = notices_about(application)[-1]
    assert notice.kind == "grant_decision"
    assert notice.content["licence_number"] == application.licence.number
    assert [row["code"] for row in notice.content["granted"]] == ["2401", "2403"]
    assert notice.content["refused"] == []
    certificate = next(job for job in jobs() if job[0] == "certificates.make")
    rendering = jobs()[-1]
    assert rendering[:2] == ("documents.render", str(notice.pk))
    assert certificate[2] > rendering[2]


def test_the_right_does_not_wait_for_its_certificate(at, wu_the_applicant, liu_the_decider):
    application = grant(at("decision_proposed"), liu_the_decider)
    assert certificates.in_force(application.enterprise, today=NOON.date()) == application.licence
    assert application.state == "granted"


# --- partial grants ---------------------------------------------------------------------------------------------------

TWO_CATEGORIES = {
    "varieties": [
        {"code": "2401", "detail": "烘烤类糕点", "remark": "", "main": True},
        {"code": "0103", "detail": "普通挂面", "remark": "", "main": False},
        {"code": "2403", "detail": "月饼馅料", "remark": "", "main": False},
    ]
}


def propose_with(at, results, reasons):
    application = at("verification_done", products=TWO_CATEGORIES)
    reviewer = _reviewer_of(application)
    return commands.propose(
        application=application, opinion="部分通过。", results=results, reasons=reasons, by=reviewer, now=NOON
    )


def _reviewer_of(application):
    return officer(application.reviewed_by, today=NOON.date())


def test_when_the_main_product_fails_the_number_follows_the_first_that_passed(at, liu_the_decider):
    application = propose_with(at, {"v1": "fail"}, {"v1": "检验不合格。"})
    application = grant(application, liu_the_decider)
    assert application.licence.number.startswith("SC101420506")
    assert application.outcome["granted"] == ["v2", "v3"]
    assert application.outcome["refused"] == [{"key": "v1", "reason": "检验不合格。"}]
    content = CertificateVersion.objects.get().content
    assert content["food_categories"] == ["粮食加工品", "糕点"]
    assert [(row["seq"], row["code"]) for row in content["product_details"]] == [(1, "0103"), (2, "2403")]


def test_when_the_main_product_passes_the_number_follows_it(at, liu_the_decider):
    application = grant(propose_with(at, {"v2": "fail"}, {"v2": "检验不合格。"}), liu_the_decider)
    assert application.licence.number.startswith("SC124420506")
    assert CertificateVersion.objects.get().content["food_categories"] == ["糕点"]


def test_what_is_refused_in_part_is_told_with_reason_and_remedies(at, liu_the_decider):
    application = grant(propose_with(at, {"v2": "fail"}, {"v2": "检验不合格。"}), liu_the_decider)
    notice = notices_about(application)[-1]
    assert [(row["code"], row["reason"]) for row in notice.content["refused"]] == [("0103", "检验不合格。")]
    assert notice.litigation_until == date(2027, 3, 8)


def test_when_nothing_passed_there_is_nothing_to_grant(at, liu_the_decider):
    reasons = dict.fromkeys(("v1", "v2", "v3"), "不合格。")
    application = propose_with(at, dict.fromkeys(reasons, "fail"), reasons)
    with pytest.raises(StepNotOpen, match="只能作出不予许可决定"):
        grant(application, liu_the_decider)


# --- one enterprise, one certificate ----------------------------------------------------------------------------------


def test_an_enterprise_that_got_a_licence_meanwhile_gets_no_second_one(at, the_cast, liu_the_decider):
    first = at("decision_proposed")
    second = _second_case(first)
    grant(first, liu_the_decider)
    with pytest.raises(AlreadyLicensed, match="一企一证"):
        grant(second, liu_the_decider)
    assert Application.objects.get(pk=second.pk).state == "decision_proposed"
    assert Counter.objects.get(key="licence:SC124420506").value == 1


def _second_case(first):
    """A second case of the same enterprise in the same state, as no command would let it come to be."""
    copy = Application.objects.get(pk=first.pk)
    visit = Visit.objects.get(application=first)
    copy.pk = visit.pk = None
    copy._state.adding = visit._state.adding = True
    copy.id = Application._meta.get_field("id").default()
    copy.receipt_number += "-2"
    copy.revision = 1
    copy.save(force_insert=True)
    visit.application = copy
    visit.save(force_insert=True)
    return copy


def test_two_grants_of_one_enterprise_at_the_same_moment_give_one_licence(committed_db, at, liu_the_decider):
    first = at("decision_proposed")
    with everything():
        second = _second_case(first)
    outcomes = at_once(lambda case: grant(case, liu_the_decider).licence.number, [first, second])
    assert {type(outcome) for outcome in outcomes} == {str, AlreadyLicensed}
    with everything():
        assert Licence.objects.count() == CertificateVersion.objects.count() == 1
        assert Counter.objects.get(key="licence:SC124420506").value == 1
        assert sorted(Application.objects.values_list("state", flat=True)) == ["decision_proposed", "granted"]


def test_two_clicks_at_the_same_moment_grant_once(committed_db, at, liu_the_decider):
    application = at("decision_proposed")
    outcomes = at_once(
        lambda case: grant(case, liu_the_decider, revision=application.revision).licence_id, [application] * 4
    )
    assert len(set(outcomes)) == 1
    with everything():
        assert Licence.objects.count() == 1
        assert Notice.objects.filter(kind="grant_decision").count() == 1


def test_two_people_submit_two_drafts_at_the_same_moment_and_one_case_begins(committed_db, at, wu_the_applicant):
    drafts = [at("draft"), at("draft", now=Minutes(NOON))]
    outcomes = at_once(lambda draft: signed("submit", draft, by=wu_the_applicant, now=NOON).state, drafts)
    assert outcomes.count("submitted") == 1
    (refused,) = [outcome for outcome in outcomes if outcome != "submitted"]
    assert "正在办理" in refused.sentence
    with everything():
        assert sorted(Application.objects.values_list("state", flat=True)) == ["draft", "submitted"]
        assert Counter.objects.get(key="receipt:420506:2026").value == 1


# --- all or nothing ---------------------------------------------------------------------------------------------------


class Unplugged(Exception):
    """Somebody pulled the plug."""


class Plug:
    """Lets so many statements through and then pulls the plug."""

    def __init__(self, after):
        self.left = after

    def __call__(self, execute, statement, parameters, many, context):
        if self.left == 0:
            raise Unplugged
        self.left -= 1
        return execute(statement, parameters, many, context)


def _everything_there_is():
    tables = (Application, Licence, CertificateVersion, Notice, Entry, Counter)
    return {table.__name__: sorted(map(str, table.objects.values_list())) for table in tables}


@pytest.mark.parametrize("verb", ["grant", "refuse", "accept", "submit"])
def test_the_plug_is_pulled_before_any_statement_and_nothing_is_half_done(verb, at, the_cast):
    act = BY_VERB[verb]
    application = at(act.state)
    before, ordered = _everything_there_is(), jobs()
    for statements in range(60):
        try:
            with transaction.atomic(), connection.execute_wrapper(Plug(statements)):
                done = act.do(application, the_cast)
                break
        except Unplugged:
            assert _everything_there_is() == before
            assert jobs() == ordered
    assert statements > 5
    assert done.revision == application.revision + 1
    assert _everything_there_is() != before


def test_a_number_that_was_rolled_back_is_given_to_the_next(at, the_cast, the_sauce_cast, liu_the_decider):
    first = at("decision_proposed")
    with transaction.atomic():
        grant(first, liu_the_decider)
        transaction.set_rollback(True)
    second = at("decision_proposed", cast=the_sauce_cast, products=TWO_CATEGORIES)
    assert grant(second, liu_the_decider).licence.number == food_licence.compose(
        category="124", division="420506", sequence=1
    )
    assert grant(first, liu_the_decider).licence.number == food_licence.compose(
        category="124", division="420506", sequence=2
    )


# --- the last step ----------------------------------------------------------------------------------------------------


def test_the_case_is_done_when_the_certificate_is_made(at):
    application = at("certificate_issued")
    event = journal.history(application.stream)[-1]
    assert (application.state, application.due_on) == ("certificate_issued", None)
    assert (event.actor, event.facts["version"]) == ("system", 1)
    assert application.life_state.final
