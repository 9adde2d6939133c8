"""The second factor after a password, a passkey instead of a password, and proving again who one is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from xuke.accounts.backends import person
from xuke.accounts.models import User
from xuke.foundation.refusals import NotFound, NotPermitted
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.identity import entering, passkeys, proofs, queries, rules, sessions, ways
from xuke.identity.doors import own_page, user_of
from xuke.identity.forms import CodeForm, PasswordProofForm, RecoveryForm
from xuke.identity.models import Passkey
from xuke.identity.passkeys import WrongPasskey
from xuke.identity.rules import Means
from xuke.identity.views.public import show
from xuke.web import frame, kept
from xuke.web.access import public_view
from xuke.web.middleware import outside_the_door
from xuke.web.pages import go, page

NOT_HERE = "通行密钥要用域名打开本站才能使用，现在的地址不行。请用其他方式登录。"
NOT_TAKEN = "通行密钥没有通过。请再试一次，或者用其他方式登录。"
WRONG_CODE = "动态口令不对，或者已经用过。请等手机上换了新的再输入。"
FACTOR_WANTED = "您有第二因素，请用它验证，只凭密码不够。"
SECURITY = "/account/security/"


@dataclass(frozen=True)
class Tried:
    """What became of a factor somebody tried: by which means, and why it was not accepted."""

    means: str
    reason: str = ""
    status: int = 422


# --- the second factor ------------------------------------------------------------------------------------------------


@public_view
@outside_the_door
@never_cache
@sensitive_post_parameters("code", "recovery_code")
def second_factor(request: HttpRequest) -> HttpResponse:
    """After the password: a code, a passkey, a card, the platform, or a recovery code."""
    now = frame.stamp(request)
    found = entering.on_the_way(request, now)
    if found is None:
        return go(request, "login")
    user, _ = found
    if request.method != "POST":
        return _ask(request, user)
    tried = _try(request, user, now, use=passkeys.SECOND)
    if tried.reason:
        return _ask(request, user, sentence=tried.reason, status=tried.status)
    return entering.complete(request, means=tried.means, now=now)


def _ask(request: HttpRequest, user: User, *, sentence: str = "", status: int = 200) -> HttpResponse:
    with opened_for(EVERYTHING):
        held = queries.factors(user.pk)
    context = {
        "held": held,
        "sentence": sentence,
        "code": CodeForm(),
        "recovery": RecoveryForm(),
        "passkeys_work": _usable(request, held.passkeys),
        "ways": ways.of_factors(request, cards=bool(held.cards), platform=bool(held.links) and user.serves),
    }
    return page(request, "identity/second.html", context, status=status)


def _usable(request: HttpRequest, held: tuple[queries.HeldPasskey, ...]) -> bool:
    site = passkeys.site_of(request)
    return site is not None and any(passkey.rp_id == site.rp_id for passkey in held)


def _try(request: HttpRequest, user: User, now: datetime, *, use: str) -> Tried:
    """Check the factor that was posted."""
    means = _means(request)
    return _guess(
        request,
        user,
        means,
        wrong=lambda: queries.wrong_factors(user.pk, now),
        why_not=lambda: _why_not(request, user, means, now, use=use),
    )


def try_code(request: HttpRequest, user: User, code: str, now: datetime) -> Tried:
    """Check a one-time code that somebody who is logged in signs with; it is spent."""
    return _guess(
        request,
        user,
        Means.CODE,
        wrong=lambda: queries.wrong_factors(user.pk, now),
        why_not=lambda: "" if proofs.fits_totp(user.pk, code[:16], now=now) else WRONG_CODE,
    )


def _guess(
    request: HttpRequest, user: User, means: str, *, wrong: Callable[[], int], why_not: Callable[[], str]
) -> Tried:
    """What is wrong is written down and counts; after five the rest is not looked at.

    Counted, looked at and written down under the lock of the person's row: of many guesses at the same moment, five.
    """
    with opened_for(EVERYTHING):
        proofs.hold(user.pk)
        wait = rules.why_wait_with_codes(wrong())
        if reason := wait or why_not():
            told = entering.refuse(request, means=means, reason=reason, user=user, wrong=not wait, inside=True)
            return Tried(means, told, status=429 if wait else 422)
    return Tried(means)


def _means(request: HttpRequest) -> str:
    if "credential" in request.POST:
        return Means.PASSKEY
    return Means.RECOVERY_CODE if "recovery_code" in request.POST else Means.CODE


def _why_not(request: HttpRequest, user: User, means: str, now: datetime, *, use: str) -> str:
    """The reason why what was posted is not a factor of this person, or an empty string. The door is open."""
    if means == Means.PASSKEY:
        try:
            _answered(request, user, now, use=use)
        except WrongPasskey:
            return NOT_TAKEN
        return ""
    if means == Means.RECOVERY_CODE:
        fits = use == passkeys.SECOND and proofs.fits_recovery_code(user.pk, request.POST["recovery_code"], now=now)
        return "" if fits else "恢复码不对，或者已经用过。每个恢复码只能用一次。"
    form = CodeForm(request.POST)
    fits = form.is_valid() and proofs.fits_totp(user.pk, form.cleaned_data["code"], now=now)
    return "" if fits else WRONG_CODE


# --- passkeys ---------------------------------------------------------------------------------------------------------


@public_view
@outside_the_door
@never_cache
@require_POST
def options_alone(request: HttpRequest) -> HttpResponse:
    """What the browser needs at the login page, where nobody is known yet: any passkey of this site will do."""
    return _options(request, None, passkeys.ALONE)


@public_view
@outside_the_door
@never_cache
@require_POST
def options_second(request: HttpRequest) -> HttpResponse:
    """What the browser needs after a password: the passkeys of whoever it belongs to."""
    found = entering.on_the_way(request, frame.stamp(request))
    if found is None:
        raise NotPermitted("请先输入登录名和密码。")
    return _options(request, found[0], passkeys.SECOND)


def _options(request: HttpRequest, user: User | None, use: str) -> HttpResponse:
    site, held = _site(request), []
    if user:
        with opened_for(EVERYTHING):
            held = list(Passkey.objects.filter(user=user, rp_id=site.rp_id))
    options = passkeys.options_to_use(request, site, held, frame.stamp(request), use=use)
    return HttpResponse(options, content_type="application/json")


@public_view
@outside_the_door
@never_cache
def passkey_log_in(request: HttpRequest) -> HttpResponse:
    """A passkey instead of name and password: the device knows the account and verifies its owner."""
    if request.method != "POST":
        return go(request, "login")
    now = frame.stamp(request)
    try:
        with opened_for(EVERYTHING):
            user = _answered(request, None, now, use=passkeys.ALONE)
    except WrongPasskey as wrong:
        sentence = entering.refuse(request, means=Means.PASSKEY, reason=str(wrong), told=NOT_TAKEN)
        return show(request, sentence=sentence, status=422)
    return entering.admit(request, user, means=Means.PASSKEY, strong=True, now=now)


def _answered(request: HttpRequest, user: User | None, now: datetime, *, use: str) -> User:
    """Whose passkey answered; raises `WrongPasskey`. Counts the use. The door is open."""
    site, alone = _site(request), use == passkeys.ALONE
    challenge = passkeys.spend_challenge(request, use, now)
    answer = passkeys.parse(request.POST.get("credential", ""))
    rows = Passkey.objects.select_for_update().filter(credential_id=passkeys.id_of(answer), rp_id=site.rp_id)
    passkey = (rows.filter(user=user) if user else rows).first()
    if passkey is None:
        raise WrongPasskey("没有这个通行密钥")
    handle = passkeys.handle_of(answer)
    if handle != bytes(passkey.handle) and (handle or alone):
        raise WrongPasskey("通行密钥属于别的账号")
    found = passkeys.used(answer, passkey, challenge=challenge, site=site, alone=alone)
    proofs.count_use(passkey, found.sign_count, now=now)
    owner = person(passkey.user_id)
    if owner is None:
        raise WrongPasskey("账号已经停用")
    return owner


def _site(request: HttpRequest) -> passkeys.Site:
    site = passkeys.site_of(request)
    if site is None:
        raise NotFound(NOT_HERE)
    return site


# --- once more --------------------------------------------------------------------------------------------------------


@own_page
@require_POST
def options_again(request: HttpRequest) -> HttpResponse:
    """What the browser needs to prove again who somebody is."""
    return _options(request, user_of(request), passkeys.AGAIN)


@own_page
@sensitive_post_parameters("password", "code")
def confirm(request: HttpRequest) -> HttpResponse:
    """Prove again who one is, before changing how one logs in. A form that waits is shown afterwards."""
    if request.method != "POST" or not _proves(request):
        return _ask_again(request)
    user, now = user_of(request), frame.stamp(request)
    tried = _try_again(request, user, now)
    if tried.reason:
        return _ask_again(request, sentence=tried.reason, status=tried.status)
    sessions.prove(request, means=tried.means, strong=tried.means != Means.PASSWORD, now=now)
    request.session.cycle_key()
    return kept.resume(request) if kept.is_carried(request) else go(request, entering.wanted_page(request) or SECURITY)


def _proves(request: HttpRequest) -> bool:
    return any(name in request.POST for name in ("password", "code", "credential"))


def _try_again(request: HttpRequest, user: User, now: datetime) -> Tried:
    """Whoever has a second factor proves it with that one: a password that was told to a false site is not enough to
    take the factors over from an open session."""
    if "password" not in request.POST:
        return _try(request, user, now, use=passkeys.AGAIN)
    with opened_for(EVERYTHING):
        has_factor = queries.has_factor(user, now)
    return Tried(Means.PASSWORD, FACTOR_WANTED) if has_factor else try_password(request, user, now)


def try_password(request: HttpRequest, user: User, now: datetime) -> Tried:
    """Check the present password of somebody who is logged in; guessing is written down and counts here too."""
    return _guess(
        request,
        user,
        Means.PASSWORD,
        wrong=lambda: queries.wrong_passwords(user.pk, sessions.address(request), now),
        why_not=lambda: "" if proofs.fits_password(user, request.POST["password"]) else "密码不对。",
    )


def _ask_again(request: HttpRequest, *, sentence: str = "", status: int = 200) -> HttpResponse:
    user = user_of(request)
    with opened_for(EVERYTHING):
        held = queries.factors(user.pk)
        has_factor = queries.has_factor(user, frame.stamp(request))
    has_password = user.has_usable_password()
    context: dict[str, Any] = {
        "held": held,
        "sentence": sentence,
        "code": CodeForm(),
        "password": PasswordProofForm(),
        "has_password": has_password and not has_factor,
        "passkeys_work": _usable(request, held.passkeys),
        "next": request.POST.get("next", request.GET.get("next", "")) or SECURITY,
        # Coming in anew is a fresh proof; by the platform only where it is not one factor of two.
        "ways": ways.of_factors(request, cards=bool(held.cards), platform=bool(held.links) and not has_password),
    }
    return page(request, "identity/confirm.html", context, status=status)
