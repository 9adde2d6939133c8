"""A notice as a page: for the enterprise it is addressed to, and for officers in whose territory it was issued.

It can be read from the moment it was served, long before its file is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from xuke.accounts.officers import Officer
from xuke.documents import commands, queries
from xuke.documents.models import Notice
from xuke.documents.rendering import words
from xuke.foundation import files
from xuke.foundation.refusals import NotReady
from xuke.parties.applicants import Applicant
from xuke.parties.doors import ApplicantRequest, OfficerRequest, applicant_view, member_view
from xuke.parties.permissions import why_not_power
from xuke.parties.rules import RECEIVE
from xuke.web.pages import download, go, page
from xuke.web.pieces import Link

Request = ApplicantRequest | OfficerRequest
_PLACES = {
    Officer: ("web/office.html", Link("等我办理", "/office/")),
    Applicant: ("web/applicant.html", Link("文书与消息", "/my/notices/")),
}
"""The frame of each audience, and where a notice lies in it."""


@dataclass(frozen=True)
class Remedy:
    """A way to have a decision looked at again, and how long it stays open."""

    title: str
    body: str
    until: date
    left: int
    """Days between today and the last one; negative when it is over."""

    @property
    def words(self) -> str:
        """How much time is left."""
        if self.left < 0:
            return "期限已过"
        return f"还剩{self.left}天" if self.left else "今天截止"


@member_view
@require_safe
def notice(request: Request, id: UUID) -> HttpResponse:
    """The words, number, day of service and remedies of a notice; its file once it is made."""
    found = queries.get(request.actor, id)
    layout, place = _PLACES[type(request.actor)]
    context = {
        "layout": layout,
        "crumbs": (place,),
        "notice": found,
        "authority": found.content["authority"],
        "words": words(found),
        "remedies": remedies_of(found, today=request.today),
        "may_sign": isinstance(request.actor, Applicant) and found.read_at is None,
        "why_not_sign": why_not_power(request.actor, RECEIVE),
    }
    return page(request, "documents/notice.html", context)


def remedies_of(found: Notice, *, today: date) -> tuple[Remedy, ...]:
    """The ways that were told, and how long each stays open."""
    authority = found.content["authority"]
    ways = (
        ("行政复议", authority["reconsideration_body"], found.reconsideration_until),
        ("行政诉讼", authority["court"], found.litigation_until),
    )
    return tuple(Remedy(title, body, until, (until - today).days) for title, body, until in ways if until)


@applicant_view
@require_POST
def sign(request: ApplicantRequest, id: UUID) -> HttpResponse:
    """The applicant signs for the notice (签收)."""
    found = queries.get(request.actor, id)
    commands.sign_for(notice=found, by=request.actor, now=request.now)
    return go(request, "notice", id=id)


@member_view
@require_safe
def file(request: HttpRequest, id: UUID) -> FileResponse:
    """The file of a notice, to keep."""
    found = queries.get(request.actor, id)  # type: ignore[attr-defined]
    if found.file is None:
        raise NotReady("PDF还在制作，通常几秒钟就好。文书的内容在网页上可以先看，请稍后再下载。")
    name = f"{found.title} {found.number}.pdf"
    return download(files.path_of(found.file.digest), name, files.PDF)
