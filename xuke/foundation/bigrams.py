"""Pairs of neighbouring characters: what Chinese text is found by, where there are no spaces to cut words at.

A text contains a question only if it has all of the question's pairs; whoever finds rows by pairs looks once more with
`plain`, because having the pairs is not yet having them side by side. Measured against whole words (jieba) and triples
(pg_trgm): pairs miss nothing, and words of two characters, which most brands are, stay fast.
"""

from __future__ import annotations

import itertools
import unicodedata

_BRACKETS = str.maketrans("【〖〔［〈《「『】〗〕］〉》」』[]{}", "(((((((())))))))()()")
_UNSEEN = ("C", "Z")
"""General categories that leave no ink: control, format, surrogate, private and unassigned characters; all spaces."""


def plain(text: str) -> str:
    """The text as it is compared: one width (NFKC), one case, round brackets, no spaces and nothing invisible.

    Cutting characters out can bring others together that compose, so it is repeated until nothing changes.
    """
    while (further := _once(text)) != text:
        text = further
    return text


def _once(text: str) -> str:
    one_width = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    seen = (each for each in one_width if unicodedata.category(each)[0] not in _UNSEEN)
    return "".join(seen).translate(_BRACKETS)


def bigrams(text: str) -> tuple[str, ...]:
    """The pairs of neighbours in the plain text, each once, in the order in which they appear.

    A text of one character has that character alone, so that a name of one character can be found by it; an empty one
    has nothing.
    """
    shown = plain(text)
    if len(shown) == 1:
        return (shown,)
    return tuple(dict.fromkeys(left + right for left, right in itertools.pairwise(shown)))
