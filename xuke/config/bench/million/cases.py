"""Applications with their histories: open ones in every state with their terms, and some that are closed."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable
from itertools import accumulate
from random import Random

from xuke.config.bench.million.days import Calendar, Day, Moment, days_of_decision
from xuke.config.bench.million.licences import SYSTEM, Firm, Made, actor
from xuke.config.bench.million.pages import NONE, Pages, Stream, array
from xuke.config.bench.million.places import Hand
from xuke.documents.kinds import kind

OPEN = {
    "submitted": 24,
    "resubmitted": 8,
    "correcting_on_spot": 3,
    "correction_requested": 10,
    "accepted": 18,
    "document_review": 12,
    "verification_assigned": 10,
    "verification_done": 8,
    "decision_proposed": 7,
}
"""How frequent each state is among open cases."""
CLOSED = {"refused": 40, "retracted": 25, "not_accepted": 15, "not_required": 12, "not_competent": 8}
"""The same among those that are closed and led to no licence."""
_UNTIL_ACCEPTED = ("submitted", "correction_requested", "resubmitted", "correcting_on_spot")
_ROAD = ("accepted", "document_review", "verification_assigned", "verification_done", "decision_proposed")
_CORRECTIONS = (
    '[{"defect":"内包装间与冷却区未标明隔断","item":"食品生产设备布局图","remedy":"请在图上标明隔断位置"},'
    '{"defect":"缺少留样制度","item":"食品安全管理制度","remedy":"请补充留样品种、数量"}]'
)
_ITEMS = '["食品生产设备布局图","食品安全管理制度"]'
_EQUIPMENT = (
    '{"list":[{"model":"HJ-200","name":"混合搅拌设备","quantity":"2","use":"配料、混合"},'
    '{"model":"BZ-350","name":"全自动包装机","quantity":"3","use":"内包装"}]}'
)
_SURROUNDINGS = "位于工业园区内，周边500米无粉尘、有害气体、放射性物质和其他扩散性污染源。"
_REFUSAL = "现场核查不通过，不具备与申请品种相适应的生产条件。"
_BASIS = "食品安全法第三十五条；食品生产许可管理办法（2020年）第二十一条、第二十二条"
PROCEDURE = "food.first"


class Case:
    """One application while it is written: its columns change as its history goes on."""

    def __init__(self, pages: Pages, firm: Firm, id: str, serial: int, received: Day) -> None:
        self.pages, self.firm, self.id = pages, firm, id
        self.received = received
        self.receipt = f"{received.compact}-{firm.place.code}-{serial:04}"
        self.serial = serial
        self.stream = Stream(pages, f"application:{id}", "食品生产许可首次申请 草稿", "", firm.id)
        self.applicant = (f"applicant:{900_000_000 + firm.id}", firm.named)
        self.acceptance_number = ""
        self.steps: list[str] = []
        self.marks: list[str] = []
        self.accepted: Day | None = None
        self.columns: dict[str, str] = {}
        self.term_began_on: Day | None = None
        self.decision_term = False
        self.last: Moment | None = None
        self.last_entry = 0

    def tell(
        self, verb: str, at: Moment, by: tuple[str, str], facts: str = "{}", clock: str = "", shown: bool = True
    ) -> None:
        """Write what happened next; `shown` says whether the enterprise is told."""
        self.last_entry = self.stream.add(f"application.{verb}", at, by, facts, clock)
        self.last = at
        if shown:
            self.steps.append(f'{{"on":"{at.day.text}","shown":"{at.shown.text}","verb":"{verb}"}}')
        name, _, what = clock.partition(".")
        if what:
            self.marks.append(f'{{"clock":"{clock}","days":0,"on":"{at.day.text}"}}')
            self.term_began_on = at.day if what == "start" and name != "issue" else None
            self.decision_term = name == "decision"

    @property
    def team(self) -> tuple[Hand, Hand]:
        return self.firm.place.verifiers


class Cases:
    """Writes applications."""

    def __init__(self, calendar: Calendar, seal: Callable[[str], str]) -> None:
        self.calendar, self.seal = calendar, seal
        self._open = _Chance(OPEN)
        self._closed = _Chance(CLOSED)
        self._sheet = (
            '{"common":{'
            + ",".join(f'"{item}":{{"by":"核查组","note":"","score":"3"}}' for item in range(1, 35))
            + "}}"
        )

    def open(self, pages: Pages, firm: Firm, serial: int, random: Random) -> None:
        """An application under way: most within their terms, some late, a quarter in somebody's hands."""
        state = self._open.pick(random)
        working = _ROAD.index(state) * 2 + 3 if state in _ROAD else 0
        ago = working + int(random.random() ** 2 * 16)
        case = self._submitted(pages, firm, serial, ago, random)
        if state in _UNTIL_ACCEPTED:
            self._before_acceptance(case, state, random)
        else:
            self._accepted(case, state, random)
        hand = _whose(state, firm)
        if hand and random.random() < 0.25 and state != "verification_assigned":
            at = self._after(case, random)
            case.tell("claimed", at, actor(hand), shown=False)
            case.columns |= {"claimed_by_id": str(hand.id), "claimed_at": at.text}
        self._write(case, state)

    def granted(self, pages: Pages, firm: Firm, serial: int, random: Random) -> tuple[Case, Moment]:
        """An application up to the decision to grant it, and when; its licence comes next, then `issued`."""
        case = self._submitted(pages, firm, serial, 40 + int(random.random() * 600), random)
        self._accepted(case, "decision_proposed", random)
        return case, self._after(case, random)

    def issued(self, case: Case, licence: Made) -> None:
        """The decision and the certificate of an application that was granted."""
        decider, offer = case.firm.place.decider, case.firm.offer
        facts = f'{{"granted":{offer.keys},"number":"{licence.number}","refused":[]}}'
        case.tell("granted", licence.granted, actor(decider), facts, "issue.start")
        case.columns |= self._decided(licence.granted, decider) | {
            "licence_id": licence.id,
            "outcome": f'{{"basis":"{_BASIS}","granted":{offer.keys},"refused":[]}}',
        }
        self._announce(case, "granted", licence.number)
        made = Moment(licence.granted.day, licence.granted.microseconds + 4_669_201)
        case.tell("certificate_recorded", made, SYSTEM, '{"version":1}', "issue.stop")
        self._write(case, "certificate_issued", licence=licence.number)

    def closed(self, pages: Pages, firm: Firm, serial: int, random: Random) -> None:
        """An application that led to no licence."""
        state = self._closed.pick(random)
        case = self._submitted(pages, firm, serial, 40 + int(random.random() * 600), random)
        place = firm.place
        if state == "refused":
            self._accepted(case, "decision_proposed", random)
            at = self._after(case, random)
            case.tell("refused", at, actor(place.decider), f'{{"reason":"{_REFUSAL}"}}', "decision.stop")
            case.columns |= self._decided(at, place.decider) | {
                "outcome": f'{{"basis":"{_BASIS}","granted":[],"reason":"{_REFUSAL}","refused":[]}}'
            }
            self._announce(case, "refused", "")
        elif state == "retracted":
            reason = '{"reason":"投资计划调整，暂不生产。"}'
            case.tell("retracted", self._after(case, random), case.applicant, reason, "any.stop")
        else:
            verb = {"not_required": "told_not_required", "not_competent": "told_not_competent"}.get(state)
            if verb is None:
                self._before_acceptance(case, "resubmitted", random)
            facts = (
                '{"competent":"","reason":"所申请的产品不属于本机关许可范围。"}' if verb else f'{{"missing":{_ITEMS}}}'
            )
            at = self._after(case, random)
            case.tell(verb or "acceptance_declined", at, actor(place.acceptor), facts, "acceptance.stop")
            case.columns["received_by"] = array([place.acceptor.id])
        self._write(case, state)

    # --- the road -----------------------------------------------------------------------------------------------------

    def _submitted(self, pages: Pages, firm: Firm, serial: int, ago: int, random: Random) -> Case:
        received = self.calendar.ago(ago)
        at = received.moment(random)
        began = self.calendar.ago(ago + 1 + int(random.random() * 6)).moment(random)
        case = Case(pages, firm, began.new_id(random), serial, received)
        case.tell("started", began, case.applicant, f'{{"procedure":"{PROCEDURE}"}}', shown=False)
        case.tell("saved", began, case.applicant, '{"section":"products"}', shown=False)
        case.stream.label = f"食品生产许可首次申请 {case.receipt}"
        case.stream.path = firm.place.path
        facts = (
            f'{{"authority":"{firm.place.authority_name}","competence":"湖北省食品生产许可权限目录（演示）",'
            f'"receipt":"{case.receipt}"}}'
        )
        case.tell("submitted", at, case.applicant, facts, "acceptance.start")
        case.columns |= {"saved_at": began.text, "submitted_at": at.text}
        return case

    def _before_acceptance(self, case: Case, state: str, random: Random) -> None:
        acceptor = case.firm.place.acceptor
        if state == "correcting_on_spot":
            row = '{"field":"area","from":"1200","label":"生产场所面积（平方米）","section":"site","to":"1250"}'
            at = self._after(case, random)
            case.tell("correction_offered", at, actor(acceptor), f'{{"rows":[{row}]}}')
            case.columns["spot_correction"] = (
                f'{{"offered_by":"{acceptor.label}","offered_on":"{at.day.text}","rows":[{row}]}}'
            )
        elif state != "submitted":
            facts = f'{{"items":{_ITEMS}}}'
            case.tell("correction_asked", self._after(case, random), actor(acceptor), facts, "acceptance.stop")
            case.columns["corrections"] = _CORRECTIONS
            if state == "resubmitted":
                facts = f'{{"receipt":"{case.receipt}"}}'
                case.tell("resubmitted", self._after(case, random), case.applicant, facts, "acceptance.start")
        if state != "submitted":
            case.columns["received_by"] = array([acceptor.id])

    def _accepted(self, case: Case, state: str, random: Random) -> None:
        """From acceptance to a state of the road; the team goes out, comes back, the reviewer proposes."""
        place, firm = case.firm.place, case.firm
        at = self._after(case, random)
        series = kind("acceptance_notice").series(place.abbreviation)
        case.acceptance_number = f"{series}〔{at.day.year}〕{case.serial:04}号"
        case.stream.label = f"食品生产许可首次申请 {case.acceptance_number}"
        case.tell("accepted", at, actor(place.acceptor), f'{{"number":"{case.acceptance_number}"}}', "decision.start")
        case.columns |= {
            "accepted_on": at.day.text,
            "accepted_by_id": str(place.acceptor.id),
            "received_by": array([place.acceptor.id]),
        }
        case.accepted = at.day
        upto = _ROAD.index(state)
        if upto >= 1:
            case.tell("review_begun", self._after(case, random), actor(place.reviewer))
            case.columns |= {"reviewed_by_id": str(place.reviewer.id), "examined_by": array([place.reviewer.id])}
        if upto >= 2:
            self._visit(case, concluded=upto >= 3, random=random)
        if upto >= 4:
            at = self._after(case, random)
            case.tell("proposed", at, actor(place.reviewer), f'{{"results":{firm.offer.results}}}', shown=False)
            case.columns["proposal"] = (
                f'{{"at":"{at.text}","by":"{place.reviewer.label}","opinion":"申请材料齐全、符合法定形式；现场核查通过。",'
                f'"reasons":{{}},"results":{firm.offer.results}}}'
            )

    def _visit(self, case: Case, *, concluded: bool, random: Random) -> None:
        place, (leader, member) = case.firm.place, case.team
        assigned = self._after(case, random)
        facts = f'{{"opinion":"","team":["{leader.name}","{member.name}"],"visit_on":"{assigned.day.text}"}}'
        case.tell("verification_assigned", assigned, actor(place.reviewer), facts)
        case.columns["verified_by"] = array([leader.id, member.id])
        team = ",".join(
            f'{{"credential":"鄂食核（演示）","leader":{str(hand is leader).lower()},"name":"{hand.name}",'
            f'"user_id":{hand.id}}}'
            for hand in case.team
        )
        back, result, sheet = NONE, "{}", "{}"
        if concluded:
            at = self._after(case, random)
            items = ",".join(f'"{item}"' for item in range(1, 35))
            case.tell("scored", at, actor(member), f'{{"items":[{items}],"variety":""}}', shown=False)
            facts = f'{{"results":{case.firm.offer.results},"signed":true}}'
            case.tell("verification_concluded", at, actor(leader), facts)
            back, sheet = at.text, self._sheet
            keys = case.firm.offer.results.replace('"pass"', _PASSED)
            result = f'{{"varieties":{keys}}}'
        case.pages.add(
            "licensing_visit",
            case.id,
            f"[{team}]",
            "",
            assigned.day.text,
            assigned.text,
            assigned.day.acceptance.on,
            sheet,
            int(concluded),
            result,
            back,
            leader.id if concluded else NONE,
            "t" if concluded else NONE,
            "",
            case.firm.id,
            place.path,
        )

    def _after(self, case: Case, random: Random) -> Moment:
        """Some moment after the last one, within a few days and not after today."""
        assert case.last is not None
        left = (self.calendar.today - case.last.day.on).days
        days = min(int(random.random() * 4), left)
        if days:
            return self.calendar.ago(left - days).moment(random)
        return Moment(case.last.day, case.last.microseconds + 60_000_000 + int(random.random() * 600_000_000))

    # --- the rows -----------------------------------------------------------------------------------------------------

    def _decided(self, at: Moment, by: Hand) -> dict[str, str]:
        return {"decided_on": at.day.text, "decided_by_id": str(by.id), "considered_by": array([by.id])}

    def _write(self, case: Case, state: str, *, licence: str = "") -> None:
        firm, place, known = case.firm, case.firm.place, case.columns
        due = None
        if case.term_began_on is not None:
            due = case.term_began_on.decision if case.decision_term else case.term_began_on.acceptance
        due_on, provisional = (due.on, due.provisional) if due else (NONE, "f")
        case.pages.add(
            "licensing_application",
            case.id,
            case.stream.seq,
            PROCEDURE,
            state,
            firm.id,
            self._form(firm),
            known["saved_at"],
            place.authority,
            place.path,
            case.receipt,
            case.acceptance_number,
            firm.offer.title,
            known["submitted_at"],
            case.received.text,
            known.get("accepted_on", NONE),
            known.get("decided_on", NONE),
            case.term_began_on.text if case.term_began_on else NONE,
            due_on,
            provisional,
            known.get("claimed_by_id", NONE),
            known.get("claimed_at", NONE),
            known.get("accepted_by_id", NONE),
            known.get("reviewed_by_id", NONE),
            known.get("decided_by_id", NONE),
            known.get("received_by", "{}"),
            known.get("examined_by", "{}"),
            known.get("considered_by", "{}"),
            known.get("verified_by", "{}"),
            known.get("corrections", "[]"),
            known.get("spot_correction", "{}"),
            known.get("proposal", "{}"),
            known.get("outcome", "{}"),
            known.get("licence_id", NONE),
            array(firm.offer.category_codes),
        )
        assert case.last is not None
        case.pages.add(
            "publication_progress",
            case.receipt,
            PROCEDURE,
            state,
            place.authority_name,
            f"[{','.join(case.steps)}]",
            case.received.text,
            due_on,
            provisional,
            licence,
            case.last.text,
            case.acceptance_number,
            f"[{','.join(case.marks)}]",
            NONE if state in OPEN else case.last.day.text,
        )

    def _form(self, firm: Firm) -> str:
        return (
            f'{{"declaration":{{"truthful":"yes"}},"enterprise":{{"contact_name":"{firm.head}",'
            f'"contact_phone":"{self.seal(f"139{firm.id % 100_000_000:08}")}","domicile":"{firm.domicile}",'
            f'"legal_representative":"{firm.head}","producer_name":"{firm.name}","uscc":"{firm.uscc}"}},'
            f'"equipment":{_EQUIPMENT},"people":{{"list":[{{"duty":"food_safety_manager","education":"大专","name":'
            f'"{firm.head}"}}]}},"products":{{"varieties":{firm.offer.varieties}}},"site":{{"area":"1200",'
            f'"division_code":"{firm.place.code}","production_address":"{firm.address}",'
            f'"surroundings":"{_SURROUNDINGS}"}}}}'
        )

    def _announce(self, case: Case, verb: str, licence: str) -> None:
        firm, place = case.firm, case.firm.place
        assert case.last is not None and case.accepted is not None
        case.pages.add(
            "publication_announcement",
            case.last_entry,
            verb,
            case.acceptance_number,
            firm.name,
            firm.uscc,
            firm.offer.category_names,
            PROCEDURE,
            place.code,
            place.authority_name,
            place.path,
            case.last.day.text,
            case.last.shown.text,
            licence,
            place.full,
            "county",
            firm.offer.category,
            array(firm.offer.categories),
            days_of_decision(case.accepted.on, case.last.day.on),
        )


_PASSED = '{"most":"102","points":"102","rate":"1.0000","reason":"","result":"pass","zeros":[]}'


def _whose(state: str, firm: Firm) -> Hand | None:
    """Whose turn it is."""
    place = firm.place
    if state in ("submitted", "resubmitted", "correcting_on_spot"):
        return place.acceptor
    if state in ("accepted", "document_review", "verification_done"):
        return place.reviewer
    return place.decider if state == "decision_proposed" else None


class _Chance:
    """One of several, by weight."""

    def __init__(self, weights: dict[str, int]) -> None:
        self._names, self._upto = tuple(weights), list(accumulate(weights.values()))

    def pick(self, random: Random) -> str:
        return self._names[bisect(self._upto, random.random() * self._upto[-1])]
