"""How an application gets anywhere: the steps of the life, played by a cast through the commands, state by state."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from xuke.accounts.officers import Officer, Role
from xuke.catalogue import commands as rules
from xuke.catalogue import editions, score_sheet, switches
from xuke.catalogue.rulebook import PROVINCE
from xuke.certificates import queries as certificates
from xuke.certificates.models import Licence
from xuke.config.demonstration import signing
from xuke.config.demonstration.filling import FORMS, MATERIALS, ROADS, Form, filled_form
from xuke.config.demonstration.people import Cast
from xuke.config.demonstration.samples import label, sample
from xuke.foundation import files, journal, scope
from xuke.foundation.actors import SYSTEM
from xuke.foundation.models import StoredFile
from xuke.foundation.transactions import opened_for
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import commands, teams
from xuke.licensing.commands.drafting import kinds_asked
from xuke.licensing.commands.reviewing import may_leave_out
from xuke.licensing.judging import visit_need
from xuke.licensing.models import Application, Rectification
from xuke.licensing.procedures import procedure as the_procedure
from xuke.licensing.procedures.form import NONE
from xuke.parties.applicants import Applicant

__all__ = ["MATERIALS", "filled_form"]

TURNINGS = {
    "correcting_on_spot": "submitted",
    "correction_requested": "submitted",
    "not_required": "submitted",
    "not_competent": "submitted",
    "resubmitted": "correction_requested",
    "not_accepted": "resubmitted",
    "refused": "decision_proposed",
    "retracted": "accepted",
    "terminated": "document_review",
}
"""States beside the main road, and the state from which they are reached."""

Now = Callable[[], datetime]
FIRST = "food.first"
ENDINGS = {"recorded": "food.report", "licence_cancelled": "food.cancellation"}
"""States that only one procedure reaches."""
BY_LAW = "deemed_renewed"
"""The outcome of a renewal on which nobody decided in time; its state is the one of every grant."""


def drawn(kind: str, name: str, now: datetime) -> StoredFile:
    """A file of that kind, drawn by ourselves."""
    return files.store([sample(kind)], name, now=now)


@dataclass
class Diary:
    """A clock for stories that happened in the past: every step takes place some working hours after the one before."""

    moment: datetime
    hours: int = 5
    latest: datetime | None = None

    def __call__(self) -> datetime:
        """The next moment, within office hours of a working day, never later than `latest`."""
        calendar = current_calendar()
        following = self.moment + timedelta(hours=self.hours)
        local = following.astimezone(journal.SHANGHAI)
        if local.hour >= 17 or local.hour < 9:
            day = calendar.add(local.date() - timedelta(days=1 if local.hour < 9 else 0), 1).on
            local = local.replace(year=day.year, month=day.month, day=day.day, hour=9, minute=(local.minute * 7) % 60)
        elif not calendar.is_working(local.date()):
            day = calendar.on_or_after(local.date()).on
            local = local.replace(year=day.year, month=day.month, day=day.day)
        self.moment = min(local, self.latest) if self.latest else local
        return self.moment


def draft(
    cast: Cast,
    now: Now,
    *,
    with_materials: bool = True,
    procedure: str = FIRST,
    licence: Licence | None = None,
    sections: Form | None = None,
    file: Callable[[str, str, datetime], StoredFile] = drawn,
) -> Application:
    """A draft, filled in and with its files: from a licence where the procedure starts from one.

    `sections` replace what the cast would type, or add to it; `file` gives the file of a kind and a name.
    """
    begun = now()
    application = commands.start(procedure_code=procedure, licence=licence, by=cast.applicant, now=begun)
    contact = {"contact_name": cast.firm.contact, "contact_phone": "13800005678"}
    typed = {"enterprise": {**application.form["enterprise"], **contact}, **FORMS[procedure](application, cast)}
    for section, values in (typed | (sections or {})).items():
        if the_procedure(procedure).step(section, application.form) is None:
            continue  # Other sections were given, and this one is not asked with them.
        application = commands.save_section(
            application=application, section=section, values=values, by=cast.applicant, now=now()
        )
    names, asked = dict(MATERIALS), kinds_asked(application) if with_materials else ()
    for kind in asked:
        moment, name = now(), names.get(kind, f"{label(kind)}.pdf")
        commands.file_material(
            application=application,
            kind=kind,
            file=file(kind, name, moment),
            name=name,
            by=cast.applicant,
            now=moment,
        )
    return application


def marks(*, weak: tuple[int, ...] = (), failed: tuple[int, ...] = ()) -> dict[str, dict[str, str]]:
    """A filled sheet: everything conforms but the items named."""
    found = {}
    for item in score_sheet.items():
        best, middle = (format(value.normalize(), "f") for value in item.scores[:2])
        if item.number in failed:
            found[str(item.number)] = {"score": "0", "note": "现场没有配备，未见相关记录。"}
        elif item.number in weak:
            found[str(item.number)] = {"score": middle, "note": "基本符合，已要求一个月内整改。"}
        else:
            found[str(item.number)] = {"score": best, "note": ""}
    assert Decimal(found["1"]["score"]) >= 0
    return found


CORRECTIONS = (
    {
        "item": "食品生产设备布局图",
        "defect": "内包装间与冷却区未标明隔断",
        "remedy": "请在图上标明隔断位置和人流、物流方向",
    },
    {"item": "食品安全管理制度", "defect": "缺少留样制度", "remedy": "请补充留样品种、数量、保存期限"},
)


def _send_verifiers(case: Application, cast: Cast, at: datetime) -> Application:
    team = [member.user_id for member in cast.verifiers]
    day = journal.legal_day(at)
    able = (one.name for one, reasons in teams.candidates(case, on=day).watching() if not reasons)
    return commands.assign_verification(
        application=case, team=team, leader=team[0], visit_on=day, observer=next(able, ""), by=cast.reviewer, now=at
    )


def sign_sheet(case: Application, cast: Cast, at: datetime, *, team: Sequence[Officer] = ()) -> None:
    """Whoever was there confirms the sheet: the members but their leader, who ends the visit; the applicant."""
    people: list[Officer | Applicant] = [*(team or cast.verifiers[1:]), cast.applicant]
    for by in people:
        commands.confirm_sheet(application=case, by=by, now=at)


def _verify(case: Application, cast: Cast, at: datetime) -> Application:
    commands.score(application=case, marks=marks(weak=(2, 8)), by=cast.verifiers[1], now=at)
    sign_sheet(case, cast, at)
    return commands.conclude_verification(application=case, applicant_signed=True, by=cast.verifiers[0], now=at)


def _terminate(case: Application, cast: Cast, at: datetime) -> Application:
    reason = "申请人涉嫌未经许可生产，已经立案调查。"
    commands.suspend(application=case, ground="investigation", reason=reason, until=None, by=cast.reviewer, now=at)
    return commands.terminate(
        application=case, reason="受到限制生产经营的处罚，不能继续办理。", by=cast.decider, now=at
    )


def _propose(case: Application, cast: Cast, at: datetime) -> Application:
    with seeing_everything():
        without_visit = may_leave_out(case)
    if not without_visit:
        opinion = OPINION if visit_need(case).need != NONE else UNSEEN
        words = the_procedure(case.procedure).in_words(opinion)
        return commands.propose(application=case, opinion=words, by=cast.reviewer, now=at)
    put_right(case, cast, at)
    return commands.propose(
        application=case, opinion=NO_VISIT, no_visit=NO_VISIT, nothing_against=True, by=cast.reviewer, now=at
    )


def put_right(case: Application, cast: Cast, at: datetime) -> None:
    """What the first visit found is put right and confirmed, before anybody is spared the next visit."""
    with seeing_everything():
        rows = list(Rectification.objects.filter(licence=case.starts_from_id, confirmed_on=None))
    if not rows:
        return
    # Where nobody is there for supervision alone, the head of the authority does it.
    head = replace(cast.decider, roles=frozenset({Role.SUPERVISOR}))
    chief = next((each for each in cast.others.values() if each.has(Role.SUPERVISOR)), head)
    for row in rows:
        commands.report_rectification(rectification=row, report="已经改正。", by=cast.applicant, now=at)
        commands.confirm_rectification(rectification=row, done=True, note="", by=chief, now=at)


NO_VISIT = "申请人声明生产条件没有变化，日常监督检查没有发现问题，不再现场核查。"
OPINION = "申请材料齐全、符合法定形式；现场核查通过，无“不符合”项；试制食品检验合格。建议准予许可。"
UNSEEN = "申请材料齐全、符合法定形式，建议准予许可。"
NOT_REQUIRED = "所申请的产品属于食用农产品初级加工，不需要取得食品生产许可。"
REFUSAL = "现场核查不通过，不具备与申请品种相适应的生产条件。"

ACTS: dict[str, Callable[[Application, Cast, datetime], Application]] = {
    "submitted": lambda case, cast, at: commands.submit(
        application=case, proof=signing.proof("submit", case, by=cast.applicant, now=at), by=cast.applicant, now=at
    ),
    "accepted": lambda case, cast, at: commands.accept(application=case, by=cast.acceptor, now=at),
    "document_review": lambda case, cast, at: commands.begin_review(application=case, by=cast.reviewer, now=at),
    "verification_assigned": _send_verifiers,
    "verification_done": _verify,
    "decision_proposed": _propose,
    "granted": lambda case, cast, at: commands.grant(application=case, by=cast.decider, now=at),
    "correcting_on_spot": lambda case, cast, at: commands.offer_correction(
        application=case, rows=[{"section": "site", "field": "area", "to": "1250"}], by=cast.acceptor, now=at
    ),
    "correction_requested": lambda case, cast, at: commands.ask_correction(
        application=case, items=CORRECTIONS, by=cast.acceptor, now=at
    ),
    "resubmitted": lambda case, cast, at: commands.resubmit(
        application=case, proof=signing.proof("resubmit", case, by=cast.applicant, now=at), by=cast.applicant, now=at
    ),
    "not_accepted": lambda case, cast, at: commands.decline_acceptance(
        application=case, missing=[1], by=cast.acceptor, now=at
    ),
    "not_required": lambda case, cast, at: commands.tell_not_required(
        application=case, reason=NOT_REQUIRED, by=cast.acceptor, now=at
    ),
    "not_competent": lambda case, cast, at: commands.tell_not_competent(
        application=case,
        reason="该类别由设区的市级市场监督管理部门许可。",
        competent="宜昌市市场监督管理局",
        by=cast.acceptor,
        now=at,
    ),
    "refused": lambda case, cast, at: commands.refuse(application=case, reason=REFUSAL, by=cast.decider, now=at),
    "retracted": lambda case, cast, at: commands.retract(
        application=case, reason="投资计划调整，暂不生产。", by=cast.applicant, now=at
    ),
    "terminated": _terminate,
    "recorded": lambda case, cast, at: commands.record_report(
        application=case, remark="与申请人核对无误。", by=cast.acceptor, now=at
    ),
    "licence_cancelled": lambda case, cast, at: commands.cancel_licence(application=case, by=cast.decider, now=at),
    BY_LAW: lambda case, cast, at: commands.deem_renewed(application=case, by=SYSTEM, now=at),
}
"""The one act that leads to each state."""


def step_to(state: str, application: Application, cast: Cast, now: Now) -> Application:
    """Take the one step that leads from the application's state to `state`."""
    return ACTS[state](application, cast, now())


