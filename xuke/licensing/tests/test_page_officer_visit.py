"""The score sheet on site and the end of the visit."""

from __future__ import annotations

import json

import pytest

from xuke.licensing import commands
from xuke.licensing.models import Application, Visit
from xuke.licensing.tests.acts import confirmed
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.tests.cast import NOON, verbs

JSON = {"Accept": "application/json"}


@pytest.fixture
def visited(at) -> Application:
    """A case whose team is on site."""
    return at("verification_assigned")


@pytest.fixture
def scored(visited, sun_the_verifier) -> Application:
    """The same with every item at its best."""
    marks = {str(number): {"score": "3", "note": ""} for number in range(1, 34)} | {"34": {"score": "1", "note": ""}}
    commands.score(application=visited, marks=marks, by=sun_the_verifier, now=NOON)
    confirmed(visited)
    return visited


def common(application: Application) -> dict:
    return Visit.objects.get(application=application).sheet.get("common", {})


def shown_on(page) -> str:
    """What the page says it showed, as its form sends it back."""
    return page.value_of("shown")


# The sheet -----------------------------------------------------------------------------------------------------------


def test_the_sheet_shows_34_items_in_six_parts(desk, visited, zhao_the_leader):
    page = desk.open(zhao_the_leader, case_url(visited, "visit"))
    assert page.status == 200
    assert len(page.statements) <= MOST_STATEMENTS
    assert page.html.count("data-item=") == 34
    for words in ("1. 生产场所 0/6", "2. 设备设施 0/12", "6. 试制食品检验合格报告 0/1", "已评 0 / 34项", "0.5分"):
        assert words in page.words
    assert "周边没有污染源" in page.words


def test_a_part_has_an_address_of_its_own(desk, visited, zhao_the_leader):
    page = desk.open(zhao_the_leader, case_url(visited, "visit") + "?part=rules")
    assert '<div class="xk-stack g2" data-part="rules">' in page.html
    assert '<div class="xk-stack g2" data-part="premises" hidden>' in page.html


def test_a_part_is_saved_without_a_script_and_the_next_one_opens(desk, visited, zhao_the_leader):
    sent = {"part": "premises", "shown": "{}", "score-1": "3", "score-2": "1", "note-2": "一处地面破损。", "note-3": ""}
    done = desk.send(zhao_the_leader, case_url(visited, "visit"), sent)
    assert done.goes_to == case_url(visited, "visit") + "?part=equipment"
    assert common(visited) == {
        "1": {"score": "3", "note": "", "by": "赵海峰", "user": zhao_the_leader.user_id},
        "2": {"score": "1", "note": "一处地面破损。", "by": "赵海峰", "user": zhao_the_leader.user_id},
    }
    page = desk.open(zhao_the_leader, done.goes_to)
    assert "1. 生产场所 2/6" in page.words
    assert "暂计 4 / 6 · 66.7% · 0分项 0" in page.words


def test_an_old_page_undoes_nobodys_newer_marks(desk, visited, zhao_the_leader, sun_the_verifier):
    url = case_url(visited, "visit")
    old = shown_on(desk.open(zhao_the_leader, url))
    desk.send(sun_the_verifier, url, {"part": "premises", "shown": "{}", "score-1": "0", "note-1": "有垃圾堆放。"})
    desk.send(zhao_the_leader, url, {"part": "premises", "shown": old, "score-1": "", "note-1": "", "score-2": "3"})
    assert (common(visited)["1"]["note"], common(visited)["1"]["by"]) == ("有垃圾堆放。", "孙雨桐")
    assert common(visited)["2"]["by"] == "赵海峰"


def test_sending_a_page_unchanged_writes_nothing(desk, scored, zhao_the_leader):
    before = verbs(scored)
    shown = shown_on(desk.open(zhao_the_leader, case_url(scored, "visit")))
    desk.send(zhao_the_leader, case_url(scored, "visit"), {"part": "premises", "shown": shown, "score-1": "3"})
    assert verbs(scored) == before


@pytest.mark.parametrize(
    "shown",
    ['{"1": 5}', '{"1": {"note": 5}}', '{"1": {"score": ["3"]}}', "[1]", "5", "no json", "9" * 5_000, "[" * 100_000],
    ids=["number", "note", "list", "array", "bare", "words", "long", "deep"],
)
def test_a_page_that_says_nonsense_about_what_it_showed_showed_nothing(desk, visited, zhao_the_leader, shown):
    sent = {"part": "premises", "shown": shown, "score-1": "3", "note-1": ""}
    assert desk.send(zhao_the_leader, case_url(visited, "visit"), sent).status == 303
    assert common(visited)["1"]["score"] == "3"


