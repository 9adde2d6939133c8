"""What administrators type about authorities and people. Forms parse; commands judge.

Fields carry the names under which commands report problems, so that each finds its place (`xuke.web.refusals.onto`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from xuke.accounts.models import Authority, User
from xuke.accounts.particulars import TITLES
from xuke.accounts.plans import LEVELS
from xuke.accounts.roles import Role
from xuke.accounts.rules import ABOVE, LENGTHS, NEEDED
from xuke.web.forms import PlainForm

Data = QueryDict | None


def _day(label: str, **other: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages={"invalid": "请选择一个日期。"}, **other)


class AdminForm(PlainForm):
    """A step of an administrator: what is missing is told by us, not by the browser."""

    def __init__(self, data: Data = None, **other: Any) -> None:
        super().__init__(data, **other)
        self.use_required_attribute = False
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写{field.label}。"


class ReasonForm(AdminForm):
    """A step that needs nothing but a reason."""

    reason = forms.CharField(
        label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}), help_text="记入办理经过，本单位能看到"
    )


class ParticularsForm(ReasonForm):
    """The particulars of an authority."""

    def __init__(self, data: Data = None, **other: Any) -> None:
        super().__init__(data, **other)
        for name, title in TITLES.items():
            field = forms.CharField(label=title, required=name in NEEDED, max_length=LENGTHS[name])
            field.error_messages["required"] = f"请填写{title}。"
            self.fields[name] = field
        self.fields["abbreviation"].help_text = "文书编号开头的字，例如“夷市监”；用过的不能给别的机关"
        self.order_fields([*TITLES, "reason"])


class AuthorityForm(ParticularsForm):
    """A new authority below one of those that are there."""

    def __init__(self, above: Sequence[Authority], data: Data = None, **other: Any) -> None:
        super().__init__(data, **other)
        parent, level = self.fields["parent"], self.fields["level"]
        assert isinstance(parent, forms.ChoiceField) and isinstance(level, forms.ChoiceField)
        parent.choices = [(each.code, f"{each.name}（{each.code}）") for each in above]
        highest = {each.level for each in above}
        level.choices = [(name, title) for name, title in LEVELS.items() if highest & set(ABOVE[name])]
        self.order_fields(["parent", "level", "code", *TITLES, "reason"])

    parent = forms.ChoiceField(label="上级机关")
    level = forms.ChoiceField(label="级别", widget=forms.RadioSelect)
    code = forms.CharField(label="行政区划代码", max_length=12, help_text="六位数字，一个代码一个机关；设立后不能改变")


class SheetForm(AdminForm):
    """A sheet of authorities."""

    file = forms.FileField(
        label="机构表",
        help_text="xlsx、xls、ods或者csv，第一张表，最大2 MB",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv"}),
        error_messages={"empty": "这是空文件，请重新选择。", "missing": "请选择文件。", "invalid": "请选择文件。"},
    )


# --- people -----------------------------------------------------------------------------------------------------------


def _roles(roles: Iterable[Role]) -> list[tuple[str, str]]:
    return [(role.value, f"{role.label}：{role.does}") for role in roles]


class NewPersonForm(AdminForm):
    """A new officer with the first posts."""

    name = forms.CharField(label="姓名", max_length=64)
    login_name = forms.CharField(label="登录名", max_length=64, help_text="4到64个字母、数字或者符号")
    authority = forms.ChoiceField(label="机关")
    roles = forms.MultipleChoiceField(label="岗位", choices=_roles(Role), widget=forms.CheckboxSelectMultiple)
    credential = forms.CharField(label="核查人员证件编号", max_length=60, required=False, help_text="担任核查的填写")
    valid_from = _day("从哪一天起")
    reason = ReasonForm.base_fields["reason"]

    def __init__(self, places: Sequence[Authority], data: Data = None, **other: Any) -> None:
        super().__init__(data, **other)
        _offer(self, places)


class AppointForm(AdminForm):
    """A post for somebody who is there already."""

    authority = forms.ChoiceField(label="机关")
    role = forms.ChoiceField(label="岗位", choices=_roles(Role), widget=forms.RadioSelect)
    credential = forms.CharField(label="核查人员证件编号", max_length=60, required=False, help_text="担任核查的填写")
    valid_from = _day("从哪一天起")
    reason = ReasonForm.base_fields["reason"]

    def __init__(self, places: Sequence[Authority], data: Data = None, **other: Any) -> None:
        super().__init__(data, **other)
        _offer(self, places)


class SecondForm(AppointForm):
    """A post that ends by itself."""

    until = _day("最后一天", help_text="这一天还在岗，第二天自动结束")
    field_order = ("authority", "role", "credential", "valid_from", "until", "reason")


class DeputyForm(AdminForm):
    """Who stands in for somebody who is away."""

    authority = forms.ChoiceField(label="机关")
    roles = forms.MultipleChoiceField(label="代理哪些岗位", widget=forms.CheckboxSelectMultiple)
    user = forms.ChoiceField(label="由本机关哪位同事代理", required=False)
    other = forms.CharField(
        label="或者其他机关人员的登录名", max_length=64, required=False, help_text="名单里没有的，填登录名"
    )
    credential = forms.CharField(label="核查人员证件编号", max_length=60, required=False, help_text="代理核查的填写")
    valid_from = _day("从哪一天起")
    until = _day("最后一天", help_text="这一天还在代理，第二天自动结束；最长一年")
    reason = ReasonForm.base_fields["reason"]

    def __init__(
        self,
        places: Sequence[Authority],
        roles: Sequence[Role],
        people: Sequence[User],
        data: Data = None,
        **other: Any,
    ) -> None:
        super().__init__(data, **other)
        _offer(self, places)
        chosen, somebody = self.fields["roles"], self.fields["user"]
        assert isinstance(chosen, forms.MultipleChoiceField) and isinstance(somebody, forms.ChoiceField)
        chosen.choices = _roles(roles)
        chosen.initial = [role.value for role in roles]
        somebody.choices = [("", "请选择"), *((str(each.pk), each.name) for each in people)]

    def clean(self) -> dict[str, Any]:
        """Somebody is named in one of the two ways."""
        cleaned = super().clean()
        if not cleaned.get("user") and not cleaned.get("other") and "user" not in self.errors:
            self.add_error("user", "请选择由谁代理。")
        return cleaned


class RenameForm(ReasonForm):
    """Another name for the same person."""

    name = forms.CharField(label="姓名", max_length=64)
    field_order = ("name", "reason")


def _offer(form: forms.Form, places: Sequence[Authority]) -> None:
    field = form.fields["authority"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [(each.code, f"{each.name}（{each.code}）") for each in places]


def beginning(today: date, **other: Any) -> dict[str, Any]:
    """What stands in a form of dates before anybody types."""
    return {"valid_from": today, **other}
