"""What an opinion proposes besides its words: whom a ban is to bind, from which day, by which penalty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from xuke.foundation.calendar import spoken
from xuke.foundation.identifiers import resident_id
from xuke.licensing.commands.wording import Wording
from xuke.parties.queries_bans import Answerable, answerable
from xuke.proceedings.kinds import RESCISSION, REVOCATION
from xuke.proceedings.models import Proceeding

HEAD = "法定代表人"
MOST_PEOPLE = 20
Person = Mapping[str, Any]
"""name, duty; user_id of somebody who acts or acted for the enterprise, or number as their card has it."""


def people_of(proceeding: Proceeding, people: Sequence[Person], wording: Wording) -> list[dict[str, Any]]:
    """The persons a ban is to bind, known by account or by number where possible.

    Where the law names the legal representative without a choice, they are among them (Food Safety Law art. 135).
    """
    ban = proceeding.of_ground.ban_kind
    if ban is None or ban.closes != "applying":
        return []
    known = {each.user_id: each for each in answerable(proceeding.enterprise_id)}
    found = [person for row in people if (person := _person(row, known, wording))]
    if ban.binds_managers:
        found = _with_head(found, proceeding.head, known)
    chosen = list({_identity(person): person for person in reversed(found)}.values())[::-1]
    if len(chosen) > MOST_PEOPLE:
        wording.wrong("people", f"一件案件最多列{MOST_PEOPLE}人。")
    return chosen


def _identity(person: Person) -> tuple[Any, ...]:
    """Who somebody is: by account, by number, and by the name only where neither is known."""
    if person["user_id"]:
        return ("account", person["user_id"])
    return ("number", person["number"]) if person["number"] else ("name", person["name"])


def _with_head(found: list[dict[str, Any]], head: str, known: Mapping[int, Answerable]) -> list[dict[str, Any]]:
    """The head first: as listed, else by their account, else by the name, which proves nothing but asks who it is."""
    account = next((each.user_id for each in known.values() if is_head(each, head)), 0)
    listed = [each for each in found if each["name"] == head and _says_head(each, account)]
    first = {"name": head, "duty": HEAD, "user_id": account, "number": ""}
    if numbered := next((each for each in listed if each["number"]), None):
        first = {**numbered, "duty": HEAD}
    return [first, *(each for each in found if each not in listed)]


def is_head(each: Answerable, head: str) -> bool:
    """Whether somebody who acts or acted for an enterprise is its legal representative of this name."""
    return each.capacity == "legal_representative" and each.name == head


def _says_head(person: Person, account: int) -> bool:
    only_a_name = not person["number"] and not person["user_id"]
    return bool(person["duty"] == HEAD or only_a_name or (account and person["user_id"] == account))


def _person(row: Person, known: Mapping[int, Answerable], wording: Wording) -> dict[str, Any] | None:
    user_id = row.get("user_id")
    if user_id and user_id not in known:
        wording.wrong("people", "所选的人员没有代表过这家企业，请重新选择。")
        return None
    name = known[user_id].name if user_id else "".join(str(row.get("name", "")).split())
    number = str(row.get("number", "")).strip()
    if not name:
        return None
    if number and not user_id:
        found = resident_id.parse(number)
        for problem in found.errors:
            wording.wrong("people", f"{name}：{problem.message}")
        number = found.normal_form
    duty = wording.text("people", row.get("duty", ""), label="职责", most=40)
    return {"name": name, "duty": duty, "user_id": user_id or 0, "number": "" if user_id else number}


def effective_day(
    proceeding: Proceeding, asked: date | None, wording: Wording, *, penalty: str, today: date
) -> date | None:
    """The day from which a rescission or a penalty takes effect; None for "on the day of the decision".

    Nobody knows on the day of the proposal when it is decided: today, without a `penalty` of today, means that day.
    """
    licence = proceeding.licence
    if licence is None or proceeding.kind not in (RESCISSION, REVOCATION):
        return None
    if asked == today and licence.granted_on < today and not (proceeding.kind == REVOCATION and penalty.strip()):
        return None
    if asked is None:
        return licence.granted_on if proceeding.of_ground.from_the_beginning else None
    if proceeding.kind == REVOCATION and asked <= licence.granted_on:
        wording.wrong(
            "effective_on",
            f"吊销是处罚，只能从核发许可证（{spoken(licence.granted_on)}）以后作出的处罚决定起生效；"
            f"许可自始不该给的，按撤销办理（行政许可法第六十九条）。",
        )
    elif not licence.granted_on <= asked <= today:
        wording.wrong(
            "effective_on", f"生效日期应当在核发许可证的{spoken(licence.granted_on)}到今天之间；自始无效的填核发日期。"
        )
    return asked


def penalty_of(proceeding: Proceeding, penalty: str, day: date | None, wording: Wording, *, today: date) -> str:
    """The penalty decision of somebody else that a revocation carries out; empty where this decision is the penalty."""
    if proceeding.kind != REVOCATION:
        return ""
    penalty = wording.text("penalty", penalty, label="处罚决定书", most=200)
    if day is not None and day < today and not penalty:
        wording.wrong(
            "penalty", "从更早的日期起生效的，请填写那一天的处罚决定书：作出的机关和文号（食品安全法第一百三十五条）。"
        )
    if penalty and day is None:
        wording.wrong(
            "effective_on", "请填写这份处罚决定书作出的日期，禁止申请的期限从那一天起算（食品安全法第一百三十五条）。"
        )
    return penalty
