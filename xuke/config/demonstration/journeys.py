"""The stories that `xuke journey` knows: every procedure with every outcome, what single categories ask, and the ways
in which a licence is taken away, or an applicant barred.

A journey is a name, a title, and how it is played on an empty database with one cast. Those of the procedures follow
from `filling.ROADS`, so that a new procedure is known here without a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any, Protocol

from xuke.certificates.models import Licence
from xuke.config.demonstration import proceedings, stories, stories_categories
from xuke.config.demonstration.filling import ROADS
from xuke.config.demonstration.people import Cast
from xuke.foundation import journal
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure
from xuke.licensing.workflow import LIFE

COUNTY = "420506"
TURNED_AWAY = ("refused", "retracted", "not_accepted", "not_required", "not_competent", "terminated")


class Clock:
    """Goes with real time, from a moment on that may lie in the past; may be set forward."""

    def __init__(self, real: Callable[[], datetime], begins: datetime | None = None) -> None:
        self._real = real
        self._ahead = (begins or real()) - real()

    def __call__(self) -> datetime:
        """The moment of the story."""
        return self._real() + self._ahead

    def go_to(self, moment: datetime) -> None:
        """Go on at a later moment."""
        self._ahead = moment - self._real()


class Timed(Protocol):
    """Does a step and notes how long it took."""

    def __call__(self, name: str, act: Callable[[], Any]) -> Any:
        """What the step returns."""


@dataclass(frozen=True)
class Stage:
    """What a journey is played on."""

    cast: Cast
    clock: Clock
    timed: Timed


@dataclass(frozen=True)
class Ended:
    """How a journey ended: the case it was about, if any, the licence, and in which state both have to be."""

    application: Application | None
    licence: Licence | None
    state: str = ""
    licence_state: str = "in_force"


@dataclass(frozen=True)
class Journey:
    """A story as the command line knows it."""

    title: str
    play: Callable[[Stage], Ended]
    code: str = COUNTY
    """The division of the authority that it is played at."""
    years_ago: int = 0
    """So long ago it begins: the periods of a proceeding lie behind it then."""


# --- procedures -------------------------------------------------------------------------------------------------------


def _procedure(code: str, outcome: str, stage: Stage) -> Ended:
    cast, clock = stage.cast, stage.clock
    licence = stage.timed("licence", lambda: stories.licensed(cast, clock)) if procedure(code).needs_licence else None
    case = stage.timed("draft", lambda: stories.begin(cast, clock, code))
    for name in stories.road_to(outcome, code):
        if name == stories.BY_LAW and licence:
            clock.go_to(_day_after(licence))
        case = stage.timed(name, partial(stories.step_to, name, case, cast, clock))
    state = "certificate_issued" if case.state == "granted" else outcome
    return Ended(case, case.licence, state, "cancelled" if outcome == "licence_cancelled" else "in_force")


def _day_after(licence: Licence) -> datetime:
    """Nine in the morning of the day after its last."""
    return datetime.combine(licence.valid_to + timedelta(days=1), time(9), tzinfo=journal.SHANGHAI)


def _of_procedures() -> Iterator[tuple[str, Journey]]:
    for code, road in ROADS.items():
        name, title = code.replace(".", "-").replace("_", "-"), procedure(code).title
        yield name, Journey(f"{title}：{_word(road[-1])}", partial(_procedure, code, road[-1]))
        for outcome in TURNED_AWAY:
            if outcome in ("refused", "terminated", "retracted") and procedure(code).kind == "report":
                continue
            play = partial(_procedure, code, outcome)
            yield f"{name}-{outcome.replace('_', '-')}", Journey(f"{title}：{_word(outcome)}", play)
    for code in ("food.renewal", "food.renewal_change"):
        title = f"{procedure(code).title}：届满前没有决定，依法视为准予延续"
        yield (
            f"{code.replace('.', '-').replace('_', '-')}-by-law",
            Journey(title, partial(_procedure, code, stories.BY_LAW)),
        )


def _word(state: str) -> str:
    return "从草稿到盖章的电子证书" if state == "granted" else LIFE.state(state).title


# --- categories -------------------------------------------------------------------------------------------------------


def _category(play: Callable[[Cast, stories.Now], Application], stage: Stage) -> Ended:
    case = stage.timed("case", lambda: play(stage.cast, stage.clock))
    return Ended(case, case.licence, "certificate_issued")


def _of_categories() -> Iterator[tuple[str, Journey]]:
    for name, each in stories_categories.JOURNEYS.items():
        yield name, Journey(each.title, partial(_category, each.play), each.code)
    for result, title in (("pass", "同意后一并许可"), ("fail", "不同意的类别不予许可，其余准予")):
        name = "food-joint" if result == "pass" else "food-joint-partly"
        yield name, Journey(f"两个级别的类别同时申请：联合审查，上级{title}", partial(_joint, result))


def _joint(result: str, stage: Stage) -> Ended:
    def story() -> Application:
        other = stories_categories.prefectural(stage.cast, stage.clock)
        return stories_categories.joint(stage.cast, other, stage.clock, result=result)

    case = stage.timed("case", story)
    return Ended(case, case.licence, "certificate_issued")


# --- taking a licence away --------------------------------------------------------------------------------------------

_ENDS: Mapping[str, tuple[str, str, Callable[..., Any]]] = {
    "licence-withdrawn": ("撤回许可：告知、陈述申辩、决定、注销", "withdrawn", proceedings.withdraw),
    "licence-rescinded": ("撤销许可：听证之后撤销，三年内不得申请", "rescinded", proceedings.rescind),
    "licence-revoked": ("吊销许可证：企业和法定代表人五年内不得申请", "revoked", proceedings.revoke),
    "licence-cancelled-ex-officio": ("依职权注销许可", "cancelled", proceedings.cancel),
}


def _ending(state: str, act: Callable[..., Any], stage: Stage) -> Ended:
    licence = stage.timed("licence", lambda: stories.licensed(stage.cast, stage.clock))
    stage.timed(act.__name__, lambda: act(licence, stage.cast, now=stage.clock()))
    return Ended(None, licence, "", state)


def _of_endings() -> Iterator[tuple[str, Journey]]:
    for name, (title, state, act) in _ENDS.items():
        yield name, Journey(title, partial(_ending, state, act), years_ago=1)
    yield (
        "false-materials",
        Journey("申请中提供虚假材料：警告、一年内不得申请，本次申请不予许可", _false_materials, years_ago=1),
    )


def _false_materials(stage: Stage) -> Ended:
    cast, clock = stage.cast, stage.clock
    case = stage.timed("decision_proposed", lambda: stories.play("decision_proposed", cast, clock))
    done = stage.timed("warn", lambda: proceedings.warn(case, cast, now=clock()))
    clock.go_to(datetime.combine(done.decided_on + timedelta(days=1), time(9), tzinfo=journal.SHANGHAI))
    return Ended(stage.timed("refused", partial(stories.step_to, "refused", case, cast, clock)), None, "refused")


JOURNEYS: Mapping[str, Journey] = dict((*_of_procedures(), *_of_categories(), *_of_endings()))
"""By name, in the order in which they are listed."""
