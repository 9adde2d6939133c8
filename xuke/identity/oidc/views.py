"""The way to the identity platform and back, to log in or to link an account there to one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xuke.accounts.models import User
from xuke.foundation.refusals import NotFound, Refused
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.identity import browser, entering, sessions
from xuke.identity.doors import fresh_page, fresh_view, self_of
from xuke.identity.oidc import answers, commands, departures, health, shown
from xuke.identity.oidc.arrivals import Arrival
from xuke.identity.oidc.departures import Return
from xuke.identity.oidc.models import ExternalIdentity
from xuke.identity.oidc.platform import Platform
from xuke.identity.oidc.provider import SEEN_FOR, provider_of
from xuke.identity.rules import Means
from xuke.identity.views import public
from xuke.web import frame, kept
from xuke.web.access import public_view
from xuke.web.middleware import outside_the_door
from xuke.web.pages import go, page

T = TypeVar("T")
SECURITY_PAGE = "account-security"


@public_view
@outside_the_door
@never_cache
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """The button of the login page: to the platform. What waits to be done afterwards is remembered here."""
    wanted, form = entering.wanted_page(request), request.POST.get(kept.FIELD, "")
    try:
        return _away(request, wanted=wanted, form=form)
    except answers.PlatformDown as refused:
        return public.show(request, sentence=refused.sentence, status=refused.status)


@fresh_page
@require_POST
def leave_to_link(request: HttpRequest) -> HttpResponse:
    """The button of one's own security page: to the platform, to come back with the account there."""
    try:
        return _away(request, user_id=self_of(request).user_id)
    except answers.PlatformDown as refused:
        return _told(request, refused)


def _away(request: HttpRequest, *, wanted: str = "", form: str = "", user_id: int | None = None) -> HttpResponse:
    """A page that leads on by itself.

    Not a redirect: a browser holds the address behind a form to the policy of the page the form stood on (form-action),
    and the platform is none of ours.
    """
    platform, now, mark = _platform(), frame.stamp(request), browser.mark_of(request)
    if health.is_resting(platform, now=now):
        raise answers.PlatformDown
    # Asked before anything is remembered, so that nobody is sent to a platform that is not there.
    _asked(request, platform, lambda: provider_of(platform).published(within=SEEN_FOR))
    ticket = departures.leave(issuer=platform.issuer, browser=mark, now=now, wanted=wanted, form=form, user_id=user_id)
    there = provider_of(platform).way_there(
        state=ticket.state, nonce=ticket.nonce, verifier=ticket.verifier, back=_back(request)
    )
    response = page(request, "identity/oidc/leave.html", {"platform": platform, "there": there})
    return browser.marked(request, response, mark)


@public_view
@outside_the_door
@never_cache
@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """Where the platform sends the browser: with a code, or with the reason why there is none. Works once."""
    platform, now = _platform(), frame.stamp(request)
    back = departures.come_back(state=request.GET.get("state", ""), browser=browser.known(request), now=now)
    try:
        arrival = _arrival(request, platform, back)
        if back is not None and back.user_id is not None:
            return _link(request, arrival, back.user_id)
        with opened_for(EVERYTHING):
            user = commands.welcome(arrival=arrival, by=commands.PLATFORM, now=now)
            alone = shown.is_alone(user)
    except Refused as refused:
        return _refused(request, refused, back)
    wanted, carried = (back.wanted, back.kept) if back else ("", "")
    if alone and not wanted:
        wanted = reverse(SECURITY_PAGE)  # Where they are asked for a second way in, for the day the platform is down.
    return entering.admit(
        request, user, means=Means.PLATFORM, strong=arrival.is_strong, now=now, wanted=wanted, carried=carried
    )


def _arrival(request: HttpRequest, platform: Platform, back: Return | None) -> Arrival:
    """Who has come, if this browser left, lately, for this platform, and the platform says so."""
    if back is None or not back.is_in_time or back.issuer != platform.issuer:
        raise answers.StateUnknown
    provider = provider_of(platform)
    if not _asked(request, platform, lambda: provider.is_from(request.GET.get("iss"))):
        raise answers.OtherIssuer("iss")
    if error := request.GET.get("error", ""):
        raise _of_the_platform(error)
    code = request.GET.get("code", "")
    if not code or len(code) > 4000:
        raise answers.CodeRefused("no code")
    return _asked(
        request,
        platform,
        lambda: provider.arrival(
            code=code, nonce=back.nonce, verifier=back.verifier, back=_back(request), now=frame.stamp(request)
        ),
    )


def _of_the_platform(error: str) -> Refused:
    """What the platform says no with (RFC 6749, 4.1.2.1)."""
    if error == "access_denied":
        return answers.Declined(error)
    if error in ("server_error", "temporarily_unavailable"):
        return answers.PlatformDown()
    return answers.NotBelieved(error[:100])


def _asked(request: HttpRequest, platform: Platform, ask: Callable[[], T]) -> T:
    """Ask the platform, and note for all processes whether it answers; what is remembered here says nothing of that."""
    provider = provider_of(platform)
    before = provider.answers
    try:
        answer = ask()
    except answers.PlatformDown:
        provider.forget()
        health.failed(platform, now=frame.stamp(request))
        raise
    if provider.answers != before:
        health.answered(platform)
    return answer


def _link(request: HttpRequest, arrival: Arrival, user_id: int) -> HttpResponse:
    """Link the account on the platform to the one that left, if that one is still logged in here."""
    user = request.user
    if not isinstance(user, User) or user.pk != user_id or sessions.owes_password(request):
        raise answers.StateUnknown
    with opened_for(EVERYTHING):
        commands.link(user=user, arrival=arrival, by=self_of(request), now=frame.stamp(request))
    return go(request, SECURITY_PAGE)


def _refused(request: HttpRequest, refused: Refused, back: Return | None) -> HttpResponse:
    """Nobody comes in: written down, and said on the page they left from, where what waits still waits."""
    detail = getattr(refused, "detail", "")
    reason = f"{refused.sentence}（{detail}）" if detail else refused.sentence
    user = request.user if isinstance(request.user, User) else None
    entering.refuse(request, means=Means.PLATFORM, reason=reason, user=user, wrong=False)
    if back is not None and back.user_id is not None:
        return _told(request, refused)
    # As if the login form had been sent: the page finds there what waits.
    waiting = request.POST.copy()
    if back is not None:
        waiting.update({"next": back.wanted, **({kept.FIELD: back.kept} if back.kept else {})})
    request.POST = waiting  # type: ignore[assignment]
    return public.show(request, sentence=refused.sentence, status=refused.status)


def _told(request: HttpRequest, refused: Refused) -> HttpResponse:
    return page(request, "identity/oidc/not_linked.html", {"sentence": refused.sentence}, status=refused.status)


@fresh_view
@require_POST
def end_link(request: HttpRequest, number: int) -> HttpResponse:
    """End the link to an account on the platform."""
    me = self_of(request)
    mine = get_object_or_404(ExternalIdentity, pk=number, user=me.user_id)
    commands.end_link(identity=mine, by=me, now=frame.stamp(request))
    return go(request, SECURITY_PAGE)


def _platform() -> Platform:
    platform: Platform | None = settings.XUKE_OIDC
    if platform is None:
        raise NotFound("本站没有接入统一身份认证平台，请用别的方式登录。")
    return platform


def _back(request: HttpRequest) -> str:
    """Where the platform sends people back to; it must be registered there."""
    return request.build_absolute_uri(reverse("login-oidc-back"))
