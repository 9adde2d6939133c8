"""What people type to log in."""

from __future__ import annotations

from django import forms


class LoginForm(forms.Form):
    """Login name and password. The names are the ones that django-axes and password managers expect."""

    username = forms.CharField(label="登录名", max_length=64)
    password = forms.CharField(label="密码", max_length=200, strip=False, widget=forms.PasswordInput)

    def clean_username(self) -> str:
        """As it is stored. Otherwise every spelling of a name would have wrong passwords of its own to spend."""
        return str(self.cleaned_data["username"]).strip().lower()
