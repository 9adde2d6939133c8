"""What the case page is made of: the people of the three functions, the form, the files, the history, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from xuke.accounts.officers import Officer
from xuke.foundation.calendar import spoken
from xuke.foundation.journal import Event, legal_day
from xuke.licensing import buttons, masks
from xuke.licensing.commands.reviewing import PASS
from xuke.licensing.commands.steps import TOLD
from xuke.licensing.judging import WHOLE, judged
from xuke.licensing.models import Application
from xuke.licensing.overview import Filed, ReadSection
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.form import Procedure, in_words_of
from xuke.licensing.progress import NOTICE_OF, ON_PROMISE
from xuke.licensing.queries import visit_of
from xuke.licensing.queries_officer import IssuedNotice
from xuke.licensing.rounds import POSTPONED
from xuke.licensing.workflow import ROLES
from xuke.web.pieces import Happening, Link, Seat

# The three functions -------------------------------------------------------------------------------------------------

_FUNCTIONS = (("受理",), ("审查", "核查"), ("决定",))
_TITLES = ("受理", "审查与现场核查", "决定")


def seats(officer: Officer, application: Application, today: date, events: Sequence[Event] = ()) -> tuple[Seat, ...]:
    """Who accepted, who reviewed and verified, who decides; and whether the reader may take the present step.

    A report is recorded by whoever accepts, and goes through no other hands (Measures art. 32).
    """
    turn = buttons.whose_turn(application)
    if procedure(application.procedure).kind == "report":
        recorded = (event for event in events if event.verb == "application.report_recorded")
        who = tuple((event.actor_label, f"{_on(event, today)}记录") for event in recorded)
        return (_seat(officer, application, "核对记录", who, is_current="受理" in turn),)
    people = (
        _acceptors(application, today),
        _reviewers(application),
        _deciders(application, today),
    )
    return tuple(
        _seat(officer, application, title, who, is_current=turn in functions)
        for title, functions, who in zip(_TITLES, _FUNCTIONS, people, strict=True)
    )


def _on(event: Event, today: date) -> str:
    return spoken(legal_day(event.at), today=today)


People = tuple[tuple[str, str], ...]


def _seat(officer: Officer, application: Application, title: str, people: People, *, is_current: bool) -> Seat:
    if not is_current:
        return Seat(title, people, note="" if people else _nobody(application, title))
    if reason := buttons.why_not(officer, application, buttons.next_verb(application)):
        concerned = buttons.is_for(officer, application)
        return Seat(f"{title} · 现在到这一环节", people, note=reason if concerned else "", current=True)
    note = "您没有参与前两个环节，可以决定" if title == "决定" else "由您办理"
    mine = (*people, (officer.name, "")) if title == "决定" else people
    return Seat(f"{title} · 现在轮到您", mine, note=note, current=True)


def _nobody(application: Application, title: str) -> str:
    if application.committed and title == _TITLES[1]:
        return ON_PROMISE.rstrip("。")
    return "没有到这一环节" if application.life_state.final else "还没有到这一环节"


def _acceptors(application: Application, today: date) -> People:
    if application.accepted_by is None:
        return ()
    day = f"{spoken(application.accepted_on, today=today)}受理" if application.accepted_on else ""
    return ((application.accepted_by.name, day),)


def _reviewers(application: Application) -> People:
    reviewer: People = ((application.reviewed_by.name, "审查"),) if application.reviewed_by else ()
    visit = visit_of(application)
    if visit is None:
        return reviewer
    return (*reviewer, ("、".join(member["name"] for member in visit.team), "核查"))


def _deciders(application: Application, today: date) -> People:
    if application.decided_by is None or application.decided_on is None:
        return ()
    return ((application.decided_by.name, f"{spoken(application.decided_on, today=today)}决定"),)


# Opinion and decision ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """What is proposed or was decided: in one line, in words, and for which varieties not."""

    title: str
    text: str
    tone: str
    passed: tuple[dict[str, Any], ...] = ()
    failed: tuple[tuple[dict[str, Any], str], ...] = ()
    """Pairs of a variety and the reason."""
    by: str = ""
    at: datetime | None = None
    no: str = "不予许可"
    """What is said of what did not pass."""


def opinion(application: Application) -> Verdict | None:
    """The reviewer's opinion, if there is one."""
    proposal = application.proposal
    if not proposal:
        return None
    rows, act = judged(application), procedure(application.procedure).act
    passed = tuple(row for row in rows if proposal["results"].get(row["key"]) == PASS)
    failed = tuple((row, proposal["reasons"].get(row["key"], "")) for row in rows if row not in passed)
    title = f"建议{_outcome(act, passed, failed)}"
    who, _, _ = proposal["by"].partition("（")
    at = datetime.fromisoformat(proposal["at"])
    tone = "ok" if passed and not failed else "warn"
    heard = proposal.get("on_record", "")
    text = f"{proposal['opinion']}\n听证意见的采纳情况：{heard}" if heard else proposal["opinion"]
    return Verdict(title, text, tone, passed, failed, who, at, f"不予{act}")


