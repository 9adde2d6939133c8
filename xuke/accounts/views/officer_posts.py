"""Posts of a person: appointing, seconding, letting a colleague deputise, dismissing."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from xuke.accounts import commands, queries_admin
from xuke.accounts.doors import OfficerRequest, role_view
from xuke.accounts.forms_officer import AppointForm, DeputyForm, SecondForm, beginning
from xuke.accounts.forms_officer import ReasonForm as DismissForm
from xuke.accounts.models import Posting, User
from xuke.accounts.permissions import demand, why_not_administer, why_not_post
from xuke.accounts.roles import Role
from xuke.accounts.views.officer_people import KEEPS, person_crumb
from xuke.accounts.views.officer_steps import Act, carry_out, typed
from xuke.foundation.refusals import Invalid, NotFound, Problem

_SEPARATE = "系统管理、安全管理、审计由三个人分别担任；审计人员不兼任其他岗位。"


@role_view(KEEPS)
def appoint(request: OfficerRequest, number: int) -> HttpResponse:
    """Give somebody who is there already a post."""
    user = _appointable(request, number)
    places = {each.code: each for each in queries_admin.open_in_territory(request.actor)}
    form = AppointForm(list(places.values()), typed(request), initial=beginning(request.today))

    def take() -> None:
        commands.appoint(user=user, **_post(form.cleaned_data, places), by=request.actor, now=request.now)

    act = _act(user, "任命", "任命", "从那一天起有效，直到免职。", "当天任命的，下一次点击就有新的岗位。", _SEPARATE)
    return carry_out(request, act, form, take)


@role_view(KEEPS)
def second(request: OfficerRequest, number: int) -> HttpResponse:
    """Give somebody of another authority a post until a day."""
    user = _appointable(request, number)
    places = {each.code: each for each in queries_admin.open_in_territory(request.actor)}
    form = SecondForm(list(places.values()), typed(request), initial=beginning(request.today))

    def take() -> None:
        commands.second(user=user, **_post(form.cleaned_data, places), by=request.actor, now=request.now)

    act = _act(
        user, "借调", "借调", "原来的岗位不变；登录后选择代表哪个机关办理。", "最后一天之后自动结束。", _SEPARATE
    )
    return carry_out(request, act, form, take)


def _post(typed: dict[str, Any], places: dict[str, Any]) -> dict[str, Any]:
    return {**typed, "authority": places[typed["authority"]], "role": Role(typed["role"])}


@role_view(KEEPS)
def deputise(request: OfficerRequest, number: int) -> HttpResponse:
    """Let a colleague stand in for somebody who is away."""
    absent, posts = queries_admin.person(request.actor, number, today=request.today)
    demand(why_not_administer(request.actor, request.actor.authority_path, KEEPS))
    own = [one for one in (*posts.now, *posts.to_come, *posts.before) if one.instead_of_id is None]
    places = {one.authority.code: one.authority for one in own}
    places = {code: each for code, each in places.items() if each.path.startswith(request.actor.authority_path)}
    if not places:
        raise NotFound(f"{absent.name}没有在您管理的机关任职。")
    roles = {role for each in places.values() for role in queries_admin.roles_at(posts, each.pk)}
    numbers = [each.pk for each in places.values()]
    people = queries_admin.colleagues(numbers, besides=absent, today=request.today)
    offered = [role for role in Role if role in roles]
    form = DeputyForm(list(places.values()), offered, people, typed(request), initial=beginning(request.today))

    def take() -> None:
        facts = dict(form.cleaned_data)
        deputy = _deputy(facts.pop("user"), facts.pop("other"), people)
        place = places[facts.pop("authority")]
        chosen = [Role(role) for role in facts.pop("roles")]
        commands.deputise(
            user=deputy, instead_of=absent, authority=place, roles=chosen, by=request.actor, now=request.now, **facts
        )

    act = _act(
        absent,
        f"{absent.name}不在，由同事代理",
        "安排代理",
        "代理人接着办本人领取了、开始审查了的申请。",
        "一件申请里，受理、审查（核查）、决定仍然是三个人：办过前一环节的，代理也不能办后一环节。",
        "现场核查组的成员已经告知申请人，不能代理，需要另派。",
        "最后一天之后自动结束，也可以提前结束。",
    )
    return carry_out(request, act, form, take)


def _deputy(number: str, login_name: str, people: list[User]) -> User:
    if number:
        return next(each for each in people if str(each.pk) == number)
    found = queries_admin.officer_called(login_name)
    if found is None:
        raise Invalid(Problem("other", "没有这个登录名的工作人员，请核对。"))
    return found


@role_view(KEEPS)
def dismiss(request: OfficerRequest, number: int) -> HttpResponse:
    """End a post."""
    posting = queries_admin.posting(request.actor, number)
    demand(why_not_post(request.actor, posting.user_id, posting.authority.path))
    form = DismissForm(typed(request))

    def take() -> None:
        commands.dismiss(posting=posting, by=request.actor, now=request.now, **form.cleaned_data)

    label = "免职" if posting.is_regular else f"提前结束{Posting.KINDS[posting.kind]}"
    what = f"{posting.authority.name} {Role(posting.role).label}"
    act = Act(
        label,
        f"{posting.user.name}（{posting.user.login_name}）· {what}",
        label,
        reverse("admin-person", args=[posting.user_id]),
        person_crumb(posting.user),
        (
            "立即生效：正在使用的页面，下一次点击就没有这个岗位。",
            "没有其他岗位的，领取了还没办的申请退回待领。",
            "办过的申请和签过的文书不变。可以重新任命。",
        ),
        risk=True,
    )
    return carry_out(request, act, form, take)


def _appointable(request: OfficerRequest, number: int) -> User:
    """The person, if this administrator may give them a post somewhere."""
    user, posts = queries_admin.person(request.actor, number, today=request.today)
    demand(why_not_post(request.actor, user.pk, request.actor.authority_path, posts.paths))
    return user


def _act(user: User, heading: str, press: str, *after: str) -> Act:
    back = reverse("admin-person", args=[user.pk])
    return Act(heading, f"{user.name}（{user.login_name}）", press, back, person_crumb(user), after)
