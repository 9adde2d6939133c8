"""What an officer writes down about a service."""

from __future__ import annotations

from typing import Any

from django import forms

from xuke.documents.models import ServedBy
from xuke.documents.service import ANNOUNCEMENT, DIRECT, LEFT, POST, Channel, Proof, proof_of
from xuke.web.forms import PlainForm

_ASKED = {
    DIRECT: ("served_on", "receiver", "relation", "place", "file", "note"),
    POST: ("served_on", "tracking", "receiver", "relation", "place", "file", "note"),
    LEFT: ("served_on", "place", "witnesses", "file", "note"),
    ANNOUNCEMENT: ("publication", "published_on", "file", "note"),
}
"""What each channel asks, in the order of the page."""


def _day(label: str, hint: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "请按“2026-10-14”的样子填写日期。"},
    )


def _text(label: str, hint: str = "", most: int = 100) -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, required=False, max_length=most)


class ServiceForm(PlainForm):
    """The proof that one channel asks for. What is missing is told by the command, which knows the rules."""

    served_on = _day("送达日期", "签收页或者回执上的日期")
    published_on = _day("公告日期", "公告发出的日期")
    publication = _text("公告刊登处", "报刊名称和版面，或者网址", 300)
    tracking = _text("邮件编号", most=40)
    receiver = _text("签收人", most=60)
    relation = _text("与受送达人的关系", "例如：法定代表人、经办人、收发室", 60)
    place = _text("送达地点", most=200)
    witnesses = _text("见证人", "姓名和单位；没有见证人的，写明怎样拍照、录像", 200)
    file = forms.FileField(label="签收页、回执或者照片", help_text="PDF、PNG或者JPG", required=False)
    note = forms.CharField(label="说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, channel: Channel, data: Any = None, files: Any = None, initial: Any = None) -> None:
        super().__init__(data, files, initial=initial)
        self.channel = channel
        self.fields = {name: self.fields[name] for name in _ASKED[channel.name]}
        # The rules ask again, and for more: what an announcement needs, and days that fit.
        sentences = {"served_on": "请填写送达日期。", "published_on": "请填写公告日期。", **dict(channel.needs)}
        for name, field in self.fields.items():
            if name in sentences:
                field.required = True
                field.error_messages["required"] = sentences[name]

    @property
    def proof(self) -> Proof:
        """What was typed."""
        names = self.cleaned_data.keys() & Proof.__dataclass_fields__.keys()
        typed = {name: self.cleaned_data[name] for name in names if self.cleaned_data[name] is not None}
        return Proof(self.channel.name, **typed)


class CorrectionForm(ServiceForm):
    """The same, filled with what is on record, and why it is wrong. The file on record stays until another comes."""

    def __init__(self, channel: Channel, recorded: ServedBy, data: Any = None, files: Any = None) -> None:
        super().__init__(channel, data, files, initial=vars(proof_of(recorded)))
        if recorded.file_id is not None:
            self.fields["file"].required = False
            self.fields["file"].help_text = "不换的留空，沿用原来上传的"
        reason = forms.CharField(
            label="为什么更正",
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"required": "请写明为什么更正。"},
        )
        self.fields = {"reason": reason, **self.fields}
