"""Reading what the gates ask, and asking them: at most three statements, and the rule editions this process keeps."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from xuke.catalogue import commitment as commitments
from xuke.catalogue import competence, editions
from xuke.catalogue.commitment import commitment_policy
from xuke.catalogue.food import Subcategory, category, subcategory
from xuke.catalogue.rulebook import Edition
from xuke.certificates import queries as certificates
from xuke.certificates.commands import AlreadyLicensed
from xuke.certificates.models import Licence
from xuke.foundation import scope
from xuke.foundation.calendar import OutsideCalendar
from xuke.foundation.refusals import Conflict, Problem
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import binding, gates, places, renewing
from xuke.licensing.gate_facts import (
    CategoryFacts,
    ClosedWay,
    CommitmentFacts,
    GateFacts,
    Happened,
    LicenceFacts,
    LocalGate,
    OtherCase,
    Registration,
    Subject,
    Window,
)
from xuke.licensing.gates import Closed
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.checking import day_at
from xuke.licensing.procedures.food.comparing import added_rows
from xuke.licensing.procedures.food.goods import on_promise
from xuke.licensing.receiving import filed_on
from xuke.licensing.workflow import LIFE
from xuke.parties.models import Enterprise
from xuke.parties.queries_bans import bans_touching

_CLOSED = [state.name for state in LIFE.states if state.final]


class GateClosed(Conflict):
    """这件申请现在不能继续办理。"""

    def __init__(self, found: Iterable[Closed]) -> None:
        self.closed = tuple(found)
        super().__init__("".join(each.sentence for each in self.closed))
        self.basis = self.closed[0].law if self.closed else ""


# --- asking -----------------------------------------------------------------------------------------------------------


def closed(
    application: Application, moment: str, *, today: date, filed: Collection[str] | None = None
) -> tuple[Closed, ...]:
    """Every gate that is closed to an application at a moment, warnings last. `filed` holds kinds of files."""
    return gates.closed(facts(application, today=today, filed=filed), moment)


def demand(application: Application, moment: str, *, today: date, filed: Collection[str] | None = None) -> None:
    """Nothing is in the way; raises with all that is, at once. What was asked is kept with the decision."""
    application.gated = facts(application, today=today, filed=filed)
    _raise(gates.closed(application.gated, moment))


def why_declined(application: Application, *, today: date) -> tuple[Closed, ...]:
    """What keeps an application from being accepted whatever is corrected: the reasons for not accepting it (art. 78).

    Who is not competent says that at once (art. 32(2)), and whoever only shares a name with somebody who may not apply
    is asked first who they are. What was asked is kept with the decision.
    """
    application.gated = facts(application, today=today)
    certain = replace(application.gated, bans=tuple(ban for ban in application.gated.bans if ban.certain))
    found = gates.closed(certain, gates.ACCEPT)
    return tuple(each for each in found if not each.warns and each.code != "competence")


def demand_start(enterprise: Enterprise, code: str, *, starts_from: Licence | None, today: date) -> None:
    """Nothing keeps an enterprise from beginning an application of a procedure."""
    _raise(why_not_start(enterprise, code, starts_from=starts_from, today=today))


def why_not_start(enterprise: Enterprise, code: str, *, starts_from: Licence | None, today: date) -> tuple[Closed, ...]:
    """What keeps an enterprise from beginning an application of a procedure, and what it is warned of."""
    begun = Application(procedure=code, enterprise=enterprise, starts_from=starts_from, form={})
    return gates.closed(facts(begun, today=today), gates.START)


def problems(found: Iterable[Closed]) -> tuple[Problem, ...]:
    """What holds a form up, as its pages show it beside what else is wrong."""
    return tuple(Problem(each.place, each.sentence) for each in found if not each.warns)


def _raise(found: Iterable[Closed]) -> None:
    holding = [each for each in found if not each.warns]
    if len(holding) == 1 and holding[0].code == "one_certificate":
        raise AlreadyLicensed(holding[0].sentence)
    if holding:
        raise GateClosed(holding)


# --- reading ----------------------------------------------------------------------------------------------------------


def facts(application: Application, *, today: date, filed: Collection[str] | None = None) -> GateFacts:
    """What the gates ask about an application, as everything stands today."""
    form: Mapping[str, Any] = application.form
    kind = procedure(application.procedure).kind
    division = str(form.get("site", {}).get("division_code", ""))
    rows = [row for row in form.get("products", {}).get("varieties", []) if isinstance(row, Mapping)]
    known = {found.code: found for row in rows if (found := subcategory(str(row.get("code", ""))))}
    held, starts_from = _licences(application, today)
    bans = bans_touching(application.enterprise_id, on=today, staff=staff(form))
    categories = tuple(_category(each, division, today, application) for each in known.values())
    seat = application.authority.code if application.authority else ""
    return GateFacts(
        kind=kind,
        today=today,
        filed_on=filed_on(application),
        subject=_subject(application.enterprise),
        categories=categories,
        held=held,
        starts_from=starts_from,
        division=division,
        address=str(form.get("site", {}).get("production_address", "")),
        others=_other_cases(application),
        bans=bans,
        window=_window(application, starts_from, today),
        happened=_happened(application, kind, today),
        commitment=_commitment(application, known.values(), division, today),
        registrations=tuple(_registrations(rows)),
        seat=seat,
        seat_name=application.authority.name if application.authority else "",
        closed_way=_closed_way(application, today),
        joint=len({each.level for each in categories}) > 1,
        local=_local(application, known.values(), kind, today, filed),
    )


def _subject(enterprise: Enterprise) -> Subject:
    state = enterprise.state
    return Subject(enterprise.name, state, Enterprise.STATES.get(state, state), enterprise.term_ends_on)


def staff(form: Mapping[str, Any]) -> list[str]:
    """The managers and technicians that the form names: some bans keep them from their work."""
    rows = form.get("people", {}).get("list", [])
    return [str(row.get("name", "")) for row in rows if isinstance(row, Mapping)]


def _licences(application: Application, today: date) -> tuple[LicenceFacts | None, LicenceFacts | None]:
    """The licence the enterprise holds in force, and the one the application starts from."""
    wanted = Licence.objects.filter(enterprise=application.enterprise_id, kind="food")
    found = list(wanted.order_by("-granted_on", "-pk"))
    if application.starts_from_id and all(each.pk != application.starts_from_id for each in found):
        # The plant moves here from another county: its old licence lies there, and ends with the decision.
        with scope.widened():
            found += Licence.objects.filter(pk=application.starts_from_id)
    held = next((each for each in found if certificates.standing(each, today=today)[0] == "in_force"), None)
    mine = next((each for each in found if each.pk == application.starts_from_id), None)
    said: Mapping[str, Any] = application.form.get("licence", {})
    return (
        _licence(held, {}, today) if held else None,
        replace(_licence(mine, said, today), kept=renewing.is_kept(application, mine)) if mine else None,
    )


def _licence(licence: Licence, said: Mapping[str, Any], today: date) -> LicenceFacts:
    code, words = certificates.standing(licence, today=today)
    return LicenceFacts(
        licence.number,
        code,
        words,
        licence.valid_to,
        str(said.get("division_code", "")) or licence.number[5:11],
        str(said.get("production_address", "")),
        contested_as=licence.contested_as,
        contest_told=licence.contest_told,
    )


def _other_cases(application: Application) -> tuple[OtherCase, ...]:
    """What else of the enterprise is under way."""
    under_way = (
        Application.objects.filter(enterprise=application.enterprise_id, submitted_at__isnull=False)
        .exclude(pk=application.pk)
        .exclude(state__in=[*_CLOSED, "granted"])
        .values("procedure", "receipt_number", "starts_from__number")
    )
    return tuple(
        OtherCase(
            procedure(row["procedure"]).kind,
            procedure(row["procedure"]).title,
            row["receipt_number"] or "",
            row["starts_from__number"] or "",
        )
        for row in under_way
    )


# --- rules ------------------------------------------------------------------------------------------------------------


def _category(known: Subcategory, division: str, today: date, application: Application) -> CategoryFacts:
    now = competence.edition_of(editions.book(), known.code, on=today, division=division)
    then = _competence_bound(application, known, division)
    asked: dict[str, Any] = {"bound": then, "on": today, "division": division}
    if then and now and now.id != then.id and competence.leaves_running(editions.book(), known.code, **asked):
        now = then  # The plan of the province leaves running cases where they are.
    whole = category(known.category_code)
    last = None if now else _last_competence(known, division, today)
    ended_on, ended = last or (None, None)
    level = str(now.content["level"]) if now else ""
    binds = then or now
    seat = competence.division_at(str(binds.content["level"]), division) if binds and division else ""
    return CategoryFacts(
        code=known.code,
        name=known.name,
        category=known.category_code,
        is_special=bool(whole and whole.is_special_food),
        is_additive=known.category_code.startswith("2"),
        level=level,
        level_filed=str(then.content["level"]) if then else "",
        seat=competence.division_at(level, division) if level and division else "",
        is_fixed=bool(binds and binds.content.get("fixed")),
        is_absent=bool(seat) and _is_absent(application, known, seat),
        basis=now.basis if now else "",
        since=now.valid_from if now else None,
        ended_on=ended_on,
        ended_basis=ended.basis if ended else "",
    )


def _is_absent(application: Application, known: Subcategory, seat: str) -> bool:
    """Whether nobody at the seat that licenses a subcategory can be asked here, and nobody was when it was accepted."""
    if any(path.endswith(f"/{seat}/") or path == f"{seat}/" for path in application.shared_with):
        return False
    if procedure(application.procedure).kind == "change":
        added = {str(row["code"]) for row in added_rows(application.form)}
        return known.code in added and seat not in places.open_codes()
    return seat not in places.open_codes()


def _competence_bound(application: Application, known: Subcategory, division: str) -> Edition | None:
    """What said who licenses a subcategory when the case was filed, or when it was handed over."""
    if application.received_on is None:
        return None
    book = editions.book()
    bound = book.edition(str((application.rules or {}).get("competence", {}).get(known.code, "")))
    return bound or competence.edition_of(book, known.code, on=application.received_on, division=division)


def _last_competence(known: Subcategory, division: str, today: date) -> tuple[date, Edition] | None:
    """What said last who licenses a subcategory, where nobody says so any more, and its last day."""
    keys = (known.code, known.category_code, "*")
    return _last("competence", keys, division, today)


def _last(
    topic: str, keys: Iterable[str], division: str, today: date, *, allowed: bool = False
) -> tuple[date, Edition] | None:
    """The edition whose time ended last before today, of those that speak of these keys, and its last day.

    An edition that was ended early names no last day itself: it is never changed.
    """
    book = editions.book()
    ended = [
        (period.ends, period.edition)
        for key in keys
        for period in book.timeline(topic, key, division=division)
        if period.edition and period.ends and period.ends < today
    ]
    found = [(day, each) for day, each in ended if not allowed or each.content.get("allowed")]
    return max(found, key=lambda pair: pair[0]) if found else None


def _window(application: Application, licence: LicenceFacts | None, today: date) -> Window | None:
    if licence is None:
        return None
    on = filed_on(application) or today
    last = renewing.last_day(application, licence.valid_to, on=on)
    late = binding.switch(application, "food.late_renewal", on=today)
    first = renewing.first_day(application, licence.valid_to, on=on)
    return Window(last.on, binding.limit(application, renewing.LIMIT, on=on).value, last.provisional, first, late)


def _closed_way(application: Application, today: date) -> ClosedWay | None:
    """The procedure of a draft that the place of its licence has switched off; what was filed keeps its way."""
    which = procedure(application.procedure)
    if not which.switch or application.rules:
        return None  # The licence of a plant that moves here may lie in another county, out of sight.
    licence = application.starts_from
    found = editions.book().find("switch", which.switch, division=licence.number[5:11] if licence else "", on=today)
    return ClosedWay(which.title, found.basis) if found and not found.content["on"] else None


_COUNTED = {
    "change": ("food.change_apply", "changes.since"),
    "renewal_change": ("food.change_apply", "changes.since"),
    "report": ("food.report", "happened.since"),
    "cancellation": ("food.cancel_apply", "ended.since"),
}
"""By kind: within which limit one comes to the authority, and the day in the form that it is counted from."""


def _happened(application: Application, kind: str, today: date) -> Happened | None:
    id, place = _COUNTED.get(kind, ("", ""))
    since = day_at(application.form, place)
    if since is None:
        return None
    limit = binding.limit(application, id, on=application.received_on or today)
    try:
        last = current_calendar().add(since, limit.value)
    except OutsideCalendar:
        return None  # The form says what is wrong with that day.
    return Happened(since, last.on, limit.value, limit.basis, last.provisional)


def _commitment(application: Application, known: Iterable[Subcategory], division: str, today: date) -> CommitmentFacts:
    asked, kind = on_promise(application.form), procedure(application.procedure).kind
    codes = list(dict.fromkeys(each.category_code for each in known))
    if application.rules:
        policies = list(binding.commitment_policies(application, on=today).values())
    else:
        policies = [commitment_policy(code, kind, division=division, on=today) for code in codes]
    refused = next((each for each in policies if not each.allowed), None)
    over = _ended_commitment(codes, kind, division, today) if refused and asked else None
    ended_on, ended = over or (None, None)
    return CommitmentFacts(
        allowed=bool(policies) and refused is None,
        asked=asked,
        basis=ended.basis if ended else refused.basis if refused else policies[0].basis if policies else "",
        ended_on=ended_on,
        check_days=max((each.check_days for each in policies), default=commitments.CHECK_DAYS),
    )


def _ended_commitment(codes: Iterable[str], kind: str, division: str, today: date) -> tuple[date, Edition] | None:
    """The edition under which it could have been decided on a promise until a short while ago, and its last day."""
    keys = [key for code in codes for key in (f"{code}:{kind}", f"{code}:*")] + [f"*:{kind}", "*:*"]
    found = _last("commitment", keys, division, today, allowed=True)
    recent = today - timedelta(days=366)
    return found if found and found[0] >= recent else None


def _registrations(rows: Iterable[Mapping[str, Any]]) -> Iterable[Registration]:
    for row in rows:
        if number := str(row.get("registration", "")).strip():
            yield Registration(str(row.get("detail", "")) or str(row.get("name", "")), number, _day(row))


def _day(row: Mapping[str, Any]) -> date | None:
    try:
        return date.fromisoformat(str(row.get("registered_to", "")))
    except ValueError:
        return None


def _local(
    application: Application,
    known: Iterable[Subcategory],
    kind: str,
    today: date,
    filed: Collection[str] | None,
) -> tuple[LocalGate, ...]:
    """The province's own conditions. Where it is not known what was filed, nothing is said about files."""
    codes = [each.category_code for each in known]
    labels = {each.name: each.label for each in procedure(application.procedure).materials}
    titles = [labels.get(name, name) for name in filed or ()]
    found = []
    for each in binding.local_gates(application, on=today):
        if each.condition == "requires_material" and filed is None:
            continue
        reason = each.why_not(categories=codes, kind=kind, materials=titles)
        found.append(LocalGate(each.code, each.title, reason or each.text, each.basis, met=not reason))
    return tuple(found)
