"""The enterprise's licences and the certificates to download."""

from __future__ import annotations

from django.http import FileResponse, HttpResponse

from xuke.certificates import queries
from xuke.certificates.holding import holdings
from xuke.foundation import files
from xuke.foundation.refusals import Conflict
from xuke.parties.doors import ApplicantRequest, applicant_view
from xuke.web.pages import download, page


@applicant_view
def licences(request: ApplicantRequest) -> HttpResponse:
    """All licences of the enterprise, each with its current certificate."""
    context = {"holdings": holdings(request.actor, today=request.today), "today": request.today}
    return page(request, "certificates/applicant/licences.html", context)


@applicant_view
def certificate(request: ApplicantRequest, number: str, version: int) -> FileResponse:
    """The sealed certificate of one version, to download."""
    found = queries.version_of(request.actor, number, version)
    if found.file is None:
        raise NotMadeYet()
    name = f"食品生产许可证{found.licence.number}第{found.version}版.pdf"
    return download(files.path_of(found.file.digest), name, found.file.media_type)


class NotMadeYet(Conflict):
    """电子证书正在制作，通常几秒钟就好。请稍后再下载。"""
