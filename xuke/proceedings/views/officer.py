"""The officers' pages: the list, beginning a case, the case and its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from xuke.accounts.officers import Role
from xuke.catalogue.limits import time_limit
from xuke.certificates.queries import standing
from xuke.documents import queries as documents
from xuke.documents.commands import Draft, rehearse
from xuke.foundation.files import path_of
from xuke.foundation.models import StoredFile
from xuke.foundation.refusals import Conflict, Invalid, NotFound, NotPermitted, StepNotOpen
from xuke.parties.doors import OfficerRequest, officer_view
from xuke.parties.queries_bans import answerable, bans_from
from xuke.proceedings import acts, buttons, commands, forms, permissions, queries, turns
from xuke.proceedings.commands.beginning import HEARING
from xuke.proceedings.kinds import KINDS
from xuke.proceedings.models import Proceeding
from xuke.proceedings.views import pieces
from xuke.web import kept, refusals
from xuke.web.pages import download, go, page
from xuke.web.pieces import Link

LISTED = 60
ENDED_LISTED = 10
HOME = Link("撤销与注销", "/office/proceedings/")


@officer_view
def proceedings(request: OfficerRequest) -> HttpResponse:
    """The cases of the territory, open or over, and the licences that expired and wait for their formality."""
    officer, closed = request.actor, request.GET.get("closed") == "1"
    rows = list(queries.listed(officer, closed=closed)[: LISTED + 1])
    ended = [] if closed else list(queries.expired_open(officer, today=request.today)[: ENDED_LISTED + 1])
    context = {
        "rows": [(each, turns.of(officer, each, today=request.today)) for each in rows[:LISTED]],
        "is_cut": len(rows) > LISTED,
        "closed": closed,
        "expired": ended[:ENDED_LISTED],
        "more_expired": len(ended) > ENDED_LISTED,
        "why_not_begin": permissions.why_not_begin(officer),
        "today": request.today,
    }
    return page(request, "proceedings/officer/list.html", context)


@officer_view
def begin(request: OfficerRequest) -> HttpResponse:
    """Open a case against a licence, or against an application with false materials."""
    if reason := permissions.why_not_begin(request.actor):
        raise NotPermitted(reason)
    typed = request.POST if request.method == "POST" else None
    initial = {name: request.GET.get(name, "") for name in ("ground", "number")}
    form, status = forms.BeginForm(typed, initial), 200
    if typed is not None:
        try:
            if form.is_valid():
                begun = _begin(request, form)
                return go(request, "officer-proceeding", begun.pk)
            status = 422
        except Invalid as refused:
            refusals.onto(form, refused)
            status = refused.status
    number = str(form["number"].value() or "")
    licence = queries.licence_numbered(request.actor, number) if number else None
    facts = {
        "form": form,
        "crumbs": (HOME,),
        "kinds": KINDS,
        "licence": licence,
        "standing": standing(licence, today=request.today)[1] if licence else "",
        "number": number,
        "today": request.today,
    }
    return page(request, "proceedings/officer/begin.html", facts, status=status)


def _begin(request: OfficerRequest, form: forms.BeginForm) -> Proceeding:
    kind, ground = form.chosen
    typed = form.cleaned_data
    about: dict[str, Any]
    if kind == "false_materials":
        about = {"application": queries.application_numbered(request.actor, typed["number"])}
    else:
        about = {"licence": queries.licence_numbered(request.actor, typed["number"])}
    if not any(about.values()):
        form.add_error("number", "没有找到这个编号，请核对；它也可能不属于您的辖区。")
        raise Invalid()
    with transaction.atomic():
        return commands.begin(
            kind=kind,
            ground=ground,
            facts=typed["facts"],
            compensation=typed["compensation"] if kind == "withdrawal" else "",
            proof=typed["proof"],
            by=request.actor,
            now=request.now,
            **about,
        )


@officer_view
def proceeding(request: OfficerRequest, id: UUID) -> HttpResponse:
    """One case: facts, how the holder was heard, opinion, decision, what followed, history, acts."""
    officer = request.actor
    case = queries.get(officer, id)
    notices = documents.about(officer, case.stream)
    offered = buttons.of_case(officer, case, today=request.today)
    context = {
        "case": case,
        "crumbs": (HOME,),
        "seats": pieces.seats(case),
        "recusal": _recusal(case, request),
        "standing": standing(case.licence, today=request.today)[1] if case.licence else "",
        "statements": pieces.statements(case, "officer-proceeding-statement"),
        "hearing": pieces.hearing(case),
        "effective_on": pieces.effective_day(case),
        "bans": bans_from(case.stream) if case.decision.get("bans") else (),
        "notices": notices,
        "happenings": pieces.happenings(queries.history(case), notices, reader=officer),
        "buttons": offered,
        "limits": _limits(case, request),
        "today": request.today,
    }
    return page(request, "proceedings/officer/case.html", context)


def _recusal(case: Proceeding, request: OfficerRequest) -> str:
    """Who has to do without whom, and who can decide instead; empty where nobody has to keep away."""
    if not case.kept_away or not case.is_open:
        return ""
    able = queries.able(request.actor, [Role.DECIDER], kept_away=case.kept_away, today=request.today)
    whom = f"可以决定的：{'、'.join(able)}。" if able else "本机关没有别的决定人员的，报请上级机关办理。"
    return f"这件案件要查明许可决定是否合法，经手过那件申请的人员应当回避，不参加调查、听证主持和决定。{whom}"


def _limits(case: Proceeding, request: OfficerRequest) -> list[Any]:
    """The limits that count in this case, with how sure we are of each."""
    if case.is_formal:
        return []
    names = [case.of_kind.statement_limit, HEARING if case.of_kind.ends_licence else ""]
    if (ban := case.of_ground.ban_kind) and ban.limit:
        names.append(ban.limit)
    return [time_limit(name, request.today) for name in names if name]


@officer_view
def statement(request: OfficerRequest, id: UUID, place: int) -> FileResponse:
    """A file that the holder sent with a statement, as an attachment. The journal keeps who read it."""
    case = queries.get(request.actor, id)
    row = commands.read_statement(proceeding=case, place=place, by=request.actor, now=request.now)
    media_type = StoredFile.objects.get(pk=row["file"]).media_type
    return download(path_of(row["file"]), row["name"], media_type)


# --- steps ------------------------------------------------------------------------------------------------------------


@officer_view
def step(request: OfficerRequest, id: UUID, slug: str) -> HttpResponse:
    """The page of a step, and the step. Whoever opens it when it is not theirs reads why."""
    act = buttons.BY_SLUG.get(slug)
    if act is None:
        raise NotFound("没有这一步，地址可能写错了。")
    case = queries.get(request.actor, id)
    if request.method != "POST":
        if not act.needs_form:
            return HttpResponseRedirect(reverse("officer-proceeding", args=[id]))
        permissions.demand(request.actor, act.verb, case, today=request.today)
        return _step_page(request, act, case, _form(request, act, case, None))
    form = _form(request, act, case, request.POST)
    conflict, status = None, 422
    try:
        if form.is_valid() and act.sends and "preview" in request.POST:
            drafts = rehearse(lambda: _take(request, act, form))
            return _step_page(request, act, case, form, drafts=drafts, status=200)
        if form.is_valid():
            with transaction.atomic():
                _take(request, act, form)
            return go(request, "officer-proceeding", id)
        permissions.demand(request.actor, act.verb, case, today=request.today)
    except Invalid as refused:
        refusals.onto(form, refused)
    except StepNotOpen:
        raise
    except Conflict as refused:
        conflict, status = refusals.describe(request, refused, kept.typed(request)), refused.status
    return _step_page(request, act, case, form, conflict=conflict, status=status)


def _take(request: OfficerRequest, act: buttons.Act, form: forms.StepForm) -> None:
    verb: Callable[..., Proceeding] = getattr(commands, act.verb)
    verb(proceeding=form.proceeding, by=request.actor, now=request.now, **form.words())


def _form(request: OfficerRequest, act: buttons.Act, case: Proceeding, typed: Any) -> forms.StepForm:
    match act.verb:
        case "notify":
            return forms.NoticeForm(case, typed)
        case "set_hearing":
            return forms.HearingForm(case, typed, chairs=queries.possible_chairs(case, today=request.today))
        case "record_hearing":
            return forms.RecordForm(case, typed)
        case "propose":
            return forms.ProposalForm(case, typed, known=_known(case))
        case "send_back":
            return forms.ReasonForm(case, typed, label="要查清的问题")
        case "drop":
            return forms.ReasonForm(case, typed, label="不予处理的理由", hint="已经告知企业的，写进不予处理告知书")
        case _:
            return forms.StepForm(case, typed)


def _known(case: Proceeding) -> list[Any]:
    ban = case.of_ground.ban_kind
    return answerable(case.enterprise_id) if ban and ban.closes == "applying" else []


def _step_page(
    request: OfficerRequest,
    act: buttons.Act,
    case: Proceeding,
    form: forms.StepForm,
    *,
    conflict: Any = None,
    drafts: tuple[Draft, ...] | None = None,
    status: int = 200,
) -> HttpResponse:
    url = reverse("officer-proceeding", args=[case.pk])
    context = {
        "act": act,
        "case": case,
        "case_url": url,
        "crumbs": (HOME, Link(f"{case.enterprise.name} {case.number}", url)),
        "form": form,
        "conflict": conflict,
        "drafts": drafts,
        "consequences": acts.consequences(case, on=request.today).replace("你单位", "企业"),
        "limits": _limits(case, request),
        "hearing": pieces.hearing(case),
        "people": list(case.proposal.get("people", ())),
        "today": request.today,
    }
    return page(request, "proceedings/officer/step.html", context, status=status)
