"""吴晓梅 leaves the cake factory; 马兰 goes on with everything that is under way, and nothing is lost."""

from __future__ import annotations

import pytest
from django.test import Client

from xuke.accounts.models import User
from xuke.accounts.persons import Person
from xuke.documents import queries as documents
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import NotPermitted
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.licensing import commands, handlers
from xuke.licensing.models import Application
from xuke.licensing.tests.officer_desk import Desk, case_url
from xuke.parties import commands as parties
from xuke.parties import queries
from xuke.parties.models import Enterprise, Mandate
from xuke.tests.cast import NOON, TOMORROW


@pytest.fixture
def ma_joins(world, wu_the_applicant):
    """马兰 may draft for the cake factory."""
    enterprise = Enterprise.objects.get(pk=wu_the_applicant.enterprise_id)
    user = User.objects.get(login_name="malan")
    return parties.give_mandate(
        user=user, enterprise=enterprise, capacity="case_contact", powers=["draft"], by=SYSTEM, now=NOON
    )


def hand_over(wu_the_applicant, ma_joins):
    """By the legal representative; the news reaches licensing."""
    enterprise = Enterprise.objects.get(pk=wu_the_applicant.enterprise_id)
    head = queries.applicant(User.objects.get(login_name="zhengguoqiang"), today=NOON.date(), enterprise=enterprise)
    leaver = Mandate.objects.get(user=wu_the_applicant.user_id, enterprise=enterprise)
    mandate = parties.hand_over(leaver=leaver, successor=ma_joins, by=head, now=NOON)
    told = journal.history(enterprise.stream)[-1]
    for _ in range(2):
        with opened_for(EVERYTHING):
            handlers.name_successor(told, NOON)
    with opened_for(EVERYTHING):
        return mandate, queries.applicant(mandate.user, today=NOON.date(), enterprise=enterprise)


def test_the_successor_is_the_contact_of_drafts_and_cases_and_may_go_on(at, wu_the_applicant, ma_joins):
    application = at("correction_requested")
    seen = application.revision
    mandate, ma = hand_over(wu_the_applicant, ma_joins)
    assert mandate.covers == {"draft", "sign", "receive"}
    found = Application.objects.get(pk=application.pk)
    assert found.form["enterprise"]["contact_name"] == "马兰"
    assert found.form["enterprise"]["contact_phone"].startswith("199")
    assert found.revision == seen + 1  # Told twice, done once.
    (told,) = [event for event in journal.history(found.stream) if event.verb == "application.contact_changed"]
    assert told.facts == {"person": "吴晓梅", "successor": "马兰"}
    commands.save_section(
        application=found, section="site", values=found.form["site"], by=ma, now=TOMORROW, revision=seen
    )


def test_the_case_says_who_signed_and_who_is_the_contact_since(
    at, wu_the_applicant, ma_joins, zhou_the_acceptor, monkeypatch
):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    application = at("submitted")
    hand_over(wu_the_applicant, ma_joins)
    day = f"{NOON.year}年{NOON.month}月{NOON.day}日"
    told = f"经办人签名后由吴晓梅更换为马兰（{day}）"
    head = User.objects.get(login_name="zhengguoqiang")
    officer = Desk(Client()).open(zhou_the_acceptor, case_url(application)).main
    applicants = Desk(Client()).open(Person(head.pk, head.name), f"/my/applications/{application.pk}/").main
    assert officer.count(told) == 2  # Beside the contact, and with the signature.
    assert "案卷里的申请内容与签名的内容不一致" not in officer
    assert told in applicants


def test_without_a_hand_over_nothing_is_said_of_one(at, zhou_the_acceptor):
    application = at("submitted")
    assert "经办人签名后" not in Desk(Client()).open(zhou_the_acceptor, case_url(application)).main


def test_a_case_that_is_finished_keeps_its_contact(at, wu_the_applicant, ma_joins):
    application = at("retracted")
    hand_over(wu_the_applicant, ma_joins)
    assert Application.objects.get(pk=application.pk).form["enterprise"]["contact_name"] == "吴晓梅"


def test_unread_notices_stay_with_the_enterprise(at, wu_the_applicant, ma_joins):
    at("accepted")
    unread = [notice.pk for notice in documents.addressed_to(wu_the_applicant) if notice.read_at is None]
    _, ma = hand_over(wu_the_applicant, ma_joins)
    assert unread
    assert [notice.pk for notice in documents.addressed_to(ma) if notice.read_at is None] == unread


def test_an_officers_open_page_is_not_upset_by_it(at, wu_the_applicant, ma_joins, zhou_the_acceptor):
    application = at("submitted")
    seen = application.revision
    hand_over(wu_the_applicant, ma_joins)
    claimed = commands.claim(application=application, by=zhou_the_acceptor, now=TOMORROW, revision=seen)
    assert claimed.claimed_by_id == zhou_the_acceptor.user_id


@pytest.mark.parametrize(
    ("powers", "verb", "told"),
    [
        (["sign", "receive"], "start", "不包括“填写申请、上传材料”"),
        (["draft"], "retract", "不包括“签名提交、作出承诺”"),
    ],
)
def test_a_power_that_was_not_given_is_refused_where_the_act_is(at, wu_the_applicant, ma_joins, powers, verb, told):
    application = at("submitted")
    _, ma = hand_over(wu_the_applicant, ma_joins)
    less = queries.applicant_from(
        Mandate(user_id=ma.user_id, enterprise=application.enterprise, powers=powers, capacity="case_contact"),
        User.objects.get(pk=ma.user_id),
    )
    with pytest.raises(NotPermitted, match=told):
        if verb == "start":
            commands.start(procedure_code="food.first", by=less, now=TOMORROW)
        else:
            commands.retract(application=application, reason="不办了", by=less, now=TOMORROW)
