"""What an enterprise types to register itself, and to say who acts for it in what."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from xuke.accounts.models import RealName
from xuke.foundation.identifiers import credit_code, resident_id
from xuke.parties.models import Enterprise, Mandate
from xuke.web.forms import PlainForm

Counties = list[tuple[str, str | list[tuple[str, str]]]]


def _day(label: str, **other: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "请按“2026-10-14”的样子填写日期。", "required": f"请选择{label}。"},
        **other,
    )


class EnterpriseForm(PlainForm):
    """The enterprise as its business licence says."""

    uscc = forms.CharField(label="统一社会信用代码", max_length=30, help_text="营业执照右上角的18位代码")
    enterprise_name = forms.CharField(label="企业名称", max_length=200, help_text="与营业执照一致")
    legal_representative = forms.CharField(label="法定代表人（负责人）", max_length=60)
    division_code = forms.ChoiceField(label="所在县（市、区）")
    domicile = forms.CharField(label="住所", max_length=200, help_text="与营业执照一致")
    electronic_service = forms.BooleanField(
        label="同意电子送达：文书发到本平台的企业账户即为送达",
        help_text="不同意的，文书另行直接送达或者邮寄。以后可以在“送达方式”里改",
        required=False,
        initial=True,
    )

    def __init__(self, data: Any = None, *, counties: Counties) -> None:
        super().__init__(data)
        field = self.fields["division_code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选择"), *counties]

    def clean_uscc(self) -> str:
        """Say at once which character is wrong; the command asks again."""
        found = credit_code.parse(self.cleaned_data["uscc"])
        if not found.valid:
            raise ValidationError([problem.message for problem in found.errors])
        return found.normal_form


class AccountFields(PlainForm):
    """A person with a login name, and the numbers by which they are known. For demonstrations: nobody checks them."""

    name = forms.CharField(label="您的姓名", max_length=30, help_text="与证件一致")
    number = forms.CharField(label="身份证号码", max_length=30)
    mobile = forms.RegexField(
        r"^1[3-9]\d{9}$", label="手机号码", error_messages={"invalid": "请填写11位手机号码。"}, max_length=11
    )
    login_name = forms.CharField(label="登录名", max_length=64, help_text="4到64个字母、数字或者符号，不含空格")
    password = forms.CharField(
        label="密码", max_length=200, strip=False, help_text="至少10位，不要用常见的密码", widget=forms.PasswordInput
    )
    password_again = forms.CharField(label="再输入一次密码", max_length=200, strip=False, widget=forms.PasswordInput)

    def clean_number(self) -> str:
        """Say at once which digit is wrong; the command asks again."""
        found = resident_id.parse(self.cleaned_data["number"])
        if not found.valid:
            raise ValidationError([problem.message for problem in found.errors])
        return found.normal_form

    def clean_password(self) -> str:
        """The same rules as everywhere."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        password = found.get("password")
        if password and found.get("password_again") and password != found["password_again"]:
            self.add_error("password_again", "两次输入的密码不一样。")
        return found


class RegistrationForm(EnterpriseForm, AccountFields):
    """An enterprise and the person who acts for it."""

    field_order = (*EnterpriseForm.base_fields, "name", "capacity")

    capacity = forms.ChoiceField(label="您的身份", choices=list(Mandate.CAPACITIES.items()), widget=forms.RadioSelect)


