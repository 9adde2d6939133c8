"""The application form: what is typed is kept, what is wrong is told in the same words above and at its field."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.html import escape
from django.utils.http import urlencode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xuke.config.demonstration.people import PASSWORD
from xuke.licensing import commands, queries
from xuke.licensing.forms_applicant import draw, read
from xuke.licensing.models import Application, Material
from xuke.licensing.procedures import PROCEDURES
from xuke.licensing.tests.applicant_pages import (
    MOST_STATEMENTS,
    address,
    as_stored,
    form_on,
    log_in,
    statements,
    step,
    words,
)
from xuke.tests.cast import NOON, everything, tiny_pdf, verbs

FIRST = PROCEDURES[0]
CAKE = {"code": "2401", "detail": "烘烤类糕点：酥类", "remark": "", "main": True}


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """The clock that the pages read."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


@pytest.fixture
def browser(client, wu_the_applicant):
    return log_in(client, wu_the_applicant)


@pytest.fixture
def draft(world, wu_the_applicant) -> Application:
    """A form that was begun a while ago, with nothing but what the register knows."""
    return commands.start(procedure_code="food.first", by=wu_the_applicant, now=NOON - timedelta(hours=1))


def pdf(title: str = "布局图") -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{title}.pdf", tiny_pdf(title), "application/pdf")


def filed(application: Application) -> list[tuple[str, str, bool]]:
    """Kind, name and whether it still counts, for every file of a case."""
    with everything():
        rows = Material.objects.filter(application=application.pk).order_by("uploaded_at", "pk")
        return [(row.kind, row.name, row.superseded_at is None) for row in rows]


# --- beginning --------------------------------------------------------------------------------------------------------


def test_beginning_leads_to_the_first_step_with_what_the_register_knows(browser, world, wu_the_applicant):
    response = browser.post("/my/applications/new/")
    assert response.status_code == 303
    page = browser.get(response["Location"])
    form = form_on(page)
    assert form.fields["enterprise.producer_name"] == [wu_the_applicant.enterprise_name]
    assert form.fields["enterprise.uscc"] == [wu_the_applicant.uscc]
    assert form.summary == []


def test_a_double_click_begins_one_draft(browser, world):
    places = {browser.post("/my/applications/new/")["Location"] for _ in range(2)}
    assert len(places) == 1


def test_opening_the_address_of_the_button_begins_nothing(browser, world):
    assert "首次申请" in words(browser.get("/my/applications/new/"))
    with everything():
        assert not Application.objects.exists()


# --- leaving a step ---------------------------------------------------------------------------------------------------


def test_what_is_wrong_is_told_above_and_at_the_field_in_the_same_words(browser, draft):
    form = form_on(browser.get(step(draft, "site")))
    response = form.press(browser, "next", site__area="很大", site__production_address="兴禾路16号")
    assert response.status_code == 422
    told = form_on(response)
    assert told.summary == ["请选择所在县（市、区）。", "请填写1到99999的数。", "请填写周边环境。"]
    assert sorted(told.errors.values()) == sorted(told.summary)
    assert set(told.errors) == {"site.division_code", "site.area", "site.surroundings"}
    assert "有3处需要修改，改好后才能进入下一步" in words(response)


def test_what_is_wrong_is_kept_all_the_same(browser, draft):
    form_on(browser.get(step(draft, "site"))).press(browser, "next", site__area="很大")
    assert as_stored(draft).form["site"]["area"] == "很大"
    assert form_on(browser.get(step(draft, "site"))).fields["site.area"] == ["很大"]


def test_a_step_that_is_right_leads_to_the_next_one(browser, draft):
    form = form_on(browser.get(step(draft, "enterprise")))
    response = form.press(browser, "next", enterprise__contact_name="吴晓梅", enterprise__contact_phone="0717-1234567")
    assert (response.status_code, response["Location"]) == (303, step(draft, "site"))


