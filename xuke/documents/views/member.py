"""A notice as a page: for the enterprise it is addressed to, and for officers in whose territory it was issued.

It can be read from the moment it was served, long before its file is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from xuke.accounts.officers import Officer
from xuke.documents import commands, queries
from xuke.documents.kinds import kind as kind_of
from xuke.documents.kinds import tells_remedies
from xuke.documents.models import Notice
from xuke.documents.rendering import words
from xuke.documents.service import ELECTRONIC
from xuke.foundation import files
from xuke.foundation.refusals import NotReady
from xuke.parties.applicants import Applicant
from xuke.parties.doors import ApplicantRequest, OfficerRequest, applicant_view, member_view
from xuke.web.pages import download, go, page
from xuke.web.pieces import Link

Request = ApplicantRequest | OfficerRequest
_FORMS = Link("我的申请", "/my/applications/")
_PLACES = {
    Officer: ("web/office.html", Link("等我办理", "/office/")),
    Applicant: ("web/applicant.html", Link("文书与消息", "/my/notices/")),
}
"""The frame of each audience, and where a notice lies in it; a form that the applicant filed lies in its case."""


@dataclass(frozen=True)
class Remedy:
    """A way to have a decision looked at again, and how long it stays open."""

    title: str
    body: str
    period: str
    """How long it is open, in words."""
    until: date | None
    """The last day; None while the notice is not served, because nothing runs before."""
    left: int = 0
    """Days between today and the last one; negative when it is over."""

    @property
    def words(self) -> str:
        """How much time is left."""
        if self.until is None:
            return f"自送达之日起{self.period}"
        if self.left < 0:
            return "期限已过"
        return f"还剩{self.left}天" if self.left else "今天截止"


@member_view
@require_safe
def notice(request: Request, id: UUID) -> HttpResponse:
    """The words, number, day of service and remedies of a notice; its file once it is made."""
    found = queries.get(request.actor, id)
    layout, place = _PLACES[type(request.actor)]
    is_record, is_own = found.is_record, kind_of(found.kind).by_applicant
    if is_own and isinstance(request.actor, Applicant):
        place = _FORMS
    corrections = queries.corrections_of(found)
    context = {
        "layout": layout,
        "crumbs": (place,),
        "notice": found,
        "authority": found.content["authority"],
        "words": words(found),
        "is_record": is_record,
        "is_own": is_own,
        "service": state_of(found, today=request.today),
        "proof": corrections[-1] if corrections else getattr(found, "service", None),
        "corrections": corrections,
        "remedies": remedies_of(found, today=request.today),
        "may_sign": isinstance(request.actor, Applicant) and found.read_at is None,
        "why_not_sign": commands.why_not_sign_for(request.actor, found),
        "answer": answer_of(found) if isinstance(request.actor, Applicant) else None,
    }
    if isinstance(request.actor, Officer) and not is_record:
        context |= _for_officer(request.actor, found)
    return page(request, "documents/notice.html", context)


def _for_officer(officer: Officer, found: Notice) -> dict[str, object]:
    """What somebody may do about the service, and the 送达回证 that were made of it."""
    may = not commands.why_not_serve(officer, found)
    return {
        "may_serve": may and found.served_on is None,
        "may_correct": may and getattr(found, "service", None) is not None,
        "may_certify": may and found.channel == ELECTRONIC,
        "records": queries.records_of(officer, found),
    }


def answer_of(found: Notice) -> Link | None:
    """Where the enterprise answers this notice, if it asks for an answer."""
    subject, _, id = found.about.partition(":")
    page, label = settings.XUKE_ANSWERS.get((subject, found.kind), ("", ""))
    return Link(label, reverse(page, args=[id])) if page else None


@dataclass(frozen=True)
class ServiceState:
    """Where the service of a notice stands: badge, tone, and until when an announcement runs."""

    words: str
    tone: str
    is_served: bool


def state_of(found: Notice, *, today: date) -> ServiceState:
    """Waiting, announced, served, signed for."""
    if found.served_on is None:
        return ServiceState("待送达", "warn", is_served=False)
    if found.served_on > today:
        return ServiceState("公告期内", "line", is_served=False)
    if found.channel != ELECTRONIC or found.read_at:
        return ServiceState("已签收" if found.read_at else f"已{found.channel_title}", "ok", is_served=True)
    return ServiceState("待签收", "warn", is_served=True)


def remedies_of(found: Notice, *, today: date) -> tuple[Remedy, ...]:
    """The ways that were told, and how long each stays open. They begin with service."""
    if not tells_remedies(found.kind, found.content):
        return ()
    authority = found.content["authority"]
    ways = (
        ("行政复议", authority["reconsideration_body"], "六十日", found.reconsideration_until),
        ("行政诉讼", authority["court"], "六个月", found.litigation_until),
    )
    return tuple(
        Remedy(title, body, period, until, (until - today).days if until else 0) for title, body, period, until in ways
    )


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
