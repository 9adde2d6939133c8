"""The case page: everything about one application, and what its reader may do with it."""

from __future__ import annotations

import pytest

from xuke.foundation.models import Entry
from xuke.foundation.scope import EVERYTHING, enter
from xuke.licensing import commands
from xuke.licensing.models import Material
from xuke.licensing.tests.acts import signed
from xuke.licensing.tests.applicant_pages import address, log_in
from xuke.licensing.tests.applicant_pages import words as words_of
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.licensing.workflow import STATES
from xuke.tests.cast import NOON, notices_about, verbs

SHOWN_STATES = [state.name for state in STATES if state.name not in ("draft", "certificate_issued")]
STEPS = (
    "accept ask-correction offer-correction decline not-required not-competent assign propose return grant refuse "
    "visit conclude"
).split()


@pytest.mark.parametrize("state", SHOWN_STATES)
def test_every_state_has_its_page_within_the_statements_promised(
    desk, at, state, zhou_the_acceptor, chen_the_reviewer, zhao_the_leader, liu_the_decider, he_the_supervisor
):
    application = at(state)
    for officer in (zhou_the_acceptor, chen_the_reviewer, zhao_the_leader, liu_the_decider, he_the_supervisor):
        page = desk.open(officer, case_url(application))
        assert page.status == 200
        assert application.life_state.title in page.main
        assert len(page.statements) <= MOST_STATEMENTS


def test_the_decider_finds_the_whole_case_on_one_page(desk, at, liu_the_decider):
    application = at("decision_proposed")
    page = desk.open(liu_the_decider, case_url(application))
    for words in (
        "宜昌禾穗坊食品有限公司",
        "待决定",
        "食品生产许可首次申请 · 热加工糕点、食品馅料 · 9月7日受理",
        "剩10个工作日，9月20日到期",
        "周敏9月7日受理",
        "陈立新审查",
        "赵海峰、孙雨桐核查",
        "决定 · 现在轮到您刘正平您没有参与前两个环节，可以决定",
        "建议准予许可：热加工糕点、食品馅料",
        "决定时限10个工作日，尚未计入。",
        "设备布局图.pdf",
        "混合搅拌设备",
        "食品安全管理人员",
        "湖北省宜昌市夷陵区",
        "96 / 100",
        "96.0%，不低于85%",
        "通过现场核查",
        "现场核查结束，赵海峰，2个品种通过，申请人签字",
        "138****5678",
        "受理后不能再要求补正。",
    ):
        assert words.replace(" ", "") in page.main.replace(" ", ""), words
    assert "13800005678" not in page.html
    for notice in notices_about(application):
        assert notice.number in page.main
        assert f'href="/notices/{notice.pk}/"' in page.html


def test_a_closed_step_names_the_day_of_the_one_list(desk, at, zhou_the_acceptor):
    application = at("resubmitted")
    assert "不能再发第二份清单" in desk.open(zhou_the_acceptor, case_url(application)).main
    commands.accept(application=application, by=zhou_the_acceptor, now=NOON)
    page = desk.open(zhou_the_acceptor, case_url(application))
    assert "受理后不能再要求补正；本案已于9月7日一次告知。" in page.main
    assert 'aria-disabled="true"' in page.html


def test_whoever_has_no_step_reads_whose_turn_it_is(desk, at, he_the_supervisor, liu_the_decider):
    application = at("submitted")
    assert "现在由受理人员办理。您的岗位是监督。" in desk.open(he_the_supervisor, case_url(application)).main
    application = at("correction_requested", application=application)
    assert "现在由申请人办理。" in desk.open(liu_the_decider, case_url(application)).main


def test_the_authority_above_may_look_and_not_act(desk, at, wang_of_yichang):
    application = at("submitted")
    page = desk.open(wang_of_yichang, case_url(application))
    assert "这件申请由其他机关承办，您可以查看，不能办理。" in page.main
    assert page.html.count('aria-disabled="true"') == 5
    assert desk.open(wang_of_yichang, case_url(application, "accept")).status == 403
    assert desk.send(wang_of_yichang, case_url(application, "accept"), {"revision": application.revision}).status == 403


@pytest.mark.parametrize("slug", ["", "contact", "claim", "release", "begin-review", "visit/marks", *STEPS])
def test_a_stranger_finds_nothing_at_any_address_of_the_case(desk, at, slug, yang_of_yidu):
    application = at("verification_assigned")
    url = case_url(application, slug)
    if slug not in ("contact", "claim", "release", "begin-review"):
        assert desk.open(yang_of_yidu, url).status == 404
    assert desk.send(yang_of_yidu, url, {"revision": application.revision}).status in (404, 405)