def test_going_back_and_leaving_save_as_well(browser, draft):
    form = form_on(browser.get(step(draft, "site")))
    assert form.press(browser, "back", site__area="1")["Location"] == step(draft, "enterprise")
    assert as_stored(draft).form["site"]["area"] == "1"
    assert form.press(browser, "leave", site__area="2")["Location"] == "/my/"
    assert as_stored(draft).form["site"]["area"] == "2"


def test_the_enter_key_goes_on_and_never_removes_a_row(browser, draft):
    assert form_on(browser.get(step(draft, "equipment"))).buttons[0] == "enter"
    form = form_on(browser.get(step(draft, "equipment")))
    response = form.press(browser, "enter", equipment__list__0__name="和面机", equipment__list__0__quantity="2")
    assert response["Location"] == step(draft, "people")
    assert as_stored(draft).form["equipment"]["list"] == [{"name": "和面机", "model": "", "quantity": "2", "use": ""}]


def test_a_character_that_cannot_be_printed_is_named_before_submitting(browser, draft):
    form = form_on(browser.get(step(draft, "enterprise")))
    response = form.press(
        browser,
        "next",
        enterprise__legal_representative="郑𪚥",
        enterprise__contact_name="吴晓梅",
        enterprise__contact_phone="13800005678",
    )
    told = form_on(response)
    assert "“𪚥”（U+2A6A5）" in told.errors["enterprise.legal_representative"]
    assert told.summary == [told.errors["enterprise.legal_representative"]]


def test_the_lines_above_lead_to_the_controls(browser, draft):
    response = form_on(browser.get(step(draft, "site"))).press(browser, "next")
    page = response.content.decode()
    for name in ("division_code", "production_address", "area", "surroundings"):
        assert f'href="#id_site.{name}"' in page
        assert f'id="id_site.{name}"' in page


def test_a_step_that_does_not_exist_is_not_found(browser, draft):
    assert browser.get(step(draft, "nothing")).status_code == 404
    assert browser.post(step(draft, "nothing"), {}).status_code == 404


# --- saving by itself -------------------------------------------------------------------------------------------------


def test_the_form_saves_itself_and_says_when(browser, draft):
    form = form_on(browser.get(step(draft, "site")))
    typed = {**form.fields, "site.area": "12"}
    htmx = {"HX-Request": "true", "HX-Trigger": "step"}
    response = browser.post(form.url, typed, headers=htmx)
    assert response.status_code == 200
    assert "已于12:00:00自动保存" in response.content.decode()
    assert "<html" not in response.content.decode()
    assert as_stored(draft).form["site"]["area"] == "12"


def test_a_button_pressed_before_does_not_press_itself_again(browser, draft):
    """HTMX sends the name of the last button along; the form saving itself is nobody's press."""
    form = form_on(browser.get(step(draft, "equipment")))
    typed = {**form.fields, "equipment.list.0.name": "和面机", "do": "remove:list.0"}
    browser.post(form.url, typed, headers={"HX-Request": "true", "HX-Trigger": "step"})
    assert as_stored(draft).form["equipment"]["list"][0]["name"] == "和面机"


def test_saving_again_what_is_there_writes_nothing(browser, draft):
    form = form_on(browser.get(step(draft, "site")))
    for _ in range(3):
        form.press(browser, "next", site__area="12")
    assert verbs(as_stored(draft)) == ["application.started", "application.saved"]


def test_an_older_page_of_the_same_person_saves_again(browser, draft):
    older = form_on(browser.get(step(draft, "site")))
    older.press(browser, "leave", site__area="1")
    assert older.press(browser, "leave", site__area="2").status_code == 303
    assert as_stored(draft).form["site"]["area"] == "2"


