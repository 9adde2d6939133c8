"""Who may verify on a given day, and which team goes: pure functions over values, each citing its article.

`why_not` gives every reason against one person, `propose_team` draws a team. A draw is made again from its seed and
the facts it was made on, with the same result (handbook 13.3, invariant 13).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from itertools import combinations, islice

VERIFIER, EXPERT, OBSERVER = "verifier", "expert", "observer"
QUALIFICATIONS = {VERIFIER: "食品生产许可核查人员", EXPERT: "技术专家", OBSERVER: "观察员"}
"""A technical expert is invited and gives no independent conclusion; an observer watches and does not score."""
ACTIVE, SUSPENDED, WITHDRAWN = "active", "suspended", "withdrawn"
STATUSES = {ACTIVE: "在册", SUSPENDED: "暂停核查", WITHDRAWN: "退出名册"}
LEVELS = {"": "未评定", "junior": "初级", "middle": "中级", "senior": "高级"}

STANDING, REQUESTED, UPHELD, DISMISSED, ENDED = "standing", "requested", "upheld", "dismissed", "ended"
RECUSAL_STATES = {
    STANDING: "已申报，回避",
    REQUESTED: "等待决定",
    UPHELD: "决定回避",
    DISMISSED: "决定不回避",
    ENDED: "已解除",
}
FORMER_EMPLOYMENT = "former_employment"
GROUNDS = {
    FORMER_EMPLOYMENT: "曾在该企业任职",
    "relative": "近亲属在该企业任职或者持股",
    "shares": "持有该企业股份",
    "consulting": "从该企业取得咨询、培训等收入",
    "dispute": "与该企业有纠纷",
    "other": "其他可能影响公正的情形",
}

TEAM = "食品生产许可管理办法（2020年）第二十一条"
RULES_OF_REVIEW = "食品生产许可审查通则（2022版）"
AVOID = "食品生产经营监督检查管理办法第二十三条"
APART = "行政许可法第三十四条；三分离要求"
HEARING = "行政许可法第四十八条"
LEAST = 2
"""Verifiers of a team, at the least (Measures art. 21; Administrative Permit Law art. 34)."""
_TRIED = 20_000
"""Teams of the wanted size that are tried before one is put together person by person."""


@dataclass(frozen=True)
class Setting:
    """A number or switch of which the law says nothing certain: configuration, shown with its mark."""

    value: int
    title: str
    basis: str
    confidence: str
    unit: str = ""
    """What is counted, such as 学时; a switch counts nothing."""

    @property
    def said(self) -> str:
        """The value in words; 0 switches a rule off."""
        if not self.value:
            return "不要求"
        return f"{self.value}{self.unit}" if self.unit else "要求"


@dataclass(frozen=True)
class Settings:
    """What may differ from province to province."""

    former_employment_years: int = 3
    training_hours: int = 40
    workload: int = 5
    rotation: bool = False


@dataclass(frozen=True)
class RecusalFacts:
    """One declaration or request about one person and the enterprise that is visited."""

    ground: str
    state: str
    since: date
    ended_on: date | None = None
    """The last day of what it rests on: of former employment, the day of leaving."""


@dataclass(frozen=True)
class RecognitionFacts:
    """Where a credential of another province may be used, from which day to which."""

    path: str
    since: date
    until: date | None = None


@dataclass(frozen=True)
class VerifierFacts:
    """What the register says about one person."""

    id: str
    name: str
    user_id: int | None = None
    qualification: str = VERIFIER
    status: str = ACTIVE
    status_from: date | None = None
    status_until: date | None = None
    """The last day of a suspension, where it has one."""
    credential: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    """The last day of the credential; None where it has none, or none was entered."""
    specialities: frozenset[str] | None = None
    """Three-digit food categories; None where nothing was entered yet, which excludes nobody."""
    may_lead: bool = True
    province: str = ""
    """Two digits of the province that issued the credential."""
    recognitions: tuple[RecognitionFacts, ...] = ()
    """Where that credential was recognised (互认)."""
    registered_on: date | None = None
    training: Mapping[int, float] = field(default_factory=dict)
    """Hours by year."""
    examined_until: date | None = None
    """The last day on which the newest passed examination counts; None where none was entered."""
    failed_on: date | None = None
    """Since when an examination stands failed; None once a later one was passed."""
    holds_post: bool = True
    """Whether the office of a verifier is held on the day of the visit."""
    recusals: tuple[RecusalFacts, ...] = ()


@dataclass(frozen=True)
class VisitFacts:
    """What is known about the visit for which somebody is wanted."""

    on: date
    categories: frozenset[str] = frozenset()
    province: str = ""
    place: str = ""
    """The path of the authority that visits."""
    receipt: frozenset[int] = frozenset()
    """User ids of those who handled the receipt of this case."""
    deciding: frozenset[int] = frozenset()
    """User ids of those who took part in its decision."""
    chair: int | None = None
    """The user id of whoever chairs the hearing about it, or has."""
    busy: frozenset[int] = frozenset()
    """User ids of those who are on another visit on that day."""
    open_visits: Mapping[int, int] = field(default_factory=dict)
    """By user id."""
    lately: frozenset[int] = frozenset()
    """User ids of those who went to this site the last two times."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Categories in words."""
    settings: Settings = Settings()


