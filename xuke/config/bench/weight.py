"""How heavy a first visit is: a page with everything it loads, in bytes as they travel."""

from __future__ import annotations

import http.client
import re
from dataclasses import dataclass, field
from urllib.parse import urljoin

from xuke.config.bench.asking import Visitor
from xuke.config.bench.measure import Figure
from xuke.config.bench.million.places import LOOKING
from xuke.config.bench.running import await_port, free_port, running
from xuke.publication.models import PublishedLicence

TARGET_KB = 250.0
HEADERS = {"Accept": "text/html", "Accept-Encoding": "br, gzip"}
_LOADED = re.compile(
    r"""<(?:link[^>]*rel="(?:stylesheet|icon|preload|manifest)"[^>]*href|script[^>]*\ssrc|img[^>]*\ssrc|use[^>]*href)"""
    r"""="([^"#]+)[^"]*\"""",
)
_IN_STYLES = re.compile(r"""url\(["']?([^"')#]+)""")


@dataclass
class Visit:
    """One page and its parts."""

    page: int = 0
    parts: dict[str, int] = field(default_factory=dict)

    @property
    def kilobytes(self) -> float:
        return (self.page + sum(self.parts.values())) / 1000


def page_weight() -> Figure:
    """The heaviest of the pages people begin with."""
    number = PublishedLicence.objects.using("public").order_by("number").values_list("number", flat=True)[0]
    public = {
        "home": "/",
        "search": "/licences/?q=%E9%A3%9F%E5%93%81",
        "licence": f"/licences/{number}/",
        "verification": f"/verify/?q={number}",
        "progress": "/progress/",
        "announcements": "/announcements/",
        "openness": "/openness/",
    }
    office = {"inbox": "/office/", "list": "/office/all/"}
    cookie = Visitor(LOOKING["county"]).cookie
    port = free_port()
    with running("serve", "--port", str(port), "--workers", "1") as server:
        await_port(port)
        assert server.pid
        visits = {name: _visit(port, path, "") for name, path in public.items()}
        visits |= {name: _visit(port, path, cookie) for name, path in office.items()}
    heaviest = max(visits.values(), key=lambda visit: visit.kilobytes)
    return Figure(
        "page_weight",
        round(heaviest.kilobytes, 1),
        "kB of the heaviest first visit, compressed",
        TARGET_KB,
        heaviest.kilobytes <= TARGET_KB,
        {
            "pages": {name: round(visit.kilobytes, 1) for name, visit in visits.items()},
            "html": {name: round(visit.page / 1000, 1) for name, visit in visits.items()},
            "parts_of_heaviest": {name: round(size / 1000, 1) for name, size in heaviest.parts.items()},
        },
    )


def _visit(port: int, path: str, cookie: str) -> Visit:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = HEADERS | ({"Cookie": cookie} if cookie else {})
    visit = Visit()
    visit.page, _ = _got(connection, path, headers)
    _, plain = _got(connection, path, headers | {"Accept-Encoding": "identity"})
    waiting = [urljoin(path, found) for found in parts_in(plain.decode())]
    for part in waiting:
        if part in visit.parts:
            continue
        visit.parts[part], _ = _got(connection, part, headers)
        if part.partition("?")[0].endswith(".css"):
            _, styles = _got(connection, part, headers | {"Accept-Encoding": "identity"})
            waiting += [urljoin(part, found) for found in _IN_STYLES.findall(styles.decode()) if "data:" not in found]
    return visit


def parts_in(page: str) -> list[str]:
    """What a browser loads with a page."""
    return _LOADED.findall(page)


def _got(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """The size of an answer as it travels, and the answer."""
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path}：{answer.status}，指标无效。")
    return len(content), content
