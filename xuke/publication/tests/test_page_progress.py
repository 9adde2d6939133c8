"""Progress by receipt number: where it is, whose turn, how many days; nobody's name."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from xuke.licensing.tests.acts import BY_VERB
from xuke.publication.projection import cases
from xuke.tests.cast import NOON, TOMORROW

MOST_STATEMENTS = 8


@pytest.fixture(autouse=True)
def the_next_day(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: TOMORROW)


@pytest.fixture
def followed(at):
    """A case brought to a state, and published."""

    def bring(state: str):
        case = at(state)
        cases.publish(case.pk, now=NOON)
        return case

    return bring


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (
            "submitted",
            ("现在轮到：受理人员", "9月14日告知申请人是否受理", "受理时限5个工作日，已用到第1日，剩4个工作日"),
        ),
        ("correction_requested", ("现在轮到：申请人", "需要补正的内容已经一次告知")),
        ("accepted", ("现在轮到：审查人员", "决定时限10个工作日，已用到第1日，剩9个工作日", "9月20日")),
        ("verification_assigned", ("现在轮到：核查组", "派出核查组")),
        ("decision_proposed", ("现在轮到：决定人员",)),
        ("granted", ("准予许可", "制作电子证书")),
        ("refused", ("不予许可", "当日办结")),
        ("retracted", ("申请人撤回申请",)),
    ],
)
def test_whoever_has_the_receipt_number_sees_how_far_it_is(client, followed, state, words):
    case = followed(state)
    with CaptureQueriesContext(connection) as captured:
        response = client.get("/progress/", {"receipt": case.receipt_number})
    page = response.content.decode()
    assert response.status_code == 200
    assert len(captured) <= 2 < MOST_STATEMENTS
    assert [word for word in words if word not in page] == []
    private = (case.enterprise.name, case.enterprise.uscc, "吴晓梅", "周敏", "陈立新", case.title)
    assert [word for word in private if word in page] == []


def test_it_is_found_however_it_is_typed_and_by_its_acceptance_number(client, followed):
    case = followed("accepted")
    number = case.receipt_number
    other = case.acceptance_number.translate(str.maketrans("〔〕", "[]"))
    for typed in (number, number.replace("-", ""), f" {number.replace('-', '－')} ", case.acceptance_number, other):
        response = client.get("/progress/", {"receipt": typed})
        assert (response.status_code, number in response.content.decode()) == (200, True), typed


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "请输入接收凭证号"),
        ("你好", "这不像接收凭证号"),
        ("SC12442050600219", "这是食品生产许可证编号，查不了办理进度"),
        ("%_\x00\x1b", "例如20260918-420500-0137"),
        ("9" * 10_000, "例如20260918-420500-0137"),
    ],
)
def test_what_is_no_receipt_number_is_told_what_one_looks_like(db, client, typed, sentence):
    response = client.get("/progress/", {"receipt": typed})
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_a_number_nobody_was_given_is_not_found(db, client):
    response = client.get("/progress/", {"receipt": "20260918-420500-0137"})
    assert response.status_code == 404
    assert "没有找到20260918-420500-0137" in response.content.decode()


def test_the_page_may_be_kept_for_a_moment_for_everybody_and_sets_no_cookie(client, followed):
    response = client.get("/progress/", {"receipt": followed("submitted").receipt_number})
    assert response["Cache-Control"] == "public, max-age=0, s-maxage=5"
    assert not response.cookies


def test_a_hearing_that_is_held_in_public_is_announced_until_it_is_over(client, at, the_cast):
    """Anybody may come; nobody learns from the page who applied, and closed doors are not announced."""
    arrange, words = BY_VERB["arrange_hearing"], "局机关三楼会议室"
    case = arrange.do(arrange.ready(at, the_cast), the_cast)
    cases.publish(case.pk, now=NOON)
    with CaptureQueriesContext(connection) as captured:
        page = client.get("/announcements/hearings/").content.decode()
    assert words in page and "食品生产许可首次申请" in page and case.enterprise.name not in page
    assert len(captured) <= MOST_STATEMENTS
    assert words in client.get("/progress/", {"receipt": case.receipt_number}).content.decode()
    case = arrange.do(case, the_cast, closed="涉及配方等商业秘密。")
    cases.publish(case.pk, now=NOON)
    assert words not in client.get("/announcements/hearings/").content.decode()
