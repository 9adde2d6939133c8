"""One's own account: password, second factors, where one is logged in, who has tried."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pyotp
import segno
from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from xuke.accounts import commands as accounts
from xuke.accounts.rules import Done
from xuke.foundation import vault
from xuke.foundation.refusals import Invalid, NotFound
from xuke.foundation.transactions import opened_for
from xuke.identity import entering, passkeys, queries, rules, sessions, ways
from xuke.identity.commands import factors, informed
from xuke.identity.commands import sessions as ending
from xuke.identity.doors import fresh_page, fresh_view, own_page, own_view, self_of, user_of
from xuke.identity.forms import CodeForm, NewPasswordForm, PasskeyNameForm
from xuke.identity.models import Attempt, Passkey, Session
from xuke.identity.views.second import NOT_HERE, try_password
from xuke.web import frame, refusals
from xuke.web.pages import go, page

_NEW_SECRET = "new_totp"  # noqa: S105 - the name of a place in the session
_ISSUER = "许可"
FEW = 3
"""Recovery codes left at which the page says that it is time for new ones."""


@own_view
def security(request: HttpRequest) -> HttpResponse:
    """Password, factors, recovery codes, and the last attempts to come in."""
    user, now = user_of(request), frame.stamp(request)
    site = passkeys.site_of(request)
    context = {
        "held": queries.factors(user.pk),
        "attempts": _told(queries.attempts_of(user.pk)),
        "has_password": user.has_usable_password(),
        "passkeys_work": site is not None,
        "not_here": NOT_HERE,
        "must_have": entering.must_have_factor(user, now),
        "owes": sessions.owes_factor(request),
        "least": FEW,
        "sections": ways.of_person(request, user),
    }
    return page(request, "identity/security.html", context)


def _told(attempts: list[Attempt]) -> list[dict[str, object]]:
    return [
        {
            "at": attempt.at,
            "means": rules.means_label(attempt.means),
            "device": rules.device(attempt.agent),
            "address": attempt.address,
            "accepted": attempt.accepted,
            "reason": attempt.reason,
        }
        for attempt in attempts
    ]


# --- what others did --------------------------------------------------------------------------------------------------


@own_view
def changes(request: HttpRequest) -> HttpResponse:
    """What administrators did to one's ways in, by whom, when and why: before anything else, at the next login."""
    user = user_of(request)
    done = queries.untold(user.pk)
    if done and request.method != "POST":
        return page(request, "identity/changes.html", {"changes": _done_in_words(done)})
    if done:
        informed.take_note(user=user, by=self_of(request), now=frame.stamp(request))
    sessions.note_told(request)
    return entering.go_on(request) or go(request, str(settings.LOGIN_REDIRECT_URL))


def _done_in_words(done: tuple[Done, ...]) -> list[dict[str, object]]:
    return [
        {"at": one.at, "who": one.actor_label, "what": rules.DONE_BY_OTHERS[one.verb], "reason": one.reason}
        for one in done
    ]


# --- password ---------------------------------------------------------------------------------------------------------


@own_page
@sensitive_post_parameters("password", "new_password", "new_password_again")
def password(request: HttpRequest) -> HttpResponse:
    """A new password for the present one. Sessions elsewhere end.

    Asked as everything is that changes how one logs in: with the second factor where there is one. Whoever came in by
    a first password has nothing else to do and is not asked.
    """
    return _password(request) if sessions.owes_password(request) else _password_of_ones_own(request)


def _password(request: HttpRequest) -> HttpResponse:
    user, now = user_of(request), frame.stamp(request)
    if not user.has_usable_password():
        raise NotFound("这个账号没有密码，用统一身份认证平台或者数字证书登录。")
    form = NewPasswordForm(request.POST or None)
    if form.is_valid() and (reason := try_password(request, user, now).reason):
        form.add_error("password", reason)
    if form.is_valid():
        try:
            _change_password(request, form.cleaned_data["new_password"])
        except Invalid as refused:
            form.add_error("new_password", refused.sentence or refused.problems[0].message)
        else:
            return entering.go_on(request) or go(request, "account-security")
    context = {"form": form, "owes": sessions.owes_password(request)}
    return page(request, "identity/password.html", context, status=422 if form.errors else 200)


