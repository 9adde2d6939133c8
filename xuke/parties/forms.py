"""What an enterprise types to register itself and the person who acts for it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from xuke.foundation.identifiers import credit_code
from xuke.parties.models import Mandate
from xuke.web.forms import PlainForm

Counties = list[tuple[str, str | list[tuple[str, str]]]]


class RegistrationForm(PlainForm):
    """The enterprise as its business licence says, and a person with a login name."""

    uscc = forms.CharField(label="统一社会信用代码", max_length=30, help_text="营业执照右上角的18位代码")
    enterprise_name = forms.CharField(label="企业名称", max_length=200, help_text="与营业执照一致")
    legal_representative = forms.CharField(label="法定代表人（负责人）", max_length=60)
    division_code = forms.ChoiceField(label="所在县（市、区）")
    domicile = forms.CharField(label="住所", max_length=200, help_text="与营业执照一致")
    name = forms.CharField(label="您的姓名", max_length=30)
    capacity = forms.ChoiceField(label="您的身份", choices=list(Mandate.CAPACITIES.items()), widget=forms.RadioSelect)
    login_name = forms.CharField(label="登录名", max_length=64, help_text="4到64个字母、数字或者符号，不含空格")
    password = forms.CharField(
        label="密码", max_length=200, strip=False, help_text="至少10位，不要用常见的密码", widget=forms.PasswordInput
    )
    password_again = forms.CharField(label="再输入一次密码", max_length=200, strip=False, widget=forms.PasswordInput)

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

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        password = found.get("password")
        if password and found.get("password_again") and password != found["password_again"]:
            self.add_error("password_again", "两次输入的密码不一样。")
        return found
