"""The tree of authorities: looking, establishing, changing, closing."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from xuke.accounts import buttons, commands, queries_admin, telling
from xuke.accounts.doors import OfficerRequest, role_view
from xuke.accounts.forms_officer import AuthorityForm, ParticularsForm, ReasonForm
from xuke.accounts.models import Authority
from xuke.accounts.particulars import TITLES
from xuke.accounts.permissions import demand_administrator, why_not_administer
from xuke.accounts.roles import Role
from xuke.accounts.views.officer_steps import SEES, Act, carry_out, crumb, typed
from xuke.web.buttons import Button
from xuke.web.pages import page
from xuke.web.pieces import Link

KEEPS = Role.SYSTEM_ADMINISTRATOR


@role_view(*SEES)
def authorities(request: OfficerRequest) -> HttpResponse:
    """The authorities of the officer's territory as a tree, or those that a search finds."""
    words = request.GET.get("q", "").strip()[:60]
    officer = request.actor
    nodes = [] if words else queries_admin.tree(officer, today=request.today)
    found = queries_admin.found(officer, words, today=request.today) if words else []
    why = why_not_administer(officer, officer.authority_path, KEEPS)
    context = {
        "words": words,
        "nodes": nodes,
        "found": found,
        "count": sum(1 + node.count for node in nodes),
        "keepers": queries_admin.keepers(officer.authority_path, today=request.today),
        "officer": officer,
        "buttons": [
            Button("设立机关", reverse("admin-authority-new"), why, needs_form=True, icon="plus"),
            Button("导入机构表", reverse("admin-import"), why, needs_form=True, icon="upload"),
        ],
    }
    return page(request, "accounts/admin/authorities.html", context)


@role_view(*SEES)
def authority(request: OfficerRequest, code: str) -> HttpResponse:
    """One authority: its particulars, who serves there, what stands below, its history."""
    found = queries_admin.authority(request.actor, code)
    context = {
        "authority": found,
        "facts": [(title, getattr(found, name)) for name, title in TITLES.items()],
        "posts": queries_admin.posts_in(found, today=request.today),
        "below": queries_admin.below(found),
        "is_lower": found.path != request.actor.authority_path,
        "keepers": queries_admin.keepers(found.path, today=request.today),
        "happenings": telling.told(queries_admin.history(found.stream), today=request.today),
        "buttons": buttons.of_authority(request.actor, found),
        "people_buttons": buttons.of_people_in(request.actor, found),
        "crumbs": crumb(),
        "today": request.today,
    }
    return page(request, "accounts/admin/authority.html", context)


@role_view(KEEPS)
def new(request: OfficerRequest) -> HttpResponse:
    """Establish an authority."""
    places = {each.code: each for each in queries_admin.open_in_territory(request.actor)}
    asked = request.GET.get("parent", "")
    form = AuthorityForm(list(places.values()), typed(request), initial={"parent": asked})

    def take() -> None:
        facts = dict(form.cleaned_data)
        facts["code"] = facts["code"].strip()
        commands.establish_authority(**{**facts, "parent": places[facts["parent"]]}, by=request.actor, now=request.now)

    act = Act(
        "设立机关",
        "",
        "设立",
        reverse("admin-authorities"),
        crumb(),
        after=(
            "从今天起，属于这个机关的新申请由它受理。",
            "以前由上级机关受理的申请、文书和日志留在原处，由上级机关办完。",
            "人员由安全管理人员任命；没有人员之前，申请会等在那里。",
        ),
    )
    return carry_out(request, act, form, take)


@role_view(KEEPS)
def change(request: OfficerRequest, code: str) -> HttpResponse:
    """Change particulars of an authority."""
    found = _kept(request, code)
    initial = {name: getattr(found, name) for name in TITLES}
    form = ParticularsForm(typed(request), initial=initial)

    def take() -> None:
        changes = {name: form.cleaned_data[name] for name in TITLES}
        reason = form.cleaned_data["reason"]
        commands.change_authority(authority=found, changes=changes, reason=reason, by=request.actor, now=request.now)

    act = _act(
        found,
        "修改机关信息",
        "保存修改",
        "以后的文书用新的信息；已经发出的文书和证书不变。",
        "改了文号代字的，旧的代字保留，不再给别的机关。",
    )
    return carry_out(request, act, form, take)


@role_view(KEEPS)
def close(request: OfficerRequest, code: str) -> HttpResponse:
    """Close an authority."""
    found = _kept(request, code)
    form = ReasonForm(typed(request))

    def take() -> None:
        reason = form.cleaned_data["reason"]
        commands.close_authority(authority=found, reason=reason, by=request.actor, now=request.now)

    act = _act(
        found,
        "撤销机关",
        "撤销这个机关",
        "从今天起，这里不再收到新的申请，也不再任命人员。",
        "现有人员的岗位保留，把已经受理的办完。",
        "过去的申请、文书、证书和日志都留在原处。",
        "可以随时恢复。",
        risk=True,
    )
    return carry_out(request, act, form, take)


@role_view(KEEPS)
def reopen(request: OfficerRequest, code: str) -> HttpResponse:
    """Open a closed authority again."""
    found = _kept(request, code)
    form = ReasonForm(typed(request))

    def take() -> None:
        reason = form.cleaned_data["reason"]
        commands.reopen_authority(authority=found, reason=reason, by=request.actor, now=request.now)

    act = _act(found, "恢复机关", "恢复这个机关", "从今天起，属于它的新申请又由它受理。")
    return carry_out(request, act, form, take)


def _kept(request: OfficerRequest, code: str) -> Authority:
    """The authority, if it is this administrator who keeps it."""
    found = queries_admin.authority(request.actor, code)
    demand_administrator(request.actor, found.path, KEEPS)
    return found


def _act(authority: Authority, heading: str, press: str, *after: str, risk: bool = False) -> Act:
    back = reverse("admin-authority", args=[authority.code])
    return Act(heading, authority.name, press, back, crumb(Link(authority.name, back)), after, risk)
