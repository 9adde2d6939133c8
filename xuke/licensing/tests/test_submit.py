"""Submitting: everything is checked at once, the competent authority gets it, the applicant gets a receipt."""

from datetime import date

import pytest

from xuke.config.demonstration import stories
from xuke.documents.models import Notice
from xuke.foundation import journal
from xuke.foundation.refusals import Conflict, Invalid
from xuke.licensing import commands, queries
from xuke.licensing.models import Application, Material
from xuke.licensing.tests.acts import signed
from xuke.tests.cast import NOON, notices_about, told, verbs


def submit(application, by, now=NOON, **other):
    return signed("submit", application, by=by, now=now, **other)


def save(application, cast, section, **values):
    typed = {**application.form.get(section, {}), **values}
    return commands.save_section(application=application, section=section, values=typed, by=cast.applicant, now=NOON)


def test_wu_submits_and_the_county_has_five_working_days(at, the_cast):
    application = submit(at("draft"), the_cast.applicant)
    assert (application.state, application.authority) == ("submitted", the_cast.authority)
    assert (application.submitted_at, application.received_on) == (NOON, date(2026, 9, 7))
    assert (application.due_on, application.due_provisional) == (date(2026, 9, 14), False)
    assert application.receipt_number == "20260907-420506-0001"
    assert application.title == "热加工糕点、食品馅料"
    assert [row["key"] for row in application.varieties] == ["v1", "v2"]
    assert application.varieties[0]["category"] == "糕点"
    assert set(Material.objects.values_list("authority_path", flat=True)) == {the_cast.authority.path}


def test_the_receipt_lists_what_was_received_and_when(at, the_cast):
    application = submit(at("draft"), the_cast.applicant)
    (receipt,) = notices_about(application)
    assert (receipt.kind, receipt.number) == ("receipt", application.receipt_number)
    assert receipt.content["submitted_at"] == "2026-09-07 12:00:00"
    assert receipt.content["told_by"] == "2026-09-14"
    assert "食品生产设备布局图" in receipt.content["materials"]
    assert receipt.content["applicant"] == the_cast.firm.name
    assert (receipt.reconsideration_until, receipt.litigation_until) == (None, None)
    assert verbs(receipt) == ["notice.issued"]


def test_receipts_are_numbered_without_gaps(at, the_cast, the_sauce_cast, the_yidu_cast):
    numbers = [
        submit(at("draft", cast=cast), cast.applicant).receipt_number
        for cast in (the_cast, the_sauce_cast, the_yidu_cast)
    ]
    assert numbers == ["20260907-420506-0001", "20260907-420506-0002", "20260907-420581-0001"]


def test_milk_is_licensed_by_the_prefecture(at, the_yichang_cast):
    application = submit(at("draft", cast=the_yichang_cast), the_yichang_cast.applicant)
    assert application.authority.code == "420500"
    assert journal.history(application.stream)[-1].facts["competence"]


def test_an_empty_form_is_refused_with_everything_that_is_missing(wu_the_applicant):
    draft = commands.start(procedure_code="food.first", by=wu_the_applicant, now=NOON)
    with pytest.raises(Invalid) as refusal:
        submit(draft, wu_the_applicant)
    wrong = told(refusal)
    assert {field.partition(".")[0] for field in wrong} == {
        "enterprise",
        "site",
        "products",
        "equipment",
        "people",
        "declaration",
    }
    assert wrong["products.varieties"] == "请至少选择一个品种。"
    assert wrong["products.process_flow_chart"] == "请上传食品生产工艺流程图。"
    assert "products.trial_product_report" not in wrong
    assert refusal.value.sentence == f"有{len(refusal.value.problems)}处需要修改，改好后才能提交。"
    assert Application.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("section", "values", "field", "sentence"),
    [
        ("site", {"division_code": "420599"}, "site.division_code", "没有代码420599"),
        ("site", {"division_code": "420500"}, "site.division_code", "请选择到县"),
        ("site", {"division_code": "４２０５０６"}, "site.division_code", "请选择到县"),
        ("site", {"division_code": "42050"}, "site.division_code", "请选择到县"),
        ("site", {"division_code": "420521"}, "site.division_code", "没有代码420521"),
        ("site", {"area": "-5"}, "site.area", "请填写1到99999的数"),
        ("enterprise", {"contact_phone": "12345"}, "enterprise.contact_phone", "请填写11位手机号"),
        ("enterprise", {"uscc": "91420506MAX0000019"}, "enterprise.uscc", "校验码"),
        ("enterprise", {"contact_name": "吴" * 61}, "enterprise.contact_name", "最多60个字，现在有61个字"),
        ("declaration", {"truthful": ""}, "declaration.truthful", "请勾选"),
        ("people", {"list": [{"name": "吴", "duty": "chef"}]}, "people.list.0.duty", "请在列出的选项里选择"),
        ("people", {"list": []}, "people.list", "请至少填写1行"),
        ("equipment", {"list": [{"name": "炉", "quantity": "1"}] * 101}, "equipment.list", "最多100行"),
        (
            "products",
            {"varieties": [{"code": "9999", "detail": "x", "main": True}]},
            "products.varieties.0.code",
            "9999",
        ),
        (
            "products",
            {"varieties": [{"code": "2401", "detail": "", "main": True}]},
            "products.varieties.0.detail",
            "填写",
        ),
        ("products", {"varieties": [{"code": "2401", "detail": "酥"}]}, "products.varieties", "请指定一个主要产品"),
        (
            "products",
            {"varieties": [{"code": "2401", "detail": "酥", "main": True}, {"code": "2401", "detail": "酥 "}]},
            "products.varieties.1.detail",
            "第2行和第1行相同",
        ),
        (
            "products",
            {"varieties": [{"code": "3101", "detail": "烘炒类、其他", "remark": "", "main": True}]},
            "products.varieties.0.remark",
            "写明具体产品名称",
        ),
    ],
)
def test_one_thing_is_wrong_and_wu_is_told_which(section, values, field, sentence, at, the_cast):
    draft = save(at("draft"), the_cast, section, **values)
    with pytest.raises(Invalid) as refusal:
        submit(draft, the_cast.applicant)
    assert sentence in told(refusal)[field]
    assert verbs(draft)[-1] == "application.saved"
    assert not Notice.objects.exists()


