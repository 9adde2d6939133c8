"""People: looking for them, one person, new accounts and what is done with accounts."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from xuke.accounts import buttons, commands, first_passwords, queries_admin, telling
from xuke.accounts.doors import OfficerRequest, role_view
from xuke.accounts.forms_officer import NewPersonForm, ReasonForm, RenameForm, beginning
from xuke.accounts.models import User
from xuke.accounts.permissions import demand, why_not_administer, why_not_give_password, why_not_keep
from xuke.accounts.queries import done_to
from xuke.accounts.roles import Role
from xuke.accounts.views.officer_steps import SEES, Act, carry_out, crumb, typed
from xuke.web.buttons import Button
from xuke.web.numbers import whole
from xuke.web.pages import page
from xuke.web.pieces import Link

KEEPS = Role.SECURITY_ADMINISTRATOR


@role_view(*SEES)
def people(request: OfficerRequest) -> HttpResponse:
    """Who serves in the officer's territory, by name; with a search, and those who have left when asked for."""
    officer, asked = request.actor, request.GET
    words, everybody = asked.get("q", "").strip()[:60], asked.get("all") == "1"
    place = asked.get("authority", "")
    authority = queries_admin.authority(officer, place) if place else None
    part = queries_admin.people(
        officer,
        today=request.today,
        words=words,
        place=authority.path if authority else "",
        everybody=everybody,
        number=min(max(whole(asked.get("page", "")) or 1, 1), 10_000),
    )
    kept = {"q": words, "authority": place, "all": "1" if everybody else ""}
    why = why_not_administer(officer, officer.authority_path, KEEPS)
    context = {
        "part": part,
        "words": words,
        "authority": authority,
        "everybody": everybody,
        "now_url": _people_url({**kept, "all": ""}),
        "all_url": _people_url({**kept, "all": "1"}),
        "next_url": _people_url({**kept, "page": str(part.number + 1)}) if part.has_more else "",
        "previous_url": _people_url({**kept, "page": str(part.number - 1)}) if part.number > 1 else "",
        "range": f"第{part.number}页",
        "buttons": [Button("新建人员", reverse("admin-person-new"), why, needs_form=True, icon="plus")],
        "officer": officer,
        "today": request.today,
    }
    return page(request, "accounts/admin/people.html", context)


def _people_url(query: dict[str, str]) -> str:
    told = urlencode({name: value for name, value in query.items() if value})
    return reverse("admin-people") + (f"?{told}" if told else "")


@role_view(*SEES)
def person(request: OfficerRequest, number: int) -> HttpResponse:
    """One person: posts now, to come and before, the account, the history."""
    officer = request.actor
    user, posts = queries_admin.person(officer, number, today=request.today)
    context = {
        "person": user,
        "now": [(one, Role(one.role), buttons.dismissal(officer, one)) for one in posts.now],
        "to_come": [(one, Role(one.role), buttons.dismissal(officer, one)) for one in posts.to_come],
        "before": [(one, Role(one.role)) for one in posts.before],
        "post_buttons": buttons.of_person(officer, user, posts),
        "account_buttons": buttons.of_account(officer, user, posts, done_to(user.pk), now=request.now),
        "happenings": telling.told(queries_admin.history(user.stream), today=request.today),
        "crumbs": crumb(people=True),
        "today": request.today,
    }
    return page(request, "accounts/admin/person.html", context)


@role_view(KEEPS)
@sensitive_variables("password")
def new(request: OfficerRequest) -> HttpResponse:
    """A new officer with the first posts; the first password is shown once."""
    places = {each.code: each for each in queries_admin.open_in_territory(request.actor)}
    initial = beginning(request.today, authority=request.GET.get("authority", ""))
    form = NewPersonForm(list(places.values()), typed(request), initial=initial)

    def take() -> HttpResponse:
        facts, by, now = form.cleaned_data, request.actor, request.now
        password = first_passwords.made()
        user = commands.add_user(
            login_name=facts["login_name"],
            name=facts["name"],
            password=password,
            must_change_password=True,
            by=by,
            now=now,
        )
        for role in facts["roles"]:
            commands.appoint(
                user=user,
                authority=places[facts["authority"]],
                role=Role(role),
                valid_from=facts["valid_from"],
                credential=facts["credential"],
                reason=facts["reason"],
                by=by,
                now=now,
            )
        return _shown_once(request, user, password)

    act = Act(
        "新建人员",
        "",
        "新建并任命",
        reverse("admin-people"),
        crumb(people=True),
        after=(
            "下一页显示一次初始密码，请当面交给本人。",
            "本人第一次登录要改成自己的密码，并添加第二因素。",
            "系统管理、安全管理、审计由三个人分别担任，都不兼任其他岗位。",
        ),
    )
    return carry_out(request, act, form, take)


