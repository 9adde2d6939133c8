"""The words a template has beyond Django's own: icons, identifiers, dates, articles, badges, clocks, fields.

Filters for dates take today as their argument (`{{ visit.on|day:today }}`), because filters do not see the context; the
tag `{% when value %}` finds it there by itself and adds the machine value. Nothing here reads the clock.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django import forms, template
from django.contrib.staticfiles import finders
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from xuke.foundation.clock import ClockReading, Light
from xuke.web import formats, laws
from xuke.web import frame as frames
from xuke.web.icons import ICONS, UnknownIcon, drawing

register = template.Library()
_log = logging.getLogger(__name__)


@register.simple_tag
def icon(name: str, tone: str = "") -> SafeString:
    """`{% icon "clock" %}`, `{% icon "lock" "red" %}`: the drawing itself, hidden from screen readers."""
    markup = _drawn(name)
    if tone:
        markup = markup.replace('class="xk-i"', f'class="xk-i xk-{tone}"', 1)
    return SafeString(markup)


@cache
def _drawn(name: str) -> str:
    """The markup of an icon, looked up once a process."""
    if name not in ICONS:
        raise UnknownIcon(f"{name!r} is not in xuke.web.icons.ICONS")
    source = finders.find(f"vendor/icons/outline/{name}.svg")
    if not isinstance(source, str):
        _log.warning("The icons are not laid out; run the set-up (%s)", name)
        return ""
    return drawing(Path(source))


@register.simple_tag
def identifier(value: str, kind: str = "") -> SafeString:
    """`{% identifier licence.number "sc" %}`: grouped by meaning; the gaps are margins, a copy has no spaces."""
    spans = format_html_join("", "<span>{}</span>", ((group,) for group in formats.groups(str(value), kind)))
    return format_html('<span class="xk-id">{}</span>', spans)


@register.simple_tag(takes_context=True)
def when(context: Context, value: date | datetime | None, words: str = "") -> SafeString | str:
    """`{% when entry.at %}`: a day or a moment in words, within `<time>` that carries the machine value."""
    if value is None:
        return ""
    today = _today(context)
    text = formats.moment(value, today) if isinstance(value, datetime) else formats.day(value, today)
    machine = value.astimezone(formats.SHANGHAI) if isinstance(value, datetime) and value.tzinfo else value
    return format_html('<time datetime="{}">{}</time>', machine.isoformat(), words or text)


def _today(context: Context) -> date | None:
    given = context.get("today")
    return given if isinstance(given, date) else frames.today(context.get("request"))


@register.filter
def day(value: date | datetime | None, today: date | None = None) -> str:
    """2026年11月21日; `|day:today` leaves the present year away."""
    return formats.day(value, today or None) if value else ""


@register.filter
def full_day(value: date | datetime | None) -> str:
    """2026年11月21日, always with its year."""
    return formats.day(value) if value else ""


@register.filter
def moment(value: datetime | None, today: date | None = None) -> str:
    """10月16日 10:24 with `|moment:today`."""
    return formats.moment(value, today or None) if value else ""


@register.filter
def weekday(value: date | datetime | None) -> str:
    """星期二."""
    return formats.weekday(value) if value else ""


@register.filter
def file_size(value: int | None) -> str:
    """2.4 MB."""
    return formats.file_size(value) if value is not None else ""


@register.filter
def number(value: float | None) -> str:
    """8,214."""
    return formats.number(value) if value is not None else ""


@register.filter
def wan(value: int | None) -> str:
    """12.3万 from a hundred thousand on."""
    return formats.wan(value) if value is not None else ""


@register.simple_block_tag(takes_context=True)
def law(context: Context, content: str, title: str, summary: str = "依据", end: bool = False) -> SafeString:
    """`{% law "行政许可法第三十二条" %}…{% endlaw %}`: what something rests on, opened by click or key.

    Articles that the library keeps are links to their pages; where nothing is said between the tags, it says what they
    say, and always what still waits to be checked (待核实) or is no longer in force.
    """
    found = laws.cited(title, _today(context))
    return format_html(
        '<details class="xk-law{}"><summary>{}</summary><div><b>{}</b>{}</div></details>',
        " end" if end else "",
        summary,
        _linked(title, found),
        format_html_join("", "<br>{}", ((part,) for part in (_said(content, found), *_warnings(found)) if part)),
    )


@register.simple_tag(takes_context=True)
def basis(context: Context, text: str) -> SafeString:
    """`{% basis limit.basis %}`: a basis on a line of its own, its articles as links."""
    found = laws.cited(text, _today(context))
    return format_html(
        "{}{}", _linked(text, found), format_html_join("", " {}", ((each,) for each in _warnings(found)))
    )


def _linked(text: str, found: Iterable[laws.Cited]) -> SafeString:
    pieces, at = SafeString(""), 0
    for each in found:
        link = format_html('<a href="{}">{}</a>', each.url, text[each.start : each.end])
        pieces, at = format_html("{}{}{}", pieces, text[at : each.start], link), each.end
    return format_html("{}{}", pieces, text[at:])


def _said(content: str, found: Iterable[laws.Cited]) -> str:
    """Our words about it: the page's own, else those of the library."""
    if content.strip():
        return content
    return format_html_join("", "<span>{}：{}</span> ", ((each.title, each.summary) for each in found if each.summary))