def test_what_a_colleague_saved_meanwhile_is_not_overwritten_and_nothing_typed_is_lost(
    browser, client, draft, wu_the_applicant
):
    mine = form_on(browser.get(step(draft, "site")))
    colleague = type(wu_the_applicant)(**{**vars(wu_the_applicant), "user_id": 999, "name": "郑国强"})
    commands.save_section(application=draft, section="site", values={"area": "7"}, by=colleague, now=NOON)
    response = mine.press(browser, "leave", site__area="8", site__surroundings="没有污染源")
    assert response.status_code == 409
    assert "郑国强" in words(response)
    assert "修改了这一步" in words(response)
    assert "没有污染源" in response.content.decode()
    assert as_stored(draft).form["site"]["area"] == "7"


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", "'; --", "  两边有空白  ", "一\r\n二"])
def test_anything_can_be_typed(browser, draft, typed):
    form = form_on(browser.get(step(draft, "site")))
    assert form.press(browser, "leave", site__surroundings=typed).status_code == 303
    kept = as_stored(draft).form["site"]["surroundings"]
    assert kept == typed.replace("\r\n", "\n").strip()
    assert escape(kept) in browser.get(step(draft, "site")).content.decode()


@pytest.mark.parametrize("mark", ["\u202e", "\u200b", "\x00", "\x1b"], ids=["turning", "zero width", "nul", "escape"])
def test_a_character_that_nobody_sees_is_told_at_its_field_and_nothing_typed_is_lost(browser, draft, mark):
    form = form_on(browser.get(step(draft, "site")))
    response = form.press(browser, "leave", site__surroundings=f"东面{mark}是道路", site__area="7")
    assert response.status_code == 422
    again = form_on(response)
    assert f"（U+{ord(mark):04X}），在“东面”后面" in again.errors["site.surroundings"]
    assert again.fields["site.area"] == ["7"]
    assert "area" not in as_stored(draft).form.get("site", {})
    saved = again.press(browser, "leave", site__surroundings="东面是道路")
    assert saved.status_code == 303
    assert as_stored(draft).form["site"]["area"] == "7"


def test_the_form_that_saves_itself_says_it_above_the_page(browser, draft):
    url = step(draft, "site")
    sent = {"site.surroundings": "东面\u202e是道路"}
    response = browser.post(url, sent, headers={"HX-Request": "true", "HX-Trigger": "step"})
    assert (response.status_code, response["HX-Retarget"]) == (422, "#refusal")
    assert "U+202E" in words(response)


def test_a_file_that_came_along_is_filed_although_a_word_has_to_be_changed(browser, draft):
    form = form_on(browser.get(step(draft, "people")))
    file = SimpleUploadedFile("管理\u202e制度.pdf", tiny_pdf(), "application/pdf")
    response = form.press(browser, "next", {"people.food_safety_rules": file}, people__list__0__name="吴\u200b晓梅")
    assert response.status_code == 422
    assert "（U+200B），在“吴”后面" in form_on(response).summary[0]
    assert filed(draft) == [("food_safety_rules", "管理制度.pdf", True)]


def test_numbers_beyond_all_counting_in_hidden_fields_are_no_numbers(browser, draft):
    form = form_on(browser.get(step(draft, "equipment")))
    huge = "9" * 5_000
    assert form.press(browser, "leave", revision=huge, equipment__list__count=huge).status_code == 303
    assert browser.post(f"/my/applications/{draft.pk}/retract/", {"revision": huge}).status_code < 500


# --- rows -------------------------------------------------------------------------------------------------------------


def test_rows_come_and_go_without_a_script(browser, draft):
    form = form_on(browser.get(step(draft, "equipment")))
    response = form.press(browser, "add:list", equipment__list__0__name="和面机")
    form = form_on(browser.get(response["Location"]))
    assert form.fields["equipment.list.0.name"] == ["和面机"]
    assert form.fields["equipment.list.1.name"] == [""]
    response = form.press(browser, "remove:list.0", equipment__list__1__name="烤炉")
    form = form_on(browser.get(response["Location"]))
    assert form.fields["equipment.list.0.name"] == ["烤炉"]
    assert "equipment.list.1.name" not in form.fields


def test_rows_come_and_go_in_place_with_a_script(browser, draft):
    form = form_on(browser.get(step(draft, "equipment")))
    typed = {**form.fields, "equipment.list.0.name": "和面机", "do": "add:list"}
    response = browser.post(form.url, typed, headers={"HX-Request": "true"})
    page = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in page
    assert 'name="equipment.list.1.name"' in page
    assert "autofocus" in page


