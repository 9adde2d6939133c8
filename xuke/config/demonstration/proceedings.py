"""How a licence is taken away: the steps of a proceeding, played by a cast through the commands, state by state.

`play` brings a new proceeding to a state; `withdraw`, `rescind`, `revoke` and `cancel` play one to its end, with the
formality that follows. The periods pass: each story takes some weeks from the moment it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from xuke.certificates.models import Licence
from xuke.config.demonstration.people import Cast
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing.models import Application
from xuke.parties.queries_bans import answerable
from xuke.proceedings import commands
from xuke.proceedings.models import Proceeding

FACTS = {
    "withdrawal": "企业所在地块划入饮用水水源一级保护区，客观情况发生重大变化，依法不能继续从事食品生产。",
    "rescission": "企业申请许可时提交的试制食品检验报告系伪造，检验机构书面确认没有出具过该报告。",
    "revocation": "企业在生产中使用非食品原料，货值金额较大，情节严重，有现场检查笔录、检验报告和询问笔录为证。",
    "cancellation": "企业已经在登记机关办理注销登记，依法终止。",
    "false_materials": "企业提交的试制食品检验报告系伪造，检验机构书面确认没有出具过该报告。",
}
GROUNDS = {
    "withdrawal": "facts_changed",
    "rescission": "fraud",
    "revocation": "fsl_123",
    "cancellation": "subject_ended",
    "false_materials": "false_materials",
}
PROOF = "登记机关准予注销登记通知书〔2026〕第118号"
STATEMENT = "报告由代办机构提供，本公司事先不知情，请求从轻处理。"
ON_RECORD = "企业对提交材料的真实性负责，代办不免除责任，不予采纳。"
OPINION = "事实清楚，证据确凿，程序合法，建议按告知的内容作出决定。"
RECORD = "主持人宣布听证开始。调查人员陈述事实、证据和处理意见。企业陈述申辩、质证。双方核对笔录无误后签字。"

WITHOUT_HEARING = ("opened", "notified", "answered", "heard", "proposed", "decided", "record_closed")
WITH_HEARING = (
    "opened",
    "notified",
    "hearing_requested",
    "hearing_set",
    "heard",
    "proposed",
    "decided",
    "record_closed",
)
FORMAL = ("opened", "proposed", "record_closed")
"""What follows what. `answered` is no state of the table: the holder has spoken, and the period still runs."""


@dataclass
class _Story:
    """A proceeding on its way, with its people and its clock."""

    proceeding: Proceeding
    cast: Cast
    now: datetime

    def wait(self, working_days: int) -> None:
        """Let so many working days and one more pass."""
        day = current_calendar().add(self.now.date(), working_days + 1).on
        self.now = self.now.replace(year=day.year, month=day.month, day=day.day)

    def take(self, verb: str, who: Any, **words: Any) -> None:
        """One step, some minutes after the one before."""
        self.now += timedelta(minutes=7)
        act: Callable[..., Proceeding] = getattr(commands, verb)
        self.proceeding = act(proceeding=self.proceeding, by=who, now=self.now, **words)

    def people(self) -> list[dict[str, Any]]:
        """The legal representative, by account or by name, where a ban binds persons."""
        if not (ban := self.proceeding.of_ground.ban_kind) or not ban.binds_managers:
            return []
        head = next((each for each in answerable(self.proceeding.enterprise_id) if each.is_proven), None)
        named = {"user_id": head.user_id} if head else {"name": self.proceeding.enterprise.legal_representative}
        return [{**named, "duty": "法定代表人"}]


def _notify(story: _Story) -> None:
    story.take("notify", story.cast.reviewer)


def _answer(story: _Story) -> None:
    story.take("answer", story.cast.applicant, text=STATEMENT)


def _hear(story: _Story) -> None:
    if story.proceeding.state == "hearing_set":
        story.now = datetime.fromisoformat(story.proceeding.hearing["held_at"])
        story.take("record_hearing", story.cast.verifiers[0], record=RECORD)
    else:
        story.wait(5)
        story.take("close_statements", story.cast.reviewer)


def _ask_hearing(story: _Story) -> None:
    story.take("ask_hearing", story.cast.applicant, reason="对检验报告的真实性有异议，要求听证。")


def _set_hearing(story: _Story) -> None:
    day = current_calendar().add(story.now.date(), 9).on
    held_at = story.now.replace(year=day.year, month=day.month, day=day.day)
    chair = story.cast.verifiers[0].user_id
    story.take("set_hearing", story.cast.reviewer, held_at=held_at, place="机关三楼听证室", chair=chair)


def _propose(story: _Story) -> None:
    spoken = story.proceeding.statements or story.proceeding.was_heard
    words = {"opinion": OPINION, "on_record": ON_RECORD if spoken else "", "people": story.people()}
    story.take("propose", story.cast.reviewer, **words)


def _decide(story: _Story) -> None:
    story.take("decide", story.cast.decider)


def _close(story: _Story) -> None:
    if story.proceeding.of_kind.is_formality:
        story.take("cancel", story.cast.decider)
    else:
        story.take("close_record", story.cast.reviewer)


_ACTS = {
    "notified": _notify,
    "answered": _answer,
    "hearing_requested": _ask_hearing,
    "hearing_set": _set_hearing,
    "heard": _hear,
    "proposed": _propose,
    "decided": _decide,
    "record_closed": _close,
}


def play(
    state: str,
    licence: Licence | None,
    cast: Cast,
    *,
    kind: str = "rescission",
    now: datetime,
    ground: str = "",
    application: Application | None = None,
    hearing: bool = False,
    **words: Any,
) -> Proceeding:
    """A new proceeding against a licence (or an application), brought to a state through the commands."""
    if (ground or GROUNDS[kind]) == "subject_ended":
        words.setdefault("proof", PROOF)
    begun = commands.begin(
        kind=kind,
        ground=ground or GROUNDS[kind],
        facts=words.pop("facts", FACTS[kind]),
        licence=licence,
        application=application,
        by=cast.reviewer,
        now=now,
        **words,
    )
    return go_on(begun, cast, state, now=now, hearing=hearing)


def go_on(begun: Proceeding, cast: Cast, state: str, *, now: datetime, hearing: bool = False) -> Proceeding:
    """Bring a proceeding that was just begun to a state through the commands."""
    story = _Story(begun, cast, now)
    road = FORMAL if begun.is_formal else WITH_HEARING if hearing or "hearing" in state else WITHOUT_HEARING
    start = road.index(begun.state) + 1
    for name in road[start : road.index(state) + 1]:
        if name != "decided" or not begun.of_kind.is_formality:
            _ACTS[name](story)
    return story.proceeding


def withdraw(licence: Licence, cast: Cast, *, now: datetime) -> Proceeding:
    """Take back a lawful licence, with its formality (撤回、注销)."""
    compensation = "企业因此受到的财产损失，依法予以补偿，补偿方案另行商定。"
    return play("record_closed", licence, cast, kind="withdrawal", now=now, compensation=compensation)


def rescind(licence: Licence, cast: Cast, *, now: datetime) -> Proceeding:
    """Rescind a licence obtained by fraud, after a hearing: never valid, three years' ban, record closed."""
    return play("record_closed", licence, cast, kind="rescission", now=now, hearing=True)


def revoke(licence: Licence, cast: Cast, *, now: datetime) -> Proceeding:
    """Revoke a licence as a penalty: five years' ban on the enterprise and its legal representative."""
    return play("record_closed", licence, cast, kind="revocation", now=now)


def cancel(licence: Licence, cast: Cast, *, now: datetime, ground: str = "subject_ended") -> Proceeding:
    """Cancel a licence ex officio on a plain fact, with its announcement."""
    return play("record_closed", licence, cast, kind="cancellation", now=now, ground=ground)


def warn(application: Application, cast: Cast, *, now: datetime) -> Proceeding:
    """Warn whoever applied with false materials: one year's ban, no licence touched."""
    return play("decided", None, cast, kind="false_materials", now=now, application=application)