_password_of_ones_own = fresh_page(_password)


def _change_password(request: HttpRequest, new: str) -> None:
    me = self_of(request)
    with opened_for(me.scope):
        changed = accounts.change_password(user=user_of(request), password=new, by=me, now=frame.stamp(request))
        _end_others(request)
    auth.update_session_auth_hash(request, changed)
    user_of(request).must_change_password = False


# --- authenticator app ------------------------------------------------------------------------------------------------


@fresh_view
def totp(request: HttpRequest) -> HttpResponse:
    """Add an authenticator app: scan the picture, type the code it shows."""
    user, now = user_of(request), frame.stamp(request)
    secret = vault.unseal_text(request.session.get(_NEW_SECRET, ""), "totp")
    form = CodeForm(request.POST if request.method == "POST" and secret else None)
    if form.is_valid():
        is_first = not queries.has_factor(user, now)
        try:
            factors.set_totp(user=user, secret=secret, code=form.cleaned_data["code"], by=self_of(request), now=now)
        except Invalid as refused:
            refusals.onto(form, refused)
        else:
            del request.session[_NEW_SECRET]
            return added(request, means=rules.Means.CODE, is_first=is_first)
    if not secret:
        secret = pyotp.random_base32()
        request.session[_NEW_SECRET] = vault.seal_text(secret, "totp")
    address = pyotp.TOTP(secret).provisioning_uri(name=user.login_name, issuer_name=_ISSUER)
    context = {
        "form": form,
        "picture": segno.make(address, error="m").svg_data_uri(scale=5, border=2, light="#fff"),
        "address": address,
        "secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
    }
    return page(request, "identity/totp.html", context, status=422 if form.errors else 200)


@fresh_view
@require_POST
def remove_totp(request: HttpRequest) -> HttpResponse:
    """Forget the authenticator app."""
    user, now = user_of(request), frame.stamp(request)
    factors.remove_totp(user=user, must_have=entering.must_have_factor(user, now), by=self_of(request), now=now)
    request.session.cycle_key()
    return go(request, "account-security")


# --- passkeys ---------------------------------------------------------------------------------------------------------


@fresh_view
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Add a passkey: give it a name, and let the device make it."""
    user, now, site = user_of(request), frame.stamp(request), passkeys.site_of(request)
    if site is None:
        raise NotFound(NOT_HERE)
    form = PasskeyNameForm(request.POST or None, initial={"name": rules.device(sessions.agent(request))})
    sentence = ""
    if form.is_valid():
        is_first = not queries.has_factor(user, now)
        try:
            challenge = passkeys.spend_challenge(request, passkeys.MAKE, now)
            made = passkeys.made(passkeys.parse(request.POST.get("credential", "")), challenge=challenge, site=site)
        except passkeys.WrongPasskey:
            sentence = "没有添加成功。请再按一次“添加”，按浏览器的提示完成。"
        else:
            factors.add_passkey(
                user=user,
                new=made,
                handle=passkeys.handle_in(challenge),
                rp_id=site.rp_id,
                name=form.cleaned_data["name"],
                by=self_of(request),
                now=now,
            )
            return added(request, means=rules.Means.PASSKEY, is_first=is_first)
    status = 422 if sentence or form.errors else 200
    return page(request, "identity/passkey.html", {"form": form, "sentence": sentence}, status=status)


@fresh_view
@require_POST
def options_make(request: HttpRequest) -> HttpResponse:
    """What the browser needs to make a passkey."""
    user, site = user_of(request), passkeys.site_of(request)
    if site is None:
        raise NotFound(NOT_HERE)
    held = Passkey.objects.filter(user=user, rp_id=site.rp_id)
    options = passkeys.options_to_make(request, user, site, held, frame.stamp(request))
    return HttpResponse(options, content_type="application/json")


@fresh_view
def rename_passkey(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Call a passkey something else."""
    passkey = get_object_or_404(Passkey.objects.select_related("user"), pk=pk, user=user_of(request))
    form = PasskeyNameForm(request.POST or None, initial={"name": passkey.name})
    if form.is_valid():
        name, now = form.cleaned_data["name"], frame.stamp(request)
        factors.rename_passkey(passkey=passkey, name=name, by=self_of(request), now=now)
        return go(request, "account-security")
    context = {"form": form, "passkey": passkey}
    return page(request, "identity/rename.html", context, status=422 if form.errors else 200)


