"""A notice in words and on paper. The words are a dated template of simple HTML; the paper is set from those words."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from xuke.documents.blocks import Block, blocks_of
from xuke.documents.fonts import missing_characters
from xuke.documents.kinds import kind as kind_of
from xuke.documents.kinds import tells_remedies
from xuke.documents.models import Notice
from xuke.documents.service import ELECTRONIC
from xuke.documents.workshop import Workshop

LAYOUT = "/documents/typst/notice.typ"
STAND_IN = "〓"
"""What printers set for a character they have no type for (缺字符号)."""


def words(notice: Notice) -> SafeString:
    """The words of a notice as simple HTML. They depend on nothing but the notice, so they stay as they were served."""
    facts = {
        "notice": notice,
        "content": notice.content,
        # An authority that was silent too long accepts from the day of receipt (Administrative Permit Law art. 32(4)).
        "is_deemed": notice.content.get("accepted_on", "9999") < notice.issued_on.isoformat(),
        "tells_remedies": tells_remedies(notice.kind, notice.content),
        # What was served later, or by another channel, cannot have said on which day. Old notices say nothing: at once.
        "is_served_at_once": notice.content.get("service", ELECTRONIC) == ELECTRONIC,
    }
    return render_to_string(f"documents/words/{notice.template}.html", facts)


def render(notice: Notice, tools: Workshop) -> bytes:
    """The sealed and signed PDF. It reads no clock, so making it again gives the same bytes.

    What the applicant made is set without letterhead, seal and signature of the authority: it names the electronic
    signature of the applicant, which is checked by the digest printed there (Electronic Signature Law art. 13).
    """
    authority, kind = notice.content["authority"]["name"], kind_of(notice.kind)
    data = {
        "authority": authority,
        "number": notice.number,
        "title": notice.title,
        "recipient": "" if kind.is_record else notice.recipient,
        "signer": notice.content["applicant"] if kind.by_applicant else "",
        "issued_on": notice.issued_on.isoformat(),
        "demo": settings.XUKE_DEMO,
        "blocks": blocks_of(words(notice)),
    }
    pdf = tools.typesetter.typeset(LAYOUT, _printable(data, tools), at=notice.issued_at)
    if kind.by_applicant:
        return pdf
    return tools.seal(pdf, authority=authority, at=notice.issued_at, reason=f"签发{notice.title}")


def _printable(data: dict[str, Any], tools: Workshop) -> dict[str, Any]:
    """The data with a stand-in for every character that no font has, and a note that names them.

    A notice was served when it was issued; one strange character in somebody's sentence must not keep it from being a
    file. The page shows the character itself.
    """
    found: dict[str, None] = {}

    def set_text(text: str) -> str:
        text = "".join(character for character in text if unicodedata.category(character) not in {"Cf", "Cc"})
        for character in missing_characters(text, font_dir=tools.typesetter.font_dir):
            found[character] = None
            text = text.replace(character, STAND_IN)
        return text

    printed: dict[str, Any] = _each_text(data, set_text)
    if found:
        printed["blocks"].append(_note(tuple(found)))
    return printed


def _each_text(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _each_text(item, change) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(item, change) for item in value]
    return value


def _note(characters: tuple[str, ...]) -> Block:
    codes = "、".join(f"U+{ord(character):04X}" for character in characters)
    sentence = f"注：“{STAND_IN}”处是字库没有的字（{codes}），原字见许可平台上的网页。"
    return {"kind": "paragraph", "text": [(sentence, False)]}
