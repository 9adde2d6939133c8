"""The app as Django knows it."""

from __future__ import annotations

from django import forms
from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, tags and static files of the page."""

    name = "xuke.web"
    label = "web"

    def ready(self) -> None:
        """Say in our words what Django says in its own: a sentence that tells what to do."""
        forms.Field.default_error_messages["required"] = "请填写这一项。"
        forms.ChoiceField.default_error_messages["required"] = "请选择一项。"
        forms.FileField.default_error_messages["required"] = "请选择文件。"
        forms.BooleanField.default_error_messages = {"required": "请阅读并勾选。"}
