"""What an auditor types: what to look for, and why a history is taken away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from xuke.accounts.models import Authority
from xuke.audit.commands import LONGEST_REASON
from xuke.audit.queries import Wanted
from xuke.audit.vocabulary import vocabulary
from xuke.web.forms import PlainForm


class SearchForm(PlainForm):
    """The filters of the journal. They are the address, so a page can be kept and sent to a colleague."""

    q = forms.CharField(label="事项", required=False, max_length=100, help_text="编号、名称，或者请求编号")
    person = forms.CharField(label="人员", required=False, max_length=100, help_text="姓名、登录名，或者“系统”")
    since = forms.DateField(label="从", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="到", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    verb = forms.ChoiceField(label="动作", required=False)
    below = forms.ChoiceField(label="机关", required=False)

    def __init__(self, data: Any, authorities: list[Authority], *, looks: bool) -> None:
        super().__init__(data)
        self.looks = looks
        self.fields["verb"].choices = list(_looks() if looks else _verbs())  # type: ignore[attr-defined]
        self.fields["below"].choices = [  # type: ignore[attr-defined]
            ("", "全部"),
            *((each.path, f"{each.name}及下级" if place == 0 else each.name) for place, each in enumerate(authorities)),
        ]

        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-select" if name in ("verb", "below") else "form-control"

    @property
    def whom(self) -> list[BoundField]:
        """The first row: about what, by whom, where."""
        return [self["q"], self["person"], self["below"]]

    @property
    def when_and_what(self) -> list[BoundField]:
        """The second row."""
        return [self["since"], self["until"], self["verb"]]

    def clean(self) -> dict[str, Any]:
        """A span of days that ends before it begins finds nothing, and says so."""
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "结束的日期早于开始的日期。")
        return cleaned

    def wanted(self) -> Wanted:
        """What is looked for; a filter that could not be read narrows nothing."""
        typed = self.cleaned_data
        return Wanted(
            subject=typed.get("q", "").strip(),
            person=typed.get("person", "").strip(),
            since=typed.get("since"),
            until=typed.get("until"),
            verb=typed.get("verb", ""),
            below=typed.get("below", ""),
            looks=self.looks,
        )


def _verbs() -> Iterator[tuple[str, Any]]:
    """Every verb under its subject; the subject as a whole comes first."""
    yield "", "全部"
    for beginning, noun, verbs in vocabulary().groups():
        yield noun, [(beginning, f"{noun}：全部"), *((verb, f"{noun}：{told}") for verb, told in verbs)]


def _looks() -> Iterator[tuple[str, str]]:
    """Only what shows somebody personal data: nothing else is in that list."""
    yield "", "全部"
    words = vocabulary()
    yield from ((verb, f"{words.subject(verb)}：{words.verb(verb)}") for verb in words.looks)


class ExportForm(PlainForm):
    """Why a history is taken away."""

    reason = forms.CharField(
        label="事由",
        min_length=2,
        max_length=LONGEST_REASON,
        help_text="例如“行政复议〔2026〕3号调卷”。事由和您的姓名记入日志。",
    )
