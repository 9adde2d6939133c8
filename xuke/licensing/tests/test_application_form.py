"""The application form (食品生产许可申请书): made of what was signed, for the file and the applicant."""

import json
from datetime import timedelta

import pytest

from xuke.documents import commands as documents
from xuke.documents import queries as notices
from xuke.documents.models import Notice
from xuke.foundation.refusals import NotPermitted
from xuke.licensing.tests.acts import BY_VERB
from xuke.licensing.tests.applicant_pages import log_in, words
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.signatures.models import Signature
from xuke.tests.cast import NOON, seen_by


def forms_of(application) -> list[Notice]:
    return list(Notice.objects.filter(about=application.stream, kind="application_form").order_by("issued_at", "pk"))


def titles(form) -> list[str]:
    return [section["title"] for section in form.content["sections"] if section["title"]]


def test_submitting_makes_the_form_out_of_what_was_signed_and_serves_it_on_nobody(at):
    application = at("submitted")
    (form,) = forms_of(application)
    signature = Signature.objects.get(about=application.stream)
    assert form.title == "食品生产许可申请书"
    assert form.number == "夷市监食许申〔2026〕0001号"
    assert (form.channel, form.read_at, form.file_id) == ("", None, None)
    assert form.issued_at == signature.signed_at
    assert [part.title for part in signature.content.parts] == titles(form)
    assert form.content["signed"]["digest"] == signature.digest
    assert len(form.content["files"]) == len(signature.content.files) > 0
    told = json.dumps(form.content, ensure_ascii=False)
    assert "热加工糕点" in told and application.form["site"]["production_address"] in told
    # It is not sealed at rest as the statement is: telephone numbers stay hidden.
    assert application.form["enterprise"]["contact_phone"] not in told


def test_a_corrected_application_leaves_a_form_that_replaces_the_first(at):
    first, second = forms_of(at("resubmitted"))
    assert (first.content["replaces"], second.content["replaces"]) == (False, True)
    assert second.number == "夷市监食许申〔2026〕0002号"
    assert "一次告知的补正内容" in titles(second)


def test_a_correction_on_the_spot_is_in_a_form_of_its_own_with_what_stood_there_before(at, the_cast):
    application = BY_VERB["confirm_correction"].do(at("correcting_on_spot"), the_cast)
    first, second = forms_of(application)
    (offered,) = application.spot_correction["rows"]
    table = second.content["sections"][-1]
    assert titles(second)[-1] == "当场更正"
    assert [cell["value"] for cell in table["rows"][0]] == [offered["label"], offered["from"], offered["to"]]
    assert offered["to"] in json.dumps(second.content["sections"][:-1], ensure_ascii=False)
    assert second.content["signed"]["digest"] != first.content["signed"]["digest"]


def test_wu_finds_the_form_in_her_case_and_nothing_is_asked_of_her(client, at, wu_the_applicant, noon):
    application = at("submitted")
    (form,) = forms_of(application)
    browser = log_in(client, wu_the_applicant)
    case = browser.get(f"/my/applications/{application.pk}/")
    assert f"/notices/{form.pk}/" in case.content.decode() and words(case).count("待签收") == 1  # the receipt
    assert f"/notices/{form.pk}/" in browser.get(f"/my/applications/{application.pk}/submitted/").content.decode()
    page = words(browser.get(f"/notices/{form.pk}/"))
    assert "申请人签名" in page and "不需要送达和签收" in page and "签收表示" not in page
    assert str(form.pk) not in browser.get("/my/notices/").content.decode()
    with pytest.raises(NotPermitted, match="不需要签收"):
        documents.sign_for(notice=form, by=wu_the_applicant, now=NOON)


def test_the_form_is_for_its_enterprise_and_its_authority(at, the_cast, the_sauce_cast, the_yidu_cast):
    (form,) = forms_of(at("submitted"))
    for who, sees in (
        (the_cast.applicant, True),
        (the_cast.reviewer, True),
        (the_sauce_cast.applicant, False),
        (the_yidu_cast.reviewer, False),
    ):
        with seen_by(who.scope):
            assert notices.visible_to(who).filter(pk=form.pk).exists() is sees


def test_the_officer_opens_the_form_from_the_case(desk, at, the_cast):
    application = at("accepted")
    (form,) = forms_of(application)
    case = desk.open(the_cast.reviewer, case_url(application))
    assert f"/notices/{form.pk}/" in case.html and len(case.statements) <= MOST_STATEMENTS
    page = desk.open(the_cast.reviewer, f"/notices/{form.pk}/")
    assert "登记送达" not in page.main and "申请人签名" in page.main
    with pytest.raises(NotPermitted):
        documents.demand_may_serve(the_cast.reviewer, form)
    assert not notices.unread(the_cast.acceptor, before=NOON + timedelta(days=9)).filter(pk=form.pk).exists()
