"""The icons of the product: drawn into the page as it is rendered, so a page needs no request and no script for them.

An icon always stands beside a word and is hidden from screen readers. To use a new one, add its name here; the set-up
copies exactly these from `@tabler/icons`.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

ICONS: tuple[str, ...] = (
    "address-book",
    "alert-triangle",
    "arrow-back-up",
    "arrow-left",
    "arrow-right",
    "bell",
    "books",
    "building",
    "building-factory",
    "building-store",
    "calendar-check",
    "camera",
    "certificate",
    "chart-bar",
    "check",
    "checklist",
    "chevron-right",
    "circle-check",
    "circle-minus",
    "circle-x",
    "clipboard-check",
    "clipboard-list",
    "clock",
    "cloud-check",
    "cloud-off",
    "copy",
    "download",
    "edit",
    "external-link",
    "eye",
    "eye-off",
    "file-certificate",
    "file-check",
    "file-text",
    "file-x",
    "filter",
    "flag",
    "folder",
    "gavel",
    "help",
    "history",
    "home",
    "id",
    "inbox",
    "info-circle",
    "keyboard",
    "list-check",
    "list-details",
    "lock",
    "login",
    "logout",
    "map-pin",
    "message",
    "paperclip",
    "phone",
    "photo",
    "player-pause",
    "player-play",
    "plus",
    "printer",
    "progress",
    "qrcode",
    "refresh",
    "route",
    "rss",
    "rubber-stamp",
    "scale",
    "search",
    "send",
    "settings",
    "shield-check",
    "shield-lock",
    "shield-question",
    "shield-x",
    "signature",
    "tools-kitchen-2",
    "trash",
    "typography",
    "upload",
    "user",
    "user-check",
    "users",
    "users-group",
    "wifi-off",
    "x",
)

_BODY = re.compile(r"<svg[^>]*>(?P<body>.*)</svg>", re.DOTALL)
_CANVAS = re.compile(r'<path stroke="none" d="M0 0h24v24H0z"[^>]*/>')


class UnknownIcon(LookupError):
    """The name is not in `ICONS`."""


@cache
def drawing(source: Path) -> str:
    """The SVG of an icon as it goes into a page: without its invisible canvas, sized and coloured by the style."""
    found = _BODY.search(source.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{source} is not an SVG icon")
    body = " ".join(_CANVAS.sub("", found["body"]).split()).replace(" />", "/>").replace("> <", "><")
    return f'<svg class="xk-i" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{body}</svg>'