def test_a_draft_is_nobodys_business(desk, at, zhou_the_acceptor):
    assert desk.open(zhou_the_acceptor, case_url(at("draft"))).status == 404


# Materials -----------------------------------------------------------------------------------------------------------


def test_a_material_comes_as_an_attachment(desk, at, zhou_the_acceptor):
    application = at("submitted")
    material = Material.objects.filter(application=application).first()
    page = desk.open(zhou_the_acceptor, case_url(application, f"materials/{material.pk}"))
    assert page.status == 200
    assert page.response.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(page.response.streaming_content).startswith(b"%PDF-")


def test_a_material_called_like_a_program_is_saved_as_the_document_it_is(desk, at, zhou_the_acceptor):
    application = at("submitted")
    material = Material.objects.filter(application=application).first()
    Material.objects.filter(pk=material.pk).update(name="plan.hta")
    page = desk.open(zhou_the_acceptor, case_url(application, f"materials/{material.pk}"))
    assert page.response.headers["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert b"".join(page.response.streaming_content).startswith(b"%PDF-")


def test_a_material_of_another_case_is_not_found_here(desk, at, zhou_the_acceptor, the_sauce_cast):
    here, there = at("submitted"), at("submitted", cast=the_sauce_cast)
    material = Material.objects.filter(application=there).first()
    assert desk.open(zhou_the_acceptor, case_url(here, f"materials/{material.pk}")).status == 404


def test_a_replaced_material_stays_to_be_read(desk, at, world, zhou_the_acceptor, wu_the_applicant):
    application = at("correction_requested")
    commands.file_material(
        application=application,
        kind="equipment_layout_plan",
        file=world.file,
        name="布局图-v2.pdf",
        by=wu_the_applicant,
        now=NOON,
    )
    page = desk.open(zhou_the_acceptor, case_url(application))
    assert "布局图-v2.pdf" in page.main
    assert "上一版：设备布局图.pdf" in page.main


# The telephone number ------------------------------------------------------------------------------------------------


def test_showing_the_number_is_written_down(desk, at, zhou_the_acceptor):
    application = at("submitted")
    page = desk.send(zhou_the_acceptor, case_url(application, "contact"), **{"HX-Request": "true"})
    assert "13800005678" in page.words
    assert "<html" not in page.html
    assert "13800005678" in desk.send(zhou_the_acceptor, case_url(application, "contact")).main
    seen = Entry.objects.filter(stream=application.stream, verb="application.contact_shown")
    assert [entry.actor for entry in seen] == [zhou_the_acceptor.code] * 2
    assert "查看联系电话，周敏，2次" in desk.open(zhou_the_acceptor, case_url(application)).main


def test_a_number_corrected_on_the_spot_stays_masked_and_the_applicant_sees_both(
    desk, at, client, zhou_the_acceptor, wang_of_yichang, wu_the_applicant
):
    row = {"section": "enterprise", "field": "contact_phone", "to": "13900004321"}
    offered = commands.offer_correction(application=at("submitted"), rows=[row], by=zhou_the_acceptor, now=NOON)
    for confirmed in (False, True):
        if confirmed:
            signed("confirm_correction", offered, by=wu_the_applicant, now=NOON)
        for officer in (zhou_the_acceptor, wang_of_yichang):
            page = desk.open(officer, case_url(offered))
            assert "138****5678" in page.main
            assert "139****4321" in page.main
            assert "13800005678" not in page.html
            assert "13900004321" not in page.html
        own = log_in(client, wu_the_applicant).get(address(offered, "content/" if confirmed else ""))
        assert "13900004321" in words_of(own)
        enter(EVERYTHING)


def test_looking_disturbs_nobody_who_is_acting(desk, at, zhou_the_acceptor, zhouwen_of_two_roles):
    application = at("submitted")
    revision = desk.open(zhou_the_acceptor, case_url(application, "accept")).revision
    desk.send(zhouwen_of_two_roles, case_url(application, "contact"))
    assert desk.send(zhou_the_acceptor, case_url(application, "accept"), {"revision": revision}).status == 303
    assert "application.accepted" in verbs(application)


def test_the_number_is_not_for_other_authorities(desk, at, wang_of_yichang):
    application = at("submitted")
    assert f'action="{case_url(application, "contact")}"' not in desk.open(wang_of_yichang, case_url(application)).html
    assert desk.send(wang_of_yichang, case_url(application, "contact")).status == 403
    assert "application.contact_shown" not in verbs(application)