def test_a_row_that_was_left_blank_is_no_row(browser, draft):
    form = form_on(browser.get(step(draft, "equipment")))
    response = form.press(browser, "next")
    told = form_on(response)
    assert told.summary == ["请至少填写1行设备设施。"]
    assert told.errors == {"equipment.list": "请至少填写1行设备设施。"}
    assert as_stored(draft).form["equipment"]["list"] == []


def test_a_table_with_too_many_rows_says_so(browser, draft, wu_the_applicant):
    rows = [{"name": f"设备{number}", "quantity": "1"} for number in range(100)]
    commands.save_section(application=draft, section="equipment", values={"list": rows}, by=wu_the_applicant, now=NOON)
    page = browser.get(step(draft, "equipment"))
    assert "add:list" not in form_on(page).buttons
    assert "最多100行，更多的请合并填写。" in words(page)


# --- products ---------------------------------------------------------------------------------------------------------


def pick(browser, application: Application, code: str):
    """The page after a product was added from its opened category."""
    opened = browser.get(step(application, "products") + f"?category=1{code[:2]}")
    return browser.get(form_on(opened).press(browser, f"pick:{code}")["Location"])


def test_choosing_products_says_at_once_who_accepts(browser, draft, wu_the_applicant):
    commands.save_section(
        application=draft, section="site", values={"division_code": "420506"}, by=wu_the_applicant, now=NOON
    )
    form = form_on(browser.get(step(draft, "products")))
    response = form.press(browser, "find", q="糕点")
    page = browser.get(response["Location"])
    assert "热加工糕点" in words(page)
    response = form_on(page).press(browser, "pick:2401")
    page = browser.get(response["Location"])
    assert "由 宜昌市夷陵区市场监督管理局 受理" in words(page)
    assert "10个工作日 内作出决定" in words(page)
    assert "category:105" in form_on(page).buttons
    page = pick(browser, draft, "0501")
    assert "由不同级别的部门许可" in words(page)
    assert "现在是 宜昌市市场监督管理局" in words(page)
    chosen = as_stored(draft).form["products"]["varieties"]
    assert [(row["code"], row["main"]) for row in chosen] == [("2401", True), ("0501", False)]


def test_without_a_place_the_level_is_told(browser, draft):
    page = pick(browser, draft, "2401")
    assert "所选类别由县级市场监督管理部门受理" in words(page)


def test_where_no_authority_is_on_line_the_applicant_learns_it_early(browser, draft, wu_the_applicant):
    commands.save_section(
        application=draft, section="site", values={"division_code": "420528"}, by=wu_the_applicant, now=NOON
    )
    page = pick(browser, draft, "2401")
    assert "这个地方的受理机关还没有开通网上办理" in words(page)
    last = browser.get(step(draft, "declaration"))
    assert "这个地方的受理机关还没有开通网上办理，请到当地市场监督管理局窗口办理。" in form_on(last).summary


def test_a_search_that_finds_nothing_says_so(browser, draft):
    form = form_on(browser.get(step(draft, "products")))
    typed = {**form.fields, "q": "火箭", "do": "find"}
    response = browser.post(form.url, typed, headers={"HX-Request": "true"})
    assert "没有找到“火箭”" in words(response)


def test_the_main_product_and_the_remark_are_kept_when_another_product_goes(browser, draft, wu_the_applicant):
    rows = [CAKE, {"code": "0701", "detail": "油炸方便面", "remark": "", "main": False}]
    commands.save_section(
        application=draft, section="products", values={"varieties": rows}, by=wu_the_applicant, now=NOON
    )
    form = form_on(browser.get(step(draft, "products")))
    form.press(browser, "remove:varieties.0", products__varieties__1__remark="桶装", products__varieties__main="1")
    assert as_stored(draft).form["products"]["varieties"] == [
        {"code": "0701", "detail": "油炸方便面", "remark": "桶装", "main": True}
    ]