def test_one_variety_can_be_marked_differently(desk, scored, zhao_the_leader):
    url = case_url(scored, "visit")
    page = desk.open(zhao_the_leader, f"{url}?part=premises&variety=v2")
    assert "沿用全部品种的评分：符合" in page.words
    assert "已评 34 / 34项" in page.words
    sent = {"part": "premises", "variety": "v2", "shown": shown_on(page), "score-4": "0", "note-4": "墙面脱落。"}
    assert desk.send(zhao_the_leader, url, sent).goes_to == f"{url}?part=equipment&variety=v2"
    sheet = Visit.objects.get(application=scored).sheet
    assert (sheet["common"]["4"]["score"], sheet["varieties"]["v2"]["4"]["score"]) == ("3", "0")
    assert "另评：食品馅料（食品馅料：月饼馅料）不符合" in desk.open(zhao_the_leader, url).words
    back = {
        "part": "premises",
        "variety": "v2",
        "score-4": "",
        "note-4": "",
        "shown": json.dumps({"4": {"score": "0"}}),
    }
    desk.send(zhao_the_leader, url, back)
    assert "0分项 0" in desk.open(zhao_the_leader, f"{url}?variety=v2").words


def test_an_item_at_zero_asks_for_the_facts(desk, visited, zhao_the_leader):
    url = case_url(visited, "visit")
    sent = {"part": "premises", "shown": "{}", "score-1": "0"}
    page = desk.open(zhao_the_leader, desk.send(zhao_the_leader, url, sent).goes_to)
    demand = "评为“不符合”的请写明事实"
    assert page.html.count(f"data-demand>{demand}") == 1
    assert page.html.count(f"data-demand hidden>{demand}") == 33


def test_an_item_left_out_asks_for_the_reason_and_some_cannot_be(desk, scored, zhao_the_leader):
    url = case_url(scored, "visit")
    desk.send(zhao_the_leader, url, {"part": "premises", "shown": "{}", "score-1": "na"})
    page = desk.open(zhao_the_leader, url)
    assert page.html.count("data-demand>评为“不符合”的请写明事实") == 1
    assert page.html.count('value="na"') == 33
    told = desk.open(zhao_the_leader, case_url(scored, "conclude"))
    assert "评为“不符合”“不适用”的，还没有写明事实和理由1.1 厂区周边环境" in told.main


def test_a_visit_does_not_end_before_its_day(desk, at, zhao_the_leader, chen_the_reviewer, the_cast):
    team = [member.user_id for member in the_cast.verifiers]
    tomorrow = {"team": team, "leader": team[0], "visit_on": "2026-09-08"}
    visited = at("document_review")
    page = desk.open(chen_the_reviewer, case_url(visited, "assign"))
    desk.send(chen_the_reviewer, case_url(visited, "assign"), tomorrow | {"revision": page.revision})
    reason = "核查定在9月8日，还没有到场，不能结束。"
    for place in ("", "visit"):
        assert reason in desk.open(zhao_the_leader, case_url(visited, place)).words
    closed = desk.open(zhao_the_leader, case_url(visited, "conclude"))
    assert (closed.status, reason in closed.main) == (409, True)


# The script's side ---------------------------------------------------------------------------------------------------


def test_two_phones_meet_item_by_item(desk, visited, zhao_the_leader, sun_the_verifier):
    url = case_url(visited, "visit/marks")
    first = desk.send(zhao_the_leader, url, {"score-1": "3", "note-1": ""}, **JSON).response.json()
    second = desk.send(sun_the_verifier, url, {"score-2": "1", "note-2": "地面破损"}, **JSON).response.json()
    assert second["revision"] == first["revision"] + 1
    assert {number: mark["by"] for number, mark in second["marks"].items()} == {"1": "赵海峰", "2": "孙雨桐"}
    assert desk.open(zhao_the_leader, url, **JSON).response.json() == second


def test_a_mark_that_does_not_exist_is_refused_in_words(desk, visited, zhao_the_leader):
    page = desk.send(zhao_the_leader, case_url(visited, "visit/marks"), {"score-1": "2"}, **JSON)
    assert page.status == 422
    assert "第1项只能评" in page.response.json()["detail"]
    assert common(visited) == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [("note-1", "墙面\0脱落"), ("score-1", "3\0"), ("score-x", "3"), ("note-", "什么"), ("note-1", "长" * 1001)],
)
def test_odd_marks_are_refused_and_nothing_is_saved(desk, visited, zhao_the_leader, field, value):
    page = desk.send(zhao_the_leader, case_url(visited, "visit/marks"), {field: value}, **JSON)
    assert (page.status, common(visited)) == (422, {})


def test_marks_after_the_end_are_refused(desk, at, zhao_the_leader):
    application = at("verification_done")
    page = desk.send(zhao_the_leader, case_url(application, "visit/marks"), {"score-1": "0"}, **JSON)
    assert page.status == 409
    assert "评分不能再改" in page.response.json()["detail"]


def test_the_worker_is_a_script_that_asks_anew(client):
    response = client.get("/office/onsite-worker.js")
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert response.headers["Cache-Control"] == "no-cache"
    assert b'addEventListener("fetch"' in response.content


# Others --------------------------------------------------------------------------------------------------------------


