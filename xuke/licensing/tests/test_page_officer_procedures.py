"""What officers see and press where a case is no first application."""

import re
from datetime import date

import pytest

from xuke.config.demonstration import stories
from xuke.licensing.models import Application
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.tests.cast import MORNING, NOON


def stored(case):
    return Application.objects.get(pk=case.pk)


def test_a_report_is_recorded_on_a_page_that_shows_what_changes(at, desk, zhou_the_acceptor):
    case = at("submitted", procedure="food.report")
    page = desk.open(zhou_the_acceptor, case_url(case))
    assert "记录报告" in page.main and "签发受理通知书" not in page.main
    page = desk.open(zhou_the_acceptor, case_url(case, "record-report"))
    for words in ("变更前后", "烘烤类糕点：酥类、松酥类、蛋糕类", "更新副本"):
        assert words in page.main
    sent = desk.send(zhou_the_acceptor, case_url(case, "record-report"), {"revision": page.revision, "remark": "无误"})
    assert sent.status == 303
    assert stored(case).state == "recorded"
    page = desk.open(zhou_the_acceptor, case_url(case))
    assert "核对记录" in page.main and "周敏" in page.main and "到这一环节" not in page.main
    assert "准予报告" not in page.main


def test_a_cancellation_is_granted_as_one(at, desk, liu_the_decider):
    case = at("decision_proposed", procedure="food.cancellation")
    page = desk.open(liu_the_decider, case_url(case))
    assert "准予注销" in page.main and "准予许可" not in page.main
    page = desk.open(liu_the_decider, case_url(case, "cancel-licence"))
    assert "终止食品生产" in page.main
    sent = desk.send(liu_the_decider, case_url(case, "cancel-licence"), {"revision": page.revision})
    assert sent.status == 303
    assert stored(case).state == "licence_cancelled"


def test_leaving_out_a_visit_asks_for_the_reason(at, desk, the_cast, chen_the_reviewer):
    case = at("document_review", procedure="food.renewal")
    stories.put_right(case, the_cast, NOON)
    url = case_url(case, "propose")
    page = desk.open(chen_the_reviewer, url)
    assert "可以不再现场核查" in page.main
    typed = {"revision": page.revision, "opinion": "建议准予延续。", "results.v1": "pass", "results.v2": "pass"}
    assert desk.send(chen_the_reviewer, url, typed).status == 422
    typed |= {"no_visit": "监督检查没有发现问题。", "nothing_against": "on"}
    assert desk.send(chen_the_reviewer, url, typed).status == 303


def test_a_change_is_granted_with_the_expiry_it_has(at, desk, liu_the_decider):
    case = at("decision_proposed", procedure="food.change")
    page = desk.open(liu_the_decider, case_url(case, "grant"))
    for words in ("准予变更", "变更前后", "隧道式烤炉", "不变", "重新计算有效期的依据"):
        assert words in page.main
    assert len(page.statements) <= MOST_STATEMENTS


def test_the_history_of_a_change_leads_to_its_decision(at, desk, liu_the_decider):
    case = at("granted", procedure="food.change")
    told = desk.open(liu_the_decider, case_url(case)).html.partition('class="xk-time"')[2]
    granted = told.partition("<b>准予变更</b>")[2].partition("</li>")[0]
    decision, *others = re.findall(r"<a [^>]*>([^<]+)</a>", granted)
    assert decision == "准予变更许可决定书" and "现场核查整改通知书" in others
    assert "编定" not in granted


@pytest.mark.parametrize("procedure", ["food.change", "food.renewal", "food.cancellation"])
def test_the_case_page_asks_no_more_than_before(at, desk, liu_the_decider, procedure):
    case = at("decision_proposed", procedure=procedure)
    assert len(desk.open(liu_the_decider, case_url(case)).statements) <= MOST_STATEMENTS


@pytest.mark.parametrize(("switched", "last"), [(False, "2031-09-06"), (True, "2031-09-07")])
def test_the_last_day_is_written_as_the_place_writes_it_and_marked(at, desk, liu_the_decider, switched, last):
    if switched:
        stories.switch_on("food.expiry_on_anniversary", division="420506", now=MORNING)
    case = at("decision_proposed")
    page = desk.open(liu_the_decider, case_url(case, "grant"))
    told = date.fromisoformat(last)
    assert f"{told.year}年{told.month}月{told.day}日 写法待核实" in page.main
    assert at("granted", application=case, now=lambda: NOON).licence.valid_to == told