@role_view(KEEPS)
@sensitive_variables("password")
def password(request: OfficerRequest, number: int) -> HttpResponse:
    """Give a person a new first password."""
    user = _kept(request, number)
    demand(why_not_give_password(request.actor, done_to(user.pk), now=request.now))
    form = ReasonForm(typed(request))

    def take() -> HttpResponse:
        password = first_passwords.made()
        reason = form.cleaned_data["reason"]
        commands.give_password(user=user, password=password, reason=reason, by=request.actor, now=request.now)
        return _shown_once(request, user, password)

    act = _act(
        user,
        "重置密码",
        "重置密码",
        "原来的密码马上不能用，已经登录的要重新登录。",
        "下一页显示一次初始密码，请当面交给本人；本人登录后会看到是谁、什么时候、为什么重置的，然后改成自己的密码。",
        "7天之内，本人改掉初始密码以前，您不能再重置这个人员的第二因素，由另一位安全管理人员办理。",
    )
    return carry_out(request, act, form, take)


def _shown_once(request: OfficerRequest, user: User, password: str) -> HttpResponse:
    """The page with a first password. Nobody keeps it: not the browser, not we."""
    answer = page(request, "accounts/admin/first_password.html", {"person": user, "password": password})
    answer["Cache-Control"] = "no-store"
    return answer


@role_view(KEEPS)
def rename(request: OfficerRequest, number: int) -> HttpResponse:
    """Another name for the same person."""
    user = _kept(request, number)
    form = RenameForm(typed(request), initial={"name": user.name})

    def take() -> None:
        commands.rename_user(user=user, by=request.actor, now=request.now, **form.cleaned_data)

    act = _act(user, "改名", "保存", "以后的文书用新的姓名；已经签发的文书不变。")
    return carry_out(request, act, form, take)


@role_view(KEEPS)
def disable(request: OfficerRequest, number: int) -> HttpResponse:
    """Close an account."""
    user = _kept(request, number)
    form = ReasonForm(typed(request))

    def take() -> None:
        commands.disable_user(user=user, by=request.actor, now=request.now, **form.cleaned_data)

    act = _act(
        user,
        "停用账号",
        "停用这个账号",
        "立即生效：正在使用的页面，下一次点击就被拒绝。",
        "领取了还没办的申请退回待领。",
        "岗位保留，恢复账号后继续有效。",
        risk=True,
    )
    return carry_out(request, act, form, take)


@role_view(KEEPS)
def enable(request: OfficerRequest, number: int) -> HttpResponse:
    """Open a closed account again."""
    user = _kept(request, number)
    form = ReasonForm(typed(request))

    def take() -> None:
        commands.enable_user(user=user, by=request.actor, now=request.now, **form.cleaned_data)

    return carry_out(request, _act(user, "恢复账号", "恢复这个账号", "岗位和停用前一样。"), form, take)


def _kept(request: OfficerRequest, number: int) -> User:
    """The person, if it is this administrator who keeps the account."""
    user, posts = queries_admin.person(request.actor, number, today=request.today)
    demand(why_not_keep(request.actor, user, posts.paths))
    return user


def _act(user: User, heading: str, press: str, *after: str, risk: bool = False) -> Act:
    back = reverse("admin-person", args=[user.pk])
    return Act(heading, f"{user.name}（{user.login_name}）", press, back, person_crumb(user), after, risk)


def person_crumb(user: User) -> list[Link]:
    """The way down to a page about a person."""
    return crumb(Link(user.name, reverse("admin-person", args=[user.pk])), people=True)
