"""Nothing typed is lost: forms that could not be taken, handed back so that they can be sent again.

Two occasions. A form arrives after the session has expired (`keep`): the fields travel, signed, through the login page
and are shown again (`resume`). A form is refused (409, 422, an expired CSRF token): the refusal page holds the fields.
Either way the person sees a page of ours with one button that posts the same fields to the same address; nothing is
sent on without that press. Files cannot travel; the page names each and asks for it again. Passwords are never kept.

Why this does not open a door for forged requests (CSRF):

* `keep` is called by a view, so the form has passed the CSRF check: it came from a page of ours in this browser.
* The token carries what was typed, not a permission. It is signed, so that nobody can make one up, and it is only read
  from the body of a POST, which must itself pass the CSRF check; a link or a form on a foreign page cannot plant one.
* The button of the last page carries a fresh CSRF token of the new session and posts like any other form: the view
  checks the person, the step and the fields as if they had been typed there.
* A form whose CSRF check failed is shown again only when the browser says that it came from our own origin
  (`came_from_us`); otherwise a foreign page could have filled it in for a confused click.

The way of a token: the 401 page posts it to `/kept/` (`carry_on`), which leads to the login page with status 307, so
that the browser posts it there. What the login view has to do: include `web/_kept.html` inside its form; treat a POST
without a user name as a first visit; after a successful login return `kept.resume(request)` when
`kept.is_carried(request)`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from xuke.web import frame
from xuke.web.access import public_view
from xuke.web.pages import go

FIELD = "kept"
"""The hidden field that carries the token through the login form."""
LONGEST_STAY = 12 * 3600
"""Seconds for which a token can be read: a working day with its lunch break."""
LARGEST = 1_000_000
"""Characters of a token. Together with the login form it must stay below DATA_UPLOAD_MAX_MEMORY_SIZE."""
_SALT = "xuke.web.kept"
_NOT_TYPED = {"csrfmiddlewaretoken", FIELD}
_SECRET = re.compile(r"passw|secret|otp", re.IGNORECASE)
_PEM = re.compile("-----BEGIN ")
"""Certificates that came along with a signature: kept, and nothing to read."""
_PROSE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]|\s")


@dataclass(frozen=True)
class Typed:
    """What somebody typed into a form, and where it was going."""

    address: str
    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    """Pairs of a field and the name of the file chosen there."""
    secrets: tuple[str, ...] = ()
    """Fields to be typed anew."""

    @property
    def prose(self) -> tuple[str, ...]:
        """The values worth showing back: words, not codes and ticks."""
        return tuple(value for _, value in self.fields if _PROSE.search(value.strip()) and not _PEM.match(value))

    @property
    def others(self) -> int:
        """How many filled fields are kept without being shown."""
        return sum(1 for _, value in self.fields if value) - len(self.prose)

    @property
    def is_empty(self) -> bool:
        """Whether nobody typed anything: a bare button, or no form at all."""
        return not (self.fields or self.files)


def typed(request: HttpRequest) -> Typed:
    """What a request brought along."""
    if request.method != "POST":
        return Typed(request.get_full_path())
    pairs = [(name, value) for name, values in request.POST.lists() for value in values if name not in _NOT_TYPED]
    return Typed(
        address=request.get_full_path(),
        fields=tuple((name, str(value)) for name, value in pairs if not _SECRET.search(name)),
        files=tuple((name, file.name or "") for name, files in request.FILES.lists() for file in files),
        secrets=tuple(name for name, _ in pairs if _SECRET.search(name)),
    )


def pack(content: Typed) -> str:
    """The signed token of a form, or an empty string when it is too long to travel."""
    facts = {"a": content.address, "f": content.fields, "u": content.files, "s": content.secrets}
    token = signing.dumps(facts, salt=_SALT, compress=True)
    return token if len(token) <= LARGEST else ""


def unpack(token: str) -> Typed | None:
    """The form in a token; None when it is too old or not one of ours."""
    try:
        facts = signing.loads(token, salt=_SALT, max_age=LONGEST_STAY)
    except signing.BadSignature:
        return None
    pairs = [tuple((name, value) for name, value in facts[key]) for key in ("f", "u")]
    return Typed(facts["a"], fields=pairs[0], files=pairs[1], secrets=tuple(facts["s"]))


def keep(request: HttpRequest) -> HttpResponse:
    """The answer to somebody who has to log in first: a way to the login page, and nothing typed is lost on it."""
    if request.method != "POST":
        asked = origin(request) if request.headers.get("HX-Request") == "true" else request.get_full_path()
        return go(request, f"{settings.LOGIN_URL}?{urlencode({'next': asked})}")
    content = typed(request)
    return whole_page(request, "web/kept.html", {"typed": content, "token": pack(content)}, status=401)


def is_carried(request: HttpRequest) -> bool:
    """Whether the request brings along a form that waits to be sent again."""
    return bool(request.method == "POST" and request.POST.get(FIELD))


@public_view
def carry_on(request: HttpRequest) -> HttpResponse:
    """The button of the 401 page: on to the login page, or straight to the form for whoever logged in meanwhile."""
    if getattr(request, "actor", None) or not is_carried(request):
        return resume(request)
    return HttpResponse(status=307, headers={"Location": str(settings.LOGIN_URL)})


def resume(request: HttpRequest, token: str = "") -> HttpResponse:
    """After the login: the form as it was typed, with one button that sends it to where it was going."""
    content = unpack(token or request.POST.get(FIELD, ""))
    if content is None:
        return whole_page(request, "web/resume.html", {"typed": None}, status=422)
    return whole_page(request, "web/resume.html", {"typed": content})


def again(request: HttpRequest) -> HttpResponse:
    """The 401 page once more, with the token it posted and a fresh CSRF token: somebody logged in in another tab."""
    token = request.POST.get(FIELD, "")
    return whole_page(request, "web/kept.html", {"typed": unpack(token), "token": token}, status=403)


def whole_page(request: HttpRequest, template: str, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    """A page in the bare frame, without navigation or database. To HTMX it takes the place of the whole page."""
    facts = {"layout": frame.BARE, "request": request, "csrf_token": get_token(request), "home": frame.home(request)}
    response = HttpResponse(render_to_string(template, {**facts, **context}), status=status)
    response["Cache-Control"] = "private, no-store"
    if request.headers.get("HX-Request") == "true":
        response["HX-Retarget"], response["HX-Reswap"], response["HX-Push-Url"] = "body", "innerHTML", "false"
    return response


def came_from_us(request: HttpRequest) -> bool:
    """Whether the browser says that a page of ours sent this request. Silence counts as no."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    sender = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return bool(sender) and urlsplit(sender).netloc == request.get_host()


def origin(request: HttpRequest) -> str:
    """The page the person was looking at when the request left, or the address of the request itself."""
    sender = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not sender or not url_has_allowed_host_and_scheme(sender, {request.get_host()}):
        return request.get_full_path()
    parts = urlsplit(sender)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
