"""The auditor's pages: the journal by subject, person, time, verb, authority; one history; one entry; taking away."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote, unquote

import pytest
from django.db import connection

from xuke.audit import queries
from xuke.audit.paging import Mark
from xuke.audit.vocabulary import vocabulary
from xuke.foundation import journal, request_ids
from xuke.foundation.actors import SYSTEM
from xuke.foundation.models import Entry
from xuke.foundation.scope import EVERYTHING, enter
from xuke.foundation.tests.journals import Case
from xuke.licensing import commands as licensing
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS
from xuke.tests.cast import NOON

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 Safari/537.36"
JOURNAL, LOOKS = "/office/audit/", "/office/audit/looks/"


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    """The clock that the pages read."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


def history_url(stream: str, rest: str = "") -> str:
    return f"/office/audit/subjects/{stream}/{rest}"


# --- who may ----------------------------------------------------------------------------------------------------------


def test_only_auditors_enter(desk, at, qian_the_auditor, zhou_the_acceptor, he_the_supervisor, gao_the_administrator):
    application = at("accepted")
    urls = (JOURNAL, LOOKS, "/office/audit/integrity/", history_url(application.stream))
    for url in (*urls, history_url(application.stream, "1/")):
        assert desk.open(qian_the_auditor, url).status == 200
        for other in (zhou_the_acceptor, he_the_supervisor, gao_the_administrator):
            refused = desk.open(other, url)
            assert refused.status == 403
            assert "审计人员" in refused.main


def test_a_stranger_logs_in_first(client, world):
    assert client.get(JOURNAL).status_code == 303


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_journal_tells_who_did_what_in_words(desk, at, qian_the_auditor):
    at("accepted")
    page = desk.open(qian_the_auditor, JOURNAL)
    assert page.status == 200
    assert "受理" in page.main
    assert "周敏（宜昌市夷陵区市场监督管理局）" in page.main
    assert "食品生产许可首次申请" in page.main
    assert "application.accepted" not in page.main
    assert len(page.statements) <= MOST_STATEMENTS


def test_an_auditor_sees_their_territory_and_nothing_beside_it(desk, at, qian_the_auditor, the_yidu_cast):
    at("submitted", cast=the_yidu_cast)
    page = desk.open(qian_the_auditor, f"{JOURNAL}?since=2020-01-01")
    assert "宜都" not in listed_in(page.main)


def listed_in(text: str) -> str:
    """The list itself."""
    return text.partition("最近30天")[2]


def test_a_number_finds_the_case_with_its_licence_and_notices(desk, at, qian_the_auditor, the_sauce_cast):
    application, other = at("certificate_issued"), at("submitted", cast=the_sauce_cast)
    page = desk.open(qian_the_auditor, f"{JOURNAL}?q={quote(application.acceptance_number)}")
    assert "核发许可证" in page.main
    assert "出具文书" in page.main
    assert other.receipt_number not in listed_in(page.main)
    assert len(page.statements) <= MOST_STATEMENTS + 1


@pytest.mark.parametrize("what", ["stream", "pk", "receipt_number"])
def test_a_case_is_found_by_all_its_names(desk, at, qian_the_auditor, what):
    application = at("submitted")
    page = desk.open(qian_the_auditor, f"{JOURNAL}?q={quote(str(getattr(application, what)))}")
    assert "提交申请" in page.main


def test_an_enterprise_is_found_by_its_name(desk, at, qian_the_auditor):
    at("submitted")
    assert "提交申请" in desk.open(qian_the_auditor, f"{JOURNAL}?q={quote('禾穗坊')}").main


