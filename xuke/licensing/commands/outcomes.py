"""What a favourable decision does to the licence: each kind of application ends in one of these.

The right and the version of its certificate are changed in the transaction of the decision; the file is made by a job
that commits with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from xuke.certificates import commands as certificates
from xuke.certificates import endings
from xuke.certificates.commands import Grant
from xuke.certificates.models import Licence
from xuke.certificates.queries import newest_version
from xuke.foundation import divisions, scope
from xuke.foundation.actors import Actor
from xuke.licensing import expiry, hearing
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.food.comparing import Change, added_rows, before_what_failed, changes, merged, without
from xuke.licensing.procedures.food.goods import printed_category, printed_of
from xuke.licensing.procedures.food.parts import are_unchanged
from xuke.licensing.procedures.form import Procedure

Rows = Sequence[Mapping[str, Any]]
MOVED = "生产场所迁址，重新取得许可（食品生产许可管理办法（2020年）第三十二条）"


@dataclass(frozen=True)
class Decided:
    """What a decision grants, and by whose hand."""

    application: Application
    passed: Rows
    """The product rows that stand on the certificate from now on."""
    by: Actor
    now: datetime
    effective_on: date
    full_term_basis: str = ""
    """Why a change brings five new years: a full verification was ordered (Measures art. 38). Empty for none."""

    @property
    def licence(self) -> Licence:
        """The licence that the application starts from."""
        return decided_licence(self.application)

    @property
    def new_term(self) -> date:
        """The last day of a licence that is granted or renewed on this day."""
        return expiry.last_day(self.application, on=self.effective_on)


def carry_out(decided: Decided) -> Licence:
    """Do to the licence what was decided; the licence as it is then."""
    return _OUTCOMES[procedure(decided.application.procedure).kind](decided)


def _issue(decided: Decided) -> Licence:
    """A new right with its number. The licence of a plant that moved ends with it: one enterprise, one certificate."""
    application = decided.application
    assert application.authority is not None
    if application.starts_from_id is not None:
        _replace(application.starts_from_id, decided)
    return certificates.issue(
        grant=first_grant(application, decided.passed, today=decided.effective_on),
        enterprise=application.enterprise,
        authority=application.authority,
        by=decided.by,
        now=decided.now,
    )


def _replace(replaced: UUID, decided: Decided) -> None:
    """End the licence that a move replaces, wherever it lies: most plants move out of their county (Measures art. 32).

    One that was taken away or closed meanwhile has its own end, and whoever took it away closes the record.
    """
    with scope.widened():
        old = Licence.objects.select_for_update(no_key=True).get(pk=replaced)
        if old.state in endings.OPEN and old.cancelled_on is None:
            endings.cancel(
                licence=old,
                basis="行政许可法第七十条；食品生产许可管理办法（2020年）第三十二条",
                source=decided.application.stream,
                reason=MOVED,
                by=decided.by,
                now=decided.now,
            )


def _amend(decided: Decided) -> Licence:
    """What changed is printed anew; five new years only where the decider says why (Measures art. 38)."""
    grant = _standing_grant(decided)
    if not decided.full_term_basis:
        return certificates.amend(licence=decided.licence, grant=grant, by=decided.by, now=decided.now)
    return _renewed(decided, grant, basis=decided.full_term_basis)


def _renew(decided: Decided) -> Licence:
    """Five years from the decision (Measures art. 39)."""
    return _renewed(decided, _standing_grant(decided))


def _renewed(decided: Decided, grant: Grant, *, basis: str = "") -> Licence:
    return certificates.renew(
        licence=decided.licence,
        grant=replace(grant, valid_to=decided.new_term),
        effective_on=decided.effective_on,
        basis=basis,
        by=decided.by,
        now=decided.now,
    )


def renew_by_law(decided: Decided) -> Licence:
    """Renewed by silence: what the licence says stays, whatever else was applied for (Measures art. 36)."""
    standing = certificates.granted_by(newest_version(decided.licence))
    return _renewed(decided, standing, basis="逾期未决定，依法视为准予延续")


def standing_rows(licence: Licence) -> list[Mapping[str, Any]]:
    """The product rows as the certificate prints them now."""
    return list(newest_version(licence).content["product_details"])


def _report(decided: Decided) -> Licence:
    """The duplicate is written anew, without a decision (Measures art. 32)."""
    grant = _standing_grant(decided)
    return certificates.amend(licence=decided.licence, grant=grant, verb="reported", by=decided.by, now=decided.now)


def _reissue(decided: Decided) -> Licence:
    return certificates.reissue(licence=decided.licence, by=decided.by, now=decided.now)


_OUTCOMES: Mapping[str, Callable[[Decided], Licence]] = {
    "first": _issue,
    "change": _amend,
    "renewal": _renew,
    "renewal_change": _renew,
    "report": _report,
    "reissue": _reissue,
}


# --- what the certificate says ----------------------------------------------------------------------------------------


def first_grant(application: Application, passed: Rows, *, today: date) -> Grant:
    """What a first licence says."""
    typed, site = application.form["enterprise"], application.form["site"]
    # The number follows the main product; when that one did not pass, the first that did (handbook 1.1).
    main = next((row for row in passed if row["main"]), passed[0])
    return Grant(
        producer_name=typed["producer_name"],
        uscc=typed["uscc"],
        legal_representative=typed["legal_representative"],
        domicile=typed["domicile"],
        production_address=_full_address(site, today),
        division_code=site["division_code"],
        main_category=main["category_code"],
        valid_to=expiry.last_day(application, on=today),
        **_printed(passed),
    )


def _standing_grant(decided: Decided) -> Grant:
    """What the licence says now, with what the application changes of it."""
    application = decided.application
    standing = certificates.granted_by(newest_version(decided.licence))
    if procedure(application.procedure).kind in ("change", "renewal_change"):
        typed = application.form["enterprise"]
        names = {name: typed[name] for name in ("producer_name", "legal_representative", "domicile")}
        standing = replace(standing, **names)
    return replace(standing, **_printed(decided.passed))


def _printed(rows: Rows) -> dict[str, Any]:
    """Product rows as a certificate numbers them."""
    return {
        "food_categories": tuple(dict.fromkeys(printed_category(row) for row in rows)),
        "product_details": tuple(
            {
                "seq": place,
                "category": printed_category(row),
                "code": row["code"],
                "name": row["name"],
                "detail": row["detail"],
                "remark": row.get("remark", ""),
                **printed_of(row),
            }
            for place, row in enumerate(rows, start=1)
        ),
    }


@dataclass(frozen=True)
class Foreseen:
    """What a decision would leave of a licence, said before it is carried out: of what page, notice and case tell."""

    rows: tuple[Mapping[str, Any], ...]
    """The product rows of the certificate from then on."""
    changes: tuple[Change, ...]
    """What stands differently than on the certificate as it is now."""


def foresee(application: Application, passed: Rows, *, printed: Rows | None = None) -> Foreseen:
    """The certificate once these rows passed. `printed` are the rows on it now, where somebody has read them already.

    A change adds what passed and leaves what it did not touch, or what it wanted otherwise and did not get; a renewal
    goes on with what passed. What was reported and printed since the application was begun stays.
    """
    which = procedure(application.procedure)
    if application.starts_from_id is None or not which.needs_licence:
        return Foreseen(tuple(passed), changes(application.form, after=passed))
    now = standing_rows(decided_licence(application)) if printed is None else printed
    failed = _failed(application, which, passed)
    rows = _rows_after(application, which, now, failed)
    before = before_what_failed(now, rows, failed)
    return Foreseen(tuple(rows), changes(application.form, before=before, after=rows))


def _failed(application: Application, which: Procedure, passed: Rows) -> Rows:
    """The rows that were judged and did not pass."""
    if which.kind == "report" or not which.judges(application.form):
        return []
    keys, rows = {row["key"] for row in passed}, application.varieties
    if which.kind == "change":
        added = {row.get("key") for row in added_rows(application.form)}
        rows = [row for row in rows if row.get("key") in added]
    return [row for row in rows if row["key"] not in keys]


def _rows_after(application: Application, which: Procedure, now: Rows, failed: Rows) -> Rows:
    if which.kind == "report":
        return merged(application.form, now, failed=())
    if which.step("products", application.form) is None:
        return now if which.kind == "change" else without(application.form, now, failed)
    return merged(application.form, now, failed=failed, keeps=which.kind == "change")


def decided_licence(application: Application) -> Licence:
    """The licence that an application starts from, where it has to start from one."""
    assert application.starts_from is not None
    return application.starts_from


def _full_address(site: dict[str, Any], today: date) -> str:
    """The address with province, prefecture and county in front, unless the applicant wrote them."""
    place = divisions.full_name(site["division_code"], today)
    typed = str(site["production_address"])
    return typed if typed.startswith(place[:2]) else place + typed


# --- what the applicant is told ---------------------------------------------------------------------------------------


def told(application: Application, licence: Licence, found: Sequence[Change] = ()) -> dict[str, Any]:
    """What the notice of a favourable decision says besides the parties and the varieties, with what it changes."""
    facts: dict[str, Any] = {
        "licence_number": licence.number,
        "valid_to": licence.valid_to.isoformat(),
        "issued_on": newest_version(licence).content["issued_on"],
    }
    if found:
        facts["changes"] = [change.as_json() for change in found]
    if are_unchanged(application.form):
        facts["unchanged"] = True
    if no_visit := application.proposal.get("no_visit"):
        facts["no_visit"] = no_visit
    return facts | hearing.adopted(application.hearing, application.proposal)


def silent_day(licence: Licence) -> date:
    """From when a licence counts as renewed when nobody decided: the day after its last (Measures art. 36)."""
    return licence.valid_to + timedelta(days=1)
