"""Stories that differ by what is made: additives, special foods, categories of two levels, a decision on a promise.

Each is played through the commands, like all stories, and can stand by itself as a journey.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from xuke.accounts.models import Authority
from xuke.accounts.officers import Officer, Role
from xuke.accounts.queries import officer as officer_of
from xuke.catalogue import commands as rules
from xuke.catalogue.rulebook import PROVINCE, Edition
from xuke.config.demonstration import people, stories
from xuke.config.demonstration.filling import PROMISE, Form
from xuke.config.demonstration.people import Cast, Person
from xuke.config.demonstration.stories import Now
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.licensing import commands
from xuke.licensing.models import Application
from xuke.parties import commands as parties
from xuke.parties.models import Enterprise

WAY = "commitment"


def _row(code: str, detail: str, *, main: bool = False, **more: str) -> dict[str, Any]:
    return {"code": code, "detail": detail, "remark": "", "main": main, **more}


ADDITIVES: Form = {
    "products": {"varieties": [_row("3203", "复配面包改良剂", main=True), _row("3201", "碳酸钙"), _row("3202", "液体")]}
}
"""One additive a row, flavourings by form, one formula a row."""
MIXED: Form = {
    "products": {"varieties": [_row("2401", "烘烤类糕点：酥类", main=True), _row("0501", "巴氏杀菌乳")]},
    "route": {"accepting": "county"},
}
"""Cakes, which the county licenses, and milk, which the prefecture does; the county accepts."""
SPECIAL: Form = {
    "products": {
        "varieties": [
            _row(
                "2701",
                "钙维生素D片",
                main=True,
                registration="国食健注G20260001",
                registered_to="2030-12-31",
                entrusting="武汉三峡健康科技有限公司",
                entrusting_domicile="武汉市江岸区中山大道1号",
            )
        ]
    },
    "special": {"verified_before": "注册时已由省级市场监督管理局核查生产工艺和检验能力（2025年6月）。"},
}
"""Health food under its registration, commissioned by another enterprise."""
PROVINCIAL = (
    Person("shengshouli", "盛守礼", (Role.ACCEPTOR,)),
    Person("shengshencha", "盛慎之", (Role.REVIEWER,)),
    Person("shenghecha", "盛核", (Role.VERIFIER,)),
    Person("shengyan", "盛严", (Role.VERIFIER,)),
    Person("shengjueding", "盛决", (Role.DECIDER,)),
)
"""Who handles special foods at the provincial authority; hired by the story that needs them."""


PREFECTURAL = Person("lianshen", "连审", (Role.REVIEWER,))
"""Who is asked for an opinion at the authority above; hired by the story that needs it."""


def prefectural(cast: Cast, now: Now) -> Officer:
    """A reviewer of the authority above, which licenses what is beyond the one of a cast."""
    above = cast.authority.parent
    assert above is not None
    user = people.hire(PREFECTURAL, above, place=750, now=now())
    officer = officer_of(user, today=journal.legal_day(now()), authority=above)
    assert officer is not None
    return officer


def provincial(cast: Cast, now: Now) -> Cast:
    """The same applicant before the provincial authority."""
    at = now()
    authority = Authority.objects.get(code=f"{cast.firm.division[:2]}0000")
    found = []
    for place, person in enumerate(PROVINCIAL, start=700):
        user = people.hire(person, authority, place=place, now=at)
        officer = officer_of(user, today=journal.legal_day(at), authority=authority)
        assert officer is not None
        found.append(officer)
    acceptor, reviewer, first, second, decider = found
    others = {person.login_name: officer for person, officer in zip(PROVINCIAL, found, strict=True)}
    return replace(
        cast,
        authority=authority,
        acceptor=acceptor,
        reviewer=reviewer,
        verifiers=(first, second),
        decider=decider,
        others=others,
    )


def additives(cast: Cast, now: Now, outcome: str = "granted", **how: Any) -> Application:
    """An application for food additives: numbers begin with SC2, the category is printed as 食品添加剂."""
    return stories.play(outcome, cast, now, sections=ADDITIVES, **how)


def special_food(cast: Cast, now: Now, outcome: str = "granted", **how: Any) -> Application:
    """An application for health food, handled by the province (Measures art. 7)."""
    return stories.play(outcome, provincial(cast, now), now, sections=SPECIAL, **how)


def joint(cast: Cast, other: Officer, now: Now, *, result: str = "pass", **how: Any) -> Application:
    """Two categories of two levels: the accepting authority asks the other, and decides with its opinion."""
    case = stories.play("verification_done", cast, now, sections=MIXED, **how)
    case = commands.give_joint_opinion(
        application=case,
        results={"0501": result},
        opinion="乳制品的条件符合要求。" if result == "pass" else "没有配备原料乳检验设备，不具备生产条件。",
        by=other,
        now=now(),
    )
    for state in ("decision_proposed", "granted"):
        case = stories.step_to(state, case, cast, now)
    return case


def open_commitment(*, division: str, kind: str, now: datetime, until: date | None = None) -> None:
    """Let a province decide applications of a kind on a promise, perhaps until a day (handbook 2.9)."""
    today = journal.legal_day(now)
    edition = Edition(
        id="",
        topic="commitment",
        key=f"*:{kind}",
        content={"allowed": True, "check_days": 30},
        valid_from=min(today, until or today),
        valid_to=until,
        recorded_at=now,
        published_by="湖北省市场监督管理局",
        basis="演示：省级告知承诺规定",
        level=PROVINCE,
        division=f"{division[:2]}0000",
        confidence="uncertain",
    )
    rules.load(wanted=[edition], by=SYSTEM, now=now)


def list_as_dishonest(cast: Cast, *, now: datetime) -> None:
    """Put the enterprise of a cast on the severe dishonesty list, from today until it is taken off."""
    parties.impose_ban(
        kind="severe_dishonesty",
        enterprise=Enterprise.objects.get(pk=cast.applicant.enterprise_id),
        from_on=journal.legal_day(now),
        last_on=None,
        origin="演示：列入严重违法失信名单的决定",
        source=f"list:{cast.applicant.uscc}",
        authority_path=cast.decider.authority_path,
        by=SYSTEM,
        now=now,
    )


def move(
    code: str, level: str, *, division: str, since: date, now: datetime, basis: str = "演示：许可权限调整"
) -> None:
    """Let a province move a category or a subcategory to another level from a day on (Measures art. 7)."""
    edition = Edition(
        id="",
        topic="competence",
        key=code,
        content={"level": level},
        valid_from=since,
        valid_to=None,
        recorded_at=now,
        published_by="湖北省市场监督管理局",
        basis=basis,
        level=PROVINCE,
        division=f"{division[:2]}0000",
    )
    rules.load(wanted=[edition], by=SYSTEM, now=now)


PROMISED = {"way": WAY, "knows": "yes", "checked": "yes", "answers": "yes"}
ON_PROMISE: Form = {
    "route": PROMISED,
    "conditions": {"production": "unchanged", "around": "unchanged"},
    "declaration": {"unchanged": "yes", **PROMISE["declaration"]},
}


def promised(cast: Cast, now: Now, **how: Any) -> Application:
    """A renewal filed with a letter of commitment, accepted and waiting for a decision."""
    open_commitment(division=cast.firm.division, kind="renewal", now=now())
    return stories.play("accepted", cast, now, procedure="food.renewal", sections=ON_PROMISE, **how)


def on_promise(cast: Cast, now: Now, **how: Any) -> Application:
    """A renewal decided at once on a promise, to be checked afterwards."""
    case = promised(cast, now, **how)
    return commands.grant_on_commitment(application=case, by=cast.decider, now=now())


def promise_left(cast: Cast, now: Now, **how: Any) -> Application:
    """A renewal on a promise that the decider sends to the ordinary review, and that is renewed after it."""
    case = commands.leave_commitment(
        application=promised(cast, now, **how), reason="声明和日常监督检查的记录不一致。", by=cast.decider, now=now()
    )
    for state in ("document_review", "decision_proposed", "granted"):
        case = stories.step_to(state, case, cast, now)
    return case


@dataclass(frozen=True)
class Journey:
    """A story as the command line knows it."""

    title: str
    code: str
    """The division of the authority that it is played at."""
    play: Callable[[Cast, Now], Application]


JOURNEYS: Mapping[str, Journey] = {
    "food-additives": Journey("食品添加剂首次申请：复配、单一、香精，编号以SC2开头", "420500", additives),
    "food-special": Journey("保健食品首次申请：注册号、委托企业、省级许可", "420500", special_food),
    "food-on-promise": Journey("以告知承诺方式延续：当场决定，之后检查", "420506", on_promise),
    "food-promise-left": Journey("以告知承诺方式延续：不宜当场决定，转入一般程序", "420506", promise_left),
}
"""Journeys with one cast; for `joint` somebody of a second authority is needed besides (`prefectural`)."""
