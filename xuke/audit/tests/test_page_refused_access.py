"""Who tries what is not theirs, or pretends to be somebody, stands in the journal, and an auditor reads it in words."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.conf import settings as configured
from django.db import DatabaseError, connection
from django.test import Client

from xuke.accounts.models import User
from xuke.config.demonstration.people import PASSWORD
from xuke.documents.models import Notice
from xuke.foundation.models import Entry
from xuke.identity import hours
from xuke.identity.commands import access
from xuke.identity.models import Attempt
from xuke.parties.models import Mandate
from xuke.tests.cast import NOON, at_once, everything

JOURNAL = "/office/audit/"
NOBODYS = "01890000-0000-7000-8000-000000000000"
ADDRESS = "203.0.113.7"
WATCH = "xuke.identity.watch.Watch"
CLAIM = {"X-SSL-Client-Cert": "-----BEGIN CERTIFICATE-----", "X-SSL-Client-Verify": "SUCCESS"}


class Clock:
    """What time it is for the site."""

    moment = NOON

    def __call__(self):
        return self.moment


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("django.utils.timezone.now", clock)
    return clock


def browser(person=None, **more) -> Client:
    """The browser of somebody who has logged in, or of a stranger."""
    client = Client(REMOTE_ADDR=ADDRESS, **more)
    if person is not None:
        client.force_login(User.objects.get(pk=person.user_id), "xuke.accounts.backends.PasswordBackend")
    return client


def noted() -> list[Entry]:
    """What the journal knows of refusals, oldest first."""
    with everything():
        return list(Entry.objects.filter(stream__startswith="access:").order_by("pk"))


def told() -> list[tuple[str, str, str, str, int]]:
    return [(e.verb, e.actor, e.facts["method"], e.facts["path"], e.facts["status"]) for e in noted()]


@pytest.fixture
def refused_case(at):
    """A case with everything: materials, notices, an end."""
    return at("refused")


@pytest.fixture
def places(refused_case) -> dict[str, str]:
    """The addresses of a case and of what lies in it."""
    with everything():
        material = refused_case.materials.all()[0].pk
        notice = Notice.objects.filter(about=refused_case.stream)[0].pk
    mine, office = f"/my/applications/{refused_case.pk}/", f"/office/applications/{refused_case.pk}/"
    return {
        "my case": mine,
        "my material": f"{mine}materials/{material}/",
        "case": office,
        "material": f"{office}materials/{material}/",
        "notice": f"/notices/{notice}/",
        "notice file": f"/notices/{notice}/file/",
    }


# --- addresses that are guessed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["case", "material", "notice", "notice file"])
def test_an_officer_of_elsewhere_who_guesses_an_address_stands_in_the_journal(places, yang_of_yidu, place):
    assert browser(yang_of_yidu).get(places[place] + "?q=42050619900101123X").status_code == 404
    assert told() == [("access.refused", yang_of_yidu.code, "GET", places[place], 404)]
    (entry,) = noted()
    assert (entry.seq, entry.actor_label, entry.authority_path) == (1, yang_of_yidu.label, yang_of_yidu.authority_path)
    assert (entry.facts["refusal"], entry.facts["address"]) == ("NotFound", ADDRESS)
    assert "19900101" not in str(entry.facts)


@pytest.mark.parametrize("place", ["my case", "my material", "notice", "notice file"])
def test_another_enterprise_that_guesses_an_address_does_too(places, wang_the_sauce_brewer, place):
    assert browser(wang_the_sauce_brewer).get(places[place]).status_code == 404
    assert told() == [("access.refused", wang_the_sauce_brewer.code, "GET", places[place], 404)]


def test_so_does_whoever_asks_for_a_case_that_never_was(world, zhou_the_acceptor):
    browser(zhou_the_acceptor).get(f"/office/applications/{NOBODYS}/")
    browser(zhou_the_acceptor).get("/office/no-such-page/")  # No address of ours: a slip, and nothing is told by it.
    assert [path for _, _, _, path, _ in told()] == [f"/office/applications/{NOBODYS}/"]


def test_so_does_whoever_reaches_for_the_mandate_of_another_enterprise(world, wang_the_sauce_brewer):
    head = Mandate.objects.get(user__login_name="zhengguoqiang")
    path = f"/my/people/{head.pk}/end/"
    assert browser(wang_the_sauce_brewer).post(path, {"reason": "x"}).status_code == 404
    assert told() == [("access.refused", wang_the_sauce_brewer.code, "POST", path, 404)]


def test_so_does_whoever_opens_a_page_that_is_not_for_their_role(world, zhou_the_acceptor):
    assert browser(zhou_the_acceptor).get(JOURNAL).status_code == 403
    assert told() == [("access.refused", zhou_the_acceptor.code, "GET", JOURNAL, 403)]


def test_a_person_who_acts_for_nobody_stands_there_under_their_own_name(world, wu_the_applicant):
    Mandate.objects.filter(user=wu_the_applicant.user_id).update(valid_to=NOON.date())
    client, path = browser(), f"/account/sessions/{NOBODYS}/end/"
    client.post("/login/", {"username": "wuxiaomei", "password": PASSWORD})
    assert client.post(path).status_code == 404
    assert [(entry.actor, entry.actor_label) for entry in noted()] == [(f"user:{wu_the_applicant.user_id}", "吴晓梅")]


def test_a_code_in_an_address_is_not_repeated(world, wu_the_applicant):
    code = "secret-code-of-an-invitation"
    assert browser(wu_the_applicant).get(f"/my/invitations/{code}/").status_code == 404
    assert [path for _, _, _, path, _ in told()] == ["/my/invitations/secret…/"]


def test_what_is_no_trespass_is_not_written_down(places, at, wu_the_applicant, zhou_the_acceptor):
    wu, zhou = browser(wu_the_applicant), browser(zhou_the_acceptor)
    assert wu.get(places["my case"]).status_code == 200
    assert wu.get(places["notice file"]).status_code == 404  # It is theirs, and still being made.
    assert wu.post(f"{places['my case']}retract/", {"reason": ""}).status_code in (409, 422)
    assert zhou.post(f"{places['case']}accept/", {}).status_code in (303, 409, 422)
    assert browser().get(places["notice"]).status_code == 303
    assert browser().get(f"/my/people/{NOBODYS}/").status_code == 404
    assert noted() == []


# --- forms and headers ------------------------------------------------------------------------------------------------


def test_a_form_of_another_site_is_written_down_with_whose_session_it_used(world, zhou_the_acceptor):
    client = browser(zhou_the_acceptor, enforce_csrf_checks=True)
    response = client.post("/account/confirm/", {"password": "x"}, headers={"Origin": "https://evil.example"})
    assert response.status_code == 403
    assert told() == [("access.form_refused", zhou_the_acceptor.code, "POST", "/account/confirm/", 403)]
    assert noted()[0].facts["origin"] == "https://evil.example"


def test_a_stranger_is_known_by_the_network(world):
    for address in ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1"):
        client = Client(REMOTE_ADDR=address, enforce_csrf_checks=True)
        assert client.post("/login/", {"username": "x"}).status_code == 403
    first, second, elsewhere = noted()
    assert (first.actor, first.facts["address"]) == ("stranger", "2001:db8::1")
    assert first.subject_label == "未登录的人（2001:db8::1）"
    assert (first.seq, second.seq, elsewhere.seq) == (1, 2, 1)
    assert first.stream == second.stream != elsewhere.stream


def test_an_old_page_of_ours_is_no_forgery(world, zhou_the_acceptor):
    client = browser(zhou_the_acceptor, enforce_csrf_checks=True)
    response = client.post("/account/confirm/", {"note": "写了半天"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert response.status_code == 403
    assert "页面放久了" in response.content.decode()
    assert noted() == []


@pytest.mark.parametrize("headers", [CLAIM, {"Client-Cert": ":MIIB:"}])
def test_a_header_that_claims_a_certificate_is_written_down_on_any_page(world, headers):
    assert browser().get("/login/", headers=headers).status_code == 200
    (entry,) = noted()
    assert (entry.verb, entry.actor, entry.facts["address"]) == ("access.header_refused", "stranger", ADDRESS)
    assert entry.facts["headers"] == sorted(name.replace("SSL", "Ssl") for name in headers)
    assert "MIIB" not in str(entry.facts)


def test_so_is_a_wrong_secret_of_the_proxy_where_there_is_one(world, settings, zhou_the_acceptor):
    browser().get("/login/", headers={"X-Xuke-Proxy": "guessed"})
    assert noted() == []
    settings.XUKE_PROXY_SECRET = "shared"
    browser(zhou_the_acceptor).get("/office/", headers={"X-Xuke-Proxy": "guessed"})
    assert [(entry.verb, entry.actor) for entry in noted()] == [("access.header_refused", zhou_the_acceptor.code)]


def test_what_any_proxy_says_is_no_lie(world):
    browser().get(
        "/login/", headers={"X-Forwarded-For": "10.0.0.1", "X-Client-IP": "10.0.0.1", "X-SSL-Client-Cert": ""}
    )
    assert noted() == []


# --- bounds, and what goes wrong --------------------------------------------------------------------------------------


def test_an_hour_tells_twenty_and_that_there_were_more(world, zhou_the_acceptor, yang_of_yidu, clock):
    for person in (zhou_the_acceptor, yang_of_yidu):
        client = browser(person)
        for _ in range(hours.MOST + 5):
            assert client.get(f"/office/applications/{NOBODYS}/").status_code == 404
    assert [entry.verb for entry in noted()] == [*["access.refused"] * 20, "access.more_refused"] * 2
    assert [entry.seq for entry in noted()] == [*range(1, 22), *range(1, 22)]
    clock.moment += timedelta(hours=1)
    browser(zhou_the_acceptor).get(f"/office/applications/{NOBODYS}/")
    assert (noted()[-1].verb, noted()[-1].seq) == ("access.refused", 1)


def test_the_bound_holds_for_those_who_come_at_once(committed_db, world, wu_the_applicant):
    def refuse(_: int) -> bool:
        with everything():
            return access.note_refused(
                verb="access.refused",
                method="GET",
                path="/",
                status=404,
                refusal="NotFound",
                address=ADDRESS,
                origin="",
                headers=[],
                user_id=wu_the_applicant.user_id,
                by=wu_the_applicant,
                now=NOON,
            )

    outcomes = [each for _ in range(4) for each in at_once(refuse, range(7))]
    assert outcomes.count(True) == 21
    assert outcomes.count(False) == 7
    assert sorted(entry.seq for entry in noted()) == list(range(1, 22))


@pytest.mark.parametrize("error", [DatabaseError("disk full"), RuntimeError("a mistake of ours")])
def test_a_journal_that_fails_leaves_the_refusal_as_it_is(world, zhou_the_acceptor, monkeypatch, caplog, error):
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr("xuke.identity.commands.access.note_refused", fail)
    response = browser(zhou_the_acceptor).get(f"/office/applications/{NOBODYS}/")
    assert response.status_code == 404
    assert "没有找到" in response.content.decode()
    assert "A refusal is not in the journal: access.refused" in caplog.text
    assert not connection.xuke_door


def test_characters_that_nobody_sees_do_not_keep_it_out_of_the_journal(world, gao_the_administrator):
    assert browser(gao_the_administrator).get("/office/admin/authorities/4%E2%80%8B2%C2%A0x/").status_code == 404
    assert [path for _, _, _, path, _ in told()] == ["/office/admin/authorities/42x/"]


def test_pages_that_are_not_refused_cost_nothing(places, desk, settings, zhou_the_acceptor):
    assert WATCH in configured.MIDDLEWARE
    for place in ("/office/", places["case"], places["notice"]):
        desk.open(zhou_the_acceptor, place)
        with_it = desk.open(zhou_the_acceptor, place)
        with without(settings):
            assert desk.open(zhou_the_acceptor, place).statements == with_it.statements
    assert noted() == []


@contextmanager
def without(settings):
    before = settings.MIDDLEWARE
    settings.MIDDLEWARE = [name for name in before if name != WATCH]
    yield
    settings.MIDDLEWARE = before


# --- the auditor ------------------------------------------------------------------------------------------------------


def test_the_auditor_reads_it_in_words(desk, world, zhou_the_acceptor, qian_the_auditor):
    path = f"/office/applications/{NOBODYS}/"
    browser(zhou_the_acceptor).get(path)
    (entry,) = noted()
    page = desk.open(qian_the_auditor, f"{JOURNAL}?verb=access.")
    assert "打开或者提交不属于自己的内容，被拒绝" in page.main
    assert zhou_the_acceptor.label in page.main
    assert "access.refused" not in page.main
    for wanted in (f"person={quote('周敏')}&verb=access.refused", f"q={quote(entry.stream)}"):
        assert "被拒绝的访问" in desk.open(qian_the_auditor, f"{JOURNAL}?{wanted}").main
    one = desk.open(qian_the_auditor, f"/office/audit/subjects/{entry.stream}/1/").main
    assert "拒绝的理由" in one and "不存在或者不属于本人" in one
    assert path in one


def test_an_auditor_of_elsewhere_does_not(desk, world, yang_of_yidu, qian_the_auditor):
    browser(yang_of_yidu).get(f"/office/applications/{NOBODYS}/")
    assert len(noted()) == 1
    page = desk.open(qian_the_auditor, f"{JOURNAL}?verb=access.")
    assert yang_of_yidu.label not in page.main


def test_a_thief_of_a_card_is_told_twice_and_counted_once(world):
    """By the header on any page, and by the way in where it was tried."""
    response = browser().post("/login/certificate/tls/", headers=CLAIM)
    assert response.status_code == 403
    assert [entry.verb for entry in noted()] == ["access.header_refused"]
    with everything():
        assert Attempt.objects.filter(accepted=False, means="certificate").count() == 1
