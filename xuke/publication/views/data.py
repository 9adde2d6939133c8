"""Open data (数据开放): what there is and how to take it home; what machines that read pages want to know."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from xuke.foundation.refusals import NotFound
from xuke.knowledge import library
from xuke.licensing.procedures import PROCEDURES
from xuke.publication import openness, sitemaps
from xuke.publication.projection import whole
from xuke.publication.views.shared import absolute, for_everybody, place_in
from xuke.web import formats
from xuke.web.access import public_view
from xuke.web.limits import Place, Places
from xuke.web.middleware import outside_the_door
from xuke.web.pages import page

PAGES = ("home", "licences", "verify", "progress", "announcements", "openness", "guides", "laws", "data", "api")
_ROBOTS = """User-agent: *
Disallow: /office/
Disallow: /my/
Disallow: /account/
Disallow: /login/
Disallow: /register/
Disallow: /notices/
Disallow: /find/
Disallow: /progress/?
Disallow: /licences/?
Disallow: /verify/?
Disallow: /laws/?
Disallow: /V/
Sitemap: {sitemap}
"""
"""Pages of persons are closed anyway; answers to questions are not worth asking for by the million."""
AT_ONCE = 32
"""Downloads of the whole register that leave one process at the same time; two of each client. They hold a file open,
and a thread only while a piece is read."""
_places = Places(most=AT_ONCE, each=2)


class _Whole(FileResponse):
    """The file, in pieces that are worth a thread's while, from a place that is free again when it has left."""

    block_size = 262_144

    def __init__(self, stream: BinaryIO, place: Place) -> None:
        self._place = place
        super().__init__(stream, as_attachment=True, filename=whole.FILE, content_type="application/gzip")

    def close(self) -> None:
        super().close()
        self._place.close()


@public_view
@outside_the_door
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """What there is: files, feeds, interface, keys; how often it is renewed, and what one may do with it."""
    row = openness.figures(whole.NAME).get(whole.NAME)
    size = formats.file_size(row.value["bytes"]) if row else ""
    context = {"whole": row, "size": size, "columns": whole.COLUMNS, "address": settings.XUKE_ADDRESS}
    return for_everybody(request, page(request, "publication/data.html", context))


@public_view
@outside_the_door
@require_safe
def whole_register(request: HttpRequest) -> FileResponse:
    """The whole register, as it was written last, streamed from its file."""
    place = place_in(_places, request)
    source = whole.place(Path(settings.XUKE_HOME))
    try:
        stream = source.open("rb")
    except FileNotFoundError:
        raise NotFound("整库文件还没有做出来，后台作业每天做一次，请稍后再来。") from None
    response = _Whole(stream, place)
    response["Cache-Control"] = "public, max-age=3600"
    return response


@public_view
@outside_the_door
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What machines may read."""
    text = _ROBOTS.format(sitemap=absolute(reverse("sitemap")))
    return for_everybody(request, HttpResponse(text, content_type="text/plain; charset=utf-8"))


@public_view
@outside_the_door
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The index of sitemaps."""
    urls = [absolute(reverse("sitemap-pages"))]
    urls += [absolute(reverse("sitemap-part", args=[part])) for part in sitemaps.parts()]
    return _xml(request, "".join(sitemaps.index(urls)))


@public_view
@outside_the_door
@require_safe
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    """The pages that are always there."""
    places = [*map(reverse, PAGES), *(reverse("guide", args=[each.code]) for each in PROCEDURES)]
    places += [reverse("law", args=[each.slug]) for each in library.laws()]
    return _xml(request, "".join(sitemaps.urlset((absolute(place), None) for place in places)))


@public_view
@outside_the_door
@require_safe
def sitemap_part(request: HttpRequest, part: int) -> HttpResponse:
    """Some thousand licences at most."""
    found = sitemaps.licences(part)
    if not found:
        raise NotFound("没有这一份站点地图。")
    before, after = absolute(reverse("licence", args=["-"])).split("-/")
    entries = ((f"{before}{number}/{after}", changed_at) for number, changed_at in found)
    return _xml(request, "".join(sitemaps.urlset(entries)), seconds=10)


def _xml(request: HttpRequest, text: str, *, seconds: int = 5) -> HttpResponse:
    response = HttpResponse(text, content_type="application/xml; charset=utf-8")
    return for_everybody(request, response, seconds=seconds)