def test_colleagues_read_the_sheet_and_cannot_mark_it(desk, visited, chen_the_reviewer):
    page = desk.open(chen_the_reviewer, case_url(visited, "visit"))
    assert page.status == 200
    assert "这一步由核查人员办理" in page.words or "您不在这件申请的核查组里。" in page.words
    assert "data-onsite " not in page.html
    assert desk.send(chen_the_reviewer, case_url(visited, "visit/marks"), {"score-1": "3"}, **JSON).status == 403


def test_there_is_no_sheet_before_a_team_was_sent(desk, at, chen_the_reviewer):
    page = desk.open(chen_the_reviewer, case_url(at("document_review"), "visit"))
    assert (page.status, "还没有派出核查组" in page.main) == (404, True)


# The end -------------------------------------------------------------------------------------------------------------


def test_only_the_leader_ends_the_visit(desk, scored, sun_the_verifier):
    page = desk.open(sun_the_verifier, case_url(scored, "conclude"))
    assert (page.status, "由组长赵海峰结束核查（组长负责制）。" in page.main) == (403, True)
    sent = {"revision": Application.objects.get(pk=scored.pk).revision, "applicant_signed": "yes"}
    assert desk.send(sun_the_verifier, case_url(scored, "conclude"), sent).status == 403


def test_what_is_missing_is_named(desk, scored, zhao_the_leader):
    unmarked = {"7": {"score": "", "note": ""}, "16": {"score": "", "note": ""}, "20": {"score": "0", "note": ""}}
    commands.score(application=scored, marks=unmarked, by=zhao_the_leader, now=NOON)
    page = desk.open(zhao_the_leader, case_url(scored, "conclude"))
    assert "还有2项没有评分 2.1 生产设备的配备、2.10 照明设施" in page.main.replace("  ", " ").replace(
        "评分2", "评分 2"
    )
    assert "3.2 工艺流程" in page.main
    refused = desk.send(
        zhao_the_leader, case_url(scored, "conclude"), {"revision": page.revision, "applicant_signed": "yes"}
    )
    assert refused.status == 422
    assert "还有2项没有评分" in refused.main


def test_a_missing_signature_needs_its_story(desk, scored, zhao_the_leader):
    page = desk.open(zhao_the_leader, case_url(scored, "conclude"))
    assert "100 / 100" in page.main
    sent = {"revision": page.revision, "applicant_signed": "no"}
    assert desk.send(zhao_the_leader, case_url(scored, "conclude"), sent).status == 422
    sent["signing_note"] = "申请人对第2项有异议，拒绝签字。"
    assert desk.send(zhao_the_leader, case_url(scored, "conclude"), sent).status == 303
    shown = desk.open(zhao_the_leader, case_url(scored)).main
    assert "申请人没有签字：申请人对第2项有异议，拒绝签字。" in shown


def test_a_visit_that_was_not_possible_ends_with_its_reason(desk, visited, zhao_the_leader):
    page = desk.open(zhao_the_leader, case_url(visited, "conclude"))
    sent = {"revision": page.revision, "applicant_signed": "yes", "not_possible": "企业停电，无法开机。"}
    assert desk.send(zhao_the_leader, case_url(visited, "conclude"), sent).status == 303
    shown = desk.open(zhao_the_leader, case_url(visited)).main
    assert "现场核查无法进行 企业停电，无法开机。" in shown.replace("进行企", "进行 企")
    assert "没有通过：现场核查无法进行" in shown


def test_the_page_and_the_command_allow_a_reason_of_the_same_length(desk, visited, zhao_the_leader):
    url = case_url(visited, "conclude")
    page = desk.open(zhao_the_leader, url)
    sent = {"revision": page.revision, "applicant_signed": "yes", "not_possible": "停" * 301}
    refused = desk.send(zhao_the_leader, url, sent)
    assert refused.status == 422
    assert refused.value_of("not_possible") == "停" * 301
    assert 'id="id_not_possible_error"' in refused.html
    assert desk.send(zhao_the_leader, url, sent | {"not_possible": "停" * 300}).status == 303


def test_the_sheet_of_a_visit_that_is_over_is_read_by_everybody_as_text(desk, at, zhao_the_leader, liu_the_decider):
    case = at("verification_done")
    for reader in (zhao_the_leader, liu_the_decider):
        page = desk.open(reader, case_url(case, "visit"))
        assert "结束，这里是评分的记录。" in page.words and "符合" in page.main
        sheet = page.html.partition("<body")[2]
        assert not [
            tag for tag in ("<fieldset", "<textarea", "<input", "<button") if tag in sheet.partition("<main")[2]
        ]
        for said in ("保存，下一部分", "向申请人出示证件", "完成核查", "本机待同步", "核对并结束"):
            assert said not in page.words


def test_who_is_not_of_the_team_reads_a_sheet_that_is_being_filled_in(desk, visited, liu_the_decider):
    page = desk.open(liu_the_decider, case_url(visited, "visit"))
    assert "<fieldset" not in page.html and "没有评" in page.main
    assert "完成核查" in page.main and "向申请人出示证件" not in page.words
