"""Which keys there are to say something about, and which of them the system cannot do without. Pure.

The rules that come with the release are the list: a key that they do not have is asked for by nobody, and would be a
rule without effect. What they mark as `shown_only` is told to people and asked for by no code; every other time limit,
switch and score rule needs an answer on every day to come.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from xuke.catalogue.rulebook import NATION, Edition, Period, RuleBook

SHIPPED = Path(__file__).parent / "data" / "rules"
CLOSED = ("time_limit", "switch", "score")
"""Topics whose keys are a closed list; the others are keyed by categories, or by whatever a province names."""


@cache
def known() -> Mapping[str, Mapping[str, bool]]:
    """The keys of the closed topics, each with whether it is needed: `known()["switch"]["food.reissue"]`."""
    found: dict[str, dict[str, bool]] = {topic: {} for topic in CLOSED}
    for file in sorted(SHIPPED.glob("*.json")):
        content = json.loads(file.read_text("utf-8"))
        if (topic := content["meta"]["topic"]) in found:
            found[topic].update({row["key"]: "shown_only" not in row for row in content["rows"]})
    return found


def why_not_known(topic: str, key: str) -> str:
    """The reason a key is nobody's, as a sentence; empty where it is asked for or shown."""
    if topic not in known() or key in known()[topic]:
        return ""
    return f"没有“{key}”这一项，写了也不会起作用{guess(key, known()[topic])}。"


def guess(word: str, words: Iterable[str]) -> str:
    """What somebody who misspelt a word may have meant, as the end of a sentence."""
    found = get_close_matches(word, list(words), n=1)
    return f"，是不是“{found[0]}”" if found else ""


def unanswered(book: RuleBook, wanted: Iterable[Edition], *, today: date) -> list[str]:
    """The needed keys for which files of the nation leave a day without an answer, as sentences with file and row.

    A file states for each key the whole timeline of its level. Days that are over may be left out.
    """
    wanted = tuple(each for each in wanted if each.level == NATION)
    other = RuleBook.of(wanted)
    reasons = []
    for topic, key in dict.fromkeys((each.topic, each.key) for each in wanted):
        if not known().get(topic, {}).get(key):
            continue
        shall = other.own_timeline(topic, key, division="")
        first = min(each.begins for each in (*book.own_timeline(topic, key, division=""), *shall))
        if gap := first_gap(shall, max(first, today)):
            last = max(
                (each for each in wanted if (each.topic, each.key) == (topic, key)), key=lambda one: one.valid_from
            )
            name = last.content.get("title", key)
            reasons.append(
                f"{last.said_in}“{name}”（{key}）自{gap}起没有规定了：系统每天都要用这一项，"
                "请接着写以后的规定，或者不写失效日期。"
            )
    return reasons


def first_gap(periods: Iterable[Period], start: date) -> date | None:
    """The first day from `start` on for which a timeline says nothing; None where it always says something."""
    day = start
    for period in periods:
        if period.ends is not None and period.ends < day:
            continue
        if period.begins > day or period.edition is None:
            return day
        if period.ends is None or period.ends == date.max:
            return None
        day = period.ends + timedelta(days=1)
    return day
