"""The pages of the register: the list, one row, one's own, the forms."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from xuke.foundation import journal
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, Desk
from xuke.verifiers.models import Recognition, Recusal, Verifier

LIST = "/office/verifiers/"


@pytest.fixture
def desk(client):
    return Desk(client)


@pytest.fixture
def zhao(world):
    return Verifier.objects.get(user__login_name="zhaohaifeng")


def test_the_list_shows_who_is_there_and_what_ends_soon(desk, zhao, he_the_supervisor, gao_the_administrator):
    Verifier.objects.filter(pk=zhao.pk).update(valid_to=journal.legal_day(timezone.now()) + timedelta(days=5))
    page = desk.open(he_the_supervisor, LIST)
    assert "赵海峰" in page.main and "孙雨桐" in page.main and "徐东" not in page.main
    assert "有1人的证件或者考核已经到期" in page.main and len(page.statements) <= MOST_STATEMENTS
    soon = desk.open(he_the_supervisor, f"{LIST}?state=expiring")
    assert "赵海峰" in soon.main and "孙雨桐" not in soon.main
    assert "没有找到核查人员" in desk.open(he_the_supervisor, f"{LIST}?q=没有这个人").main
    assert "登记人员" in desk.open(gao_the_administrator, LIST).main


def test_a_row_that_was_made_from_a_posting_says_what_is_uncertain(desk, zhao, he_the_supervisor):
    Verifier.objects.filter(pk=zhao.pk).update(is_entered=False, valid_to=None, specialities=None)
    page = desk.open(he_the_supervisor, f"{LIST}{zhao.pk}/")
    assert "暂按长期有效、全部类别处理（待核实）" in page.main and len(page.statements) <= MOST_STATEMENTS


def test_gao_enters_the_validity_and_is_told_what_is_missing(desk, zhao, gao_the_administrator):
    url = f"{LIST}{zhao.pk}/credential/"
    assert desk.open(gao_the_administrator, url).status == 200
    assert desk.send(gao_the_administrator, url, {"credential": ""}).status == 422
    sent = {"credential": "鄂食核7号", "issuer": "省局", "valid_from": "2026-01-01", "valid_to": "2028-12-31"}
    assert desk.send(gao_the_administrator, url, sent).status == 303
    zhao.refresh_from_db()
    assert (zhao.credential, zhao.is_entered) == ("鄂食核7号", True)
    for step in ("change", "training", "examination", "remark", "suspend", "withdraw"):
        assert desk.open(gao_the_administrator, f"{LIST}{zhao.pk}/{step}/").status == 200
    new = desk.send(gao_the_administrator, f"{LIST}new/", {"qualification": "verifier", "authority": "420506"})
    assert new.status == 422 and "核查人员要有工作人员账号" in new.words


def test_gao_recognises_whom_another_province_keeps_and_ends_it(desk, zhao, gao_the_administrator, he_the_supervisor):
    Verifier.objects.filter(pk=zhao.pk).update(authority_path="430000/", issuing_province="43")
    page = desk.open(gao_the_administrator, f"{LIST}recognitions/")
    assert "还没有互认的外省核查人员" in page.main and len(page.statements) <= MOST_STATEMENTS
    sent = {"credential": zhao.credential, "name": "赵海", "document": "名册查询"}
    wrong = desk.send(gao_the_administrator, f"{LIST}recognitions/new/", sent)
    assert wrong.status == 422 and "没有这个证件编号和姓名" in wrong.words
    assert desk.send(gao_the_administrator, f"{LIST}recognitions/new/", sent | {"name": zhao.name}).status == 303
    listed = desk.open(he_the_supervisor, f"{LIST}recognitions/")
    assert zhao.credential in listed.main and "终止" not in listed.main
    row = Recognition.objects.get()
    assert desk.send(gao_the_administrator, f"{LIST}recognitions/{row.pk}/end/", {"reason": "证件注销"}).status == 303
    assert zhao.credential not in desk.open(gao_the_administrator, f"{LIST}recognitions/").main


def test_zhao_sees_his_own_row_and_declares_from_whom_he_stays_away(desk, zhao, zhao_the_leader, the_cast):
    mine = desk.open(zhao_the_leader, f"{LIST}me/")
    assert "40学时" in mine.main and "不要求" in mine.main and "1是，0否" not in mine.main
    assert mine.main.count("核查人员名册由本机关") == 1 and "退出名册" not in mine.main
    assert "今天能不能核查" in mine.main and len(mine.statements) <= MOST_STATEMENTS
    sent = {"uscc": the_cast.applicant.uscc, "enterprise_name": "禾穗坊", "ground": "relative"}
    assert desk.send(zhao_the_leader, f"{LIST}{zhao.pk}/recuse/", sent | {"uscc": "1"}).status == 422
    assert desk.send(zhao_the_leader, f"{LIST}{zhao.pk}/recuse/", sent).status == 303
    declared = Recusal.objects.get()
    assert "禾穗坊" in desk.open(zhao_the_leader, f"{LIST}me/").main
    ended = desk.send(zhao_the_leader, f"{LIST}recusals/{declared.pk}/end/", {"reason": "已经离职"})
    assert ended.status == 303 and Recusal.objects.get().state == "ended"