# One person -----------------------------------------------------------------------------------------------------------

Reason = Callable[[VerifierFacts, VisitFacts], str]


def credential_holds(person: VerifierFacts, visit: VisitFacts) -> str:
    """Verifiers show a valid credential on site (Measures art. 21)."""
    if not person.credential:
        return f"没有登记核查人员证件（{TEAM}）"
    if person.valid_from and visit.on < person.valid_from:
        return f"证件{_day(person.valid_from)}起才有效（{TEAM}）"
    if person.valid_to and visit.on > person.valid_to:
        return f"证件{_day(person.valid_to)}到期，核查当天已经失效，请先换证（{TEAM}）"
    return ""


def is_in_the_register(person: VerifierFacts, visit: VisitFacts) -> str:
    """Suspended or withdrawn people do not verify from the day on which that takes effect (Measures art. 21)."""
    begun = person.status_from is None or visit.on >= person.status_from
    over = person.status_until is not None and visit.on > person.status_until
    if person.status == WITHDRAWN and begun:
        return f"已经退出名册（{TEAM}）"
    if person.status == SUSPENDED and begun and not over:
        until = f"至{_day(person.status_until)}" if person.status_until else ""
        return f"暂停核查{until}（{TEAM}）"
    return ""


def holds_the_office(person: VerifierFacts, visit: VisitFacts) -> str:
    """A verifier is a food-safety supervisor in office on the day (Measures art. 21)."""
    if person.qualification == OBSERVER:
        return f"观察员不参加核查和评分（{RULES_OF_REVIEW}）"
    if person.qualification == VERIFIER and not person.holds_post:
        return f"核查当天不担任核查岗位（{TEAM}）"
    return ""


def knows_the_food(person: VerifierFacts, visit: VisitFacts) -> str:
    """Somebody who knows none of the categories applied for does not help the team (审查通则2022)."""
    if person.specialities is None or not visit.categories or person.specialities & visit.categories:
        return ""
    return f"专业不包括{_named(visit.categories, visit)}（{RULES_OF_REVIEW}）"


def is_impartial(person: VerifierFacts, visit: VisitFacts) -> str:
    """Whoever has an interest that may affect fairness stays away (O49 art. 23; handbook 11)."""
    reasons = dict.fromkeys(reason for one in person.recusals if (reason := why_recused(one, visit)))
    return "、".join(reasons) + f"，应当回避（{AVOID}）" if reasons else ""


def why_recused(one: RecusalFacts, visit: VisitFacts) -> str:
    """What keeps somebody away from this enterprise on the day, or an empty string."""
    if one.state in (DISMISSED, ENDED):
        return ""
    if one.state == REQUESTED:
        return "申请人申请其回避，还没有决定"
    ground = GROUNDS[one.ground]
    if one.ended_on is None:
        return ground
    years = visit.settings.former_employment_years if one.ground == FORMER_EMPLOYMENT else 0
    if visit.on > _years_after(one.ended_on, years):
        return ""
    return f"{ground}，离职不满{years}年" if years else ground


def is_trained(person: VerifierFacts, visit: VisitFacts) -> str:
    """The hours of the last full year are there; the province sets how many (Measures art. 21; uncertain)."""
    year = visit.on.year - 1
    if person.registered_on is None or person.registered_on.year >= year or not visit.settings.training_hours:
        return ""
    hours = person.training.get(year, 0)
    if hours >= visit.settings.training_hours:
        return ""
    return f"{year}年培训{hours:g}学时，不满{visit.settings.training_hours}学时（核查人员管理要求，待核实）"