def _outcome(act: str, passed: Sequence[Mapping[str, Any]], failed: Sequence[object]) -> str:
    """准予许可：热加工糕点；不予许可1个品种."""
    if not passed:
        return f"不予{act}"
    names = "、".join(dict.fromkeys(row["name"] for row in passed if row["key"] != WHOLE))
    return f"准予{act}" + (f"：{names}" if names else "") + (f"；不予{act}{len(failed)}个品种" if failed else "")


def decision(application: Application) -> Verdict | None:
    """The decision, if one was made."""
    outcome = application.outcome
    if not outcome:
        return None
    reasons = {row["key"]: row["reason"] for row in outcome["refused"]}
    rows = judged(application)
    granted = {*outcome["granted"], *((WHOLE,) if outcome["granted"] else ())}
    passed = tuple(row for row in rows if row["key"] in granted)
    failed = tuple((row, reasons[row["key"]]) for row in rows if row["key"] in reasons)
    who = application.decided_by.name if application.decided_by else ""
    text = outcome.get("reason", "")
    if deemed_on := outcome.get("deemed_on"):
        day = date.fromisoformat(deemed_on)
        return Verdict(
            "依法视为准予延续", f"有效期届满前没有作出决定，自{day.year}年{day.month}月{day.day}日起延续。", "ok"
        )
    if procedure(application.procedure).kind == "report":
        return None  # It is recorded, and nothing is decided (Measures art. 32).
    act = procedure(application.procedure).act
    tone = "ok" if passed else ""
    if stands := outcome.get("stands"):  # What was reported meanwhile stands on the certificate too.
        text = f"{act}后证书上有：{'、'.join(stands)}。"
        title = _outcome(act, [{**row, "key": WHOLE} for row in passed], failed)
        return Verdict(title, text, tone, passed, failed, who, no=f"不予{act}")
    return Verdict(_outcome(act, passed, failed), text, tone, passed, failed, who, no=f"不予{act}")


# The form ------------------------------------------------------------------------------------------------------------


def form_parts(sections: Iterable[ReadSection]) -> list[ReadSection]:
    """The sections of the form in which something was asked; declarations and files have places of their own."""
    return [part for part in sections if part.lines or part.tables or part.varieties]


def filed(sections: Iterable[ReadSection]) -> list[Filed]:
    """Every material the procedure asks for, with what was filed."""
    return [each for part in sections for each in part.files]


def spot_rows(application: Application) -> list[dict[str, str]]:
    """What was corrected on the spot, before and after; telephone numbers with their middle hidden."""
    which = procedure(application.procedure)
    return [_masked_row(which, row) for row in application.spot_correction.get("rows", [])]


def _masked_row(which: Procedure, row: dict[str, str]) -> dict[str, str]:
    section = which.section(row["section"])
    kinds = {each.name: each.kind for each in section.fields} if section else {}
    if kinds.get(row["field"]) != "phone":
        return row
    return {**row, "from": masks.phone(row["from"]), "to": masks.phone(row["to"])}


# History -------------------------------------------------------------------------------------------------------------

_TOGETHER = ("saved", "material_filed", "scored", "contact_shown", "material_read", "statement_read")
"""Small acts that one person does many times in a row: told once, with their number."""


def happenings(events: Sequence[Event], notices: Sequence[IssuedNotice], *, act: str = "许可") -> list[Happening]:
    """The history from submission on, newest first, in words. A notice stands beside the act that issued it."""
    started = next((place for place, event in enumerate(events) if event.verb == "application.submitted"), 0)
    links = _links(notices)
    told = [_told(group, links, act) for group in _grouped(events[started:])]
    told.reverse()
    if told:
        first = told[0]
        told[0] = Happening(first.at, first.title, first.text, first.moved_clock, latest=True, links=first.links)
    return told


def _grouped(events: Iterable[Event]) -> Iterator[list[Event]]:
    group: list[Event] = []
    for event in events:
        same = group and (event.verb, event.actor) == (group[-1].verb, group[-1].actor)
        if same and _past(event) in _TOGETHER:
            group.append(event)
            continue
        if group:
            yield group
        group = [event]
    if group:
        yield group


def _past(event: Event) -> str:
    return event.verb.partition(".")[2]


def _links(notices: Iterable[IssuedNotice]) -> dict[datetime, dict[str, Link]]:
    """The notices of each moment by their kind, in the order in which they were issued."""
    found: dict[datetime, dict[str, Link]] = {}
    for notice in notices:
        found.setdefault(notice.issued_at, {})[notice.kind] = Link(notice.title, notice.url)
    return found


