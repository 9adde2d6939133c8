"""What is typed about checks after issue and rectification. Forms parse; commands judge."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from xuke.licensing.models import PostIssueCheck
from xuke.web.forms import PlainForm


class _Form(PlainForm):
    def __init__(self, *args: Any, **other: Any) -> None:
        super().__init__(*args, **other)
        self.use_required_attribute = False


class CheckForm(_Form):
    """The result of a check after issue."""

    result = forms.ChoiceField(
        label="检查结果",
        choices=list(PostIssueCheck.RESULTS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "请选择检查结果。"},
    )
    text = forms.CharField(label="检查情况", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, check: PostIssueCheck, *args: Any, **other: Any) -> None:
        super().__init__(*args, **other)
        if check.kind == PostIssueCheck.AFTER_VISIT:
            found = [row for row in PostIssueCheck.RESULTS.items() if row[0] != PostIssueCheck.UNTRUE]
            self.fields["result"].choices = found  # type: ignore[attr-defined]


class ConfirmForm(_Form):
    """Whether everything was put right."""

    done = forms.TypedChoiceField(
        label="整改是否到位",
        choices=[("yes", "已经整改到位"), ("no", "没有整改到位")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择整改是否到位。"},
    )
    note = forms.CharField(
        label="确认情况",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="没有整改到位的，写明哪些问题还没有改正；会写进给企业的整改通知书",
    )
    again_by = forms.DateField(
        label="新的整改期限",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="没有整改到位的填写",
        error_messages={"invalid": "请按“2026-10-14”的样子填写日期。"},
    )

    def __init__(self, first: date, last: date, *args: Any, **other: Any) -> None:
        """Between which days the new one may be."""
        super().__init__(*args, **other)
        self.fields["again_by"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}


class ReportForm(_Form):
    """What the enterprise put right."""

    report = forms.CharField(
        label="怎样改正的",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="逐个问题写明改正的做法和完成的日期",
        error_messages={"required": "请写明每个问题怎样改正。"},
    )
    file = forms.FileField(
        label="照片或者材料",
        required=False,
        help_text="PDF、PNG或者JPG；多张照片请合成一个PDF",
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
        error_messages={"empty": "这是空文件，请重新选择。"},
    )