def is_examined(person: VerifierFacts, visit: VisitFacts) -> str:
    """A passed examination counts until its own day, or until a later one is failed (handbook 11; uncertain)."""
    if person.failed_on is not None and visit.on >= person.failed_on:
        return f"{_day(person.failed_on)}考核不合格，重新考核合格以前不能核查（核查人员管理要求，待核实）"
    if person.examined_until is None or visit.on <= person.examined_until:
        return ""
    return f"考核{_day(person.examined_until)}到期，请重新考核（核查人员管理要求，待核实）"


def is_recognised(person: VerifierFacts, visit: VisitFacts) -> str:
    """Verifiers of another province are used once their credential was recognised (国市监质监〔2020〕152号, 互认)."""
    if not person.province or not visit.province or person.province == visit.province:
        return ""
    here = [one for one in person.recognitions if visit.place.startswith(one.path)]
    if any(one.since <= visit.on and (one.until is None or visit.on <= one.until) for one in here):
        return ""
    what = "登记的互认核查当天无效" if here else "还没有登记互认"
    return f"证件由外省颁发，{what}（国市监质监〔2020〕152号）"


def has_other_hands(person: VerifierFacts, visit: VisitFacts) -> str:
    """Receipt, review and decision of one case are in different hands (三分离); so is the chair of its hearing."""
    if visit.chair is not None and person.user_id == visit.chair:
        return f"主持这件申请的听证，不能核查（{HEARING}）"
    if person.user_id in visit.receipt:
        return f"受理了这件申请，不能核查（{APART}）"
    return f"参与了这件申请的决定，不能核查（{APART}）" if person.user_id in visit.deciding else ""


def is_free(person: VerifierFacts, visit: VisitFacts) -> str:
    """One visit a day, and not more open visits than the authority allows."""
    if person.user_id in visit.busy:
        return "当天有另一项现场核查"
    count = visit.open_visits.get(person.user_id or 0, 0)
    if visit.settings.workload and count >= visit.settings.workload:
        return f"有{count}项核查没有结束，上限{visit.settings.workload}项"
    return ""


def is_rotated(person: VerifierFacts, visit: VisitFacts) -> str:
    """Where the authority rotates: not the same person at the same site three times running (handbook 11)."""
    if visit.settings.rotation and person.user_id in visit.lately:
        return "最近两次核查这个场所的都是他（她），应当轮换（待核实）"
    return ""


FIRM: tuple[Reason, ...] = (
    is_in_the_register,
    credential_holds,
    holds_the_office,
    is_recognised,
    is_impartial,
    has_other_hands,
    knows_the_food,
    is_examined,
    is_trained,
)
"""Whoever one of these speaks against does not go, whoever chooses; asked again for the day on which they are there."""
CONVENIENCE: tuple[Reason, ...] = (is_free, is_rotated)
"""No draw falls on them, and the reviewer may still choose them: no law forbids two visits on a day."""
REASONS: tuple[Reason, ...] = (*FIRM, *CONVENIENCE)
OBSERVING: tuple[Reason, ...] = (is_in_the_register, is_impartial)
"""What keeps an observer away: they do not score, and need neither credential nor speciality."""


def why_not(person: VerifierFacts, visit: VisitFacts, *, reasons: Sequence[Reason] = REASONS) -> tuple[str, ...]:
    """Every reason against sending this person on that day; none when they may go."""
    return tuple(reason for rule in reasons if (reason := rule(person, visit)))


# A team ---------------------------------------------------------------------------------------------------------------


def why_not_team(team: Sequence[VerifierFacts], leader: str, visit: VisitFacts) -> tuple[str, ...]:
    """What speaks against a team as a whole: numbers, the leader, categories that nobody knows."""
    verifiers = [person for person in team if person.qualification == VERIFIER]
    found = []
    if len(verifiers) < LEAST:
        found.append(f"核查组至少{LEAST}名核查人员，技术专家不计入（{TEAM}）。")
    leading = next((person for person in verifiers if person.id == leader), None)
    if leading is None:
        found.append(f"请在核查人员中指定一名组长（组长负责制，{RULES_OF_REVIEW}）。")
    elif not leading.may_lead:
        found.append(f"{leading.name}不能担任组长（组长负责制，{RULES_OF_REVIEW}）。")
    if left := uncovered(team, visit):
        found.append(f"核查组里没有人的专业包括{_named(left, visit)}（{RULES_OF_REVIEW}）。")
    return tuple(found)


