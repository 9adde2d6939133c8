"""How notices write days and laws, and how a page shows them. `{% load wording %}` at the top of a template."""

from __future__ import annotations

import re
from datetime import date

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from xuke.foundation.calendar import spoken
from xuke.web.laws import cited

register = template.Library()

_ARTICLES = re.compile(r"(?P<title>[^（第]+)(?P<edition>（[^）]*）)?(?P<articles>第.+)")
_OF_THE_CONGRESS = re.compile(r".+(?<!办)法(实施条例)?")


@register.filter
def on_day(value: str | date | None) -> SafeString:
    """2026-11-21 as 2026年11月21日, with the machine's form beside it; nothing where there is no day."""
    if not value:
        return SafeString()
    found = value if isinstance(value, date) else date.fromisoformat(value[:10])
    return format_html('<time datetime="{}">{}</time>', found.isoformat(), spoken(found))


@register.filter
def laws(basis: str | None) -> str:
    """A basis as notices cite it: 行政许可法第三十二条 becomes 《中华人民共和国行政许可法》第三十二条."""
    basis = basis or "有关法律、法规、规章"
    return "、".join(_cited(part.strip()) for part in basis.split("；") if part.strip())


_TAG = re.compile(r"(<[^>]*>)")


@register.filter
def with_laws(words: SafeString, on: date) -> SafeString:
    """The words of a notice for a page: every article they cite is a link to what it says and said on that day.

    The words themselves stay as they were served, and are what is set on paper.
    """
    pieces = _TAG.split(words)
    # Only the texts between two elements; they are safe, and a link takes nothing from them.
    pieces[::2] = [_linked(text, on) if "第" in text else text for text in pieces[::2]]
    return SafeString("".join(pieces))


def _linked(text: str, on: date) -> str:
    found, at = "", 0
    for each in cited(text, on):
        found += f'{text[at : each.start]}<a href="{each.url}">{text[each.start : each.end]}</a>'
        at = each.end
    return found + text[at:]


def _cited(part: str) -> str:
    found = _ARTICLES.fullmatch(part)
    if found is None:
        return part
    title = found["title"]
    state = "中华人民共和国" if _OF_THE_CONGRESS.fullmatch(title) else ""
    return f"《{state}{title}》{found['edition'] or ''}{found['articles']}"
