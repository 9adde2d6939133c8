"""What every verb of the register does the same way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.refusals import Conflict, Invalid, NotFound, Problem
from xuke.verifiers import permissions
from xuke.verifiers.models import Verifier
from xuke.verifiers.rules import LEVELS, QUALIFICATIONS, WITHDRAWN
from xuke.verifiers.specialities import names

MOST_TEXT = 200


def lock(verifier: Verifier, *, by: Actor) -> Verifier:
    """The newest row, locked, if this actor keeps it and it is still in the register."""
    permissions.demand(permissions.why_not_keep(by, verifier.authority_path))
    found = Verifier.objects.select_for_update(no_key=True, of=("self",)).filter(pk=verifier.pk).first()
    if found is None:
        raise NotFound("名册里没有这个人员。")
    if found.status == WITHDRAWN:
        raise Conflict(f"{found.name}已经退出名册。需要重新核查的，请重新登记。")
    return found


def finish(verifier: Verifier, verb: str, *fields: str, by: Actor, now: datetime, **facts: Any) -> Verifier:
    """Advance the revision, save `fields`, write the journal. Empty facts are left out."""
    verifier.revision += 1
    verifier.save(update_fields=["revision", *fields])
    told = {name: fact for name, fact in facts.items() if fact not in ("", None)}
    journal.record(f"verifier.{verb}", subject=verifier, by=by, at=now, **told)
    return verifier


class Words:
    """The texts and days of one command, and everything that is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def text(self, name: str, text: object, *, label: str, missing: str = "", most: int = MOST_TEXT) -> str:
        """A text in one line. `missing` is the sentence for an empty one; without it, it may be."""
        clean = " ".join(str(text).split())
        if not clean and missing:
            self.wrong(name, missing)
        elif len(clean) > most:
            self.wrong(name, f"{label}最多{most}个字，现在有{len(clean)}个字。")
        return clean

    def term(self, begins: date | None, ends: date | None) -> None:
        """The days of a credential, in their order."""
        if begins and ends and ends < begins:
            self.wrong("valid_to", "有效期的最后一天不能早于第一天。")

    def categories(self, codes: Iterable[str] | None) -> list[str] | None:
        """Three-digit categories of the catalogue, in their order; None where nothing is said."""
        if codes is None:
            return None
        known = names()
        wanted = list(dict.fromkeys(codes))
        if strange := [code for code in wanted if code not in known]:
            self.wrong("specialities", f"没有食品类别{'、'.join(strange)}，请从名录中选择。")
        if not wanted:
            self.wrong("specialities", "请至少选择一个专业类别。")
        return sorted(wanted)

    def one_of(self, name: str, value: str, choices: Iterable[str], *, label: str) -> str:
        """One of a closed set."""
        if value not in choices:
            self.wrong(name, f"请选择{label}。")
        return value

    def wrong(self, name: str, sentence: str) -> None:
        """Note something that is wrong with a field."""
        self.problems.append(Problem(name, sentence))

    def demand(self) -> None:
        """Raise `Invalid` with everything that was found."""
        if self.problems:
            raise Invalid(*self.problems)


QUALIFICATION_CHOICES, LEVEL_CHOICES = tuple(QUALIFICATIONS), tuple(LEVELS)
