"""The style page of a demonstration: every component once, with invented data, so that a change of style shows."""

from __future__ import annotations

from datetime import date, datetime

from django import forms
from django.http import HttpRequest, HttpResponse

from xuke.foundation.calendar import WorkingCalendar
from xuke.foundation.clock import ClockReading, Mark, read
from xuke.foundation.refusals import Conflict, NotFound, NotPermitted, Problem, StepNotOpen, TooMany
from xuke.web import refusals
from xuke.web.access import public_view
from xuke.web.buttons import Button, Kind
from xuke.web.formats import SHANGHAI
from xuke.web.kept import Typed
from xuke.web.middleware import outside_the_door
from xuke.web.pages import page
from xuke.web.pieces import Figure, FormStep, Happening, Link, Seat, Stop
from xuke.web.uploads import too_large

_TODAY = date(2026, 10, 16)
_BADGES = {
    "": ("已提交", "已受理", "审查中", "核查中", "待决定"),
    "ok": ("准予许可", "有效", "免交"),
    "warn": ("待补正", "待签收"),
    "bad": ("已撤销", "已吊销"),
    "off": ("草稿", "中止", "不予许可", "已注销", "目录取消"),
    "line": ("第4版",),
}
_REFUSALS = (
    NotPermitted("它不在您的管辖范围内。需要协助办理的，请由承办单位发起移交。"),
    NotFound(),
    Conflict(who="周敏", what="已受理", at=datetime(2026, 10, 16, 10, 22, tzinfo=SHANGHAI)),
    StepNotOpen("受理后不能再要求补正；本案已于9月21日一次告知。"),
    too_large(),
    TooMany(),
)


class _Sample(forms.Form):
    product = forms.CharField(label="具体产品名称", help_text="选择“其他”品种时写明，例如：冲调米粉")
    remark = forms.CharField(label="备注", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    visit = forms.ChoiceField(
        label="核查方式", choices=[("site", "现场核查"), ("remote", "远程核查")], widget=forms.RadioSelect
    )
    plan = forms.FileField(label="设备布局图", help_text="PDF、JPG、PNG，不超过50 MB", widget=forms.FileInput)
    agreed = forms.BooleanField(label="以上内容真实，愿意承担相应的法律责任")


def _clock(*marks: Mark, today: date = _TODAY) -> ClockReading:
    return read(marks, allowed=10, today=today, calendar=WorkingCalendar(), start_word="受理")


def _readings() -> tuple[ClockReading, ...]:
    start = Mark(date(2026, 9, 24), "start")
    days = (date(2026, 9, 29), date(2026, 10, 9), date(2026, 10, 14), date(2026, 10, 15), date(2026, 10, 20))
    running = tuple(_clock(start, today=day) for day in days)
    paused = _clock(start, Mark(date(2026, 10, 12), "pause", "企业停电"), today=date(2026, 10, 13))
    guessed = _clock(Mark(date(2026, 12, 25), "start"), today=date(2026, 12, 29))
    ended = _clock(start, Mark(date(2026, 10, 10), "stop"))
    return (*running, paused, guessed, ended)


def _happenings() -> tuple[Happening, ...]:
    def at(month: int, day: int, hour: int, minute: int) -> datetime:
        return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)

    return (
        Happening(at(10, 15, 16, 8), "拟定审查意见", "陈立新建议准予许可", latest=True),
        Happening(at(10, 14, 8, 30), "恢复办理", "供电恢复，时限继续计算", moved_clock=True),
        Happening(at(10, 12, 8, 45), "中止", "企业停电，书面申请，停止计时", moved_clock=True),
        Happening(at(9, 24, 9, 31), "受理", "周敏签发受理通知书，决定时限自9月25日起算"),
        Happening(at(9, 21, 11, 15), "一次告知补正", "共2项", links=(Link("补正告知书", "#"),)),
    )


def _buttons() -> tuple[Button, ...]:
    return (
        Button("准予许可", "#", kind=Kind.PRIMARY, hint="同时编定许可证编号、签发电子证书并公示。", needs_form=True),
        Button("不予许可", "#", kind=Kind.RISK, hint="须写明理由、依据和救济途径。", needs_form=True),
        Button("退回审查", "#", hint="说明要查清的问题，时限不停。", needs_form=True),
        Button("要求补正", "#", reason="受理后不能再要求补正；本案已于9月21日一次告知。"),
    )


@public_view
@outside_the_door
def states(request: HttpRequest) -> HttpResponse:
    """All badges, clocks, states and components on one page."""
    pause = (Mark(date(2026, 10, 12), "pause", "企业停电，书面申请"), Mark(date(2026, 10, 14), "resume"))
    context = {
        "today": _TODAY,
        "badges": _BADGES,
        "readings": _readings(),
        "empty_ways": (Link("本单位在办", "#"),),
        "reading": _clock(Mark(date(2026, 9, 24), "start"), *pause),
        "refusals": [refusals.describe(request, refused, Typed("")) for refused in _REFUSALS],
        "form": _Sample({"visit": "site", "remark": "成品库在二楼"}),
        "problems": (Problem("", "品种明细第2行：选择“其他”的，请在备注写明具体产品名称"),),
        "happenings": _happenings(),
        "buttons": _buttons(),
        "steps": (
            FormStep("企业基本信息", "#", "已从登记信息取得", done=True),
            FormStep("产品类别与材料", "#", problem="有2处需要修改", current=True),
            FormStep("核对、签名、提交"),
        ),
        "stops": (
            Stop("提交", "10月9日", done=True),
            Stop("受理", "10月13日", done=True),
            Stop("现场核查", "10月20日上午", current=True),
            Stop("决定", "10月27日前"),
        ),
        "seats": (
            Seat("受理", (("周敏", "9月24日受理"),)),
            Seat("审查与现场核查", (("陈立新", "审查"), ("赵海峰、孙雨桐", "核查"))),
            Seat("决定 · 现在轮到您", (("刘正平", ""),), note="未参与前两个环节，可以决定", current=True),
        ),
        "figures": (
            Figure("已超期", "1", "件", alarm=True),
            Figure("今天到期", "2", "件"),
            Figure("月末有效许可证", "1,326", "张", "比上月末多14张"),
        ),
    }
    return page(request, "web/states.html", context)
