"""What people type to log in and on the pages of their own account."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from xuke.web.forms import PlainForm

_DIGITS = re.compile(r"\D")


class LoginForm(forms.Form):
    """Login name and password. The names are the ones that django-axes and password managers expect."""

    username = forms.CharField(label="登录名", max_length=64)
    password = forms.CharField(label="密码", max_length=200, strip=False, widget=forms.PasswordInput)

    def clean_username(self) -> str:
        """As it is stored. Otherwise every spelling of a name would have wrong passwords of its own to spend."""
        return str(self.cleaned_data["username"]).strip().lower()


class CodeForm(forms.Form):
    """Six digits of an authenticator app, however people space them."""

    code = forms.CharField(label="6位动态口令", max_length=20)

    def clean_code(self) -> str:
        """The digits alone."""
        code = _DIGITS.sub("", self.cleaned_data["code"])
        if len(code) != 6:
            raise forms.ValidationError("动态口令是6位数字，在手机的身份验证器里看。")
        return code


class RecoveryForm(forms.Form):
    """A recovery code as it stands on paper."""

    recovery_code = forms.CharField(label="恢复码", max_length=40)


class PasswordProofForm(forms.Form):
    """The present password once more."""

    password = forms.CharField(label="密码", max_length=200, strip=False, widget=forms.PasswordInput)


class NewPasswordForm(forms.Form):
    """The present password and, twice, a new one."""

    password = forms.CharField(label="现在的密码", max_length=200, strip=False, widget=forms.PasswordInput)
    new_password = forms.CharField(
        label="新密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput,
        help_text="至少10位，不用别处用过的密码",
    )
    new_password_again = forms.CharField(
        label="再输入一次新密码", max_length=200, strip=False, widget=forms.PasswordInput
    )

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        cleaned = super().clean() or self.cleaned_data
        again = cleaned.get("new_password_again")
        if again and again != cleaned.get("new_password"):
            self.add_error("new_password_again", "两次输入的新密码不一样。")
        return cleaned


class PasskeyNameForm(PlainForm):
    """What somebody calls a passkey."""

    name = forms.CharField(label="名称", max_length=40, help_text="方便自己辨认，例如：我的手机、办公室电脑")
