"""What officers type to enter a ban that somebody else decided, and to lift one."""

from __future__ import annotations

from typing import Any

from django import forms

from xuke.parties.bans import KINDS
from xuke.parties.commands import Banned
from xuke.web.forms import PlainForm


def _day(label: str, hint: str, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=hint,
        required=required,
        error_messages={"required": f"请填写{label}。", "invalid": "日期请写成2026-09-18这样。"},
    )


class BanForm(PlainForm):
    """A ban: its kind, whom it binds, since when, and the document it rests on."""

    kind = forms.ChoiceField(
        label="种类",
        choices=[("", "请选择"), *((kind.code, f"{kind.title}（{kind.basis}）") for kind in KINDS)],
        error_messages={"required": "请选择种类。"},
    )
    uscc = forms.CharField(
        label="企业的统一社会信用代码", max_length=30, required=False, help_text="禁止企业申请的填写"
    )
    name = forms.CharField(label="个人的姓名", max_length=60, required=False, help_text="禁止个人申请、任职的填写")
    number = forms.CharField(
        label="个人的身份证号", max_length=20, required=False, help_text="加密保存。没有号码的，只能提示同名的人来核验"
    )
    duty = forms.CharField(label="职务或者责任", max_length=40, required=False)
    from_on = _day("起算日期", "处罚、裁判或者列入名单的日期")
    last_on = _day("最后一天", "法律规定了年限的自动计算，不用填；没有期限的不填", required=False)
    origin = forms.CharField(
        label="来源",
        max_length=200,
        help_text="作出决定的机关和文书编号",
        error_messages={"required": "请写明作出决定的机关和文书。"},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.use_required_attribute = False

    def words(self) -> dict[str, Any]:
        """As the command takes them."""
        typed = dict(self.cleaned_data)
        name, number, duty = (typed.pop(each).strip() for each in ("name", "number", "duty"))
        return typed | {"person": Banned(name=name, number=number, duty=duty) if name else None}


class LiftForm(PlainForm):
    """Why a ban is lifted."""

    reason = forms.CharField(
        label="解除的原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例如决定被复议机关撤销、信用修复",
        error_messages={"required": "请写明解除的原因。"},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.use_required_attribute = False
