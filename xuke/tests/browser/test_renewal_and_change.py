"""A holder renews without a visit, because nothing changed; and asks for a change that is refused."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from xuke.config.demonstration import stories
from xuke.config.demonstration.people import Cast
from xuke.foundation.journal import legal_day
from xuke.licensing.models import Application
from xuke.tests.browser.conftest import AtScreen
from xuke.tests.browser.places import TO_SIGN, case, sign
from xuke.tests.browser.screens import PHONE, Screen
from xuke.tests.cast import Bring, everything

pytestmark = pytest.mark.browser

UNCHANGED = re.compile("声明：取得许可以来生产条件和周边环境没有发生变化")
TRUTHFUL = "以上内容真实、合法、有效，由本企业负责"


def test_a_renewal_is_spared_the_visit_and_a_change_is_refused(
    at_screen: AtScreen, now_at: Bring, the_cast: Cast
) -> None:
    licence = now_at("granted").licence
    she = at_screen("wuxiaomei", size=PHONE)
    renewal = _apply_for_renewal(she)
    _accept(at_screen("zhoumin"), renewal)
    stories.put_right(renewal, the_cast, timezone.now())
    _leave_out_the_visit(at_screen("chenlixin"), renewal)
    _renew(at_screen("liuzhengping"), renewal)
    she.open("/my/licences/")
    she.reads("第2版", licence.number)

    change = _apply_for_change(she)
    for state in ("accepted", "document_review", "verification_assigned", "verification_done", "decision_proposed"):
        change = stories.step_to(state, change, the_cast, timezone.now)
    _refuse(at_screen("liuzhengping"), change)
    she.open(f"/my/applications/{change.pk}/")
    she.reads("不予许可", "变更前后", "隧道式烤炉")
    she.open("/my/licences/")
    she.reads("第2版", "有效")


def _apply_for_renewal(she: Screen) -> Application:
    she.open("/my/licences/")
    she.look("p1-licences")
    she.open("/my/applications/new/")
    she.look("p1-new")
    she.press("延续")
    she.choose(conditions__production="unchanged", conditions__around="unchanged")
    she.look("p1-conditions")
    she.press("保存并进入下一步")
    she.look("p1-enterprise")
    she.fill(enterprise__contact_phone="13800005678")
    she.press("保存并进入下一步")
    she.page.get_by_label(UNCHANGED).check()
    she.page.get_by_label(TRUTHFUL).check()
    she.reads("由原发证机关", "可以不再现场核查", "沿用许可证")
    she.look("p1-declaration")
    return _sign(she)


def _sign(she: Screen) -> Application:
    she.press(TO_SIGN)
    sign(she)
    she.reads("已提交")
    with everything():
        return Application.objects.get(pk=she.place.split("/")[3])


def _apply_for_change(she: Screen) -> Application:
    she.press("变更")
    she.page.get_by_label("主要生产设备设施").check()
    she.fill(changes__since=legal_day(timezone.now()).isoformat(), changes__note="增加一台隧道式烤炉。")
    she.look("p1-changes")
    she.press("保存并进入下一步")
    she.fill(enterprise__contact_phone="13800005678")
    she.press("保存并进入下一步")
    she.button("再填一行").click()
    she.fill(equipment__list__5__name="隧道式烤炉", equipment__list__5__quantity="1")
    she.press("保存并进入下一步")
    she.page.get_by_label(TRUTHFUL).check()
    she.reads("变更前后", "需要现场核查")
    she.look("p1-change-declaration")
    return _sign(she)


def _accept(zhou: Screen, application: Application) -> None:
    zhou.open(case(application, "accept"))
    zhou.press("受理，签发受理通知书")


def _leave_out_the_visit(chen: Screen, application: Application) -> None:
    chen.open(case(application))
    chen.press("开始审查")
    chen.look("p1-case-review")
    chen.follow("拟定审查意见")
    chen.fill(opinion="材料齐全，建议准予延续。", no_visit="申请人声明没有变化，近一年监督检查没有发现问题。")
    chen.page.get_by_label("没有抽检不合格、食品安全事故、未处理完的投诉或者没有完成的整改").check()
    chen.look("p1-propose")
    chen.press("交决定人员")


def _renew(liu: Screen, application: Application) -> None:
    liu.open(case(application))
    liu.follow("准予延续")
    liu.look("p1-grant")
    liu.press("作出准予延续决定")
    liu.reads("准予延续")


def _refuse(liu: Screen, application: Application) -> None:
    liu.open(case(application))
    liu.look("p1-case-change")
    liu.follow("不予变更")
    liu.fill(reason="新增设备的布局与工艺流程不合理，存在交叉污染。")
    liu.look("p1-refuse")
    liu.press("作出不予变更决定")
    liu.reads("不予变更")
