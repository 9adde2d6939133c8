"""The rules that bind one case: which editions, since when, what took over; and binding it anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from xuke.accounts.doors import OfficerRequest, officer_view
from xuke.catalogue import editions, telling
from xuke.catalogue.rulebook import TOPICS, Edition
from xuke.foundation.refusals import Conflict, Invalid
from xuke.licensing import binding, queries
from xuke.licensing.commands.rebinding import demand_rebind, rebind, why_not_rebind
from xuke.licensing.forms_officer import ReasonForm
from xuke.licensing.models import Application
from xuke.licensing.views.officer_rules import source
from xuke.web import refusals
from xuke.web.pages import go, page
from xuke.web.pieces import Link

_TOPICS = {"limits": "time_limit", "competence": "competence", "commitment": "commitment"}
"""Topics by the name under which a case keeps them, where the two differ or the key is not the edition's own."""


@dataclass(frozen=True)
class Bound:
    """One rule that binds a case."""

    topic: str
    title: str
    value: str
    edition: Edition
    source: str
    took_over: str = ""
    """What bound it when it was filed, where a later edition took it over."""


@officer_view
def case_rules(request: OfficerRequest, id: UUID) -> HttpResponse:
    """What binds a case, with source and basis; a supervisor may bind it to what applies today."""
    application = queries.get(request.actor, id)
    reason = why_not_rebind(request.actor, application)
    form = ReasonForm(
        application,
        request.POST if request.method == "POST" else None,
        label="理由和依据",
        hint="写明为什么改用今天的规则，例如新规则缩短了办理时限、对申请人有利；记入日志，申请人看得到",
    )
    status = 200
    if request.method == "POST":
        demand_rebind(request.actor, application)
        status = 422
        try:
            if form.is_valid():
                rebind(application=application, by=request.actor, now=request.now, **form.cleaned_data)
                return go(request, reverse("officer-case-rules", args=[application.pk]))
        except Invalid as refused:
            refusals.onto(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
            status = refused.status
    back = reverse("officer-case", args=[application.pk])
    context: dict[str, Any] = {
        "application": application,
        "crumbs": (Link(application.enterprise.name, back),),
        "rows": tuple(_rows(application, request)),
        "filed_on": application.received_on,
        "form": form,
        "reason": reason,
        "back": back,
    }
    return page(request, "licensing/officer/case_rules.html", context, status=status)


def _rows(application: Application, request: OfficerRequest) -> Iterator[Bound]:
    """The rules that bind the case today, in the order of the topics."""
    book, kept = editions.book(), application.rules or {}
    now = binding.effective(application, on=request.today)
    for name in ("limits", "competence", "commitment", "gate", "switch", "score"):
        found = now.get(name, {})
        order = book.keys(_TOPICS.get(name, name))
        for key in sorted(found, key=lambda each: order.index(each) if each in order else -1):
            edition = book.edition(_id(found[key]))
            if edition is None:
                continue
            was = book.edition(_id(kept.get(name, {}).get(key, "")))
            yield Bound(
                topic=TOPICS[_TOPICS.get(name, name)],
                title=telling.title(edition.topic, key if name == "competence" else edition.key, edition),
                value=telling.value(edition),
                edition=edition,
                source=source(edition),
                took_over=f"提交时是{telling.value(was)}" if was and was.id != edition.id else "",
            )


def _id(told: Any) -> str:
    return str(told.get("edition", "") if isinstance(told, dict) else told)
