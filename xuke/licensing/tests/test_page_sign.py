"""The page that shows what is signed: the whole of it, the ways to sign, and what both sides see of it later."""

from __future__ import annotations

import io
import json
import re
import zipfile

import psycopg
import pyotp
import pytest
from django.test import Client
from webauthn.helpers import bytes_to_base64url

from xuke.accounts.models import User
from xuke.accounts.persons import Person
from xuke.config.demonstration.people import PASSWORD
from xuke.foundation.actors import SYSTEM
from xuke.identity.commands import factors
from xuke.identity.models import Attempt, Passkey, Session
from xuke.licensing import commands
from xuke.licensing.tests.applicant_pages import (
    MOST_STATEMENTS,
    address,
    as_stored,
    log_in,
    press_to_sign,
    sign,
    statements,
    step,
    words,
)
from xuke.parties.models import Mandate
from xuke.signatures.models import Signature
from xuke.signatures.tests.signers import a_phone
from xuke.tests.cast import NOON, everything, verbs

HERE = {"HTTP_HOST": "localhost:8000"}


@pytest.fixture(autouse=True)
def now(monkeypatch, settings):
    """The clock that the pages read, and passwords that are checked quickly."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    settings.PASSWORD_HASHERS = ["xuke.tests.cast.QuickHasher"]


@pytest.fixture
def browser(client, wu_the_applicant):
    return log_in(client, wu_the_applicant)


def brought_back(response) -> dict[str, str]:
    """What the form of the page sends besides what the person types."""
    found = re.findall(r'name="(digest|seen|revision|kind)" value="([^"]*)"', response.content.decode())
    return dict(found)


def confirmed(browser, application, **typed):
    """Sign by typing something once more."""
    shown = browser.get(address(application, "sign/"))
    return browser.post(address(application, "sign/"), {**brought_back(shown), "means": "confirmation", **typed})


def only_signature() -> Signature:
    with everything():
        return Signature.objects.get()


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_the_page_shows_the_whole_statement_and_its_bytes(browser, at):
    response = browser.get(address(at("draft"), "sign/"))
    page = words(response)
    for told in (
        "提交申请 · 食品生产许可首次申请",
        "吴晓梅（经办人）",
        "宜昌市夷陵区市场监督管理局",
        "13800005678",
        "混合搅拌设备",
        "设备布局图.pdf",
        "以上内容真实、合法、有效，由本企业负责",
        "行政许可法第三十一条",
        "2026-09-07",
        '"type":"xuke-statement-1"',
    ):
        assert told in page
    assert brought_back(response)["digest"] in page
    assert response["Cache-Control"].startswith("max-age=0")


def test_an_open_form_leads_back_to_what_is_open(browser, at):
    draft = at("draft", site={"division_code": "420506"})
    response = browser.get(address(draft, "sign/"))
    assert response["Location"] == step(draft, "declaration") + "?check=1"


def test_a_case_with_nothing_to_sign_leads_to_its_page(browser, at):
    application = at("accepted")
    assert browser.get(address(application, "sign/"))["Location"] == address(application)


def test_the_page_to_sign_asks_no_more_than_eight_statements(browser, at):
    draft = at("draft")
    asked = statements(browser, address(draft, "sign/"))
    assert len(asked) <= MOST_STATEMENTS, asked


def test_whoever_may_not_sign_reads_why_and_finds_no_button(browser, at, wu_the_applicant):
    draft = at("draft")
    Mandate.objects.filter(user=wu_the_applicant.user_id).update(valid_to=NOON.date())
    Mandate.objects.create(
        user_id=wu_the_applicant.user_id,
        enterprise_id=wu_the_applicant.enterprise_id,
        capacity="case_contact",
        powers=["draft"],
        valid_from=NOON.date(),
    )
    response = browser.get(address(draft, "sign/"))
    assert "您的授权不包括“签名提交、作出承诺”" in words(response)
    assert 'name="means"' not in response.content.decode()


# --- confirmation -----------------------------------------------------------------------------------------------------


def test_without_device_and_script_the_password_confirms(browser, at):
    draft = at("draft")
    response = confirmed(browser, draft, password=PASSWORD)
    assert (response.status_code, response["Location"]) == (303, address(draft, "submitted/"))
    assert only_signature().evidence == {"factor": "password"}
    assert as_stored(draft).state == "submitted"


def test_a_code_of_the_app_confirms_once(browser, at, wu_the_applicant):
    secret = pyotp.random_base32()
    before = NOON.replace(minute=0, hour=11)
    factors.set_totp(
        user=User.objects.get(pk=wu_the_applicant.user_id),
        secret=secret,
        code=pyotp.TOTP(secret).at(before),
        by=Person(wu_the_applicant.user_id, wu_the_applicant.name),
        now=before,
    )
    draft, other, code = at("draft"), at("draft"), pyotp.TOTP(secret).at(NOON)
    assert confirmed(browser, draft, code=code).status_code == 303
    assert only_signature().evidence == {"factor": "code"}
    commands.retract(application=draft, reason="另行申请。", by=wu_the_applicant, now=NOON)
    response = confirmed(browser, other, code=code)
    assert response.status_code == 422
    assert "已经用过" in words(response)


@pytest.mark.parametrize("typed", [{"password": "wrong"}, {"code": "000000"}, {}])
def test_a_wrong_word_submits_nothing_and_is_written_down(browser, at, typed):
    draft = at("draft")
    response = confirmed(browser, draft, **typed)
    assert response.status_code == 422
    assert 'id="errors"' in response.content.decode()
    assert as_stored(draft).state == "draft"
    with everything():
        assert Attempt.objects.filter(wrong=True).count() == bool(typed)
    assert "提交申请 · 食品生产许可首次申请" in words(response)


def test_guessing_the_password_at_the_signature_is_stopped(browser, at):
    draft = at("draft")
    for _ in range(5):
        assert confirmed(browser, draft, password="wrong").status_code == 422
    response = confirmed(browser, draft, password=PASSWORD)
    assert response.status_code == 429
    assert as_stored(draft).state == "draft"


def test_where_a_confirmation_is_not_enough_it_is_not_offered_nor_taken(browser, at, settings):
    settings.XUKE_SIGNATURE_MEANS = ["certificate", "passkey"]
    draft = at("draft")
    shown = browser.get(address(draft, "sign/"))
    assert 'name="password"' not in shown.content.decode()
    response = confirmed(browser, draft, password=PASSWORD, digest="0" * 64)
    assert response.status_code in (409, 422)
    assert as_stored(draft).state == "draft"


# --- device and agent -------------------------------------------------------------------------------------------------


def test_a_passkey_signs_the_digest_it_was_asked_for(at, client, wu_the_applicant):
    draft = at("draft")
    browser = log_in(client, wu_the_applicant)
    phone = a_phone(wu_the_applicant)
    phone.rp_id, phone.origin = "localhost", "http://localhost:8000"
    with everything():
        Passkey.objects.update(rp_id="localhost")
    shown = browser.get(address(draft, "sign/"), **HERE)
    assert "指纹、面容" in words(shown)
    digest = brought_back(shown)["digest"]
    options = browser.post(address(draft, f"sign/{digest}/passkey/"), **HERE).json()
    assert options["challenge"] == bytes_to_base64url(bytes.fromhex(digest))
    assert options["userVerification"] == "required"
    sent = {**brought_back(shown), "means": "passkey", "credential": phone.use(options)}
    response = browser.post(address(draft, "sign/"), sent, **HERE)
    assert (response.status_code, response["Location"]) == (303, address(draft, "submitted/"))
    signature = only_signature()
    assert (signature.means, signature.evidence["rp_id"]) == ("passkey", "localhost")
    assert browser.post(address(draft, "sign/"), sent, **HERE)["Location"] == address(draft, "submitted/")


def test_the_agent_is_given_purpose_and_digest_and_nothing_else(browser, at):
    draft = at("draft")
    shown = browser.get(address(draft, "sign/"))
    digest = brought_back(shown)["digest"]
    facts = browser.post(address(draft, f"sign/{digest}/message/")).json()
    assert facts == {"message": f"xuke-statement-v1\n{digest}", "challenge": digest}
    assert browser.post(address(draft, "sign/not-a-digest/message/")).status_code == 404
    assert browser.get(address(draft, f"sign/{digest}/message/")).status_code == 404


def test_a_signature_for_one_case_is_not_taken_for_another(browser, at, wu_the_applicant):
    first, second = at("draft"), at("draft")
    shown = browser.get(address(first, "sign/"))
    response = press_to_sign(browser, second, shown, wu_the_applicant)
    assert response.status_code == 409
    assert "对另一件申请作出的" in words(response)
    assert as_stored(second).state == "draft"


HUGE = {
    "certificate": {"certificate": "A" * 200_000},
    "signature": {"signature": "A" * 10_000},
    "rubbish": {"certificate": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "signature": "%%%"},
    "credential": {"means": "passkey", "credential": json.dumps({"id": "x" * 50_000})},
    "nested": {"means": "passkey", "credential": "[" * 15_000},
    "seen": {"seen": "part.site:" + "0" * 20_000},
    "digest": {"digest": "0" * 63},
    "nothing": {"means": ""},
    "unknown": {"means": "fax"},
}


@pytest.mark.parametrize("sent", HUGE.values(), ids=HUGE.keys())
def test_a_proof_that_is_no_proof_is_refused_in_words_and_the_page_stays(browser, at, sent):
    draft = at("draft")
    shown = brought_back(browser.get(address(draft, "sign/"), **HERE))
    response = browser.post(address(draft, "sign/"), {**shown, "means": "certificate", **sent}, **HERE)
    assert response.status_code in (413, 422)
    assert "签名" in words(response)
    assert as_stored(draft).state == "draft"


# --- the session ended meanwhile --------------------------------------------------------------------------------------


def test_a_session_that_ended_keeps_the_form_and_asks_for_the_password_anew(browser, at):
    draft = at("draft")
    shown = brought_back(browser.get(address(draft, "sign/")))
    with everything():
        Session.objects.all().delete()
    response = browser.post(address(draft, "sign/"), {**shown, "means": "confirmation", "password": PASSWORD})
    assert response.status_code == 401
    assert PASSWORD not in response.content.decode()
    token = re.search(r'name="kept" value="([^"]+)"', response.content.decode())
    assert token
    resumed = browser.post("/login/", {"username": "wuxiaomei", "password": PASSWORD, "kept": token[1]})
    page = resumed.content.decode()
    assert "请重新输入密码" in page
    assert shown["digest"] in page
    done = browser.post(address(draft, "sign/"), {**shown, "means": "confirmation", "password": PASSWORD})
    assert done["Location"] == address(draft, "submitted/")


def test_a_certificate_waits_through_the_login_too_without_being_shown(browser, at, wu_the_applicant):
    draft = at("draft")
    shown = browser.get(address(draft, "sign/"))
    with everything():
        Session.objects.all().delete()
    response = press_to_sign(browser, draft, shown, wu_the_applicant)
    token = re.search(r'name="kept" value="([^"]+)"', response.content.decode())
    assert token
    resumed = browser.post("/login/", {"username": "wuxiaomei", "password": PASSWORD, "kept": token[1]})
    assert "BEGIN CERTIFICATE" in resumed.content.decode()
    assert "BEGIN CERTIFICATE" not in words(resumed)
    assert press_to_sign(browser, draft, shown, wu_the_applicant)["Location"] == address(draft, "submitted/")


# --- afterwards -------------------------------------------------------------------------------------------------------


def test_both_sides_see_who_signed_by_what_and_that_it_is_right(client, at, wu_the_applicant, zhou_the_acceptor):
    application = at("submitted")
    signature = only_signature()
    applicant, officer = log_in(Client(), wu_the_applicant), log_in(Client(), zhou_the_acceptor)
    for browser, url in (
        (applicant, address(application)),
        (officer, f"/office/applications/{application.pk}/"),
    ):
        page = words(browser.get(url))
        for told in ("吴晓梅（经办人）", "数字证书", "刚刚核验：签名有效，内容没有改动"):
            assert told in page
        place = f"{url}signatures/{signature.pk}/"
        assert place in browser.get(url).content.decode()
        page = words(browser.get(place))
        assert "核验通过" in page
        assert "混合搅拌设备" in page
        assert ("13800005678" in page) is (browser is applicant)
        assert len(statements(browser, place)) <= MOST_STATEMENTS


def test_the_package_is_for_the_applicant_and_an_officer_who_takes_it_is_written_down(
    client, at, wu_the_applicant, zhou_the_acceptor
):
    application = at("submitted")
    place = f"signatures/{only_signature().pk}/package/"
    taken = log_in(Client(), wu_the_applicant).get(address(application, place))
    content = b"".join(taken.streaming_content)
    assert "statement.txt" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    officer, url = log_in(Client(), zhou_the_acceptor), f"/office/applications/{application.pk}/{place}"
    assert officer.get(url).status_code == 302
    assert "application.statement_read" not in verbs(application)
    assert b"".join(officer.post(url).streaming_content) == content
    with everything():
        assert verbs(application)[-1] == "application.statement_read"


def test_nobody_opens_the_signature_of_somebody_else(at, wang_the_sauce_brewer, yang_of_yidu):
    application = at("submitted")
    place = f"signatures/{only_signature().pk}/"
    for who, root in ((wang_the_sauce_brewer, "/my"), (yang_of_yidu, "/office")):
        browser, url = log_in(Client(), who), f"{root}/applications/{application.pk}/{place}"
        assert browser.get(url).status_code == 404
        assert browser.get(f"{url}package/").status_code in (302, 404)
        assert browser.post(f"{url}package/").status_code in (404, 405)


def test_a_signature_of_another_case_is_not_found_under_this_one(browser, at, the_sauce_cast):
    mine = at("submitted")
    at("submitted", cast=the_sauce_cast)
    with everything():
        other = Signature.objects.exclude(about=mine.stream).get()
    assert browser.get(address(mine, f"signatures/{other.pk}/")).status_code == 404


def test_a_signature_that_somebody_deleted_or_a_case_that_somebody_changed_is_told(
    committed_db, at, wu_the_applicant, client
):
    application = at("submitted")
    browser = log_in(client, wu_the_applicant)
    with psycopg.connect(committed_db.admin) as admin:
        admin.execute("UPDATE licensing_application SET form = jsonb_set(form, '{site,area}', '\"9999\"')")
        admin.commit()
        assert "案卷里的申请内容与签名的内容不一致" in words(browser.get(address(application)))
        admin.execute("UPDATE licensing_application SET form = jsonb_set(form, '{site,area}', '\"1200\"')")
        admin.commit()
        assert "刚刚核验：签名有效" in words(browser.get(address(application)))
        admin.execute("DELETE FROM signatures_signature")
        admin.commit()
    assert "日志记有这个签名，但是找不到它" in words(browser.get(address(application)))


def test_after_a_correction_on_the_spot_both_signatures_fit_the_case(browser, at, wu_the_applicant):
    application = at("correcting_on_spot")
    assert sign(browser, application, wu_the_applicant)["Location"] == address(application)
    page = words(browser.get(address(application)))
    assert page.count("刚刚核验：签名有效，内容没有改动") == 2
    assert "不一致" not in page


def test_while_it_is_corrected_the_form_may_differ_from_what_was_signed(browser, at):
    application = at("correction_requested")
    stored = as_stored(application)
    with everything():
        stored.form["site"]["area"] = "5"
        stored.save(update_fields=["form"])
    assert "不一致" not in words(browser.get(address(application)))


def test_a_contact_who_took_the_case_over_does_not_make_it_another_case(browser, at, wu_the_applicant, world):
    application = at("submitted")
    successor = User.objects.get(login_name="wangjie")
    enterprise = application.enterprise
    commands.change_contacts(enterprise=enterprise, leaver="吴晓梅", successor=successor, by=SYSTEM, now=NOON)
    assert as_stored(application).form["enterprise"]["contact_name"] == "汪洁"
    page = words(browser.get(address(application)))
    assert "刚刚核验：签名有效，内容没有改动" in page
    assert "不一致" not in page
