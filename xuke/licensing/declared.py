"""What contradicts the declaration that nothing changed (没有发生变化): a remark for who makes it and who reads it.

Somebody who declares that the conditions of production and the surroundings are as they were may be spared the visit
(Measures art. 37). A change granted since anybody looked, or a case against the licence, does not disprove that, and
holds nobody up; but it is said before somebody relies on the declaration.
"""

from __future__ import annotations

from collections.abc import Mapping
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
from xuke.licensing.models import Application, Visit
from xuke.licensing.procedures import PROCEDURES
from xuke.licensing.procedures.food.changing import NAMES
from xuke.licensing.procedures.food.parts import are_unchanged
from xuke.parties.applicants import Applicant

LAW = "食品生产许可管理办法（2020年）第三十七条"
_CHANGES = [each.code for each in PROCEDURES if each.kind in ("change", "renewal_change")]


def along(actor: Officer | Applicant) -> Mapping[str, Any]:
    """What has to be read along with an application: what was changed of its licence, who looked last, open cases.

    Cases against licences lie above us; the settings name who knows of them. Who is not told of one yet does not learn
    of it here.
    """
    licence = OuterRef("starts_from")
    changed = Application.objects.filter(licence=licence, procedure__in=_CHANGES, decided_on__isnull=False)
    visits = Visit.objects.filter(application__licence=licence, concluded_at__isnull=False).order_by("-concluded_at")
    facts = JSONObject(on="decided_on", title="title", number="acceptance_number")
    return {
        "changed": ArraySubquery(changed.order_by("decided_on", "pk").values(row=facts)),
        "looked_at": Subquery(visits.values("concluded_at")[:1], output_field=DateTimeField()),
        "cases_against": ArraySubquery(import_string(settings.XUKE_CASES_AGAINST)(actor, licence)),
    }


def remarks(application: Application, *, today: date) -> tuple[str, ...]:
    """What speaks against the declaration of an application that was read with `along`, in sentences."""
    if not are_unchanged(application.form) or application.decided_on is not None:
        return ()
    looked_at: datetime | None = getattr(application, "looked_at", None)
    since = legal_day(looked_at) if looked_at else None
    seen = f"最近一次现场核查（{spoken(since, today=today)}）以后，" if since else "取得许可以来，"
    found = [_granted(row, seen, today) for row in getattr(application, "changed", ()) if _counts(row, since)]
    found += [
        f"声明说没有发生变化，但是针对这张许可证的案件（{number}）还没有办结。"
        for number in getattr(application, "cases_against", ())
    ]
    return tuple(found)


def _counts(row: Mapping[str, str], since: date | None) -> bool:
    """Whether it was granted since somebody looked, and is more than what the business register says."""
    said = row["title"].partition("：")[2].split("、")
    return (since is None or date.fromisoformat(row["on"]) >= since) and any(one not in NAMES.values() for one in said)


def _granted(row: Mapping[str, str], seen: str, today: date) -> str:
    day, what = spoken(date.fromisoformat(row["on"]), today=today), row["title"].partition("：")[2]
    return f"声明说没有发生变化，但是{seen}{day}准予变更：{what}（{row['number']}）。"
