"""What waits for an applicant on the desk: everything with a day, the earliest duty of each case. Reads rows only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from xuke.documents.models import Notice
from xuke.foundation.calendar import spoken, weekday
from xuke.licensing import hearing
from xuke.licensing.commands.checking import why_over
from xuke.licensing.commands.confirming import why_not_confirm
from xuke.licensing.models import Application, Rectification, Visit
from xuke.licensing.progress import PREPARE, address_of, team_of
from xuke.licensing.queries import visit_of
from xuke.licensing.rounds import confirmed_by_applicant, unconfirmed
from xuke.web.pieces import Link


@dataclass(frozen=True)
class Todo:
    """One thing that waits for the applicant."""

    icon: str
    title: str
    hint: str
    badge: str
    button: Link


def todos(applications: Iterable[Application], notices: Sequence[Notice], *, today: date) -> Iterator[Todo]:
    """What waits for the applicant: answers first, then days to keep, then messages and notices.

    `applications` are all of the enterprise's, because what a visit found is put right after the case is over.
    """
    every = list(applications)
    cases = [case for case in every if not case.life_state.final]
    yield from (_to_answer(case) for case in cases if case.state in ("correction_requested", "correcting_on_spot"))
    yield from (todo for case in cases if (todo := _hearing(case, today)))
    yield from (_to_put_right(case, found, today) for case in every if (found := _open_rectification(case)))
    visits = [(case, visit) for case in cases if case.state == "verification_assigned" and (visit := visit_of(case))]
    yield from (_to_check(case, visit, today) for case, visit in visits if _is_to_check(case, visit))
    yield from (_to_receive(case, visit, today) for case, visit in visits if visit.visit_on >= today)
    yield from (_to_read(case) for case in every if case.unread_by_applicant)
    unsigned = [notice for notice in notices if notice.read_at is None]
    if len(unsigned) == 1:
        yield _to_sign(unsigned[0], today)
    elif unsigned:
        yield _to_sign_all(unsigned)


def _to_answer(case: Application) -> Todo:
    hint = f"{case.title} · 接收凭证{case.receipt_number}"
    if case.state == "correcting_on_spot":
        button = Link("查看并答复", reverse("my-application", args=[case.pk]), primary=True)
        return Todo("edit", "确认当场更正", hint, "时限不停", button)
    title = f"补正申请材料，共{len(case.corrections)}项"
    button = Link("去补正", reverse("my-application", args=[case.pk]), primary=True)
    return Todo("list-check", title, f"{hint}。全部列明，不会再有第二份清单", "待补正", button)


def _hearing(case: Application, today: date) -> Todo | None:
    """The day until which a hearing may be asked for, or on which it is held."""
    found = hearing.read(case.hearing)
    page = reverse("my-hearing", args=[case.pk])
    if found.standing is hearing.Standing.ARRANGED and found.held_on and today <= found.held_on:
        day = spoken(found.held_on, today=today)
        title = f"参加听证：{day}（{weekday(found.held_on)}）{found.time}"
        return Todo("gavel", title, f"{found.place} · {case.title}。可以带证据和代理人", day, Link("看听证安排", page))
    if hearing.own_say(case.hearing, today=today) is hearing.OwnSay.OPEN and found.request_by:
        title = f"{spoken(found.request_by, today=today)}之前可以要求听证"
        hint = f"{case.title} · 受理机关拟作出不利的决定，您可以要求听证，不用交费"
        return Todo("gavel", title, hint, "听证", Link("要求听证或者放弃", page, primary=True))
    return None


def _open_rectification(case: Application) -> Rectification | None:
    """What the enterprise still has to put right and to report; nothing under a licence that has ended."""
    found: Rectification | None = getattr(case, "rectification", None)
    return found if found and not found.reported_at and not found.confirmed_on and not why_over(found.licence) else None


def _to_put_right(case: Application, found: Rectification, today: date) -> Todo:
    day = spoken(found.due_on, today=today)
    late = found.due_on < today
    title = f"整改现场核查发现的{len(found.items)}个问题，{day}前报告"
    hint = f"{case.title} · 许可证{found.licence.number}{'。已经过了期限，请尽快报告' if late else ''}"
    button = Link("报告整改", reverse("my-rectification", args=[case.pk]), primary=True)
    return Todo("alert-triangle" if late else "list-check", title, hint, "已过期限" if late else day, button)


def _to_read(case: Application) -> Todo:
    button = Link("去看消息", reverse("my-talk", args=[case.pk]))
    hint = f"{case.title} · {case.acceptance_number or case.receipt_number}"
    return Todo("message", "受理机关发来消息", hint, "新消息", button)


def _is_to_check(case: Application, visit: Visit) -> bool:
    """Whether the team stands for its sheet, and the enterprise has not said whether it was so."""
    return not why_not_confirm(case, visit) and not unconfirmed(visit) and confirmed_by_applicant(visit) is None


def _to_check(case: Application, visit: Visit, today: date) -> Todo:
    button = Link("核对评分", reverse("my-sheet", args=[case.pk]), primary=True)
    hint = f"{case.title} · 核查组已经评完，请对照现场核对，没有问题的确认"
    return Todo("signature", "核对现场核查评分", hint, spoken(visit.day, today=today), button)


def _to_receive(case: Application, visit: Visit, today: date) -> Todo:
    day = f"{spoken(visit.visit_on, today=today)}（{weekday(visit.visit_on)}）"
    button = Link("查看安排", reverse("my-application", args=[case.pk]))
    hint = f"核查组 {team_of(visit)}。{PREPARE.removesuffix('。')}"
    return Todo("calendar-check", f"准备现场核查：{day}", hint, spoken(visit.visit_on, today=today), button)


def _to_sign(notice: Notice, today: date) -> Todo:
    day = spoken(notice.served_on or notice.issued_on, today=today)
    hint = f"{notice.number}，{day}{'送达' if notice.served_on else '签发，还没有送达'}"
    return Todo("signature", f"签收{notice.title}", hint, "待签收", Link("查看并签收", address_of(notice)))


def _to_sign_all(notices: Sequence[Notice]) -> Todo:
    hint = "、".join(notice.title for notice in notices)
    return Todo("signature", f"签收{len(notices)}份文书", hint, "待签收", Link("查看并签收", reverse("my-notices")))