@pytest.mark.parametrize("by", ["name", "uscc"])
def test_an_enterprise_is_found_with_its_mandates_and_invitations(desk, at, qian_the_auditor, by):
    """Where the entries say that they belong to the territory; those of an enterprise elsewhere do not."""
    firm, path = at("submitted").enterprise, qian_the_auditor.authority_path
    for stream, verb, place in (
        (firm.stream, "enterprise.mandate_given", path),
        ("invitation:17", "invitation.made", path),
        ("invitation:18", "invitation.withdrawn", "420000/420100/"),
    ):
        seq = Entry.objects.filter(stream=stream).count() + 1
        case = Case(stream, revision=seq, journal_authority=place, journal_enterprise=str(firm.pk))
        journal.record(verb, subject=case, by=SYSTEM, at=NOON)
    other = Case("invitation:19", revision=1, journal_authority=path, journal_enterprise="0")
    journal.record("invitation.refused", subject=other, by=SYSTEM, at=NOON)
    page = desk.open(qian_the_auditor, f"{JOURNAL}?q={quote(getattr(firm, by))}")
    found = listed_in(page.main)
    assert "授权办事" in found
    assert "邀请办事" in found
    assert "撤回邀请" not in found
    assert "拒绝使用邀请" not in found
    assert len(page.statements) <= MOST_STATEMENTS + 1
    for group, told in (("enterprise.", "授权办事"), ("invitation.", "邀请办事")):
        assert told in listed_in(desk.open(qian_the_auditor, f"{JOURNAL}?verb={group}").main)


@pytest.mark.parametrize("name", ["周敏", "zhoumin", "周敏（宜"])
def test_a_person_is_found_by_name(desk, at, qian_the_auditor, name):
    at("accepted")
    found = listed_in(desk.open(qian_the_auditor, f"{JOURNAL}?person={quote(name)}").main)
    assert "受理" in found
    assert "吴晓梅" not in found


def test_what_the_system_did(desk, at, qian_the_auditor):
    at("certificate_issued")
    found = listed_in(desk.open(qian_the_auditor, f"{JOURNAL}?since=2026-09-01&person={quote('系统')}").main)
    assert "制成电子证书" in found
    assert "周敏" not in found


@pytest.mark.parametrize("number", ["0192f0c1-7e2a-7bd1-9f00-000000000001", "job:7"])
def test_what_a_request_or_a_job_wrote_is_found_by_its_number(desk, world, qian_the_auditor, number):
    case = Case("application:1", revision=1, journal_authority=qian_the_auditor.authority_path)
    enter(EVERYTHING)
    with request_ids.entered(number):
        journal.record("application.accepted", subject=case, by=SYSTEM, at=NOON)
    assert "受理 湖北𠮷祥食品有限公司" in desk.open(qian_the_auditor, f"{JOURNAL}?q={quote(number)}").main
    assert "湖北𠮷祥" not in desk.open(qian_the_auditor, f"{JOURNAL}?q={quote(number[:-1])}8").main
    assert number in desk.open(qian_the_auditor, history_url(case.stream, "1/")).main


def test_days_are_legal_days_in_china(desk, at, qian_the_auditor):
    at("submitted")
    assert "提交申请" in desk.open(qian_the_auditor, f"{JOURNAL}?since=2026-09-07&until=2026-09-07").main
    assert "没有找到" in desk.open(qian_the_auditor, f"{JOURNAL}?until=2026-09-06&since=2026-09-06").main


def test_without_a_span_the_last_thirty_days_are_shown(desk, at, qian_the_auditor, monkeypatch):
    at("submitted")
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(days=40))
    page = desk.open(qian_the_auditor, JOURNAL)
    assert "没有找到" in page.main
    assert page.value_of("since") == "2026-09-17"
    assert "提交申请" in desk.open(qian_the_auditor, f"{JOURNAL}?since=2026-01-01").main


def test_a_verb_and_a_group_of_verbs(desk, at, qian_the_auditor):
    at("accepted")
    one = listed_in(desk.open(qian_the_auditor, f"{JOURNAL}?verb=application.accepted").main)
    assert "受理" in one
    assert "提交申请" not in one
    group = listed_in(desk.open(qian_the_auditor, f"{JOURNAL}?verb=notice.").main)
    assert "出具文书" in group
    assert "提交申请" not in group


def test_an_authority_below(desk, at, the_yichang_cast, qian_the_auditor):
    at("submitted")
    page = desk.open(qian_the_auditor, f"{JOURNAL}?below={quote(qian_the_auditor.authority_path)}")
    assert "提交申请" in page.main
    wrong = desk.open(qian_the_auditor, f"{JOURNAL}?below=420000/420500/420581/")
    assert wrong.status == 422


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday",
        "since=2026-09-07&until=2026-09-01",
        "verb=nonsense",
        "q=%00",
        "person=%00",
        "q=" + "x" * 200,
    ],
)
def test_what_cannot_be_meant_is_told(desk, at, qian_the_auditor, query):
    at("submitted")
    page = desk.open(qian_the_auditor, f"{JOURNAL}?{query}")
    assert page.status == 422
    assert "xk-err" in page.html


