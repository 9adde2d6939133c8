"""What another level types when it is asked about its categories."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.forms.boundfield import BoundField

from xuke.catalogue.food import subcategory
from xuke.licensing.commands.joint import FAIL, PASS
from xuke.licensing.forms_officer import Data, ProposalForm, StepForm
from xuke.licensing.models import Application, JointReview
from xuke.licensing.queries_joint import Answer


def follow(form: ProposalForm, application: Application, answers: Iterable[Answer]) -> None:
    """Let a proposal begin with what other levels said: what they do not agree to cannot be proposed to pass."""
    against = {code: answer for answer in answers for code, result in answer.results.items() if result == FAIL}
    for row in application.varieties:
        answer = against.get(row["code"])
        if answer and (result := form.fields.get(f"results.{row['key']}")):
            assert isinstance(result, forms.ChoiceField)
            result.choices, result.initial = [(FAIL, "建议不予许可")], FAIL
            reason = form.fields[f"reasons.{row['key']}"]
            reason.initial = reason.initial or f"{answer.authority}联合审查不同意：{answer.opinion}"


class OpinionForm(StepForm):
    """For each subcategory, whether it may be licensed; and an opinion."""

    opinion = forms.CharField(
        label="审查意见",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="材料、条件各是什么情况；不同意的写明理由，受理机关会写进审查意见",
        error_messages={"required": "请写明审查意见。"},
    )

    def __init__(self, application: Application, asked: JointReview, data: Data = None) -> None:
        super().__init__(application, data)
        self.codes = list(asked.codes)
        for code in self.codes:
            known = subcategory(code)
            self.fields[f"results.{code}"] = forms.ChoiceField(
                label=f"{code} {known.name if known else ''}",
                choices=[(PASS, "同意许可"), (FAIL, "不同意许可")],
                widget=forms.RadioSelect,
                error_messages={"required": "请选择同意或者不同意。"},
            )
        self.order_fields([*(f"results.{code}" for code in self.codes), "opinion", "revision"])

    @property
    def results(self) -> dict[str, str]:
        """What `give_joint_opinion` takes."""
        return {code: self.cleaned_data[f"results.{code}"] for code in self.codes}

    @property
    def choices(self) -> list[BoundField]:
        """The field of each subcategory."""
        return [self[f"results.{code}"] for code in self.codes]