def _links_of(event: Event, links: Mapping[datetime, Mapping[str, Link]]) -> tuple[Link, ...]:
    """What was issued in the moment of a step: the notice that says what it did, then what came of it."""
    there = dict(links.get(event.at, {}))
    first = [link for kind in NOTICE_OF.get(_past(event), ()) if (link := there.pop(kind, None))]
    return (*first, *there.values())


def _told(group: list[Event], links: Mapping[datetime, Mapping[str, Link]], act: str) -> Happening:
    event = group[-1]
    detail = in_words_of(act, _details(event)) if _past(event) == "proposed" else _details(event)
    text = f"{_actor(event)}{detail}" if len(group) == 1 else f"{_actor(event)}，{len(group)}次"
    return Happening(
        event.at,
        in_words_of(act, TOLD.get(_past(event), "办理")),
        text,
        moved_clock=bool(event.clock),
        links=_links_of(event, links),
    )


def _actor(event: Event) -> str:
    """The name without the authority, which is the same on every line."""
    return event.actor_label.partition("（")[0]


def _details(event: Event) -> str:
    detail = _DETAILS.get(_past(event))
    return detail(event) if detail else ""


def _accepted(event: Event) -> str:
    day = "" if event.effective_on == legal_day(event.at) else f"，视为{spoken(event.effective_on)}受理"
    return f"{day}，决定时限从次日起算"


def _asked(event: Event) -> str:
    items = event.facts.get("items", [])
    return f"，共{len(items)}项：{'、'.join(items)}"


def _results(event: Event) -> str:
    results = list(event.facts.get("results", {}).values())
    passed = sum(result == PASS for result in results)
    later = sum(result == POSTPONED for result in results)
    failed = len(results) - passed - later
    rest = "".join(f"，{count}个{what}" for count, what in ((failed, "没有通过"), (later, "推迟核查")) if count)
    return f"，{passed}个品种通过{rest}"


def _concluded(event: Event) -> str:
    return _results(event) + ("，申请人签字" if event.facts.get("signed") else "，申请人没有签字")


def _proposed(event: Event) -> str:
    results = list(event.facts.get("results", {}).values())
    passed = sum(result == PASS for result in results)
    failed = len(results) - passed
    if not failed:
        return "建议准予许可"
    return f"建议准予{passed}个品种，不予{failed}个品种" if passed else "建议不予许可"


_DETAILS: Mapping[str, Callable[[Event], str]] = {
    "submitted": lambda event: f"，接收凭证{event.facts.get('receipt', '')}",
    "told_not_competent": lambda event: f"，应当向{event.facts.get('competent', '')}申请",
    "correction_offered": lambda event: f"，共{len(event.facts.get('rows', []))}处",
    "correction_asked": _asked,
    "accepted": _accepted,
    "acceptance_declined": lambda event: (
        f"，仍缺：{'、'.join(missing)}"
        if (missing := event.facts.get("missing"))
        else f"：{event.facts.get('reason', '')}"
    ),
    "verification_assigned": lambda event: f"派出{'、'.join(event.facts.get('team', []))}",
    "verification_concluded": _concluded,
    "proposed": _proposed,
    "returned_to_review": lambda event: f"：{event.facts.get('reason', '')}",
    "granted": lambda event: f"，许可证编号{event.facts.get('number', '')}",
    "retracted": lambda event: f"，{event.facts.get('reason', '')}",
    "deemed_accepted": _accepted,
    "extension_asked": lambda event: f"，{event.facts.get('days', '')}个工作日：{event.facts.get('reason', '')}",
    "term_extended": lambda event: f"，{event.facts.get('days', '')}个工作日",
    "extension_declined": lambda event: f"：{event.facts.get('reason', '')}",
    "breach_explained": lambda event: f"：{event.facts.get('reason', '')}",
    "material_filed": lambda event: f"，{event.facts.get('name', '')}",
}
"""What is said after the name, by event."""


def asked_on(events: Iterable[Event]) -> date | None:
    """The day on which the correction notice was sent, if ever."""
    return next((event.effective_on for event in events if event.verb == "application.correction_asked"), None)


def returned(application: Application, events: Sequence[Event]) -> tuple[str, str] | None:
    """Who sent the case back to its reviewer and with which question, while that is the newest step."""
    if application.state != "verification_done":
        return None
    for event in reversed(events):
        if event.verb == "application.returned_to_review":
            return _actor(event), str(event.facts.get("reason", ""))
        if event.verb == "application.verification_concluded":
            break
    return None


def others_turn(officer: Officer, application: Application) -> str:
    """The sentence in place of buttons when the present step is for people of another role."""
    turn = buttons.whose_turn(application)
    if not turn:
        return "这件申请正在制作证书。" if application.state == "granted" else "这件申请已经办结。"
    who = "申请人" if turn == ROLES["applicant"] else f"{turn}人员"
    return f"现在由{who}办理。您的岗位是{officer.titles}。"