@fresh_view
@require_POST
def remove_passkey(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Forget a passkey."""
    user, now = user_of(request), frame.stamp(request)
    passkey = get_object_or_404(Passkey.objects.select_related("user"), pk=pk, user=user)
    must_have = entering.must_have_factor(user, now)
    factors.remove_passkey(passkey=passkey, must_have=must_have, by=self_of(request), now=now)
    request.session.cycle_key()
    return go(request, "account-security")


def added(request: HttpRequest, *, means: str, is_first: bool) -> HttpResponse:
    """A factor more stands behind the session; with the first one, sessions elsewhere end, which had less."""
    sessions.prove(request, means=means, strong=True, now=frame.stamp(request))
    if is_first:
        _end_others(request)
    request.session.cycle_key()
    return entering.go_on(request) or go(request, "account-security")


# --- recovery codes ---------------------------------------------------------------------------------------------------


@fresh_view
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown this once."""
    codes = factors.make_recovery_codes(user=user_of(request), by=self_of(request), now=frame.stamp(request))
    return page(request, "identity/recovery_codes.html", {"codes": codes})


# --- sessions ---------------------------------------------------------------------------------------------------------


@own_view
def my_sessions(request: HttpRequest) -> HttpResponse:
    """Where one is logged in."""
    user, now = user_of(request), frame.stamp(request)
    mine = sessions.digest_of(request)
    rows = [
        {
            "pk": session.pk,
            "device": rules.device(session.agent),
            "address": session.address,
            "means": rules.means_label(session.means),
            "began_at": session.began_at,
            "seen_at": session.seen_at,
            "is_this": bytes(session.digest) == mine,
        }
        for session in queries.sessions_of(user.pk, now)
    ]
    limits = sessions.limits_for(request)
    context = {
        "sessions": sorted(rows, key=lambda row: not row["is_this"]),
        "idle": _in_words(limits.idle),
        "whole_hours": limits.whole // timedelta(hours=1),
        "reason": limits.reason,
        "changes": _done_in_words(queries.done_by_others(user.pk)),
    }
    return page(request, "identity/sessions.html", context)


def _in_words(time: timedelta) -> str:
    minutes = time // timedelta(minutes=1)
    return f"{minutes}分钟" if minutes < 120 else f"{minutes // 60}小时"


@fresh_view
@require_POST
def end_session(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Log out one device."""
    session = get_object_or_404(Session, pk=pk, user=user_of(request))
    is_this = bytes(session.digest) == sessions.digest_of(request)
    ending.end_session(session=session, by=self_of(request), now=frame.stamp(request))
    return _leave(request) if is_this else go(request, "account-sessions")


@fresh_view
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Log out everywhere, or everywhere else."""
    if request.POST.get("which") == "others":
        _end_others(request)
        return go(request, "account-sessions")
    ending.end_sessions(user=user_of(request), by=self_of(request), now=frame.stamp(request))
    return _leave(request)


def _end_others(request: HttpRequest) -> None:
    user, me, now = user_of(request), self_of(request), frame.stamp(request)
    ending.end_sessions(user=user, besides=sessions.digest_of(request), by=me, now=now)


def _leave(request: HttpRequest) -> HttpResponse:
    response = go(request, "login")
    auth.logout(request)
    response["Clear-Site-Data"] = '"cache"'
    return response
