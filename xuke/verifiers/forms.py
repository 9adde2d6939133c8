"""What is typed about people of the register. Forms parse; commands judge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from xuke.accounts.models import Authority
from xuke.verifiers import rules, specialities
from xuke.verifiers.models import Record
from xuke.web.forms import PlainForm

Data = QueryDict | None


def _day(label: str, **other: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages={"invalid": "请选择一个日期。"}, **other)


class RegisterForm(PlainForm):
    """A step of the register: what is missing is told by us, not by the browser."""

    def __init__(self, data: Data = None, **other: Any) -> None:
        super().__init__(data, **other)
        self.use_required_attribute = False
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写{field.label}。"


class ReasonForm(RegisterForm):
    """A step that needs nothing but a reason."""

    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class SuspendForm(ReasonForm):
    """A suspension, perhaps until a day."""

    until = _day("最后一天", required=False, help_text="这一天还暂停，第二天自动恢复；不填的，恢复要另外办理")


class RecogniseForm(RegisterForm):
    """On what the recognition of another province's credential rests."""

    document = forms.CharField(label="依据的文件或者查询结果", max_length=200)
    until = _day("最后一天", required=False, help_text="不填的，证件有效就一直互认")


class StrangerForm(RecogniseForm):
    """Whose credential of another province is recognised."""

    credential = forms.CharField(label="证件编号", max_length=60)
    name = forms.CharField(label="姓名", max_length=64, help_text="证件编号和姓名都要和发证省份的名册一致")
    field_order = ("credential", "name", "document", "until")


class CredentialForm(RegisterForm):
    """A credential and its validity."""

    credential = forms.CharField(label="证件编号", max_length=60)
    issuer = forms.CharField(label="发证机关", max_length=100)
    issuing_province = forms.CharField(
        label="发证省份代码", max_length=2, required=False, help_text="区划代码前两位，例如湖北省填42；本省的可以不填"
    )
    valid_from = _day("有效期自")
    valid_to = _day("有效期至", required=False, help_text="长期有效的不填")


class ProfileForm(RegisterForm):
    """What somebody knows, and whether they may lead."""

    specialities = forms.MultipleChoiceField(label="专业类别", widget=forms.CheckboxSelectMultiple, required=False)
    level = forms.ChoiceField(label="等级", choices=list(rules.LEVELS.items()), required=False)
    may_lead = forms.BooleanField(label="可以担任组长", required=False)
    unit = forms.CharField(label="所在单位、科室", max_length=100, required=False)

    def __init__(self, data: Data = None, **other: Any) -> None:
        super().__init__(data, **other)
        chosen = self.fields["specialities"]
        assert isinstance(chosen, forms.MultipleChoiceField)
        chosen.choices = [(code, f"{code} {name}") for code, name in specialities.names().items()]

    def clean_specialities(self) -> list[str] | None:
        """Nothing chosen is nothing said."""
        return self.cleaned_data["specialities"] or None


class NewForm(CredentialForm, ProfileForm):
    """Somebody new in the register."""

    qualification = forms.ChoiceField(
        label="资格", choices=list(rules.QUALIFICATIONS.items()), initial=rules.VERIFIER, widget=forms.RadioSelect
    )
    authority = forms.ChoiceField(label="登记机关")
    login_name = forms.CharField(
        label="登录名", max_length=64, required=False, help_text="核查人员必填；专家、观察员可以没有"
    )
    name = forms.CharField(label="姓名", max_length=64, required=False, help_text="有登录名的，按账号的姓名")
    field_order = ("qualification", "authority", "login_name", "name")

    def __init__(self, places: Sequence[Authority], data: Data = None, **other: Any) -> None:
        super().__init__(data, **other)
        where = self.fields["authority"]
        assert isinstance(where, forms.ChoiceField)
        where.choices = [(each.code, f"{each.name}（{each.code}）") for each in places]
        for name in ("credential", "issuer", "valid_from"):
            self.fields[name].required = False


class TrainingForm(RegisterForm):
    """Training."""

    day = _day("日期")
    title = forms.CharField(label="培训内容", max_length=200)
    hours = forms.DecimalField(label="学时", max_digits=6, decimal_places=1, error_messages={"invalid": "请填写数字。"})


class ExaminationForm(RegisterForm):
    """An examination."""

    day = _day("日期")
    title = forms.CharField(label="考核名称", max_length=200)
    points = forms.DecimalField(
        label="分数", max_digits=5, decimal_places=1, error_messages={"invalid": "请填写数字。"}
    )


class RemarkForm(RegisterForm):
    """A witnessed visit, or something about integrity."""

    kind = forms.ChoiceField(
        label="种类",
        choices=[(kind, Record.KINDS[kind]) for kind in (Record.WITNESS, Record.INTEGRITY)],
        widget=forms.RadioSelect,
    )
    day = _day("日期")
    title = forms.CharField(label="内容", max_length=200)


class RecusalForm(RegisterForm):
    """A declaration."""

    uscc = forms.CharField(label="企业的统一社会信用代码", max_length=20)
    enterprise_name = forms.CharField(label="企业名称", max_length=100)
    ground = forms.ChoiceField(label="回避事由", choices=list(rules.GROUNDS.items()), widget=forms.RadioSelect)
    ended_on = _day("离职或者终止日期", required=False, help_text="曾在企业任职的填写离职日期；仍然存在的不填")
    text = forms.CharField(label="说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class DecideForm(RegisterForm):
    """The head's decision about a request."""

    upheld = forms.TypedChoiceField(
        label="决定",
        choices=[("yes", "同意回避，重新派出核查组"), ("no", "不同意，按原安排核查")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择决定。"},
    )
    decision = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
