"""What waits for an enterprise on its desk: the cases against it, before everything else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from xuke.foundation.calendar import spoken
from xuke.licensing.progress import Todo
from xuke.parties.applicants import Applicant
from xuke.proceedings import queries
from xuke.proceedings.models import Proceeding
from xuke.web.pieces import Link


def todos(applicant: Applicant, *, today: date) -> Iterator[Todo]:
    """One for every case that is open against the enterprise and that it was told of."""
    for case in queries.open_against(applicant):
        yield _todo(case, today)


def _todo(case: Proceeding, today: date) -> Todo:
    licence = f" · 许可证{case.licence.number}" if case.licence else ""
    waits = case.state == "notified" and (case.answer_by is None or today <= case.answer_by)
    until = f"，{spoken(case.answer_by, today=today)}前可以陈述申辩" if waits and case.answer_by else ""
    hint = f"{case.authority.name}{licence}{until}"
    button = Link("查看并答复" if waits else "查看", reverse("my-proceeding", args=[case.pk]), primary=waits)
    act = "给予警告" if not case.of_kind.ends_licence else f"{case.of_kind.act}您的食品生产许可"
    return Todo("gavel", f"行政机关拟{act}", hint, case.life_state.title, button)
