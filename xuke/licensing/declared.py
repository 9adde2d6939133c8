"""What contradicts the declaration that nothing changed (没有发生变化): a remark for who makes it and who reads it.

Somebody who declares that the conditions of production and the surroundings are as they were may be spared the visit
(Measures art. 37). A change granted since anybody looked, or a case against the licence, does not disprove that, and
holds nobody up; but it is said before somebody relies on the declaration. What was to be put right and was not, or a
check that found something, is another matter: then somebody goes to the site (审查通则2022, details uncertain).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DateTimeField, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils.module_loading import import_string

from xuke.accounts.officers import Officer
from xuke.foundation.calendar import spoken
from xuke.foundation.journal import legal_day
from xuke.licensing.models import Application, PostIssueCheck, Rectification, Visit
from xuke.licensing.procedures import PROCEDURES
from xuke.licensing.procedures.food.changing import NAMES
from xuke.licensing.procedures.food.parts import are_unchanged
from xuke.parties.applicants import Applicant

LAW = "食品生产许可管理办法（2020年）第三十七条"
GO = "应当现场核查（食品生产许可审查通则（2022版），具体情形待核实）。"
_CHANGES = [each.code for each in PROCEDURES if each.kind in ("change", "renewal_change")]


def along(actor: Officer | Applicant) -> Mapping[str, Any]:
    """What has to be read along with an application: what was changed of its licence, who looked, what is open.

    Cases against licences lie above us; the settings name who knows of them. Who is not told of one yet does not learn
    of it here.
    """
    licence = OuterRef("starts_from")
    changed = Application.objects.filter(licence=licence, procedure__in=_CHANGES, decided_on__isnull=False)
    visits = Visit.objects.filter(application__licence=licence, concluded_at__isnull=False).order_by("-concluded_at")
    facts = JSONObject(on="decided_on", title="title", number="acceptance_number")
    unsettled = Rectification.objects.filter(confirmed_on=None, licence=licence)
    checks = PostIssueCheck.objects.filter(licence=licence).exclude(result=PostIssueCheck.PASS)
    checked = JSONObject(kind="kind", due_on="due_on", checked_on="checked_on", result="result")
    return {
        "changed": ArraySubquery(changed.order_by("decided_on", "pk").values(row=facts)),
        "looked_at": Subquery(visits.values("concluded_at")[:1], output_field=DateTimeField()),
        "unsettled": ArraySubquery(unsettled.order_by("due_on", "pk").values("due_on")),
        "checked": ArraySubquery(checks.order_by("due_on", "pk").values(row=checked)),
        "cases_against": ArraySubquery(import_string(settings.XUKE_CASES_AGAINST)(actor, licence)),
    }


def remarks(application: Application, *, today: date) -> tuple[str, ...]:
    """What speaks against the declaration of an application that was read with `along`, in sentences."""
    if not are_unchanged(application.form) or application.decided_on is not None:
        return ()
    since = _looked_on(application)
    seen = f"最近一次现场核查（{spoken(since, today=today)}）以后，" if since else "取得许可以来，"
    found = [_granted(row, seen, today) for row in getattr(application, "changed", ()) if _counts(row, since)]
    found += [
        f"声明说没有发生变化，但是针对这张许可证的案件（{number}）还没有办结。"
        for number in getattr(application, "cases_against", ())
    ]
    return (*found, *why_visited(application, today=today), *_late_checks(application, today))


def why_not_spared(actor: Officer | Applicant, application: Application, *, today: date) -> tuple[str, ...]:
    """What closes leaving out the visit of an application, read afresh, in sentences."""
    known = Application.objects.filter(pk=application.pk).annotate(**along(actor)).first()
    return why_visited(known, today=today) if known else ()


def why_visited(application: Application, *, today: date) -> tuple[str, ...]:
    """Why somebody has to go to the site whatever is declared, of an application that was read with `along`.

    Nothing is said any more once somebody was sent.
    """
    if getattr(application, "visit", None) is not None:
        return ()
    since = _looked_on(application)
    return (*_not_put_right(application, today), *_found_wanting(application, since, today))


def _not_put_right(application: Application, today: date) -> Iterator[str]:
    for due_on in getattr(application, "unsettled", ()):
        yield f"核查后整改（{spoken(due_on, today=today)}前完成）还没有确认完成，{GO}"


def _found_wanting(application: Application, since: date | None, today: date) -> Iterator[str]:
    for row in getattr(application, "checked", ()):
        if row["checked_on"] and _is_after(row["checked_on"], since):
            day = spoken(date.fromisoformat(row["checked_on"]), today=today)
            said = PostIssueCheck.RESULTS[row["result"]]
            yield f"{PostIssueCheck.KINDS[row['kind']]}发现问题（{day}，{said}），{GO}"


def _late_checks(application: Application, today: date) -> Iterator[str]:
    """Checks that the office has not made: its own delay, which closes nothing."""
    for row in getattr(application, "checked", ()):
        due = date.fromisoformat(row["due_on"])
        if row["checked_on"] is None and due < today:
            yield f"{PostIssueCheck.KINDS[row['kind']]}应当在{spoken(due, today=today)}以前完成，还没有检查。"


def _looked_on(application: Application) -> date | None:
    """The day of the last visit under the licence; what was found before it was looked at again."""
    looked_at: datetime | None = getattr(application, "looked_at", None)
    return legal_day(looked_at) if looked_at else None


def _is_after(day: str, since: date | None) -> bool:
    return since is None or date.fromisoformat(day) >= since


def _counts(row: Mapping[str, str], since: date | None) -> bool:
    """Whether it was granted since somebody looked, and is more than what the business register says."""
    said = row["title"].partition("：")[2].split("、")
    return _is_after(row["on"], since) and any(one not in NAMES.values() for one in said)


def _granted(row: Mapping[str, str], seen: str, today: date) -> str:
    day, what = spoken(date.fromisoformat(row["on"]), today=today), row["title"].partition("：")[2]
    return f"声明说没有发生变化，但是{seen}{day}准予变更：{what}（{row['number']}）。"
