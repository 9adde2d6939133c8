"""What people type into a proceeding. Forms parse; commands judge.

Fields carry the names under which commands report problems, so that each finds its place (`xuke.web.refusals.onto`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.http import QueryDict

from xuke.parties.queries_bans import Answerable
from xuke.proceedings.commands.proposing import is_head
from xuke.proceedings.kinds import KINDS, RESCISSION, REVOCATION
from xuke.proceedings.models import Proceeding
from xuke.web.forms import PlainForm

Data = QueryDict | None
CAPACITIES = {"legal_representative": "法定代表人", "case_contact": "经办人"}
DUTIES = ("直接负责的主管人员", "其他直接责任人员", "法定代表人")
MORE_PEOPLE = 3
"""Rows for people who never acted for the enterprise here."""


def _area(label: str, rows: int, most: int, hint: str = "", *, required: bool = True) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=most, widget=widget, help_text=hint, required=required)


def grounds() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every ground under its kind, to choose from."""
    return [(kind.title, [(f"{kind.code}:{ground.code}", ground.title) for ground in kind.grounds]) for kind in KINDS]


class BeginForm(PlainForm):
    """Opening a case: on which ground, against which licence or application, and why."""

    ground = forms.ChoiceField(
        label="事项和法定情形",
        help_text="撤回、撤销、吊销、注销各不相同，请按法律规定的情形选择",
        error_messages={"required": "请选择事项和法定情形。"},
    )
    number = forms.CharField(
        label="许可证编号",
        max_length=64,
        help_text="SC开头的编号；处理提供虚假材料的申请，填接收凭证号或者受理号",
        error_messages={"required": "请填写许可证编号，或者申请的接收凭证号、受理号。"},
    )
    facts = _area("事实和理由", 7, 4000, "写明查明的事实、证据和理由，会写进告知书和决定书")
    compensation = _area("补偿意见", 2, 1000, "撤回许可给企业造成财产损失的，依法给予补偿", required=False)
    proof = forms.CharField(
        label="证明文书",
        max_length=200,
        required=False,
        help_text="企业依法终止、登记状态仍是“存续”的，填写登记机关文书的名称和文号",
    )

    def __init__(self, data: Data = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["ground"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选择"), *grounds()]
        self.use_required_attribute = False

    @property
    def chosen(self) -> tuple[str, str]:
        """Kind and ground."""
        kind, _, ground = self.cleaned_data["ground"].partition(":")
        return kind, ground


class StepForm(PlainForm):
    """A step of a case: carries the revision that the page was drawn from, so that a newer state is noticed."""

    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    names = "id_%s"
    """How the controls are named in the page: two forms on one page need different names."""

    def __init__(self, proceeding: Proceeding, data: Data = None) -> None:
        super().__init__(data, initial={"revision": proceeding.revision}, auto_id=self.names)
        self.proceeding = proceeding
        self.use_required_attribute = False

    def words(self) -> dict[str, Any]:
        """What the command is given besides who acts and when."""
        return dict(self.cleaned_data)


class NoticeForm(StepForm):
    """The notice beforehand: its facts in their last words."""

    facts = _area("事实和理由", 8, 4000, "告知的事实和理由，就是决定所依据的事实和理由")

    def __init__(self, proceeding: Proceeding, data: Data = None) -> None:
        super().__init__(proceeding, data)
        self.fields["facts"].initial = proceeding.facts


class HearingForm(StepForm):
    """Day, place and chair of a hearing."""

    held_at = forms.DateTimeField(
        label="听证时间",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": "请填写听证的时间。", "invalid": "时间请写成2026-10-20 09:30这样。"},
    )
    place = forms.CharField(label="听证地点", max_length=200, error_messages={"required": "请写明听证的地点。"})
    chair = forms.TypedChoiceField(
        label="听证主持人",
        coerce=int,
        help_text="调查人员不能主持",
        error_messages={"required": "请选择听证主持人。"},
    )
    closed = forms.BooleanField(label="涉及国家秘密、商业秘密或者个人隐私，不公开举行", required=False)

    def __init__(self, proceeding: Proceeding, data: Data = None, *, chairs: Iterable[tuple[int, str]] = ()) -> None:
        super().__init__(proceeding, data)
        field = self.fields["chair"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选择"), *chairs]


class RecordForm(StepForm):
    """The record of a hearing."""

    record = _area("听证笔录", 12, 20000, "记录参加人、各方意见、举证和质证；参加人核对后签字的原件附卷")


class PersonRow(PlainForm):
    """Somebody who answers for what happened and has no account for this enterprise."""

    name = forms.CharField(label="姓名", max_length=60, required=False)
    number = forms.CharField(label="身份证号", max_length=20, required=False)
    duty = forms.ChoiceField(label="职责", choices=[(duty, duty) for duty in DUTIES], required=False)


_ROWS = forms.formset_factory(PersonRow, extra=MORE_PEOPLE, max_num=MORE_PEOPLE, absolute_max=MORE_PEOPLE)


class ProposalForm(StepForm):
    """The opinion, what became of what the holder said, and whom a ban is to bind."""

    opinion = _area("处理意见", 4, 4000)
    on_record = _area("对陈述申辩、听证笔录的复核和采纳情况", 4, 2000, "采纳的写明采纳了什么，不采纳的写明理由")
    effective_on = forms.DateField(
        label="决定的效力从哪一天起",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
        error_messages={"invalid": "日期请写成2026-09-18这样。"},
    )
    penalty = forms.CharField(
        label="已经作出的处罚决定书",
        max_length=200,
        required=False,
        help_text="由其他处罚决定吊销、在这里登记的，填写作出的机关和文号，并填写上面的日期；由本案决定吊销的不填",
    )
    people = forms.MultipleChoiceField(
        label="责任人员", widget=forms.CheckboxSelectMultiple, required=False, help_text="限制申请的期限与企业相同"
    )

    def __init__(self, proceeding: Proceeding, data: Data = None, *, known: Iterable[Answerable] = ()) -> None:
        super().__init__(proceeding, data)
        ban = proceeding.of_ground.ban_kind
        self.head = proceeding.head if ban is not None and ban.binds_managers else ""
        """Whom the law bars without a choice: listed for good."""
        self.known = {str(each.user_id): each for each in known if not is_head(each, self.head)}
        self.rows: Any = ()
        if ban is not None and ban.closes == "applying":
            self.rows = _ROWS(data, prefix="more")
            field = self.fields["people"]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = [(key, _named(each)) for key, each in self.known.items()]
            if self.head and not field.choices:
                del self.fields["people"]
        else:
            del self.fields["people"]
        if not (proceeding.statements or proceeding.was_heard):
            del self.fields["on_record"]
        self._draw_day(proceeding)

    def _draw_day(self, proceeding: Proceeding) -> None:
        if proceeding.kind != REVOCATION:
            del self.fields["penalty"]
        if proceeding.kind not in (RESCISSION, REVOCATION):
            del self.fields["effective_on"]
            return
        hint = "不填就是作出决定的当天。只有登记以前作出的处罚决定才填，填那份决定书的日期，禁止申请的期限也从那天起算"
        if proceeding.kind == RESCISSION and proceeding.licence:
            hint = f"自始无效的，填核发许可证的日期{proceeding.licence.granted_on:%Y-%m-%d}；不填就是作出决定的当天"
            if proceeding.of_ground.from_the_beginning:
                self.fields["effective_on"].initial = proceeding.licence.granted_on
                hint = "以欺骗、贿赂取得的许可自始无效，已填好核发许可证的日期"
        self.fields["effective_on"].help_text = hint

    def is_valid(self) -> bool:
        """The form and each of its rows."""
        return super().is_valid() and (not self.rows or self.rows.is_valid())

    def words(self) -> dict[str, Any]:
        """With the people as the command takes them."""
        typed = dict(self.cleaned_data)
        typed["people"] = list(self._people(typed.pop("people", ())))
        return typed

    def _people(self, chosen: Iterable[str]) -> Iterator[dict[str, Any]]:
        for key in chosen:
            each = self.known[key]
            yield {"user_id": each.user_id, "name": each.name, "duty": CAPACITIES[each.capacity]}
        for row in self.rows or ():
            if row.cleaned_data.get("name", "").strip():
                yield dict(row.cleaned_data)


def _named(each: Answerable) -> str:
    known = "已实名" if each.is_proven else "未实名，只能按姓名限制"
    return f"{each.name}（{CAPACITIES[each.capacity]}，{known}）"


class ReasonForm(StepForm):
    """A step that needs nothing but a reason."""

    reason = _area("理由", 4, 1000)

    def __init__(self, proceeding: Proceeding, data: Data = None, *, label: str = "", hint: str = "") -> None:
        super().__init__(proceeding, data)
        field = self.fields["reason"]
        field.label, field.help_text = label or field.label, hint


class StatementForm(StepForm):
    """The holder's statement and defence."""

    text = _area("陈述和申辩", 6, 4000, "写明您对事实、理由、依据的意见。不会因为申辩加重处理")
    file = forms.FileField(label="证明材料", required=False, help_text="PDF或者图片，一份")


class HearingRequestForm(StepForm):
    """The holder asks for a hearing."""

    names = "id_asking_%s"
    reason = _area("要求听证的理由", 3, 1000, required=False)
