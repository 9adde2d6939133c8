"""What people read when a rule has ended and the next one is not published: which rule, until when, and the article."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from xuke.catalogue import commands as rules
from xuke.catalogue import editions
from xuke.catalogue.limits import RuleOver, time_limit
from xuke.catalogue.models import RuleEdition
from xuke.config.demonstration import stories_categories
from xuke.licensing import commands
from xuke.licensing.gating import GateClosed
from xuke.licensing.tests.acts import signed
from xuke.licensing.tests.applicant_pages import log_in
from xuke.tests.cast import HUBEI, NOON, TOMORROW

TODAY = NOON.date()
YESTERDAY = TODAY - timedelta(days=1)
EARLIER = NOON - timedelta(hours=5)


@pytest.fixture
def ended(world):
    """The nation's rule about a key ended yesterday: as a row written later than the one that has no end."""

    def end(topic: str, key: str, *, last_day: date = YESTERDAY) -> None:
        row = RuleEdition.objects.get(topic=topic, key=key, level="nation", valid_to=None)
        row.pk, row.ends, row.valid_from, row.recorded_at = None, True, last_day + timedelta(days=1), EARLIER
        row.save(force_insert=True)
        editions.forget()

    return end


def test_where_nobody_says_any_more_who_licenses_the_applicant_reads_until_when_it_was_said(at, the_cast, ended):
    draft = at("draft")
    ended("competence", "*")
    with pytest.raises(GateClosed, match="适用到2026年9月6日为止，新的规定还没有公布") as refused:
        signed("submit", draft, by=the_cast.applicant, now=NOON)
    assert "第七条" in refused.value.sentence or "第六条" in refused.value.sentence


def test_a_promise_that_the_province_ended_early_is_told_with_its_last_day(at, the_cast, fan_of_the_province):
    stories_categories.open_commitment(division="420506", kind="renewal", now=EARLIER)
    draft = at("draft", procedure="food.renewal", **stories_categories.ON_PROMISE)
    rules.end(
        topic="commitment",
        key="*:renewal",
        division=HUBEI,
        last_day=TODAY,
        reason="试点结束。",
        basis="鄂市监〔2026〕20号",
        by=fan_of_the_province,
        now=NOON,
    )
    with pytest.raises(GateClosed, match="适用到2026年9月7日为止（演示：省级告知承诺规定），现在按一般程序办理。"):
        signed("submit", draft, by=the_cast.applicant, now=TOMORROW)


def test_a_limit_that_ended_is_named_with_its_last_day_and_its_article(at, the_cast, ended):
    draft = at("draft")
    ended("time_limit", "food.decision")
    with pytest.raises(RuleOver, match="“作出许可决定”的时限规定适用到2026年9月6日为止") as refused:
        signed("submit", draft, by=the_cast.applicant, now=NOON)
    assert "食品生产许可管理办法（2020年）第二十二条" in refused.value.basis
    assert time_limit("food.decision", YESTERDAY).value == 10


def test_what_was_filed_before_goes_on_under_the_limit_that_bound_it(at, the_cast, ended):
    case = at("submitted")
    ended("time_limit", "food.decision")
    accepted = commands.accept(application=case, by=the_cast.acceptor, now=NOON)
    assert accepted.due_on == date(2026, 9, 20)


def test_pages_say_so_and_the_front_door_stays_open(client, noon, at, the_cast, ended):
    draft = at("draft")
    for key in ("food.acceptance", "food.decision", "food.issue", "remedy.litigation"):
        ended("time_limit", key)
    for address in ("/", "/guide/", "/guide/food.first/"):
        assert client.get(address).status_code == 200, address
    page = log_in(client, the_cast.applicant).get(f"/my/applications/{draft.pk}/form/products/")
    assert page.status_code == 409
    assert "时限规定适用到2026年9月6日为止，新的规定还没有公布" in page.content.decode()


def test_a_way_that_the_province_closed_meanwhile_is_not_submitted_any_more(at, the_cast, fan_of_the_province):
    draft = at("draft", procedure="food.renewal_change")
    rules.publish(
        topic="switch",
        key="food.renewal_change",
        division=HUBEI,
        content={"on": False, "title": "延续并变更，一次申请", "text": "分别申请。"},
        valid_from=TODAY,
        valid_to=None,
        basis="鄂市监〔2026〕16号",
        by=fan_of_the_province,
        now=NOON - timedelta(hours=1),
    )
    with pytest.raises(GateClosed, match="本地没有开通“食品生产许可延续并变更”（鄂市监〔2026〕16号"):
        signed("submit", draft, by=the_cast.applicant, now=NOON)
