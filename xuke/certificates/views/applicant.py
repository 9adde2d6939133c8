"""The certificates of the enterprise, to download."""

from __future__ import annotations

from django.http import FileResponse

from xuke.certificates import queries
from xuke.foundation import files
from xuke.foundation.refusals import Conflict
from xuke.parties.doors import ApplicantRequest, applicant_view
from xuke.web.pages import download


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
