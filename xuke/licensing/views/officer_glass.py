"""The emergency exception: asking for it in a case, answering it, and what was broken month by month."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django import forms
from django.http import HttpResponse

from xuke.accounts.officers import Role
from xuke.foundation.journal import SHANGHAI
from xuke.foundation.refusals import NotFound
from xuke.licensing import commands, glass, queries
from xuke.licensing.commands.breaking_glass import why_not_answer, why_not_ask
from xuke.licensing.forms_officer import ReasonForm
from xuke.licensing.models import BrokenGlass
from xuke.licensing.views.officer_acts import page_facts, typed
from xuke.parties.doors import OfficerRequest, officer_view, role_view
from xuke.web.forms import PlainForm
from xuke.web.pages import go, page

SHOWN = 200
_FIRST_YEAR = 2000
"""Before it there is nothing to report, and after this year neither."""


class AnswerForm(PlainForm):
    """Approve, or say why not."""

    answer = forms.CharField(label="意见", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))


@officer_view
def ask(request: OfficerRequest, id: UUID, role: str) -> HttpResponse:
    """Ask to take a second hand in this case."""
    application = queries.get(request.actor, id)
    facts = page_facts(request, application, "ask_glass") | {"role": glass.ROLES.get(role, "")}
    if why := why_not_ask(request.actor, application, role):
        shown = facts | {"sentence": why, "title": "现在不能申请应急例外"}
        return page(request, "licensing/officer/closed.html", shown, status=409)
    form = ReasonForm(
        application, typed(request), label="为什么没有别人能办、为什么不能等", hint="批准人、上级机关和审计人员都会看到"
    )
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        commands.ask_glass(application=application, role=role, reason=reason, by=request.actor, now=request.now)
        return go(request, "officer-case", id)
    return page(request, "licensing/officer/glass.html", facts | {"form": form}, status=422 if form.errors else 200)


@role_view(Role.SUPERVISOR, Role.AUDITOR)
def report(request: OfficerRequest) -> HttpResponse:
    """What was asked and broken in a month, in the territory; what waits for an answer comes first."""
    month = _month(request.GET.get("month", ""), request.today)
    following = (month + timedelta(days=32)).replace(day=1)
    path = request.actor.authority_path
    rows = BrokenGlass.objects.filter(authority_path__gte=path, authority_path__lt=path + "~")
    rows = rows.select_related("application__enterprise", "application__authority").order_by("-asked_at")
    found = list(rows.filter(asked_at__gte=_begins(month), asked_at__lt=_begins(following))[:SHOWN])
    open_ones = list(rows.filter(answered_at=None)[:SHOWN])
    context = {
        "today": request.today,
        "month": month,
        "before": (month - timedelta(days=1)).replace(day=1),
        "after": following if following <= request.today else None,
        "rows": found,
        "used": sum(row.used_at is not None for row in found),
        "open": [(row, why_not_answer(request.actor, row)) for row in open_ones],
    }
    return page(request, "licensing/officer/glasses.html", context)


@role_view(Role.SUPERVISOR)
def answer(request: OfficerRequest, pk: int) -> HttpResponse:
    """Approve or decline as the second person."""
    path = request.actor.authority_path
    rows = BrokenGlass.objects.filter(authority_path__gte=path, authority_path__lt=path + "~")
    asked = rows.select_related("application__enterprise").filter(pk=pk).first()
    if asked is None:
        raise NotFound()
    form = AnswerForm(request.POST or None)
    why = why_not_answer(request.actor, asked)
    if request.method == "POST" and form.is_valid() and not why:
        commands.answer_glass(
            asked=pk,
            approved=request.POST.get("approved") == "yes",
            answer=form.cleaned_data["answer"],
            by=request.actor,
            now=request.now,
        )
        return go(request, "officer-glasses")
    context = {"asked": asked, "form": form, "why": why, "role": glass.ROLES[asked.role], "today": request.today}
    status = 403 if why and request.method == "POST" else 200
    return page(request, "licensing/officer/glass_answer.html", context, status=status)


def _month(text: str, today: date) -> date:
    try:
        asked = datetime.strptime(text, "%Y-%m").replace(tzinfo=SHANGHAI).date()
    except ValueError:
        return today.replace(day=1)
    return asked if _FIRST_YEAR <= asked.year <= today.year else today.replace(day=1)


def _begins(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)
