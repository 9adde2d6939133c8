"""Logging in with a certificate: through the signing agent on the person's own machine, or by TLS through our proxy."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from xuke.accounts.models import User
from xuke.foundation.pki import oids, purposes
from xuke.foundation.pki.certificates import Certificate
from xuke.foundation.refusals import Conflict, Refused
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.identity import browser, entering, rules
from xuke.identity.certificates import challenges, commands, proofs, queries, refusals
from xuke.identity.certificates.models import BoundCertificate
from xuke.identity.doors import fresh_page, fresh_view, self_of, user_of
from xuke.identity.proxies import came_through_proxy
from xuke.identity.queries import factors, has_factor
from xuke.identity.rules import Means
from xuke.identity.views import public
from xuke.identity.views.account import added
from xuke.web import frame
from xuke.web.access import public_view
from xuke.web.middleware import outside_the_door
from xuke.web.pages import go, page

LOG_IN, BIND = "login", "bind"
SECURITY_PAGE = "account-security"


@public_view
@outside_the_door
@never_cache
@require_POST
def challenge(request: HttpRequest) -> HttpResponse:
    """Something fresh to sign, for this browser. Asked by the page's script right before the PIN is asked for."""
    mark = browser.mark_of(request)
    use = BIND if request.POST.get("use") == BIND else LOG_IN
    made = challenges.make(browser=mark, use=use, now=frame.stamp(request))
    message = purposes.login_message(proofs.origin(request), made).decode()
    return browser.marked(request, JsonResponse({"challenge": made, "message": message}), mark)


@public_view
@outside_the_door
@never_cache
@require_POST
def log_in(request: HttpRequest) -> HttpResponse:
    """A certificate and a signature over our challenge: whoever holds it comes in. It counts as two factors."""
    now = frame.stamp(request)
    proof: proofs.Proof | None = None
    try:
        proof = proofs.read(request.POST)
        proofs.demand(request, proof, use=LOG_IN, now=now)
        user = _recognised(request, proof.certificate, challenge=proof.challenge)
    except Refused as refused:
        return _refused(request, refused, proof.certificate if proof else None)
    return entering.admit(request, user, means=Means.CERTIFICATE, strong=True, now=now)


@public_view
@outside_the_door
@never_cache
@require_POST
def log_in_by_tls(request: HttpRequest) -> HttpResponse:
    """The certificate with which somebody spoke TLS to our proxy, which has seen that they hold the key.

    A header that claims one without coming through the proxy has been taken away before; that it was there is noted. A
    proxy that asks for no certificates passes on what a browser claims, so the operator says that it does ask.
    """
    now = frame.stamp(request)
    certificate: Certificate | None = None
    try:
        if not (settings.XUKE_TLS_CERTIFICATES and came_through_proxy(request)):
            raise refusals.NotThroughProxy
        certificate = proofs.from_proxy(request)
        proofs.demand_trust(certificate, now=now)
        user = _recognised(request, certificate)
    except Refused as refused:
        return _refused(request, refused, certificate)
    return entering.admit(request, user, means=Means.CERTIFICATE, strong=True, now=now)


def _recognised(request: HttpRequest, certificate: Certificate, *, challenge: str = "") -> User:
    """Whose certificate it is. The challenge is used up in the same transaction."""
    now = frame.stamp(request)
    with opened_for(EVERYTHING):
        if challenge:
            challenges.spend(challenge, now=now)
        return commands.recognise(certificate=certificate, by=commands.AUTHORITY, now=now)


def _refused(request: HttpRequest, refused: Refused, certificate: Certificate | None) -> HttpResponse:
    """Nobody comes in: written down with the certificate that was shown, and said on the login page."""
    owner = None
    if isinstance(refused, refusals.NotTrusted):
        # Whoever tried holds the key, such as that of a card which was reported lost: its owner shall see it.
        with opened_for(EVERYTHING):
            owner = queries.owner(refused.certificate)
    reason = _reason(refused, certificate)
    entering.refuse(request, means=Means.CERTIFICATE, reason=reason, user=owner, wrong=False)
    return public.show(request, sentence=refused.sentence, status=refused.status)


def _reason(refused: Refused, certificate: Certificate | None) -> str:
    if certificate is None:
        return refused.sentence
    holder = certificate.common_name or certificate.organisation
    return f"{refused.sentence}（{holder[:60]}，序列号{certificate.serial:X}，{_maker(certificate)[:60]}签发）"


def _maker(certificate: Certificate) -> str:
    return certificate.issuer.get(oids.COMMON_NAME) or str(certificate.issuer)


# --- one's own certificates -------------------------------------------------------------------------------------------


@fresh_page
@require_POST
def bind(request: HttpRequest) -> HttpResponse:
    """Bind a certificate to one's own account, proven in the same way as to log in."""
    me, now = self_of(request), frame.stamp(request)
    proof: proofs.Proof | None = None
    try:
        proof = proofs.read(request.POST)
        proofs.demand(request, proof, use=BIND, now=now)
        with opened_for(EVERYTHING):
            challenges.spend(proof.challenge, now=now)
            user = User.objects.get(pk=me.user_id)
            is_first = not has_factor(user, now)
            commands.bind(user=user, certificate=proof.certificate, by=me, now=now)
    except Refused as refused:
        reason = _reason(refused, proof.certificate if proof else None)
        assert isinstance(request.user, User)
        entering.refuse(request, means=Means.CERTIFICATE, reason=reason, user=request.user, wrong=False)
        return page(
            request, "identity/certificates/not_bound.html", {"sentence": refused.sentence}, status=refused.status
        )
    with opened_for(me.scope):
        return added(request, means=Means.CERTIFICATE, is_first=is_first)


@fresh_view
@require_POST
def end_binding(request: HttpRequest, number: int) -> HttpResponse:
    """End the binding of a certificate."""
    me, user, now = self_of(request), user_of(request), frame.stamp(request)
    mine = get_object_or_404(BoundCertificate, pk=number, user=me.user_id)
    left = factors(user.pk).count - (1 if mine.ended_at is None else 0)
    if reason := rules.why_not_remove(left=left, must_have=entering.must_have_factor(user, now)):
        raise Conflict(reason)
    commands.end_binding(bound=mine, by=me, now=now)
    return go(request, SECURITY_PAGE)
