"""What people write to each other about a case, and to whom they pass it on."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from xuke.accounts.officers import Officer
from xuke.licensing.forms_officer import Data, StepForm
from xuke.licensing.models import Application
from xuke.licensing.queries import WAITING_FOR
from xuke.web.forms import PlainForm


class TalkForm(PlainForm):
    """A comment, or a message."""

    text = forms.CharField(label="内容", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Data = None, *, label: str, hint: str = "", to: str = "id") -> None:
        super().__init__(data, auto_id=f"{to}_%s")
        self.use_required_attribute = False
        self.fields["text"].label, self.fields["text"].help_text = label, hint


class HandOverForm(StepForm):
    """To whom, and why."""

    to = forms.TypedChoiceField(
        label="转交给",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择一位同事。", "invalid_choice": "请选择能接手的同事。"},
    )
    reason = forms.CharField(
        label="原因", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="例如：外出学习一周"
    )

    def __init__(self, application: Application, able: Sequence[Officer], data: Data = None) -> None:
        super().__init__(application, data)
        self.fields["to"].choices = [(one.user_id, f"{one.name}（{one.titles}）") for one in able]  # type: ignore[attr-defined]


STAGES = (
    ("accept", "待受理", ("submitted", "resubmitted")),
    ("review", "待审查", ("accepted",)),
    ("decide", "待决定", ("decision_proposed",)),
)
"""Which cases of the pool are handed out together: code, words, states."""
assert all(any(state in states for states in WAITING_FOR.values()) for _, _, each in STAGES for state in each)