def test_the_code_of_another_enterprise_is_not_ones_own(at, the_cast, the_sauce_cast):
    draft = save(at("draft"), the_cast, "enterprise", uscc=_uscc_of(the_sauce_cast))
    with pytest.raises(Invalid) as refusal:
        submit(draft, the_cast.applicant)
    assert "统一社会信用代码与登记信息不一致" in told(refusal)["enterprise.uscc"]


def _uscc_of(cast):
    return commands.start(procedure_code="food.first", by=cast.applicant, now=NOON).form["enterprise"]["uscc"]


@pytest.mark.parametrize(
    ("section", "field", "text", "named"),
    [
        ("enterprise", "producer_name", "宜昌𠮷祥食品有限公司", "“𠮷”（U+20BB7）"),
        ("site", "surroundings", "周边都是👍", "“👍”（U+1F44D）"),
        ("enterprise", "legal_representative", "郑国强\ue000", "U+E000"),
    ],
)
def test_a_character_that_no_font_has_is_named(section, field, text, named, at, the_cast):
    draft = save(at("draft"), the_cast, section, **{field: text})
    with pytest.raises(Invalid) as refusal:
        submit(draft, the_cast.applicant)
    assert named in told(refusal)[f"{section}.{field}"]


def test_lines_and_tabs_are_no_rare_characters(at, the_cast):
    draft = save(at("draft"), the_cast, "site", surroundings="东：道路\n西：农田\t（水稻）")
    assert submit(draft, the_cast.applicant).state == "submitted"


def test_a_place_without_an_authority_here_is_told_where_to_go(at, the_cast):
    draft = save(at("draft"), the_cast, "site", division_code="420102")
    with pytest.raises(Invalid, match="还没有开通网上办理"):
        submit(draft, the_cast.applicant)


def test_one_case_at_a_time(at, the_cast, wu_the_applicant):
    first = at("submitted")
    second = at("draft")
    with pytest.raises(Conflict, match=first.receipt_number):
        submit(second, wu_the_applicant)
    commands.retract(application=first, reason="重新申请。", by=wu_the_applicant, now=NOON)
    assert submit(second, wu_the_applicant).state == "submitted"


def test_whoever_holds_a_licence_applies_for_a_change_instead(at, wu_the_applicant):
    at("granted")
    with pytest.raises(Conflict, match="一企一证"):
        submit(at("draft"), wu_the_applicant)


def test_what_wu_saved_in_another_window_does_not_stand_in_the_way(at, the_cast):
    draft = at("draft")
    save(draft, the_cast, "site", area="1300")
    assert submit(draft, the_cast.applicant, revision=draft.revision).form["site"]["area"] == "1300"


def test_the_officers_of_the_county_see_it_from_now_on(
    at, the_cast, zhou_the_acceptor, yang_of_yidu, he_the_supervisor
):
    draft = at("draft")
    assert not queries.visible_to(zhou_the_acceptor).exists()
    application = submit(draft, the_cast.applicant)
    assert queries.visible_to(zhou_the_acceptor).get() == application
    assert queries.visible_to(he_the_supervisor).get() == application
    assert not queries.visible_to(yang_of_yidu).exists()


def test_nothing_in_the_story_is_lost_on_the_way(at, the_cast):
    application = submit(at("draft"), the_cast.applicant)
    wanted = stories.filled_form(the_cast)
    for section in ("site", "equipment", "people", "declaration"):
        assert application.form[section] == wanted[section]


@pytest.mark.parametrize("field", ["producer_name", "uscc", "legal_representative", "domicile"])
def test_nobody_is_licensed_under_another_name(field, at, wu_the_applicant, the_sauce_cast):
    draft = at("draft")
    other = {"uscc": "914205065000000000"}.get(field, "别人的")
    changed = commands.save_section(
        application=draft,
        section="enterprise",
        values={**draft.form["enterprise"], field: other},
        by=wu_the_applicant,
        now=NOON,
    )
    with pytest.raises(Invalid) as refusal:
        signed("submit", changed, by=wu_the_applicant, now=NOON)
    assert [problem.field for problem in refusal.value.problems] == [f"enterprise.{field}"]
