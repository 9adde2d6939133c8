"""What a security administrator does about somebody's ways in: taking away second factors that are lost."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from xuke.accounts import queries_admin
from xuke.accounts.doors import OfficerRequest, role_view
from xuke.accounts.forms_officer import AdminForm
from xuke.accounts.permissions import demand, why_not_keep
from xuke.accounts.roles import Role
from xuke.accounts.views.officer_people import person_crumb
from xuke.accounts.views.officer_steps import Act, carry_out, typed
from xuke.identity.commands import factors


@role_view(Role.SECURITY_ADMINISTRATOR)
def reset_factors(request: OfficerRequest, number: int) -> HttpResponse:
    """Take away the second factors of a person who has lost theirs."""
    user, posts = queries_admin.person(request.actor, number, today=request.today)
    demand(why_not_keep(request.actor, user, posts.paths))
    form = AdminForm(typed(request))

    def take() -> None:
        factors.reset_factors(user=user, by=request.actor, now=request.now)

    act = Act(
        "重置第二因素",
        f"{user.name}（{user.login_name}）",
        "重置第二因素",
        reverse("admin-person", args=[user.pk]),
        person_crumb(user),
        (
            "先当面或者打电话确认是本人要求的。",
            "本人添加过的身份验证器、通行密钥和恢复码全部作废，已经登录的全部退出。",
            "本人下次用密码登录，马上重新添加第二因素。",
        ),
        risk=True,
    )
    return carry_out(request, act, form, take)
