"""A licence goes on: a renewal that is spared the visit, and a change that is refused."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from xuke.foundation.journal import legal_day
from xuke.licensing.models import Application
from xuke.tests.browser.conftest import AtScreen
from xuke.tests.browser.places import TO_SIGN, case, mine, sign, step
from xuke.tests.browser.screens import PHONE, Screen
from xuke.tests.cast import Bring, everything

pytestmark = pytest.mark.browser


def _begun(wu: Screen, word: str, procedure: str) -> Application:
    """From the licence to the first step of its form."""
    wu.open("/my/licences/")
    wu.page.locator("main").get_by_role("button", name=word, exact=True).first.click()
    wu.page.wait_for_url(re.compile("/form/"))
    with everything():
        return Application.objects.filter(procedure=procedure).latest("saved_at")


def _submit(wu: Screen, draft: Application) -> None:
    """The last step, and the signature."""
    wu.open(step(draft, "declaration"))
    for box in wu.page.locator("main [type=checkbox]").all():
        box.check()
    wu.press(TO_SIGN)
    wu.look(f"f0s-sign-{draft.procedure}")
    sign(wu)
    wu.reads("已提交")


def _accept(zhou: Screen, application: Application) -> None:
    zhou.open(case(application))
    zhou.look(f"f0a-case-{application.procedure}")
    zhou.follow("受理")
    zhou.press("受理，签发受理通知书")


def test_a_renewal_is_spared_the_visit(at_screen: AtScreen, worker: object, now_at: Bring) -> None:
    first = now_at("granted")
    wu = at_screen("wuxiaomei", size=PHONE)
    zhou, chen, liu = (at_screen(name) for name in ("zhoumin", "chenlixin", "liuzhengping"))
    wu.open("/my/licences/")
    wu.look("f01-licence")
    renewal = _begun(wu, "延续", "food.renewal")
    wu.choose(conditions__production="unchanged", conditions__around="unchanged")
    wu.look("f02-conditions")
    wu.press("保存并进入下一步")
    wu.fill(enterprise__contact_phone="13800005678")
    wu.press("保存并进入下一步")
    wu.look("f03-declaration")
    _submit(wu, renewal)
    _accept(zhou, renewal)
    chen.open(case(renewal))
    chen.press("开始审查")
    chen.follow("拟定审查意见")
    chen.look("f04-propose-without-a-visit")
    chen.fill(opinion="申请材料齐全，申请人声明生产条件没有变化。", no_visit="日常监督检查没有发现问题。")
    assert chen.press("交决定人员").status == 422
    chen.field("nothing_against").check()
    chen.press("交决定人员")
    liu.open(case(renewal))
    liu.look("f05-case-to-decide")
    liu.page.locator("#acts").locator("xpath=../..").get_by_role("link", name=re.compile("^准予")).first.click()
    liu.look("f06-grant-renewal")
    liu.press(re.compile("作出准予"), exact=False)
    with everything():
        licence = Application.objects.select_related("licence").get(pk=renewal.pk).licence
    assert licence is not None and licence.pk == first.licence_id and licence.valid_to.year == legal_day(timezone.now()).year + 5
    wu.open("/my/licences/")
    expect(wu.page.locator("main")).to_contain_text("第2版")
    wu.look("f07-licence-renewed")
    wu.open(mine(renewal))
    wu.follow("准予延续许可决定书")
    wu.look("f08-renewal-decision")


def test_a_change_is_refused_and_the_licence_stays_as_it_was(at_screen: AtScreen, now_at: Bring) -> None:
    wu, liu = at_screen("wuxiaomei"), at_screen("liuzhengping")
    change = now_at("decision_proposed", procedure="food.change")
    with everything():
        licence = Application.objects.select_related("starts_from").get(pk=change.pk).starts_from
    assert licence is not None
    liu.open(case(change))
    liu.reads("隧道式烤炉")
    liu.look("f20-change-to-decide")
    liu.open(case(change, "refuse"))
    liu.fill(reason="新增的烤炉没有排烟设施，不符合生产要求。")
    liu.look("f21-refuse-change")
    liu.press(re.compile("^作出不予"))
    wu.open(mine(change))
    wu.look("f22-change-refused")
    wu.follow(re.compile("不予.*决定书"))
    wu.reads("没有排烟设施", "行政复议")
    wu.look("f23-refusal")
    wu.open("/my/licences/")
    wu.reads("第1版", "有效")
    with everything():
        after = type(licence).objects.get(pk=licence.pk)
    assert (after.number, after.valid_to, after.state) == (licence.number, licence.valid_to, "in_force")