def _warnings(found: Iterable[laws.Cited]) -> Iterator[SafeString]:
    cited = tuple(found)
    if any(each.is_uncertain for each in cited):
        yield badge("待核实", "warn")
    if any(each.is_past for each in cited):
        yield badge("不是现行规定", "off")


@register.simple_tag
def badge(state: Any, tone: str = "") -> SafeString:
    """`{% badge application.status %}` with a `title` and a `tone`, or `{% badge "免交" "ok" %}`."""
    title, shade = getattr(state, "title", None), getattr(state, "tone", "")
    if title is None or callable(title):  # A string has a method of that name.
        title, shade = state, ""
    return format_html('<span class="{}">{}</span>', f"xk-badge {tone or shade}".strip(), title)


@register.simple_tag
def clock_chip(reading: ClockReading, form: str = "chip", big: bool = False) -> SafeString:
    """`{% clock_chip reading %}` beside a title, `{% clock_chip reading "short" %}` in a list: pie, light and words."""
    words = reading.short if form == "short" else reading.chip
    look = " ".join(filter(None, ("xk-clock", reading.light.tone, "big" if big else "")))
    used = 0 if reading.light is Light.PAUSED else round(reading.share * 100)
    return format_html('<span class="{}" style="--used:{}%">{}</span>', look, used, words)


@register.simple_tag
def meter(share: float, label: str, tone: str = "") -> SafeString:
    """`{% meter 0.889 "得分率88.9%" "ok" %}`: a bar with its value in words for screen readers."""
    look = f"xk-meter {tone}".strip()
    used = round(min(max(share, 0), 1) * 100, 1)
    bar = '<div class="{}" role="img" aria-label="{}"><i style="--used:{}%"></i></div>'
    return format_html(bar, look, label, used)


@register.simple_tag(takes_context=True, name="frame")
def frame_of(context: Context) -> frames.Frame:
    """`{% frame as frame %}`: what the frame shows that does not depend on the page."""
    return frames.of(context.get("request"))


@dataclass(frozen=True)
class _Line:
    """One line of an error summary."""

    text: str
    anchor: str = ""


@register.inclusion_tag("web/_errors.html")
def errors(*sources: Any, then: str = "改好后再提交") -> Mapping[str, Any]:
    """`{% errors form %}`, `{% errors form formset %}`, `{% errors refused.problems %}`: what has to be changed."""
    return {"lines": [line for source in sources if source for line in _lines(source)], "then": then}


def _lines(source: Any) -> Iterator[_Line]:
    """The lines of a form, a formset or a sequence of `Problem`."""
    if isinstance(source, forms.BaseForm):
        yield from (_Line(str(message)) for message in source.non_field_errors())
        for bound in source:
            label = "" if bound.is_hidden else f"{bound.label}："
            yield from (_Line(f"{label}{message}", bound.id_for_label or bound.auto_id) for message in bound.errors)
    elif isinstance(source, forms.BaseFormSet):
        yield from (_Line(str(message)) for message in source.non_form_errors())
        for form in source:
            yield from _lines(form)
    else:
        yield from (_Line(item.message, f"id_{item.field}" if item.field else "") for item in source)


@register.inclusion_tag("web/_field.html")
def field(
    bound: BoundField, basis: str = "", basis_text: str = "", wide: bool = True, **attributes: Any
) -> Mapping[str, Any]:
    """`{% field form.name %}`: label, hint, control, error. `basis` names the article that asks for it.

    Further arguments become attributes of the control: `{% field form.name rows=4 autocomplete="name" %}`.
    """
    widget = bound.field.widget
    several = isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    attributes = {name.replace("_", "-"): value for name, value in attributes.items()}
    return {
        "field": bound,
        "basis": basis,
        "basis_text": basis_text,
        "optional": not bound.field.required and not isinstance(widget, forms.CheckboxInput),
        "several": several,
        "single_tick": isinstance(widget, forms.CheckboxInput),
        "control": "" if several else bound.as_widget(attrs={"class": _look(widget, wide), **attributes}),
        "described_by": " ".join(
            part
            for part in (
                f"{bound.auto_id}_helptext" if bound.help_text else "",
                f"{bound.auto_id}_error" if bound.errors else "",
            )
            if part
        ),
    }


def _look(widget: forms.Widget, wide: bool) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    look = "form-select" if isinstance(widget, forms.Select) else "form-control"
    own = str(widget.attrs.get("class", ""))
    return " ".join(part for part in (look, "" if wide else "w-auto", own) if part)
