"""行政区划代码 (GB/T 2260): two digits each for province, prefecture and county."""

from __future__ import annotations

from xuke.foundation.identifiers.gazetteer import above
from xuke.foundation.identifiers.places import place
from xuke.foundation.identifiers.result import Identification, Kind, conclude
from xuke.foundation.identifiers.text import DIGITS, stray, tidy, wrong_length


def parse(value: str) -> Identification:
    """Read a division code. Unknown and historical codes are warnings: real numbers carry both."""
    text = tidy(value)
    shape = stray(text, DIGITS) or wrong_length(text, 6, what="行政区划代码")
    if shape:
        return conclude(Kind.DIVISION, value, text, shape)
    where = place(text)
    level = ("province", "prefecture", "county")[len(above(text))]
    fields = {"level": level, "name": where.name, "full_name": where.full_name, "province": f"{text[:2]}0000"}
    return conclude(Kind.DIVISION, value, text, where.problems, fields)
