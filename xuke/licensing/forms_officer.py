"""What officers type into the steps of a case. Forms parse; commands judge.

Fields carry the names under which commands report problems, so that each finds its place (`xuke.web.refusals.onto`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from xuke.licensing import masks
from xuke.licensing.commands.reviewing import FAIL, PASS, WHY_RECORD, follows_hearing
from xuke.licensing.judging import judged, visit_need
from xuke.licensing.models import Application, Visit
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.checking import check_field
from xuke.licensing.procedures.form import OPTIONAL, Field, Procedure
from xuke.web.forms import PlainForm
from xuke.web.numbers import whole

Data = QueryDict | None
Files: TypeAlias = "MultiValueDict[str, UploadedFile[bytes]] | None"


class StepForm(PlainForm):
    """A step of a case: carries the revision that the page was drawn from, so that a newer state is noticed."""

    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, application: Application, data: Data = None, *, files: Files = None) -> None:
        super().__init__(data, files, initial={"revision": application.revision})
        self.application = application
        self.use_required_attribute = False

    def rebase(self) -> None:
        """Go on from the newest state: the reader is told what changed."""
        if isinstance(self.data, QueryDict):
            typed = self.data.copy()
            typed["revision"] = str(self.application.revision)
            self.data = typed


class ReasonForm(StepForm):
    """A step that needs nothing but a reason."""

    reason = forms.CharField(label="理由", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, application: Application, data: Data = None, *, label: str = "", hint: str = "") -> None:
        super().__init__(application, data)
        field = self.fields["reason"]
        field.label, field.help_text = label or field.label, hint


class RefusalForm(ReasonForm):
    """Refusing a licence; the reasons proposed stand there already."""

    def __init__(self, application: Application, data: Data = None) -> None:
        act = procedure(application.procedure).act
        super().__init__(application, data, label=f"不予{act}的理由", hint="写进决定书，请写明事实和依据")
        self.fields["reason"].initial = "；".join(dict.fromkeys(application.proposal.get("reasons", {}).values()))


class NotCompetentForm(ReasonForm):
    """Telling an applicant which authority is competent."""

    competent = forms.CharField(label="应当向哪个行政机关申请", max_length=200, help_text="写机关全称")
    field_order = ("competent", "reason")


# Correction ----------------------------------------------------------------------------------------------------------


class CorrectionRow(PlainForm):
    """One thing to be corrected."""

    item = forms.CharField(
        label="哪份材料、哪项内容",
        max_length=100,
        widget=forms.TextInput(attrs={"list": "items"}),
        error_messages={"required": "请写明是哪份材料或者哪项内容。"},
    )
    defect = forms.CharField(
        label="缺什么，错在哪里",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明缺什么，或者错在哪里。"},
    )
    remedy = forms.CharField(label="怎样改", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class CorrectionRows(forms.BaseFormSet):  # type: ignore[type-arg]
    """The one list: at least one row; empty rows do not count."""

    def clean(self) -> None:
        """Demand one row."""
        if not any(self.errors) and not self.items:
            raise forms.ValidationError("请至少列出一项需要补正的内容。")

    @property
    def items(self) -> list[dict[str, str]]:
        """The rows that were filled in."""
        return [form.cleaned_data for form in self.forms if form.cleaned_data]


MOST_ROWS = 50
_CORRECTIONS = forms.formset_factory(CorrectionRow, CorrectionRows, extra=3, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


def correction_rows(data: Data = None, *, more: int = 0) -> CorrectionRows:
    """The rows as they were typed, with so many empty ones after them."""
    if data is None:
        return cast(CorrectionRows, _CORRECTIONS(prefix="items"))
    typed = data.copy()
    count = whole(typed.get("items-TOTAL_FORMS", "")) or 0
    typed["items-TOTAL_FORMS"] = str(min(count + more, MOST_ROWS))
    return cast(CorrectionRows, _CORRECTIONS(typed, prefix="items"))


class CorrectionForm(StepForm):
    """The correction notice: its rows."""

    def __init__(self, application: Application, data: Data = None) -> None:
        super().__init__(application, data)
        self.adds_rows = data is not None and "more" in data
        self.rows = correction_rows(data, more=2 if self.adds_rows else 0)

    def is_valid(self) -> bool:
        """The form and each of its rows."""
        return super().is_valid() and self.rows.is_valid()


def correctable(which: Procedure) -> list[str]:
    """What a list of corrections can name: the materials, then the sections of the form."""
    return [kind.label for kind in which.materials] + [
        f"申请表：{section.title}" for section in which.sections if section.fields or section.rows or section.varieties
    ]


class SpotCorrectionForm(StepForm):
    """New values for what the applicant wrote into the form; an empty field leaves a value as it is."""

    def __init__(self, application: Application, data: Data = None) -> None:
        super().__init__(application, data)
        self.places = list(_spot_places(application))
        for section, each in self.places:
            widget = forms.Textarea(attrs={"rows": 2}) if each.kind == "long" else forms.TextInput()
            self.fields[f"{section}.{each.name}"] = forms.CharField(
                label=each.label,
                required=False,
                max_length=each.most,
                widget=widget,
                help_text=f"现在：{_shown(each, application.form.get(section, {}).get(each.name, '')) or '（空白）'}",
            )

    def clean(self) -> dict[str, Any]:
        """Each new value passes the check that its field has in the form."""
        typed = super().clean()
        for section, each in self.places:
            value = typed.get(f"{section}.{each.name}", "")
            if value and (sentence := check_field(each, value)):
                self.add_error(f"{section}.{each.name}", sentence)
        return typed

    @property
    def rows(self) -> list[dict[str, str]]:
        """What `offer_correction` takes."""
        return [
            {"section": section, "field": each.name, "to": value}
            for section, each in self.places
            if (value := self.cleaned_data.get(f"{section}.{each.name}", ""))
        ]

    @property
    def blanks(self) -> list[BoundField]:
        """The fields to draw."""
        return [self[f"{section}.{each.name}"] for section, each in self.places]


def _spot_places(application: Application) -> Iterable[tuple[str, Field]]:
    """The typed texts; not the code that identifies the applicant, nor the place that decides who is competent."""
    for section in procedure(application.procedure).asked(application.form):
        for each in section.fields:
            if each.kind not in ("yes", "tick", "division") and each.name != "uscc" and not each.fixed:
                yield section.name, each


def _shown(each: Field, value: str) -> str:
    return masks.phone(value) if each.kind == "phone" else value


class DeclineForm(StepForm):
    """Which items of the first list are still missing; none need be where a gate is closed."""

    missing = forms.TypedMultipleChoiceField(
        label="第一份清单里仍然缺少的",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请勾选第一份清单里仍然缺少的项目。全部补齐的，应当受理。"},
    )
    reason = forms.CharField(label="说明", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, application: Application, data: Data = None, *, is_barred: bool = False) -> None:
        super().__init__(application, data)
        self.fields["missing"].required = not is_barred
        choices = [(place, f"{row['item']}：{row['defect']}") for place, row in enumerate(application.corrections)]
        self.fields["missing"].choices = choices  # type: ignore[attr-defined]


# Opinion -------------------------------------------------------------------------------------------------------------


class ProposalForm(StepForm):
    """An opinion, and for each variety pass or fail, as the visit found unless the reviewer says otherwise."""

    opinion = forms.CharField(
        label="审查意见",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="材料、现场、检验各是什么情况",
    )
    no_visit = forms.CharField(
        label="不再现场核查的理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="申请人声明生产条件没有变化的，可以不再核查；写明核对了哪些情况。有疑问的，返回派出核查组",
    )
    nothing_against = forms.BooleanField(
        label="没有抽检不合格、食品安全事故、未处理完的投诉或者没有完成的整改",
        error_messages={"required": "抽检不合格、发生事故、有未处理完的投诉或者整改的，应当现场核查。没有的请勾选。"},
    )

    on_record = forms.CharField(
        label="听证意见的采纳情况",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="逐条写明采纳了听证笔录里的哪些意见；没有采纳的，写明理由。写进决定书",
        error_messages={"required": WHY_RECORD},
    )

    def __init__(self, application: Application, visit: Visit | None, data: Data = None) -> None:
        super().__init__(application, data)
        self.follows_hearing = follows_hearing(application)
        self.fields["on_record"].initial = application.proposal.get("on_record", "")
        if not self.follows_hearing:
            del self.fields["on_record"]
        self.found = visit.result.get("varieties", {}) if visit else {}
        earlier = application.proposal
        self.fields["opinion"].initial = earlier.get("opinion", "")
        self.rows, act = judged(application), procedure(application.procedure).act
        self.may_leave_out = visit is None and visit_need(application).need == OPTIONAL
        if not self.may_leave_out:
            del self.fields["no_visit"], self.fields["nothing_against"]
        for row in self.rows:
            key = row["key"]
            found = self.found.get(key, {})
            passed = visit is None or found.get("result", PASS) == PASS
            self.fields[f"results.{key}"] = forms.ChoiceField(
                label=f"{row['name']}（{row['detail']}）" if row["detail"] else row["name"],
                choices=_choices(act, passed=passed),
                widget=forms.RadioSelect,
                initial=earlier.get("results", {}).get(key) or (PASS if passed else FAIL),
            )
            self.fields[f"reasons.{key}"] = forms.CharField(
                label=f"不予{act}的理由",
                required=False,
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 2}),
                initial=earlier.get("reasons", {}).get(key) or found.get("reason", ""),
            )

    @property
    def results(self) -> dict[str, str]:
        """What `propose` takes: the result of each variety."""
        return self._under("results")

    @property
    def reasons(self) -> dict[str, str]:
        """What `propose` takes: the reason of each variety that fails."""
        return self._under("reasons")

    def _under(self, prefix: str) -> dict[str, str]:
        return {row["key"]: self.cleaned_data[f"{prefix}.{row['key']}"] for row in self.rows}

    @property
    def said_besides(self) -> dict[str, Any]:
        """What `propose` takes about a visit that was left out, and about the record of a hearing."""
        names = ("no_visit", "nothing_against", "on_record")
        return {name: self.cleaned_data[name] for name in names if name in self.fields}

    @property
    def varieties(self) -> list[tuple[BoundField, BoundField, Mapping[str, Any]]]:
        """The two fields of each variety, and what the visit found."""
        return [
            (self[f"results.{row['key']}"], self[f"reasons.{row['key']}"], self.found.get(row["key"], {}))
            for row in self.rows
        ]


def _choices(act: str, *, passed: bool) -> list[tuple[str, str]]:
    """Nothing that failed the visit can be proposed to pass."""
    return [(PASS, f"建议准予{act}"), (FAIL, f"建议不予{act}")] if passed else [(FAIL, f"建议不予{act}")]


class GrantForm(StepForm):
    """A favourable decision; on a change, perhaps with five new years and the reason for them (Measures art. 38)."""

    full_term_basis = forms.CharField(
        label="重新计算有效期的依据",
        required=False,
        max_length=200,
        help_text="只在标准发生重大变化、责令重新全面核查的时候填写；不填的，有效期不变",
    )

    def __init__(self, application: Application, data: Data = None) -> None:
        super().__init__(application, data)
        if procedure(application.procedure).kind != "change":
            del self.fields["full_term_basis"]


class RecordForm(StepForm):
    """A report to be recorded."""

    remark = forms.CharField(label="核对说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
