"""The words that somebody looked for, marked in a name. Pure but for the mark-up."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString

from xuke.foundation.bigrams import plain


def marked(name: str, words: Sequence[str]) -> SafeString:
    """A name with `<mark>` around every place where a word stands, however it was typed: full width, capitals."""
    if not words:
        return escape(name)
    compared, places = [], []
    for place, character in enumerate(name):
        for each in plain(character):
            compared.append(each)
            places.append(place)
    text = "".join(compared)
    lit = [False] * len(name)
    for word in words:
        at = text.find(word)
        while at >= 0:
            for place in places[at : at + len(word)]:
                lit[place] = True
            at = text.find(word, at + len(word))
    return SafeString("".join(_pieces(name, lit)))


def _pieces(name: str, lit: Sequence[bool]) -> list[str]:
    pieces, begin = [], 0
    for place in range(1, len(name) + 1):
        if place == len(name) or lit[place] != lit[begin]:
            piece = escape(name[begin:place])
            pieces.append(f"<mark>{piece}</mark>" if lit[begin] else str(piece))
            begin = place
    return pieces
