"""Whom a revocation bars besides the firm: its head without choice, others by who they are (FSL art. 135)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from xuke.certificates.models import Licence
from xuke.documents.models import Notice
from xuke.foundation.refusals import Invalid
from xuke.licensing.tests.officer_desk import Desk
from xuke.parties.bans import last_day
from xuke.parties.commands import Banned, impose_ban
from xuke.parties.models import Ban, Enterprise
from xuke.proceedings import commands
from xuke.proceedings.tests.conftest import LATER
from xuke.proceedings.tests.test_pages import of
from xuke.tests.cast import told

AFTERWARDS = LATER + timedelta(days=30)
ONE, OTHER = "11010519491231002X", "440524188001010014"
ELSEWHERE = "宜昌市市场监督管理局宜市监罚〔2026〕88号"


@pytest.fixture
def decide(played, the_cast):
    """Propose and decide a revocation that was heard."""

    def bring(*people, case=None, **words):
        case = case or played("heard", kind="revocation")
        words = {"opinion": "吊销。", "on_record": "不采纳。", "people": people, **words}
        case = commands.propose(proceeding=case, by=the_cast.reviewer, now=AFTERWARDS, **words)
        return commands.decide(proceeding=case, by=the_cast.decider, now=AFTERWARDS)

    return bring


def people_barred():
    return sorted((ban.person, ban.duty) for ban in Ban.objects.exclude(person=""))


def test_the_head_is_barred_though_nobody_listed_them(decide):
    decide()
    assert people_barred() == [("郑国强", "法定代表人")]
    assert Ban.objects.filter(enterprise__isnull=False).count() == 1


@pytest.mark.parametrize("listed", [{"name": "郑国强"}, {"name": "郑国强", "duty": "法定代表人", "number": ONE}])
def test_the_head_is_barred_once_however_they_are_listed(decide, listed):
    decide(listed)
    assert people_barred() == [("郑国强", "法定代表人")]
    assert Ban.objects.get(person="郑国强").mark, "known by their account, or by the number that was read"


def test_a_firm_does_not_save_its_head_by_naming_another_while_the_case_runs(decide, played, licence):
    case = played("heard", kind="revocation")
    Enterprise.objects.filter(pk=licence.enterprise_id).update(legal_representative="钱无过")
    decide(case=case)
    assert people_barred() == [("郑国强", "法定代表人")]


def test_two_people_of_one_name_are_two_people(decide, the_cast):
    case = decide(
        {"name": "王伟", "duty": "车间主任", "number": ONE},
        {"name": "王伟", "duty": "质检负责人", "number": OTHER},
        {"name": "王伟", "duty": "质检负责人", "number": OTHER},
    )
    assert people_barred() == [("王伟", "质检负责人"), ("王伟", "车间主任"), ("郑国强", "法定代表人")]
    assert len({bytes(ban.mark) for ban in Ban.objects.filter(person="王伟")}) == 2
    mine = {"kind": "revoked_food", "from_on": case.decided_on, "last_on": None, "origin": "", "by": the_cast.decider}
    again = {**mine, "source": case.stream, "authority_path": case.authority_path, "now": AFTERWARDS}
    assert impose_ban(person=Banned("王伟", number=OTHER), **again).duty == "质检负责人"
    assert Ban.objects.filter(person="王伟").count() == 2, "the same ban from the same source is imposed once"


def test_a_ban_runs_from_the_penalty_that_somebody_else_decided_earlier(decide, licence):
    day = licence.granted_on + timedelta(days=10)
    done = decide(effective_on=day, penalty=ELSEWHERE)
    assert {(ban.from_on, ban.last_on) for ban in Ban.objects.all()} == {(day, last_day(day, 5))}
    assert all(ELSEWHERE in ban.origin for ban in Ban.objects.all())
    assert (done.decision["penalty"], done.decision["effective_on"]) == (ELSEWHERE, day.isoformat())
    assert Licence.objects.get(pk=licence.pk).ended_on == day
    assert Notice.objects.get(about=done.stream, kind="revocation_decision").content["penalty"] == ELSEWHERE


@pytest.mark.parametrize("kind", ["revocation", "rescission"])
def test_the_day_of_the_proposal_without_a_penalty_means_the_day_of_the_decision(played, the_cast, licence, kind):
    case, decided = played("heard", kind=kind), AFTERWARDS + timedelta(days=14)
    words = {"opinion": "照办。", "on_record": "不采纳。", "effective_on": AFTERWARDS.date()}
    case = commands.propose(proceeding=case, by=the_cast.reviewer, now=AFTERWARDS, **words)
    assert case.proposal["effective_on"] == ""
    commands.decide(proceeding=case, by=the_cast.decider, now=decided)
    assert Licence.objects.get(pk=licence.pk).ended_on == decided.date()
    assert {ban.from_on for ban in Ban.objects.all()} == {decided.date()}


def test_a_penalty_of_the_day_of_the_proposal_keeps_its_day(played, the_cast, licence):
    words = {"opinion": "吊销。", "on_record": "不采纳。", "effective_on": AFTERWARDS.date(), "penalty": ELSEWHERE}
    case = commands.propose(
        proceeding=played("heard", kind="revocation"), by=the_cast.reviewer, now=AFTERWARDS, **words
    )
    commands.decide(proceeding=case, by=the_cast.decider, now=AFTERWARDS + timedelta(days=14))
    assert {ban.from_on for ban in Ban.objects.all()} == {AFTERWARDS.date()}


@pytest.mark.parametrize(
    ("days", "penalty", "field", "says"),
    [
        (10, "", "penalty", "处罚决定书"),
        (None, ELSEWHERE, "effective_on", "作出的日期"),
        (0, ELSEWHERE, "effective_on", "撤销"),
    ],
)
def test_an_earlier_day_needs_the_penalty_decision_and_is_never_the_day_of_the_grant(
    decide, licence, days, penalty, field, says
):
    day = None if days is None else licence.granted_on + timedelta(days=days)
    with pytest.raises(Invalid) as refused:
        decide(effective_on=day, penalty=penalty)
    assert says in told(refused)[field]


def test_the_page_lists_the_head_for_good_and_asks_for_the_penalty(client, played, the_cast):
    case = played("heard", kind="revocation")
    page = Desk(client).open(the_cast.reviewer, of(case, "propose"))
    assert "郑国强" in page.main and "不能去掉" in page.main and "处罚决定书" in page.main
    typed = {
        "revision": case.revision,
        "opinion": "吊销。",
        "on_record": "不采纳。",
        "more-TOTAL_FORMS": 3,
        "more-INITIAL_FORMS": 0,
    }
    assert Desk(client).send(the_cast.reviewer, of(case, "propose"), typed).goes_to == of(case)
    case.refresh_from_db()
    assert [row["name"] for row in case.proposal["people"]] == ["郑国强"]
