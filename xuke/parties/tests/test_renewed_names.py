"""A real name ends on a day of its own: whoever proves it again signs again, and what was taken back stays so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from xuke.accounts.commands import prove_real_name, withdraw_real_name
from xuke.accounts.models import RealName, User
from xuke.accounts.persons import Person
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.pki.issuing import Subject
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted
from xuke.identity.certificates import commands as certificates
from xuke.identity.certificates import refusals
from xuke.identity.oidc import answers
from xuke.identity.oidc import commands as platform
from xuke.identity.oidc.arrivals import Arrival
from xuke.parties.queries import standing_to_sign
from xuke.parties.rules import why_not_sign
from xuke.parties.tests.conftest import proven
from xuke.tests import cards
from xuke.tests.cast import NOON, verbs

TODAY = NOON.date()
YEAR = timedelta(days=365)


@pytest.fixture
def wu(world) -> User:
    return User.objects.get(login_name="wuxiaomei")


@pytest.fixture
def arrival(world) -> Arrival:
    """How the platform tells of 吴晓梅."""
    known = proven("wuxiaomei")
    return Arrival(issuer="https://id.example", subject="wu", name=known.name, number=known.number)


def arrive(arrival, now=NOON):
    return platform.welcome(arrival=arrival, by=platform.PLATFORM, now=now)


def why_not(applicant, now=NOON):
    return why_not_sign(standing_to_sign(applicant, today=journal.legal_day(now)))


def expire():
    RealName.objects.filter(user__login_name="wuxiaomei").update(valid_to=TODAY - timedelta(days=1))


def test_a_name_that_ended_is_renewed_by_the_next_login_and_she_signs_again(wu, arrival, wu_the_applicant):
    arrive(arrival)
    expire()
    assert "实名有效期到2026年9月6日为止，已经过期" in why_not(wu_the_applicant)
    assert arrive(arrival) == wu
    assert why_not(wu_the_applicant) == ""
    known = proven("wuxiaomei")
    assert (known.valid_to, known.proven_by, known.mobile != "") == (TODAY + YEAR, "identity_platform", True)
    assert verbs(wu)[-1] == "user.real_name_proven"
    assert "已经过期" in why_not(wu_the_applicant, NOON + YEAR + timedelta(days=1))
    arrive(arrival)
    assert verbs(wu).count("user.real_name_proven") == 2  # Once by the story, once today.


def test_the_platform_may_say_until_when(arrival, settings):
    expire()
    arrive(replace(arrival, valid_to=date(2030, 1, 1)))
    assert proven("wuxiaomei").valid_to == date(2030, 1, 1)
    arrive(arrival)
    assert proven("wuxiaomei").valid_to == date(2030, 1, 1)  # Nothing is shortened.


def test_somebody_new_is_known_until_a_day(world, settings):
    settings.XUKE_REAL_NAME_DAYS = 30
    known = proven("malan")
    RealName.objects.filter(pk=known.pk).delete()
    arrive(Arrival(issuer="https://id.example", subject="ma", name="马兰", number=known.number))
    assert RealName.objects.get(name="马兰").valid_to == TODAY + timedelta(days=30)


def test_a_name_that_was_taken_back_comes_back_by_no_login(wu, arrival, wu_the_applicant):
    arrive(arrival)
    withdraw_real_name(user=wu, reason="冒用", by=SYSTEM, now=NOON)
    assert arrive(arrival) == wu
    assert "已经撤回。请带身份证件到受理窗口" in why_not(wu_the_applicant)
    with pytest.raises(Conflict, match="实名已经撤回"):
        platform.link(user=wu, arrival=replace(arrival, subject="another"), by=Person(wu.pk, wu.name), now=NOON)


def test_an_account_of_the_platform_that_became_somebody_elses_lets_nobody_in(arrival):
    arrive(arrival)
    with pytest.raises(answers.OtherHolder):
        arrive(replace(arrival, name="马兰", number=proven("malan").number))
    arrive(replace(arrival, name="吴小梅"))  # Another name is left to the counter: she comes in, nothing is renewed.
    assert proven("wuxiaomei").name == "吴晓梅"


def test_a_card_that_names_her_renews_the_name_until_its_own_last_day(wu, wu_the_applicant):
    now, number = timezone.now(), proven("wuxiaomei").number
    with cards.trusted() as authority:
        card = authority.give(Subject("吴晓梅", resident_number=number), days=100).certificate
        other = authority.give(Subject("马兰", resident_number=proven("malan").number)).certificate
    expire()
    assert certificates.recognise(certificate=card, by=certificates.AUTHORITY, now=now) == wu
    assert proven("wuxiaomei").valid_to == journal.legal_day(card.not_after)
    expire()
    certificates.recognise(certificate=card, by=certificates.AUTHORITY, now=now)
    assert proven("wuxiaomei").valid_to == journal.legal_day(card.not_after)
    assert why_not(wu_the_applicant, now) == ""
    with pytest.raises(refusals.OtherPerson):
        certificates.bind(user=wu, certificate=other, by=Person(wu.pk, wu.name), now=now)


# --- at the counter ---------------------------------------------------------------------------------------------------


def at_the_counter(user, by, **other):
    known = RealName.objects.get(user=user)
    facts = {"name": known.name, "number": known.number, "mobile": known.mobile, "documents": "居民身份证原件"} | other
    return prove_real_name(user=user, proven_by="counter", by=by, now=NOON, **facts)


def test_at_the_counter_a_name_is_taken_back_and_proven_anew(wu, zhou_the_acceptor, wu_the_applicant, as_system):
    as_system(withdraw_real_name, user=wu, reason="证件报失", by=zhou_the_acceptor, now=NOON)
    assert "已经撤回" in why_not(wu_the_applicant)
    as_system(at_the_counter, wu, zhou_the_acceptor, valid_to=date(2036, 1, 1))
    assert why_not(wu_the_applicant) == ""
    entry = journal.history(wu.stream)[-1]
    assert (entry.facts["documents"], entry.actor_label[:2]) == ("居民身份证原件", "周敏")
    assert proven("wuxiaomei").number not in str(entry.facts)


@pytest.mark.parametrize("name", ["wu_the_applicant", "chen_the_reviewer", "gao_the_administrator", "qian_the_auditor"])
def test_nobody_but_the_counter_proves_or_takes_back_a_name(wu, name, request, as_system):
    by = request.getfixturevalue(name)
    with pytest.raises(NotPermitted, match="受理窗口"):
        as_system(at_the_counter, wu, by)
    with pytest.raises(NotPermitted, match="受理窗口"):
        as_system(withdraw_real_name, user=wu, reason="不喜欢", by=by, now=NOON)


def test_an_officer_proves_no_name_otherwise_and_not_their_own(wu, zhou_the_acceptor, as_system):
    known = proven("wuxiaomei")
    with pytest.raises(NotPermitted, match="本人登录时核验"):
        as_system(
            prove_real_name,
            user=wu,
            name=known.name,
            number=known.number,
            proven_by="certificate",
            by=zhou_the_acceptor,
            now=NOON,
        )
    with pytest.raises(NotPermitted, match="另一位受理人员"):
        as_system(at_the_counter, User.objects.get(login_name="zhoumin"), zhou_the_acceptor)
    with pytest.raises(Invalid, match="核验了哪些证件"):
        as_system(at_the_counter, wu, zhou_the_acceptor, documents=" ")
