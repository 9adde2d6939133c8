"""Where a running case goes when the competence for a category moves, and why it stays. Reads, writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from xuke.accounts.models import Authority
from xuke.accounts.officers import Officer
from xuke.catalogue import competence, editions, food
from xuke.catalogue.rulebook import Edition, RuleBook
from xuke.foundation.calendar import spoken
from xuke.foundation.refusals import NotFound
from xuke.licensing import touched
from xuke.licensing.models import Application
from xuke.licensing.models_moves import MovedCase, MovePlan
from xuke.licensing.procedures import procedure
from xuke.licensing.workflow import RECEIVED

_STATES = {MovePlan.STAY: (), MovePlan.WAITING: (*RECEIVED, "correction_requested")}
BASIS = "食品生产许可管理办法（2020年）第六条、第七条"
FROM_A_LICENCE = "从许可证开始的申请，由发证机关办理（食品生产许可管理办法（2020年）第三十二条、第三十四条）。"
"""Why a change, a renewal or a cancellation goes nowhere: the licence stays with whoever issued it."""


class MovedAway(NotFound):
    """这件申请已经移交其他机关办理。"""

    title = "已经移交其他机关"


@dataclass(frozen=True)
class Moving:
    """One case that an edition touches: where it goes, or why it stays."""

    application: Application
    seat: str
    """The division of the authority it goes to; empty when it stays for good."""
    stays: str = ""
    """Why it is not moved (yet), as a sentence; empty when it goes, or when there is nothing to say."""


def touched_by(edition: Edition, choice: str, *, today: date) -> QuerySet[Application]:
    """The running cases that a plan would look at, by the end of their term."""
    found = touched.by(edition, today=today)
    if choice in _STATES:
        found = found.filter(state__in=_STATES[choice])
    return found.select_related("authority", "enterprise").order_by("due_on", "pk")


def goes_by(choice: str, state: str) -> bool:
    """Whether a plan of this choice hands over a case in this state."""
    return choice not in _STATES or state in _STATES[choice]


def moving(application: Application, edition: Edition, book: RuleBook, *, on: date) -> Moving:
    """Where a case goes on a day when an edition applies; `book` knows it, or not yet.

    Only a case that is where the rules before sent it is sent on: an applicant who chose another accepting authority
    for a joint review keeps it.
    """
    (found,) = moving_all([application], edition, book, on=on)
    return found


def moving_all(cases: Iterable[Application], edition: Edition, book: RuleBook, *, on: date) -> Iterator[Moving]:
    """The same for many cases, with the books made once."""
    others = tuple(each for each in book.editions if each.id != edition.id)
    old, new = RuleBook.of(others), RuleBook.of((*others, edition))
    for application in cases:
        if procedure(application.procedure).needs_licence:
            yield Moving(application, "", FROM_A_LICENCE)
            continue
        before, after = _seat(application, old, on), _seat(application, new, on)
        here = application.authority.code if application.authority else ""
        if not after or after in (before, here) or here != before:
            yield Moving(application, "")
        else:
            yield Moving(application, after, _why_not_yet(application))


def _seat(application: Application, book: RuleBook, on: date) -> str:
    division = str(application.form.get("site", {}).get("division_code", ""))
    codes = [str(row["code"]) for row in application.varieties]
    if not codes or not division:
        return ""
    return competence.division_at(competence.in_book(book, codes, on=on, division=division).level, division)


def _why_not_yet(application: Application) -> str:
    """Why a case is not moved now: what goes on is finished by whoever began it."""
    if application.state == "verification_assigned":
        return "现场核查正在进行，核查结束后移交。"
    if application.paused_for:
        return "决定时限已停止计算，恢复后移交。"
    return ""


def sentence(edition: Edition, *, old: Authority, new: Authority, today: date) -> str:
    """What happened to a case that was moved, and why, for whoever wants to act on it in the old place."""
    says = edition
    if edition.ends:  # What stands behind it says who licenses now.
        behind = competence.edition_of(editions.book(), edition.key, on=today, division=edition.division)
        says = behind or edition
    level, name = competence.TITLES[says.content["level"]], _name(edition.key)
    since = spoken(edition.valid_from, today=today)
    return (
        f"这件申请已于{spoken(today, today=today)}由{old.name}移交{new.name}办理："
        f"{name}的许可权限自{since}起调整到{level}（{edition.basis}；{BASIS}）。您不能再办理。"
    )


def _name(key: str) -> str:
    known = food.category(key) or food.subcategory(key)
    return known.name if known else "全部类别"


def why_moved(officer: Officer, application: Application) -> str:
    """The sentence for an officer of the authority that a case was taken from; empty for everybody else."""
    for moved in reversed((application.rules or {}).get("moved", [])):
        if moved["from_path"] == officer.authority_path:
            return str(moved["told"])
    return ""


def demand_not_moved(application_id: UUID | str) -> None:
    """Where somebody can no longer see a case: raise `MovedAway` when it was moved out of their place."""
    found = MovedCase.objects.filter(application_id=application_id).order_by("-moved_at").values_list("told", flat=True)
    if told := found.first():
        raise MovedAway(told, basis=BASIS)
