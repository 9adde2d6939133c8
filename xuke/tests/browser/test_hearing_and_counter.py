"""Being heard before the decision; working together; filing at the counter: as people click through it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from xuke.foundation.journal import legal_day
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing.models import Application
from xuke.tests.browser.conftest import AtScreen
from xuke.tests.browser.places import case, mine, verbs
from xuke.tests.cast import Bring, Cast, everything

pytestmark = pytest.mark.browser


def test_a_case_is_suspended_and_its_applicant_is_heard(
    at_screen: AtScreen, now_at: Bring, the_cast: Cast, papers: dict[str, Path]
) -> None:
    reviewing = now_at("document_review")
    chen, liu, wu = at_screen("chenlixin"), at_screen("liuzhengping"), at_screen("wuxiaomei")
    today, calendar = legal_day(timezone.now()), current_calendar()
    chen.open(case(reviewing, "suspend"))
    assert chen.press("中止办理，签发通知书").status == 422
    chen.choose(ground="outage")
    chen.fill(reason="园区变电站检修，停电三天。", until=calendar.add(today, 3).on.isoformat())
    chen.field("paper").set_input_files(papers["food_safety_rules"])
    chen.look("e01-suspend")
    chen.press("中止办理，签发通知书")
    chen.reads("进行中，停止计时")
    chen.look("e02-case-suspended")
    wu.open(mine(reviewing))
    wu.reads("中止")
    wu.look("e03-my-case-suspended")
    chen.follow("恢复办理")
    chen.fill(reason="已经恢复供电。")
    chen.look("e04-resume")
    chen.press("恢复办理，签发通知书")
    chen.open(case(reviewing, "hearing/right"))
    chen.fill(reason="拟不予许可：生产场所与污染源的距离不够。")
    chen.look("e05-hearing-right")
    chen.press("签发听证告知书")
    wu.open(mine(reviewing))
    wu.look("e06-my-hearing-right")
    wu.follow("要求听证或者放弃")
    wu.look("e07-ask-for-hearing")
    wu.fill(reason="我们已经加装隔离墙。")
    wu.press("要求听证")
    wu.look("e08-hearing-asked")
    liu.open(case(reviewing))
    liu.follow("通知听证")
    liu.fill(on=calendar.add(today, 8).on.isoformat(), time="09:30", place="局机关三楼会议室")
    liu.choose(chair=str(_supervisor(the_cast)))
    liu.look("e09-arrange-hearing")
    liu.press("签发听证通知书")
    liu.look("e10-case-with-hearing")
    he = at_screen("hezhiqiang")
    he.open(case(reviewing, "hearing/conclude"))
    he.look("e11-conclude-hearing")
    assert "application.hearing_arranged" in verbs(reviewing)


def _supervisor(cast: Cast) -> int:
    return next(one.user_id for one in cast.others.values() if one.has("supervisor"))


def test_colleagues_talk_pass_on_and_hand_out(at_screen: AtScreen, now_at: Bring, the_cast: Cast) -> None:
    submitted = now_at("submitted")
    he, zhou, wu = at_screen("hezhiqiang"), at_screen("zhoumin"), at_screen("wuxiaomei")
    he.open("/office/hand-out/")
    he.look("e20-hand-out")
    he.page.get_by_role("checkbox").first.check()
    assert he.press("看分派方案").status == 422
    he.page.locator('[name="person"]').first.check()
    he.press("看分派方案")
    he.look("e21-hand-out-plan")
    he.press("确定分派1件")
    he.look("e22-handed-out")
    zhou.open(case(submitted, "talk"))
    zhou.page.locator("#applicant_text").fill("布局图上看不清冷却区，能发一份清楚的吗？")
    zhou.press("发给申请人")
    zhou.page.locator("#colleagues_text").fill("这家去年换过法定代表人。")
    zhou.press("留言给同事")
    zhou.look("e23-talk")
    wu.open(mine(submitted))
    wu.reads("有新消息")
    wu.follow("与受理机关的消息")
    wu.look("e24-my-talk")
    wu.fill(text="好的，下午上传。")
    wu.press("发送")
    he.open(case(submitted, "hand-over"))
    he.look("e25-hand-over")


def test_somebody_files_at_the_counter(
    at_screen: AtScreen, now_at: Bring, the_cast: Cast, papers: dict[str, Path]
) -> None:
    draft = now_at("draft")
    zhou = at_screen("zhoumin")
    zhou.open("/office/counter/filing/")
    zhou.fill(uscc=the_cast.applicant.uscc, visitor="吴小海", document_number="11010519491231002X")
    zhou.choose(capacity="case_contact")
    assert zhou.press("证件核验无误，开始代办").status == 422
    zhou.look("e30-counter-wrong")
    zhou.fill(visitor="吴小海")
    zhou.field("authorisation").set_input_files(papers["food_safety_rules"])
    zhou.press("证件核验无误，开始代办")
    zhou.reads("窗口代办：")
    zhou.look("e31-counter-applications")
    zhou.open(mine(draft, "sign/"))
    zhou.look("e32-counter-sign")
    zhou.field("scan").set_input_files(papers["food_safety_rules"])
    zhou.press("签名并提交")
    zhou.look("e33-counter-submitted")
    zhou.page.locator("body").get_by_role("button", name="结束代办").click()
    zhou.reads("今天的来访")
    zhou.look("e34-counter-ended")
    with everything():
        filed = Application.objects.get(pk=draft.pk)
    assert (filed.state, filed.channel) == ("submitted", "counter")
    assert timezone.now() - filed.submitted_at < timedelta(minutes=10)


def test_the_month_of_broken_glasses(at_screen: AtScreen, now_at: Bring) -> None:
    he = at_screen("hezhiqiang")
    he.open("/office/glasses/")
    he.look("e40-glasses")
