"""What a security administrator does about somebody's ways in: taking away second factors that are lost."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from xuke.accounts import queries_admin
from xuke.accounts.doors import OfficerRequest, role_view
from xuke.accounts.forms_officer import ReasonForm
from xuke.accounts.permissions import demand, why_not_keep, why_not_reset_factors
from xuke.accounts.queries import done_to
from xuke.accounts.roles import Role
from xuke.accounts.views.officer_people import person_crumb
from xuke.accounts.views.officer_steps import Act, carry_out, typed
from xuke.identity.commands import factors


@role_view(Role.SECURITY_ADMINISTRATOR)
def reset_factors(request: OfficerRequest, number: int) -> HttpResponse:
    """Take away the second factors of a person who has lost theirs."""
    user, posts = queries_admin.person(request.actor, number, today=request.today)
    demand(why_not_keep(request.actor, user, posts.paths))
    demand(why_not_reset_factors(request.actor, done_to(user.pk), now=request.now))
    form = ReasonForm(typed(request))

    def take() -> None:
        factors.reset_factors(user=user, by=request.actor, now=request.now, **form.cleaned_data)

    act = Act(
        "重置第二因素",
        f"{user.name}（{user.login_name}）",
        "重置第二因素",
        reverse("admin-person", args=[user.pk]),
        person_crumb(user),
        (
            "先当面或者打电话确认是本人要求的。",
            "本人的身份验证器、通行密钥和恢复码全部作废，绑定的数字证书和关联的平台账号也都解除，已经登录的全部退出。",
            "本人下次用密码登录，会看到是谁、什么时候、为什么重置的，然后马上重新添加第二因素。",
            "7天之内，本人重新添加以前，您不能再给这个人员设密码，由另一位安全管理人员办理。",
        ),
        risk=True,
    )
    return carry_out(request, act, form, take)