def test_other_products_must_be_named_in_the_remark(browser, draft, wu_the_applicant):
    rows = [CAKE, {"code": "2402", "detail": "其他", "remark": "", "main": False}]
    commands.save_section(
        application=draft, section="products", values={"varieties": rows}, by=wu_the_applicant, now=NOON
    )
    told = form_on(form_on(browser.get(step(draft, "products"))).press(browser, "next"))
    sentence = "品种明细第2行：选择“其他”的，请在备注写明具体产品名称。"
    assert told.errors["products.varieties.1.remark"] == sentence
    assert told.summary[0] == sentence


def test_a_code_that_the_catalogue_does_not_know_is_not_added(browser, draft):
    form = form_on(browser.get(step(draft, "products")))
    browser.post(form.url, {**form.fields, "do": "pick:9999"})
    assert as_stored(draft).form["products"]["varieties"] == []


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_file_is_filed_and_can_be_replaced_and_downloaded(browser, draft):
    at = "products.equipment_layout_plan"
    for title in ("布局图", "布局图改"):
        form = form_on(browser.get(step(draft, "products")))
        response = form.press(browser, "upload:equipment_layout_plan", {at: pdf(title)})
        assert response.status_code == 303
    assert filed(draft) == [
        ("equipment_layout_plan", "布局图.pdf", False),
        ("equipment_layout_plan", "布局图改.pdf", True),
    ]
    page = browser.get(step(draft, "products"))
    assert "已替换1份" in words(page)
    with everything():
        current = next(row for row in queries.materials(draft) if row.superseded_at is None)
    download = browser.get(address(draft, f"materials/{current.pk}/"))
    assert b"".join(download.streaming_content) == tiny_pdf("布局图改")
    assert download["Content-Disposition"].startswith("attachment")


def test_a_pdf_that_is_none_is_told_at_its_field_and_nothing_else_is_lost(browser, draft):
    form = form_on(browser.get(step(draft, "people")))
    fake = SimpleUploadedFile("管理制度.pdf", b"MZ\x90\x00 not a pdf", "application/pdf")
    response = form.press(
        browser, "upload:food_safety_rules", {"people.food_safety_rules": fake}, people__list__0__name="吴晓梅"
    )
    told = form_on(response)
    sentence = "管理制度.pdf 打不开：扩展名是PDF，内容不是PDF。请另存为PDF后重新上传。"
    assert response.status_code == 422
    assert told.errors["people.food_safety_rules"] == sentence
    assert told.summary == [sentence]
    assert as_stored(draft).form["people"]["list"][0]["name"] == "吴晓梅"
    assert filed(draft) == []


def test_a_file_that_is_too_large_is_told_at_its_field(browser, draft, settings):
    settings.XUKE_MAX_FILE = 100
    form = form_on(browser.get(step(draft, "people")))
    response = form.press(
        browser, "upload:food_safety_rules", {"people.food_safety_rules": pdf()}, people__list__0__name="吴晓梅"
    )
    assert response.status_code == 413
    assert "没有接收" in form_on(response).errors["people.food_safety_rules"]
    assert as_stored(draft).form["people"]["list"][0]["name"] == "吴晓梅"


def test_two_gigabytes_are_refused_before_a_byte_is_read(browser, draft):
    response = browser.generic(
        "POST",
        step(draft, "people"),
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH="2000000000",
    )
    assert response.status_code == 413
    assert "一次最多上传55 MB" in words(response)


def test_pressing_upload_without_a_file_says_so(browser, draft):
    response = form_on(browser.get(step(draft, "people"))).press(browser, "upload:food_safety_rules")
    assert response.status_code == 422
    assert form_on(response).errors["people.food_safety_rules"] == "请先选择食品安全管理制度的文件。"


def test_files_that_were_only_chosen_are_taken_along_to_the_next_step(browser, draft):
    form = form_on(browser.get(step(draft, "products")))
    form.press(
        browser,
        "next",
        {"products.equipment_layout_plan": pdf("布局图"), "products.process_flow_chart": pdf("流程图")},
    )
    assert [name for _, name, _ in filed(draft)] == ["布局图.pdf", "流程图.pdf"]


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", [section.name for section in FIRST.asked({})])
def test_no_step_asks_more_than_eight_statements(browser, at, section):
    assert len(statements(browser, step(at("draft"), section))) <= MOST_STATEMENTS


