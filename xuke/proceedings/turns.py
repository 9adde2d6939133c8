"""Whose turn it is in a proceeding: asked of one case, and counted over all cases of an authority in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from xuke.accounts.officers import Officer, Role
from xuke.licensing.queries import Beside
from xuke.proceedings import permissions, rules
from xuke.proceedings.models import Proceeding
from xuke.proceedings.workflow import LIFE

TURNS = {
    "opened": "等您调查、告知",
    "said": "企业已经陈述申辩，等您复核",
    "over": "陈述申辩期限已满，等您继续办理",
    "hearing_requested": "企业要求听证，等您安排",
    "hearing_set": "听证由您主持",
    "heard": "等您提出处理意见",
    "proposed": "等您决定",
    "decided": "等您办理注销手续",
}
"""What waits, by the name under which it is counted."""
_AWAITED = {
    "opened": ("notify", "propose"),
    "notified": ("close_statements",),
    "hearing_requested": ("set_hearing",),
    "hearing_set": ("record_hearing",),
    "heard": ("propose",),
    "proposed": ("decide", "cancel"),
    "decided": ("close_record",),
}
"""The steps that somebody waits for in a state. Nobody waits for a case to be sent back, dropped, or heard later."""
_BESIDE = "proceedings."


@dataclass(frozen=True)
class Turn:
    """What waits for an officer in one case."""

    name: str

    @property
    def words(self) -> str:
        """For the officer it waits for."""
        return TURNS[self.name]


def of(officer: Officer, proceeding: Proceeding, *, today: date) -> Turn | None:
    """What waits for this officer in this case; None where it waits for somebody else, or for a day."""
    name = _what_waits(proceeding, today)
    steps = (LIFE.find(verb, proceeding.state) for verb in _AWAITED.get(proceeding.state, ()))
    is_theirs = any(step and not permissions.why_not_this_person(officer, step, proceeding) for step in steps)
    return Turn(name) if name and is_theirs else None


def _what_waits(proceeding: Proceeding, today: date) -> str:
    """What waits in a case, whoever it waits for."""
    if proceeding.state == "notified":
        if not rules.everybody_was_heard(permissions.facts_of(proceeding, today)):
            return "over"
        return "said" if proceeding.statements else ""
    if proceeding.state == "decided":
        licence = proceeding.licence
        return "decided" if licence is not None and licence.cancelled_on is None else ""
    return proceeding.state if proceeding.state in TURNS else ""


_INVESTIGATING = ["opened", "notified", "hearing_requested", "heard", "decided"]
_IS_OVER = (
    "(waived_at IS NOT NULL OR told_on IS NOT NULL AND greatest(answer_by, hearing_by, told_on) < %(case_today)s)"
)
_COUNTED = f"""
SELECT '{_BESIDE}' || waits, count(*) FROM (
    SELECT CASE WHEN one.state <> 'notified' THEN one.state WHEN {_IS_OVER} THEN 'over' ELSE 'said' END AS waits
    FROM proceedings_proceeding AS one
    WHERE one.authority_path = %(case_place)s AND one.authority_id = %(case_authority)s AND (
        one.state = 'hearing_set' AND one.chair_id = %(case_me)s
        OR one.state = 'proposed' AND %(case_decides)s AND NOT %(case_me)s = ANY (one.kept_away)
            AND NOT %(case_me)s = ANY (one.investigated_by) AND one.investigator_id IS DISTINCT FROM %(case_me)s
        OR one.state = ANY (%(case_states)s) AND %(case_investigates)s AND NOT %(case_me)s = ANY (one.kept_away)
            AND (one.investigator_id IS NULL OR one.investigator_id = ANY (one.kept_away || %(case_hands)s::bigint[]))
            AND NOT %(case_me)s = ANY (one.considered_by) AND one.decided_by_id IS DISTINCT FROM %(case_me)s
            AND one.chair_id IS DISTINCT FROM %(case_me)s
            AND (one.state <> 'notified' OR one.statements <> '[]' OR {_IS_OVER})
            AND (one.state <> 'decided' OR EXISTS (SELECT FROM certificates_licence AS held
                WHERE held.id = one.licence_id AND held.cancelled_on IS NULL))
    )
) AS theirs GROUP BY waits
"""  # noqa: S608 - only words of ours


def counted(officer: Officer, *, today: date) -> Beside:
    """In how many cases it is this officer's turn, by what waits: `of`, as a question for all cases at once."""
    return Beside(
        _COUNTED,
        {
            "case_today": today,
            "case_place": officer.authority_path,
            "case_authority": officer.authority_id,
            "case_me": officer.user_id,
            "case_hands": [officer.user_id, *sorted(officer.stands_in_for)],
            "case_states": _INVESTIGATING,
            "case_investigates": any(officer.has(role) for role in permissions.INVESTIGATES),
            "case_decides": officer.has(Role.DECIDER),
        },
    )


def told(figures: Mapping[str, int]) -> tuple[int, str]:
    """In how many cases it is the officer's turn, and what waits, as one sentence; nothing where nothing waits."""
    waits = {name: figures.get(f"{_BESIDE}{name}", 0) for name in TURNS}
    said = "；".join(f"{count}件{TURNS[name]}" for name, count in waits.items() if count)
    return sum(waits.values()), f"撤销与注销的案件：{said}。" if said else ""
