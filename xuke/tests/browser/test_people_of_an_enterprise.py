"""People of an enterprise: invited, accepted, changed, handed over and gone, each at a screen of their own."""

from __future__ import annotations

import re

import pytest

from xuke.parties.tests.conftest import proven
from xuke.tests.browser.conftest import AtScreen
from xuke.tests.browser.places import step
from xuke.tests.browser.screens import PHONE
from xuke.tests.cast import Bring

pytestmark = pytest.mark.browser


def test_ma_is_invited_and_takes_over_from_wu(at_screen: AtScreen, now_at: Bring) -> None:
    application = now_at("draft")
    zheng, thief, ma = at_screen("zhengguoqiang"), at_screen("wangjie"), at_screen("malan", size=PHONE)
    wu, stranger = at_screen("wuxiaomei"), at_screen()
    wu.open(step(application, "site"))

    # The legal representative asks a colleague.
    zheng.open("/my/people/")
    zheng.look("m01-people-of-the-head")
    zheng.follow("邀请同事")
    zheng.fill(name="马兰", mobile="123")
    zheng.press("生成邀请链接")
    zheng.reads("请填写11位手机号码。")
    zheng.look("m02-invite-wrong")
    zheng.fill(mobile=proven("malan").mobile)
    zheng.press("生成邀请链接")
    zheng.reads("把链接转给马兰")
    zheng.look("m03-invited")
    link = zheng.page.locator("#address").input_value()

    # Whoever else holds the link gets nowhere.
    thief.open(link)
    thief.reads("它邀请的不是您本人")
    thief.look("m04-stolen-link")
    stranger.open(link)
    stranger.reads("有企业邀请您代表它办事")
    stranger.look("m05-stranger")

    # She accepts on her phone.
    ma.open(link)
    ma.reads("宜昌禾穗坊食品有限公司邀请您代表它办事", "填写申请、上传材料")
    ma.look("m06-accept")
    ma.press("接受邀请")
    ma.reads("宜昌禾穗坊食品有限公司", within="body")

    # Wu leaves: her open page stops acting at once.
    zheng.open("/my/people/")
    zheng.reads("马兰")
    zheng.follow(re.compile("离职移交.*吴晓梅"))
    zheng.page.get_by_label("马兰（经办人）").check()
    zheng.look("m07-hand-over")
    zheng.press("移交并结束授权")
    zheng.reads("以前的人员")
    zheng.look("m08-people-afterwards")
    wu.press("保存并进入下一步")
    wu.reads("您现在不能代表这家企业办事", "授权已经结束")
    wu.look("m09-mandate-ended")
    wu.open("/start/")
    wu.reads("还不能代表谁办事")
    wu.look("m10-nobody")

    # Ma goes on with what Wu began, and sees who decides about her.
    ma.open(step(application, "site"))
    ma.press("保存并进入下一步")
    ma.open("/my/people/")
    ma.reads("由企业的法定代表人（负责人）郑国强授权或者收回授权")
    ma.look("m11-people-of-a-contact")


def test_a_mandate_is_changed_and_laid_down(at_screen: AtScreen) -> None:
    zheng, wu = at_screen("zhengguoqiang"), at_screen("wuxiaomei")
    zheng.open("/my/people/")
    zheng.follow(re.compile("变更授权.*吴晓梅"))
    zheng.page.get_by_label("签名提交、作出承诺").uncheck()
    zheng.look("m20-change")
    zheng.press("变更授权")
    wu.open("/my/people/")
    wu.reads("填写申请、上传材料；签收文书")
    wu.follow("结束我的授权")
    wu.look("m21-lay-down")
    wu.press("结束授权")
    wu.reads("还不能代表谁办事")
    zheng.open("/my/people/")
    zheng.follow("结束我的授权")
    zheng.look("m22-the-last-head")
    zheng.open("/my/enterprise/")
    zheng.look("m23-enterprise")


def test_the_code_may_be_typed_and_the_counter_helps(at_screen: AtScreen) -> None:
    somebody, zhou = at_screen(), at_screen("zhoumin")
    somebody.open("/my/invitations/")
    somebody.press("继续")
    somebody.look("m30-code")
    somebody.open("/register/")
    somebody.look("m31-register")
    zhou.open("/office/counter/")
    zhou.look("m32-counter")
