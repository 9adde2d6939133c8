"""The steps of the register, a page each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse

from xuke.accounts.doors import OfficerRequest, role_view
from xuke.accounts.models import Authority, User
from xuke.accounts.officers import Role
from xuke.accounts.queries_admin import open_in_territory
from xuke.accounts.views.officer_steps import Act, carry_out, typed
from xuke.foundation.refusals import Invalid, Problem
from xuke.verifiers import commands, forms, queries
from xuke.verifiers.models import Verifier
from xuke.verifiers.permissions import KEEPER, demand, why_not_declare, why_not_keep
from xuke.web.pieces import Link

DECLARES = (Role.VERIFIER, KEEPER)
NOT_IN_A_REGISTER = (
    "名册里没有这个证件编号和姓名的核查人员。发证省份不在本系统的，请先用“登记人员”录入，再在该人员的页面登记互认。"
)


@role_view(KEEPER)
def new(request: OfficerRequest) -> HttpResponse:
    """Somebody new in the register."""
    places = {each.code: each for each in open_in_territory(request.actor)}
    form = forms.NewForm(list(places.values()), typed(request), initial={"may_lead": True})

    def take() -> None:
        facts = dict(form.cleaned_data)
        login_name, authority = facts.pop("login_name"), places[facts.pop("authority")]
        user = _user(login_name) if login_name else None
        commands.register(user=user, authority=authority, by=request.actor, now=request.now, **facts)

    act = Act(
        "登记人员",
        "",
        "登记",
        reverse("verifiers"),
        [Link("核查人员", reverse("verifiers"))],
        after=(
            "核查人员登记后，派出核查组时可以抽到；还要在“人员”里任命核查岗位。",
            "技术专家参加核查，不作出独立结论；观察员不参加评分。",
            "外省颁发的证件，登记后还要登记互认。",
        ),
    )
    return carry_out(request, act, form, take)


def _user(login_name: str) -> User:
    found = User.objects.filter(login_name=login_name.strip().lower(), serves=True).first()
    if found is None:
        raise Invalid(Problem("login_name", "没有这个登录名的工作人员，请先在“人员”里新建并任命。"))
    return found


def _step(
    request: OfficerRequest,
    id: UUID,
    heading: str,
    form: Callable[[Verifier], Form],
    take: Callable[..., object],
    *after: str,
    risk: bool = False,
) -> HttpResponse:
    """A step on one row, for whoever keeps it."""
    row = queries.verifier(request.actor, id)
    demand(why_not_keep(request.actor, row.authority_path))
    filled = form(row)

    def carry() -> None:
        take(verifier=row, by=request.actor, now=request.now, **filled.cleaned_data)

    return carry_out(request, _act(row, heading, after, risk=risk), filled, carry)


def _act(row: Verifier, heading: str, after: tuple[str, ...], *, risk: bool = False) -> Act:
    back = reverse("verifier", args=[row.pk])
    way = [Link("核查人员", reverse("verifiers")), Link(row.name, back)]
    return Act(heading, f"{row.name}（{row.get_qualification_display()}）", "保存", back, way, after, risk)


def _initial(row: Verifier, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


@role_view(KEEPER)
def change(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Specialities, level, leading."""
    names = ("specialities", "level", "may_lead", "unit")
    return _step(
        request,
        id,
        "修改专业、等级",
        lambda row: forms.ProfileForm(typed(request), initial=_initial(row, *names)),
        commands.change_verifier,
        "已经派出的核查组不变。",
    )


@role_view(KEEPER)
def credential(request: OfficerRequest, id: UUID) -> HttpResponse:
    """A new credential, or the validity of the one that is there."""
    names = ("credential", "issuer", "issuing_province", "valid_from", "valid_to")
    return _step(
        request,
        id,
        "登记证件",
        lambda row: forms.CredentialForm(typed(request), initial=_initial(row, *names)),
        commands.renew_credential,
        "证件在核查当天必须有效；到期的，不能派出，也不能评分和结束核查。",
    )