class MandateForm(PlainForm):
    """What somebody may do for the enterprise, and until when."""

    powers = forms.MultipleChoiceField(
        label="授权事项",
        choices=list(Mandate.POWERS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一项授权事项。"},
    )
    last_day = _day("授权的最后一天", required=False, help_text="不填写的，到结束授权为止")

    @classmethod
    def of(cls, mandate: Mandate) -> MandateForm:
        """Filled with what holds now."""
        return cls(initial={"powers": mandate.powers, "last_day": mandate.last_day})


class InvitationForm(MandateForm):
    """Whom the enterprise asks."""

    field_order = ("name", "mobile", "number", "heads", "powers", "last_day")

    name = forms.CharField(label="同事的姓名", max_length=64, help_text="与证件一致")
    mobile = forms.CharField(
        label="同事的手机号码",
        max_length=20,
        required=False,
        help_text="同事实名时用的号码；没有的，填写下面的身份证号码",
    )
    number = forms.CharField(
        label="或者身份证号码", max_length=30, required=False, help_text="只用来核对本人，加密保存，不显示"
    )
    heads = forms.BooleanField(label="邀请登记的法定代表人（负责人）", required=False)

    def __init__(self, data: Any = None, *, is_head: bool) -> None:
        super().__init__(data, initial={"powers": list(Mandate.ALL_POWERS)})
        if not is_head:  # Whoever is not the head may only ask the head.
            del self.fields["powers"], self.fields["last_day"], self.fields["heads"]

    def clean(self) -> dict[str, Any]:
        """The legal representative needs no list of powers."""
        found = super().clean()
        if found.get("heads"):
            self.errors.pop("powers", None)
        return found

    @property
    def facts(self) -> dict[str, Any]:
        """What the command is told."""
        typed = self.cleaned_data
        if "powers" not in self.fields or typed["heads"]:
            terms: dict[str, Any] = {"capacity": Mandate.LEGAL_REPRESENTATIVE}
        else:
            terms = {"powers": typed["powers"], "last_day": typed["last_day"]}
        return {"name": typed["name"], "mobile": typed["mobile"], "number": typed["number"], **terms}


class HandOverForm(PlainForm):
    """Who takes over."""

    successor = forms.ChoiceField(
        label="由谁接手", widget=forms.RadioSelect, error_messages={"required": "请选择接手的人。"}
    )

    def __init__(self, data: Any = None, *, colleagues: list[Mandate]) -> None:
        super().__init__(data)
        field = self.fields["successor"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (str(mandate.pk), f"{mandate.user.name}（{Mandate.CAPACITIES[mandate.capacity]}）")
            for mandate in colleagues
        ]


class CodeForm(PlainForm):
    """The code of an invitation, typed or pasted."""

    code = forms.CharField(label="邀请码", max_length=200)

    def clean_code(self) -> str:
        """The whole link serves as well."""
        typed: str = self.cleaned_data["code"]
        code = typed.strip().rstrip("/").rpartition("/")[2]
        if not code:
            raise ValidationError("请填写邀请码。")
        return code


class NameForm(PlainForm):
    """Whose real name is proven at the counter, by which document."""

    login_name = forms.CharField(
        label="本人账号的登录名", max_length=64, help_text="本人登录后在“账号与安全”里可以看到"
    )
    name = forms.CharField(label="证件上的姓名", max_length=64)
    document = forms.ChoiceField(label="证件种类", choices=list(RealName.DOCUMENTS.items()))
    number = forms.CharField(label="证件号码", max_length=30)
    mobile = forms.CharField(label="手机号码", max_length=20, required=False)
    valid_to = _day("证件有效期的最后一天", required=False, help_text="长期有效的不填写")
    documents = forms.CharField(label="核验的证件", max_length=200, help_text="例如：居民身份证原件，本人到场")


class WithdrawForm(PlainForm):
    """Whose real name is taken back, and why."""

    login_name = forms.CharField(label="本人账号的登录名", max_length=64)
    reason = forms.CharField(label="撤回的原因", max_length=200, help_text="例如：录错了人；本人证件被冒用")


class CounterForm(EnterpriseForm):
    """What an officer at the counter has seen in the documents."""

    electronic_service = None  # type: ignore[assignment]  # The enterprise agrees on its own page.

    state = forms.ChoiceField(label="登记状态", choices=list(Enterprise.STATES.items()))
    term_ends_on = _day("营业期限的最后一天", required=False, help_text="长期的不填写")
    number = forms.CharField(
        label="法定代表人的身份证号码", max_length=30, help_text="本人已经实名的号码；用来找到本人的账号"
    )
    documents = forms.CharField(
        label="核验的证照", max_length=200, help_text="例如：营业执照原件、法定代表人居民身份证原件"
    )

    def clean_number(self) -> str:
        """Say at once which digit is wrong."""
        found = resident_id.parse(self.cleaned_data["number"])
        if not found.valid:
            raise ValidationError([problem.message for problem in found.errors])
        return found.normal_form

    @property
    def term(self) -> date | None:
        """The last day of the term of operation."""
        found: date | None = self.cleaned_data["term_ends_on"]
        return found
