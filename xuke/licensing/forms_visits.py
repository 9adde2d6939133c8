"""What is typed about visits: who goes, once more, their end, a redraw, recusal. Forms parse; commands judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from xuke.licensing.commands.recusing import who_comes
from xuke.licensing.forms_officer import Data, Files, StepForm
from xuke.licensing.models import Application, Visit
from xuke.licensing.teams import Candidates
from xuke.verifiers.rules import FIRM, GROUNDS, TeamProposal, VerifierFacts, why_not
from xuke.web.forms import PlainForm


class AssignForm(StepForm):
    """Who goes to the site, when, and what the reviewer found in the documents."""

    team = forms.TypedMultipleChoiceField(
        label="核查人员",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择至少两名核查人员。"},
    )
    leader = forms.TypedChoiceField(
        label="组长", coerce=int, widget=forms.RadioSelect, error_messages={"required": "请指定一名组长。"}
    )
    visit_on = forms.DateField(
        label="核查日期",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "请选择核查日期。", "invalid": "请按“2026-10-14”的样子填写日期。"},
    )
    experts = forms.MultipleChoiceField(
        label="技术专家",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="参加核查，提出专业意见，不作出独立结论，不计入两名核查人员",
    )
    observer = forms.CharField(
        label="观察员", required=False, max_length=60, help_text="由日常监管部门派出，不参与评分"
    )
    entrusted_to = forms.CharField(required=False, max_length=6, widget=forms.HiddenInput)
    opinion = forms.CharField(
        label="材料审查意见", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self,
        application: Application,
        found: Candidates,
        proposal: TeamProposal,
        days: tuple[date, date],
        data: Data = None,
        *,
        entrusted_to: str = "",
    ) -> None:
        super().__init__(application, data)
        self.found, self.proposal = found, proposal
        choices = [(one.user_id, one.name) for one in found.people]
        self.fields["team"].choices = choices  # type: ignore[attr-defined]
        self.fields["leader"].choices = choices  # type: ignore[attr-defined]
        self.fields["experts"].choices = [(one.id, one.name) for one in found.experts]  # type: ignore[attr-defined]
        if not found.experts:
            del self.fields["experts"]
        users = {one.id: one.user_id for one in found.people}
        self.initial.update(
            {
                "team": [users[id] for id in proposal.team],
                "leader": users.get(proposal.leader),
                "visit_on": found.visit.on,
                "entrusted_to": entrusted_to,
            }
        )
        self._choose_observer()
        first, last = days
        self.fields["visit_on"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}

    def _choose_observer(self) -> None:
        """One of those whom the daily supervision can send; only where there is nobody, a name is typed."""
        if not self.found.observers:
            return
        able = list(dict.fromkeys(one.name for one, reasons in self.found.watching() if not reasons))
        told = [f"{one.name}：{'；'.join(reasons)}" for one, reasons in self.found.watching() if reasons]
        self.fields["observer"] = forms.ChoiceField(
            label="观察员",
            required=False,
            choices=[("", "没有派出观察员"), *((name, name) for name in able)],
            help_text="。".join(("由日常监管部门派出，不参与评分", *told)),
            error_messages={"invalid_choice": "请从负责日常监督的人员中选择观察员。"},
        )
        self.initial["observer"] = able[0] if able else ""

    @property
    def rows(self) -> list[tuple[VerifierFacts, tuple[str, ...], tuple[str, ...], bool, bool]]:
        """Each candidate with every reason against choosing them and against drawing them, and whether they are
        ticked and lead."""
        team = {str(value) for value in self["team"].value() or ()}
        leader = str(self["leader"].value() or "")
        against = self.found.reasons()
        return [
            (one, *against[one.id], str(one.user_id) in team, str(one.user_id) == leader) for one in self.found.people
        ]

    @property
    def expert_rows(self) -> list[tuple[VerifierFacts, tuple[str, ...]]]:
        """Each expert with every reason against inviting them."""
        return [(one, why_not(one, self.found.visit, reasons=FIRM)) for one in self.found.experts]


class ReassignForm(AssignForm):
    """Another team, or a second visit, and why."""

    reason = forms.CharField(label="重新派出的原因", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    opinion = None  # type: ignore[assignment]


class ConcludeForm(StepForm):
    """The end of a visit: the applicant's signature, or why there is none; or that no visit was possible."""

    applicant_signed = forms.TypedChoiceField(
        label="申请人是否在评分记录上签字",
        choices=(("yes", "已签字"), ("no", "没有签字")),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择申请人是否签字。"},
    )
    signing_note = forms.CharField(
        label="没有签字的情况",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="拒绝签字或者不能签字的，写明情况",
    )
    not_possible = forms.CharField(
        label="核查无法进行的原因",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="只在没有核查成的时候填写；这次核查的品种都没有结论，可以再次派出核查组",
    )

    signed_sheet = forms.FileField(
        label="签字的评分记录表",
        required=False,
        help_text="在纸上签字的，上传核查人员和申请人签字页的扫描件或者照片；都在网上核对确认的不用上传",
    )
    visited_on = forms.DateField(
        label="到场核查的日期",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="核查组实际在现场的那一天，文书上写这一天",
        error_messages={"invalid": "请按“2026-10-14”的样子填写日期。"},
    )

    def __init__(
        self,
        application: Application,
        data: Data = None,
        *,
        files: Files = None,
        rows: Sequence[Mapping[str, Any]] = (),
        days: tuple[date, date] | None = None,
    ) -> None:
        """`days` are the planned day, before which nobody was there, and today; `rows` what is verified."""
        super().__init__(application, data, files=files)
        if days:
            self.fields["visited_on"].widget.attrs |= {"min": days[0].isoformat(), "max": days[1].isoformat()}
        self.keys = [str(row["key"]) for row in rows] if len(rows) > 1 else []
        for row in rows if self.keys else ():
            self.fields[f"postponed.{row['key']}"] = forms.CharField(
                label=f"{row['name']}（{row['detail']}）" if row["detail"] else str(row["name"]),
                required=False,
                max_length=300,
                help_text="推迟核查的，写明原因，由下一次核查作出结论；不推迟的不填",
            )

    @property
    def postponed(self) -> dict[str, str]:
        """Varieties that are left to another round, with the reason."""
        typed = {key: self.cleaned_data.get(f"postponed.{key}", "") for key in self.keys}
        return {key: reason for key, reason in typed.items() if reason}

    @property
    def facts(self) -> dict[str, Any]:
        """What the command takes besides."""
        names = ("applicant_signed", "signing_note", "not_possible", "visited_on", "revision")
        return {name: self.cleaned_data[name] for name in names}

    @property
    def later(self) -> list[BoundField]:
        """The fields of varieties that may be postponed."""
        return [self[f"postponed.{key}"] for key in self.keys]