def test_the_list_of_steps_says_what_is_done_and_what_is_not(browser, draft):
    form_on(browser.get(step(draft, "site"))).press(browser, "leave", site__area="很大")
    page = words(browser.get(step(draft, "products")))
    assert "生产场所 有4处需要修改" in page
    assert "第3步，共6步：产品类别与材料" in page


def test_a_form_that_was_corrected_is_edited_again(browser, at):
    application = at("correction_requested")
    page = browser.get(step(application, "products"))
    assert "需要补正2项" in words(page)
    assert form_on(page).press(browser, "next").status_code == 303


def test_a_case_that_was_submitted_leads_from_its_form_to_its_page(browser, at):
    application = at("submitted")
    assert browser.get(step(application, "site"))["Location"] == address(application)
    before = as_stored(application)
    response = browser.post(step(application, "site"), {"site.area": "9", "do": "next"})
    assert response.status_code == 409
    assert "申请已经提交，内容不能再改" in words(response)
    assert as_stored(application).form == before.form


def test_the_form_of_another_enterprise_is_not_found(client, at, wang_the_sauce_brewer):
    draft = at("draft")
    stranger = log_in(client, wang_the_sauce_brewer)
    before = as_stored(draft)
    assert stranger.get(step(draft, "site")).status_code == 404
    assert stranger.post(step(draft, "site"), {"site.area": "1", "do": "next"}).status_code == 404
    assert as_stored(draft) == before
    assert as_stored(draft).revision == before.revision


def test_a_session_that_ends_in_mid_form_loses_no_field(client, draft, wu_the_applicant):
    form = form_on(log_in(client, wu_the_applicant).get(step(draft, "site")))
    client.logout()
    response = form.press(client, "next", site__area="1234", site__surroundings="周边没有污染源")
    assert response.status_code == 401
    token = response.content.decode().split('name="kept" value="')[1].split('"')[0]
    assert client.post("/kept/", {"kept": token}).status_code == 307
    page = client.post("/login/", {"kept": token})
    assert "您填写的内容都在" in words(page)
    page = client.post("/login/", {"kept": token, "username": "wuxiaomei", "password": PASSWORD})
    assert "周边没有污染源" in words(page)
    assert as_stored(draft).form.get("site") is None
    resumed = _Resumed(page.content.decode())
    assert client.post(resumed.url, resumed.fields).status_code == 422
    assert as_stored(draft).form["site"] == {
        "division_code": "",
        "production_address": "",
        "area": "1234",
        "surroundings": "周边没有污染源",
    }


class _Resumed:
    """The form on the page after the login: hidden fields and one button."""

    def __init__(self, page: str) -> None:
        form = next(form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if "接着提交" in form)
        self.url = unescape(re.search(r'action="([^"]*)"', form)[1])
        pairs = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
        self.fields = {unescape(name): unescape(value) for name, value in pairs if name != "csrfmiddlewaretoken"}


# --- reading what was drawn -------------------------------------------------------------------------------------------

_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=12).map(str.strip)


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(("name", "model", "quantity", "use"), _TEXT)), max_size=4))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_reading_a_drawn_table_gives_back_what_was_drawn(rows):
    section = FIRST.section("equipment")
    drawing = draw(section, {"list": rows})
    sent = {f"{table.at}.count": len(table.rows) for table in drawing.tables}
    for table in drawing.tables:
        for row in table.rows:
            sent |= {cell.bound.html_name: cell.bound.value() for cell in row}
    values = read(section, QueryDict(urlencode(sent)), {})
    assert values == {"list": [row for row in rows if any(row.values())]}


def test_what_is_not_on_the_page_stays_as_it_was():
    before = {"list": [{"name": "和面机"}]}
    assert read(FIRST.section("equipment"), QueryDict(""), before) == before
    assert read(FIRST.section("declaration"), QueryDict(""), {"truthful": "yes"}) == {"truthful": "yes"}
    assert read(FIRST.section("declaration"), QueryDict("declaration.truthful="), {"truthful": "yes"}) == {
        "truthful": ""
    }