def uncovered(team: Sequence[VerifierFacts], visit: VisitFacts) -> frozenset[str]:
    """The categories of the application that nobody in the team knows. Experts help here."""
    left = set(visit.categories)
    for person in team:
        left -= visit.categories if person.specialities is None else person.specialities
    return frozenset(left)


@dataclass(frozen=True)
class TeamProposal:
    """A draw: who goes and leads, who was left out and why, and what could not be had."""

    seed: str
    team: tuple[str, ...]
    leader: str
    left_out: tuple[tuple[str, tuple[str, ...]], ...]
    """Pairs of an id and every reason."""
    problems: tuple[str, ...] = ()
    """Why there is no team; empty when there is one."""


def propose_team(
    candidates: Sequence[VerifierFacts],
    needs: VisitFacts,
    *,
    seed: str,
    size: int = LEAST,
    excluded: frozenset[str] = frozenset(),
) -> TeamProposal:
    """Draw a team of at least two who know all categories together, one of whom may lead.

    Whoever has fewer open visits goes first; among equals the seed decides. A larger team is drawn where two do not
    know all categories.
    """
    verifiers = [person for person in candidates if person.qualification == VERIFIER]
    against = {person.id: _against(person, needs, excluded) for person in verifiers}
    free = sorted((one for one in verifiers if not against[one.id]), key=lambda one: _rank(one, needs, seed))
    left_out = tuple((one.id, against[one.id]) for one in verifiers if against[one.id])
    team = _team_of(free, needs, max(size, LEAST))
    if not team:
        return TeamProposal(seed, (), "", left_out, _why_no_team(free, needs))
    leader = next(one for one in team if one.may_lead)
    return TeamProposal(seed, tuple(one.id for one in team), leader.id, left_out)


def _against(person: VerifierFacts, needs: VisitFacts, excluded: frozenset[str]) -> tuple[str, ...]:
    named = ("重新抽取时排除",) if person.id in excluded else ()
    return (*named, *why_not(person, needs))


def _rank(person: VerifierFacts, needs: VisitFacts, seed: str) -> tuple[int, str]:
    lot = sha256(f"{seed}|{person.id}".encode()).hexdigest()
    return needs.open_visits.get(person.user_id or 0, 0), lot


def _team_of(free: Sequence[VerifierFacts], needs: VisitFacts, size: int) -> tuple[VerifierFacts, ...]:
    for team in islice(combinations(free, size), _TRIED):
        if _is_whole(team, needs):
            return team
    team = tuple(_gathered(free, needs))
    return team if len(team) >= size and _is_whole(team, needs) else ()


def _is_whole(team: Sequence[VerifierFacts], needs: VisitFacts) -> bool:
    return any(person.may_lead for person in team) and not uncovered(team, needs)


def _gathered(free: Sequence[VerifierFacts], needs: VisitFacts) -> Iterator[VerifierFacts]:
    """A leader, then whoever adds most of what is missing, until nothing is; then up to two."""
    waiting = list(free)
    team: list[VerifierFacts] = []
    while waiting:
        left = uncovered(team, needs)
        leads = any(person.may_lead for person in team)
        if team and leads and not left and len(team) >= LEAST:
            return
        able = waiting if leads else [one for one in waiting if one.may_lead]
        if not able:
            return
        chosen = max(able, key=lambda one: len(left if one.specialities is None else left & one.specialities))
        waiting.remove(chosen)
        team.append(chosen)
        yield chosen


def _why_no_team(free: Sequence[VerifierFacts], needs: VisitFacts) -> tuple[str, ...]:
    found = []
    if len(free) < LEAST:
        found.append(f"当天可以派出的核查人员只有{len(free)}名，至少要{LEAST}名（{TEAM}）。")
    if free and not any(person.may_lead for person in free):
        found.append(f"可以派出的人员中没有人能担任组长（组长负责制，{RULES_OF_REVIEW}）。")
    if left := uncovered(free, needs):
        found.append(f"可以派出的人员中没有人的专业包括{_named(left, needs)}（{RULES_OF_REVIEW}）。")
    return tuple(found) or ("没有合适的核查组，请调整核查日期或者请上级机关支援。",)


# Days and words -------------------------------------------------------------------------------------------------------


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _named(categories: frozenset[str], visit: VisitFacts) -> str:
    return "、".join(f"{visit.names[code]}（{code}）" if code in visit.names else code for code in sorted(categories))