@pytest.mark.parametrize(
    "mark",
    ["x", "~~", "2026~1~1", "2026-09-07T12:00:00+08:00~0~1", "9999-12-31T23:59:59+00:00~1~1"],
)
def test_a_mark_that_is_none_of_ours_begins_anew(desk, at, qian_the_auditor, mark):
    at("submitted")
    assert "提交申请" in desk.open(qian_the_auditor, f"{JOURNAL}?after={quote(mark)}").main
    assert Mark.read(mark) is None


def test_pages_follow_each_other_without_a_gap_whatever_the_number(desk, world, qian_the_auditor):
    path = qian_the_auditor.authority_path
    for number in range(120):
        case = Case(f"application:{number}", revision=1, journal_label=f"第{number}件", journal_authority=path)
        journal.record("application.accepted", subject=case, by=SYSTEM, at=NOON - timedelta(minutes=number // 3))
    seen: list[str] = []
    url, prices = f"{JOURNAL}?person={quote('系统')}", set()
    while url:
        page = desk.open(qian_the_auditor, url)
        seen += [part.split("件")[0] for part in listed_in(page.main).split("第") if "件" in part[:5]]
        prices.add(len(page.statements))
        url = next_url(page.html)
    numbers = [int(each) for each in seen if each.isdecimal()]
    assert sorted(numbers) == list(range(120))
    assert [number // 3 for number in numbers] == sorted(number // 3 for number in numbers)
    assert len(prices) == 1
    assert prices.pop() <= MOST_STATEMENTS


def next_url(html: str) -> str:
    """Where the next page is; and from there the way back leads here."""
    _, found, rest = html.partition('rel="next"')
    link = html[: -len(rest) - len(found)].rpartition('href="')[2] if found else ""
    return JOURNAL + link.partition('"')[0].replace("&amp;", "&") if link else ""


def test_the_way_back_shows_the_page_before(desk, world, qian_the_auditor):
    path = qian_the_auditor.authority_path
    for number in range(110):
        case = Case(f"application:{number}", revision=1, journal_authority=path)
        journal.record("application.accepted", subject=case, by=SYSTEM, at=NOON)
    first = desk.open(qian_the_auditor, f"{JOURNAL}?person={quote('系统')}")
    second = desk.open(qian_the_auditor, next_url(first.html))
    assert "第51–100条，后面还有" in second.main
    back = second.html.partition('rel="prev"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    again = desk.open(qian_the_auditor, JOURNAL + back)
    assert "第1–50条，后面还有" in again.main
    assert 'rel="prev"' not in again.html


def test_htmx_gets_the_list_alone(desk, at, qian_the_auditor):
    at("submitted")
    page = desk.open(qian_the_auditor, JOURNAL, **{"HX-Request": "true"})
    assert "<html" not in page.html
    assert "提交申请" in page.words


def test_facts_are_read_as_sentences(desk, at, qian_the_auditor):
    at("decision_proposed")
    page = desk.open(qian_the_auditor, f"{JOURNAL}?verb=application.proposed")
    assert "逐品种结论：品种1：符合，品种2：符合" in page.main


# --- personal data ----------------------------------------------------------------------------------------------------


def secret(path: str) -> Case:
    """A case whose entry has numbers of people among its facts."""
    case = Case("application:secret", revision=1, journal_authority=path)
    journal.record(
        "application.accepted",
        subject=case,
        by=SYSTEM,
        at=NOON,
        reason="请联系13800005678，身份证42050619900101123X，邮箱wu.xiaomei@example.com",
        digest="13800005678" + "0" * 53,
    )
    return case


def test_numbers_of_people_are_never_shown_raw(desk, world, qian_the_auditor):
    case = secret(qian_the_auditor.authority_path)
    for url in (JOURNAL, history_url(case.stream), history_url(case.stream, "1/")):
        page = desk.open(qian_the_auditor, url)
        assert "请联系138****5678，身份证4205**********123X，邮箱w***@example.com" in page.main
        assert "联系13800005678" not in page.html
        assert "19900101" not in page.html


def test_seeing_the_original_is_a_press_that_is_recorded(desk, world, qian_the_auditor):
    case = secret(qian_the_auditor.authority_path)
    url = history_url(case.stream, "1/show/")
    assert desk.open(qian_the_auditor, url).goes_to == history_url(case.stream, "1/")
    page = desk.send(qian_the_auditor, url)
    assert "请联系13800005678，身份证42050619900101123X" in page.main
    entry = Entry.objects.get(verb="journal.entry_shown")
    assert (entry.actor, entry.facts) == (qian_the_auditor.code, {"about": case.stream, "place": 1})
    assert entry.authority_path == qian_the_auditor.authority_path


def test_who_looked_at_personal_data(desk, at, qian_the_auditor, zhou_the_acceptor):
    application = at("submitted")
    licensing.show_contact(application=application, by=zhou_the_acceptor, now=NOON)
    page = desk.open(qian_the_auditor, LOOKS)
    found = listed_in(page.main)
    assert "查看联系电话" in found
    assert "周敏" in found
    assert "提交申请" not in found
    assert "个人信息" in desk.open(qian_the_auditor, JOURNAL).main


# --- one history ------------------------------------------------------------------------------------------------------


def test_whoever_asks_who_looked_is_offered_nothing_but_looks(desk, world, qian_the_auditor):
    offered = desk.open(qian_the_auditor, LOOKS).html.partition('name="verb"')[2].partition("</select>")[0]
    assert set(re.findall(r'value="([a-z_.]+)"', offered)) == set(vocabulary().looks)
    assert 'value="application.accepted"' in desk.open(qian_the_auditor, JOURNAL).html


def at_the_account(verb: str, path: str, **facts: object) -> Case:
    """An entry about somebody's account."""
    case = Case("login:17", revision=1, journal_authority=path)
    journal.record(verb, subject=case, by=SYSTEM, at=NOON, **facts)
    return case


def test_a_browser_is_told_as_the_account_page_tells_it(desk, world, qian_the_auditor):
    case = at_the_account("login.accepted", qian_the_auditor.authority_path, agent=CHROME, means="password")
    listed = listed_in(desk.open(qian_the_auditor, JOURNAL).main)
    assert "浏览器：Linux上的Chrome" in listed
    assert "Mozilla" not in listed
    entry = desk.open(qian_the_auditor, history_url(case.stream, "1/")).main
    assert "Linux上的Chrome" in entry
    assert CHROME in entry


def test_a_present_password_that_was_mistyped_is_no_login_that_was_refused(desk, world, qian_the_auditor):
    facts = {"login_name": "zhoumin", "means": "password", "reason": "密码不对。", "address": "203.0.113.7"}
    at_the_account("login.refused", qian_the_auditor.authority_path, **facts)
    listed = listed_in(desk.open(qian_the_auditor, JOURNAL).main)
    assert "输错现在的密码" in listed
    assert "zhoumin（已登录）" in listed
    assert "登录未通过" not in listed
    assert "。；" not in listed


def test_how_many_sessions_ended_is_said_of_sessions(desk, world, qian_the_auditor):
    at_the_account("user.logged_out_everywhere", qian_the_auditor.authority_path, count=2)
    assert "结束的会话数：2" in listed_in(desk.open(qian_the_auditor, JOURNAL).main)


def test_from_a_case_to_its_journal_and_back(desk, at, qian_the_auditor, zhou_the_acceptor):
    application = at("accepted")
    case, history = f"/office/applications/{application.pk}/", history_url(application.stream)
    assert f'href="{history}"' in unquote(desk.open(qian_the_auditor, case).html)
    assert "查看日志" not in desk.open(zhou_the_acceptor, case).main
    assert f'href="{case}"' in desk.open(qian_the_auditor, history).html


def test_an_entry_about_a_signature_leads_to_it_and_to_its_case(desk, at, qian_the_auditor):
    application = at("submitted")
    entry = Entry.objects.get(stream=application.stream, verb="application.submitted")
    signature = f"statement:{entry.facts['signature']}"
    page = desk.open(qian_the_auditor, history_url(application.stream, f"{entry.seq}/"))
    assert f'href="{history_url(signature)}"' in unquote(page.html)
    assert entry.facts["signature"] not in page.main
    assert f'href="/office/applications/{application.pk}/"' in desk.open(qian_the_auditor, history_url(signature)).html


def test_a_history_is_whole_from_the_first_draft_on(desk, at, qian_the_auditor):
    """Drafts belong to no authority yet; without them nobody could see that nothing is missing."""
    application = at("accepted")
    page = desk.open(qian_the_auditor, history_url(application.stream))
    assert "新建草稿" in page.main
    assert "第1条 · 还没有封存" in page.main
    assert "决定时限开始" in page.main
    assert len(page.statements) <= MOST_STATEMENTS
    assert f"/office/applications/{application.pk}/" in page.html


def test_a_history_of_somebody_else_is_not_found(desk, at, qian_the_auditor, the_yidu_cast, wu_the_applicant):
    foreign = at("submitted", cast=the_yidu_cast)
    draft = at("draft")
    for stream in (foreign.stream, draft.stream, "application:x", "enterprise:91420506MA7K3F2X8C", "%00", "x"):
        for rest in ("", "1/", "99999999999999999999/"):
            assert desk.open(qian_the_auditor, history_url(stream, rest)).status == 404
        assert desk.send(qian_the_auditor, history_url(stream, "export/"), {"reason": "查阅"}).status in (404, 409)


def test_a_long_history_has_pages(desk, world, qian_the_auditor):
    case = Case("application:long", journal_authority=qian_the_auditor.authority_path)
    for _ in range(150):
        case.revision += 1
        journal.record("application.scored", subject=case, by=SYSTEM, at=NOON)
    first = desk.open(qian_the_auditor, history_url(case.stream))
    assert "第150条" in first.main
    assert "第50条" not in first.main
    second = desk.open(qian_the_auditor, history_url(case.stream, "?before=51"))
    assert "第50条" in second.main
    assert "第1条" in second.main
    assert "回到最近的" in second.main


# --- the walls --------------------------------------------------------------------------------------------------------


def test_the_database_shows_an_auditor_nothing_beside_their_territory(at, qian_the_auditor, the_yidu_cast):
    mine, foreign, draft = at("submitted"), at("submitted", cast=the_yidu_cast), at("draft")
    enter(qian_the_auditor.scope)
    queries.open_journal(qian_the_auditor)
    paths = set(Entry.objects.values_list("authority_path", flat=True))
    assert paths == {qian_the_auditor.authority_path}
    assert len(raw_history(mine.stream)) == len(set(raw_history(mine.stream))) > 5
    assert raw_history(foreign.stream) == raw_history(draft.stream) == []
    close_journal()


def test_whoever_audits_the_root_also_reads_what_belongs_to_nobody(world, at):
    at("draft")
    enter(EVERYTHING)
    root = type("Root", (), {"scope": type(EVERYTHING)(authority_path="420000/")})()
    enter(root.scope)
    before = Entry.objects.filter(authority_path="").count()
    queries.open_journal(root)
    assert before == 0
    assert Entry.objects.filter(authority_path="", verb="application.started").exists()
    close_journal()


def test_nobody_but_an_auditor_reads_more_than_their_cases(at, zhou_the_acceptor):
    application = at("submitted")
    enter(zhou_the_acceptor.scope)
    assert raw_history(application.stream) == []


def raw_history(stream: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM journal_history(%s)", [stream])
        return [seq for (seq,) in cursor.fetchall()]


def close_journal() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('xuke.audits', '', true)")


# --- taking away ------------------------------------------------------------------------------------------------------


def test_taking_a_history_away_asks_for_the_reason(desk, at, qian_the_auditor):
    application = at("accepted")
    page = desk.send(qian_the_auditor, history_url(application.stream, "export/"), {"reason": ""})
    assert page.status == 422
    assert "事由" in page.main
    assert desk.open(qian_the_auditor, history_url(application.stream, "export/")).goes_to.endswith("/")


def test_before_the_sealer_has_run_there_is_nothing_to_prove(desk, at, qian_the_auditor):
    application = at("accepted")
    page = desk.send(qian_the_auditor, history_url(application.stream, "export/"), {"reason": "行政复议调卷"})
    assert page.status == 409
    assert "日志还没有封存过" in page.main