@role_view(KEEPER)
def training(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Training with its hours."""
    return _step(request, id, "登记培训", lambda row: forms.TrainingForm(typed(request)), commands.record_training)


@role_view(KEEPER)
def examination(request: OfficerRequest, id: UUID) -> HttpResponse:
    """The result of an examination."""
    return _step(
        request, id, "登记考核", lambda row: forms.ExaminationForm(typed(request)), commands.record_examination
    )


@role_view(KEEPER)
def remark(request: OfficerRequest, id: UUID) -> HttpResponse:
    """A witnessed visit, or something about integrity."""
    return _step(
        request, id, "登记见证、廉洁情况", lambda row: forms.RemarkForm(typed(request)), commands.record_remark
    )


@role_view(KEEPER)
def recognise(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Recognise the credential of another province that somebody of this register holds."""
    here = _own_authority(request)
    return _step(
        request,
        id,
        "登记互认",
        lambda row: forms.RecogniseForm(typed(request)),
        partial(commands.recognise, authority=here),
        f"{here.name}和下级机关派出的核查组可以有这名人员。",
    )


def _own_authority(request: OfficerRequest) -> Authority:
    return Authority.objects.get(pk=request.actor.authority_id)


@role_view(KEEPER)
def recognise_stranger(request: OfficerRequest) -> HttpResponse:
    """Recognise the credential of somebody whom another province keeps in its register."""
    form, here, back = forms.StrangerForm(typed(request)), _own_authority(request), reverse("recognitions")

    def take() -> None:
        facts = dict(form.cleaned_data)
        found = queries.holder(facts.pop("credential"), facts.pop("name"))
        if found is None:
            raise Invalid(Problem("credential", NOT_IN_A_REGISTER))
        commands.recognise(verifier=found, authority=here, by=request.actor, now=request.now, **facts)

    act = Act(
        "登记互认",
        "外省名册里的核查人员",
        "登记",
        back,
        [Link("核查人员", reverse("verifiers")), Link("外省互认", back)],
        after=(
            f"{here.name}和下级机关派出的核查组可以有这名人员，还要先借调到派出核查组的机关、任命核查岗位。",
            "证件、专业、考核仍由发证省份的名册管理；那里暂停、退出的，这里也不能核查。",
        ),
    )
    return carry_out(request, act, form, take)


@role_view(KEEPER)
def end_recognition(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Let a credential of another province be used no longer."""
    found = queries.recognition(request.actor, id)
    demand(why_not_keep(request.actor, found.authority_path))
    form, back = forms.ReasonForm(typed(request)), reverse("recognitions")

    def take() -> None:
        commands.end_recognition(recognition=found, by=request.actor, now=request.now, **form.cleaned_data)

    way = [Link("核查人员", reverse("verifiers")), Link("外省互认", back)]
    about = f"{found.name}，{found.credential}"
    after = ("从今天起不再派出；已经派出、还没有核查的，要重新派出核查组。",)
    return carry_out(request, Act("终止互认", about, "终止", back, way, after, risk=True), form, take)


@role_view(KEEPER)
def suspend(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Let somebody verify nothing for a while."""
    return _step(
        request,
        id,
        "暂停核查",
        lambda row: forms.SuspendForm(typed(request)),
        commands.suspend,
        "从今天起不再派出；已经派出、还没有核查的，要重新派出核查组。",
        risk=True,
    )


@role_view(KEEPER)
def reinstate(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Let somebody verify again."""
    return _step(request, id, "恢复核查", lambda row: forms.ReasonForm(typed(request)), commands.reinstate)


@role_view(KEEPER)
def withdraw(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Take somebody out of the register."""
    return _step(
        request,
        id,
        "退出名册",
        lambda row: forms.ReasonForm(typed(request)),
        commands.withdraw,
        "从今天起不再派出；以前的核查记录都保留。",
        risk=True,
    )


@role_view(*DECLARES)
def recuse(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Declare from which enterprise somebody stays away."""
    row = queries.verifier(request.actor, id)
    demand(why_not_declare(request.actor, row))
    form = forms.RecusalForm(typed(request))

    def take() -> None:
        commands.declare_recusal(verifier=row, by=request.actor, now=request.now, **form.cleaned_data)

    return carry_out(
        request, _act(row, "申报回避", ("马上生效，不用审批；派出核查组时不再抽到这家企业。",)), form, take
    )


@role_view(*DECLARES)
def end_recusal(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Take a declaration back."""
    recusal = queries.recusal(id)
    row = queries.verifier(request.actor, recusal.verifier_id)
    demand(why_not_declare(request.actor, row))
    form = forms.ReasonForm(typed(request))

    def take() -> None:
        commands.end_recusal(recusal=recusal, by=request.actor, now=request.now, **form.cleaned_data)

    return carry_out(request, _act(row, f"解除对{recusal.enterprise_name}的回避", ()), form, take)
