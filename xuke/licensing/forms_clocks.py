"""What officers type about a term: why it needs more time, why it was let pass."""

from __future__ import annotations

from django import forms

from xuke.licensing.forms_officer import Data, StepForm
from xuke.licensing.models import Application
from xuke.web.forms import PlainForm


class ExtensionForm(StepForm):
    """By how many working days, and why."""

    days = forms.IntegerField(label="延长几个工作日", min_value=1)
    reason = forms.CharField(
        label="特殊原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写进延长许可期限通知书，申请人会看到",
    )

    def __init__(self, application: Application, most: int, data: Data = None) -> None:
        super().__init__(application, data)
        self.fields["days"].initial = most
        self.fields["days"].help_text = f"最多{most}个"


class CauseForm(PlainForm):
    """Why a term was let pass."""

    cause = forms.CharField(
        label="超期原因",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="写明为什么没有按期办结、怎样避免再次发生；提交后不能修改",
        error_messages={"required": "请写明为什么超期、怎样避免再次发生。"},
    )