class RedrawForm(PlainForm):
    """A redraw: why, and who is not to be drawn."""

    reason = forms.CharField(
        label="重新抽取的原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明为什么重新抽取。"},
    )
    excluded = forms.MultipleChoiceField(
        label="不再抽取",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不勾选的仍然可能抽到；以前重新抽取时排除的人不再抽取",
    )
    visit_on = forms.DateField(required=False, widget=forms.HiddenInput)
    entrust = forms.CharField(required=False, max_length=6, widget=forms.HiddenInput)

    def __init__(self, people: Sequence[VerifierFacts], data: Data = None, **other: Any) -> None:
        super().__init__(data, **other)
        self.use_required_attribute = False
        self.fields["excluded"].choices = [(one.id, one.name) for one in people]  # type: ignore[attr-defined]


class RecusalRequestForm(PlainForm):
    """The applicant asks that somebody of the team stays away."""

    member = forms.TypedChoiceField(
        label="申请谁回避", coerce=str, widget=forms.RadioSelect, error_messages={"required": "请选择申请谁回避。"}
    )
    ground = forms.ChoiceField(
        label="为什么",
        choices=list(GROUNDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "请选择一种情形。"},
    )
    text = forms.CharField(
        label="具体情况",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明事实，例如什么时候在哪里任职",
        error_messages={"required": "请写明具体情况。"},
    )

    def __init__(self, visit: Visit | None, data: Data = None) -> None:
        super().__init__(data)
        self.use_required_attribute = False
        experts = {each["id"] for each in visit.experts} if visit else set()
        people = [
            (id, f"{name}（技术专家）" if id in experts else name)
            for name, id, _ in (who_comes(visit) if visit else ())
        ]
        self.fields["member"].choices = people  # type: ignore[attr-defined]