def road_to(state: str, procedure: str = "") -> Iterator[str]:
    """The states from a draft to `state`, in order, without the draft itself."""
    road = ROADS[procedure or ENDINGS.get(state, FIRST)]
    if state == BY_LAW:
        yield from (*road_to("accepted", procedure), BY_LAW)
    elif state in TURNINGS:
        before = TURNINGS[state] if TURNINGS[state] in (*road, *TURNINGS) else road[1]
        yield from (*road_to(before, procedure), state)
    else:
        yield from road[1 : road.index(state) + 1]


def seeing_everything() -> AbstractContextManager[None]:
    """To look at what stands in the database, wherever the story is played."""
    return opened_for(scope.EVERYTHING) if scope.entered() is None else nullcontext()


def licensed(cast: Cast, now: Now) -> Licence:
    """The licence that the enterprise of a cast holds: what it was granted, or one granted for this story."""
    with seeing_everything():
        held = certificates.in_force(cast.applicant.enterprise_id, today=journal.legal_day(now()))
    if held is None:
        held = play("granted", cast, now).licence
    assert held is not None
    return held


def switch_on(name: str, *, division: str, now: datetime) -> None:
    """Let a province offer what it may offer or not, such as a local re-issue."""
    nation = editions.book().find("switch", name, on=journal.legal_day(now))
    assert nation is not None
    provincial = replace(
        nation,
        level=PROVINCE,
        division=f"{division[:2]}0000",
        content={**nation.content, "on": True},
        basis="演示：省级市场监督管理局的规定",
        valid_from=journal.legal_day(now),
    )
    rules.load(wanted=[provincial], by=SYSTEM, now=now)


def begin(cast: Cast, now: Now, procedure: str, **how: Any) -> Application:
    """A draft of a procedure, typed in one moment; it starts from the licence that the cast holds, or gets for it."""
    which = the_procedure(procedure)
    licence = licensed(cast, now) if which.needs_licence else None
    if (
        which.switch
        and licence
        and not switches.is_on(which.switch, division=licence.number[5:11], on=journal.legal_day(now()))
    ):
        switch_on(which.switch, division=licence.number[5:11], now=now())
    moment = now()
    return draft(cast, lambda: moment, procedure=procedure, licence=licence, **how)


def play(outcome: str, cast: Cast, now: Now, *, procedure: str = FIRST, **how: Any) -> Application:
    """A new application of a procedure, brought to an outcome through the commands: granted, refused, retracted …"""
    application = begin(cast, now, procedure, **how)
    for name in road_to(outcome, procedure):
        application = step_to(name, application, cast, now)
    return application
