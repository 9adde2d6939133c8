"""What an officer writes down of an identity that was checked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict

from xuke.accounts.models import RealName
from xuke.parties.bans import ROLES, Barring
from xuke.web.forms import PlainForm

SAME, DIFFERENT = "same", "different"


class NamesakeForm(PlainForm):
    """Whom to look for: the enterprise, and the name as the applicant was told it."""

    uscc = forms.CharField(label="统一社会信用代码", max_length=30)
    name = forms.CharField(label="姓名", max_length=60, required=False, help_text="申请表里的人员；法定代表人不用填")


class IdentityForm(PlainForm):
    """Which doubt, what was found, and how."""

    match = forms.ChoiceField(label="核对哪一条", error_messages={"required": "请选择核对哪一条。"})
    verdict = forms.ChoiceField(
        label="核对结果",
        choices=[(DIFFERENT, "不是同一人"), (SAME, "是同一人")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择核对结果。"},
    )
    document = forms.ChoiceField(label="当面查验的证件", choices=list(RealName.DOCUMENTS.items()))
    number = forms.CharField(
        label="证件号码", max_length=30, required=False, help_text="限制记录里有号码的必须填写；只用来比对，不保存"
    )
    note = forms.CharField(
        label="怎样核对的",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例如：本人到场，查验身份证原件，出生日期与限制记录不同",
        error_messages={"required": "请写明怎样核对的。"},
    )

    def __init__(self, found: Iterable[Barring], data: QueryDict | None = None) -> None:
        rows = list(found)
        super().__init__(data, initial={"match": f"{rows[0].ban}:{rows[0].name}"} if len(rows) == 1 else None)
        field = self.fields["match"]
        assert isinstance(field, forms.ChoiceField)
        choices = {f"{each.ban}:{each.name}": _named(each) for each in rows}
        field.choices = [("", "请选择"), *choices.items()]
        self.use_required_attribute = False

    def words(self) -> dict[str, Any]:
        """What the command is given besides the ban, who acts and when."""
        typed = self.cleaned_data
        facts = {name: typed[name] for name in ("document", "number", "note")}
        return facts | {"name": self.chosen[1], "is_same": typed["verdict"] == SAME}

    @property
    def chosen(self) -> tuple[str, str]:
        """The ban and the name."""
        ban, _, name = str(self.cleaned_data["match"]).partition(":")
        return ban, name


def _named(each: Barring) -> str:
    return f"{each.name}（{ROLES[each.role]}）：{each.title}，{each.origin}"
