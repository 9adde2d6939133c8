"""Notices: numbered without gaps, served at once, signed for by whom they are addressed to."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from xuke.accounts.models import Authority
from xuke.documents import commands
from xuke.documents.commands.issuing import NoRemedies
from xuke.documents.kinds import KINDS
from xuke.documents.models import Notice
from xuke.foundation import files, journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Conflict, NotPermitted
from xuke.parties.models import Enterprise
from xuke.tests.cast import NOON, TOMORROW, notices_about, verbs


@pytest.fixture
def enterprise(world, wu_the_applicant):
    return Enterprise.objects.get(pk=wu_the_applicant.enterprise_id)


def issue(cast, enterprise, kind="acceptance_notice", now=NOON, **other):
    given = {"about": "application:1", "authority": cast.authority, "content": {"applicant": enterprise.name}}
    return commands.issue(kind=kind, enterprise=enterprise, by=cast.acceptor, now=now, **(given | other))


def test_numbers_run_by_authority_kind_and_year(the_cast, the_yidu_cast, enterprise):
    numbers = [
        issue(the_cast, enterprise).number,
        issue(the_cast, enterprise).number,
        issue(the_cast, enterprise, "correction_notice").number,
        issue(the_yidu_cast, enterprise).number,
        issue(the_cast, enterprise, now=datetime(2027, 1, 4, 9, tzinfo=journal.SHANGHAI)).number,
    ]
    assert numbers == [
        "夷市监食许受〔2026〕0001号",
        "夷市监食许受〔2026〕0002号",
        "夷市监食许补〔2026〕0001号",
        "都市监食许受〔2026〕0001号",
        "夷市监食许受〔2027〕0001号",
    ]


def test_the_year_of_a_number_is_the_year_in_china(the_cast, enterprise):
    new_year = datetime.fromisoformat("2026-12-31T16:30:00+00:00")
    assert "〔2027〕" in issue(the_cast, enterprise, now=new_year).number


def test_a_number_that_was_rolled_back_is_given_again(the_cast, enterprise):
    with transaction.atomic():
        issue(the_cast, enterprise)
        transaction.set_rollback(True)
    assert issue(the_cast, enterprise).number.endswith("0001号")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_is_served_at_once_and_tells_the_remedies_it_must(kind, the_cast, enterprise):
    notice = issue(the_cast, enterprise, kind.name)
    assert (notice.title, notice.template, notice.served_on) == (kind.title, kind.template, date(2026, 9, 7))
    told = (notice.reconsideration_until, notice.litigation_until)
    assert told == ((date(2026, 11, 6), date(2027, 3, 8)) if kind.remedies else (None, None))
    assert verbs(notice) == ["notice.issued"]
    assert (notice.authority_path, notice.read_at, notice.file_id) == (the_cast.authority.path, None, None)
    # What goes on the file of the authority is served on nobody.
    assert (notice.channel, notice.arrived_at) == (("", None) if kind.is_record else ("electronic", NOON))


def test_a_no_has_remedies_and_a_yes_has_not():
    assert {kind.name for kind in KINDS if kind.remedies} == {
        "non_acceptance_notice",
        "refusal_decision",
        "termination_notice",
        "withdrawal_decision",
        "rescission_decision",
        "warning_decision",
        "revocation_decision",
        "cancellation_announcement",
    }


@pytest.mark.parametrize(("field", "told"), [("court", "受诉人民法院"), ("reconsideration_body", "行政复议机关")])
def test_a_no_is_not_sent_while_nobody_is_named_who_hears_the_remedies(the_cast, enterprise, field, told):
    setattr(the_cast.authority, field, " ")
    with pytest.raises(NoRemedies, match=f"没有填写{told}.*请本机关的系统管理员在“管理—机构—") as caught:
        issue(the_cast, enterprise, "refusal_decision")
    assert caught.value.basis == "行政许可法第三十八条第二款"
    issue(the_cast, enterprise, "acceptance_notice")
    the_cast.authority.refresh_from_db()


def test_what_the_authority_is_called_later_changes_nothing(the_cast, enterprise):
    notice = issue(the_cast, enterprise)
    Authority.objects.filter(pk=the_cast.authority.pk).update(name="新名称", court="新法院")
    assert Notice.objects.get(pk=notice.pk).content["authority"]["name"] == "宜昌市夷陵区市场监督管理局"


def test_a_number_is_given_once(the_cast, enterprise):
    notice = issue(the_cast, enterprise)
    with pytest.raises(IntegrityError):
        issue(the_cast, enterprise, number=notice.number)


# --- the file ---------------------------------------------------------------------------------------------------------


def test_the_file_is_attached_once(the_cast, enterprise, world):
    notice = issue(the_cast, enterprise)
    for _ in range(2):
        commands.attach_file(notice=notice, file=world.file, by=SYSTEM, now=NOON)
    assert verbs(notice) == ["notice.issued", "notice.rendered"]
    other = files.keep(b"another", media_type=files.PDF, now=NOON)
    with pytest.raises(Conflict, match="不能再换"):
        commands.attach_file(notice=notice, file=other, by=SYSTEM, now=NOON)


# --- signing for it ---------------------------------------------------------------------------------------------------


def test_wu_signs_for_it_and_only_the_first_time_counts(at, wu_the_applicant):
    (receipt,) = notices_about(at("submitted"))
    for moment in (NOON, TOMORROW):
        read = commands.sign_for(notice=receipt, by=wu_the_applicant, now=moment)
        assert read.read_at == NOON
    assert verbs(receipt) == ["notice.issued", "notice.signed_for"]


def test_nobody_signs_for_somebody_else(at, zhou_the_acceptor, wang_the_sauce_brewer):
    (receipt,) = notices_about(at("submitted"))
    for other in (zhou_the_acceptor, wang_the_sauce_brewer, SYSTEM):
        with pytest.raises(NotPermitted, match="由收件的企业签收"):
            commands.sign_for(notice=receipt, by=other, now=NOON)
    assert Notice.objects.get(pk=receipt.pk).read_at is None
