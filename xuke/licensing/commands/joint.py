"""Joint review (联合审查): asking another level about the categories it licenses, and its answer (Measures art. 18)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from xuke.accounts.models import Authority
from xuke.accounts.officers import Officer
from xuke.accounts.queries import authority_of
from xuke.catalogue import competence
from xuke.catalogue.food import subcategory
from xuke.foundation.transactions import command
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import binding, permissions
from xuke.licensing.commands.steps import note, open_step
from xuke.licensing.commands.wording import Wording
from xuke.licensing.models import Application, JointReview
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.food.comparing import added_rows

PASS, FAIL = "pass", "fail"
RESULTS = {PASS: "同意", FAIL: "不同意"}
FIELDS = ("shared_with", "joint_waits")
"""What asking changes of an application."""


@dataclass(frozen=True)
class Asked:
    """Another authority, the subcategories it licenses, and why it does."""

    authority: Authority
    codes: tuple[str, ...]
    basis: str


def others(application: Application, *, on: date) -> tuple[Asked, ...]:
    """Which authorities of other levels license some of what is applied for, as the rules stood on a day.

    A level that has no authority working with this system is asked on paper by the accepting one, as a gate says beside
    the case; where the nation fixed that level nobody else decides (`gates_joint`).
    """
    kind = procedure(application.procedure).kind
    if application.authority is None or kind not in ("first", "change", "renewal", "renewal_change"):
        return ()
    rows = added_rows(application.form) if kind == "change" else application.varieties
    codes = list(dict.fromkeys(str(row["code"]) for row in rows if subcategory(str(row["code"]))))
    if not codes:
        return ()
    division = binding.division_of(application)
    found: dict[str, list[str]] = {}
    levels = competence.levels(codes, on=on, division=division)
    for code, each in levels.items():
        if each.level != application.authority.level:
            found.setdefault(each.level, []).append(code)
    asked = []
    for level in sorted(found, key=competence.LEVELS.index):
        authority = authority_of(competence.division_at(level, division))
        if authority is not None and authority.pk != application.authority_id:
            asked.append(Asked(authority, tuple(found[level]), levels[found[level][0]].basis))
    return tuple(asked)


def ask_joint_review(application: Application, *, today: date) -> list[str]:
    """Ask every other level about its categories; called in the transaction that accepts. The names of who is asked.

    Sets `FIELDS` of the application, which the caller saves: before that nobody else sees the case.
    """
    found = others(application, on=application.received_on or today)
    if not found:
        return []
    limit = binding.limit(application, "food.joint_opinion", on=today)
    due = current_calendar().add(today, limit.value).on
    for each in found:
        JointReview(
            application=application,
            authority=each.authority,
            codes=list(each.codes),
            basis=each.basis,
            asked_on=today,
            due_on=due,
            enterprise_id=application.enterprise_id,
            authority_path=application.authority_path,
        ).save(force_insert=True)
    paths = [each.authority.path for each in found]
    application.shared_with = list(dict.fromkeys([*application.shared_with, *paths]))
    application.joint_waits = {each.authority.code: each.authority.name for each in found}
    return [each.authority.name for each in found]


@command
def give_joint_opinion(
    *,
    application: Application,
    results: Mapping[str, str],
    opinion: str,
    by: Officer,
    now: datetime,
    revision: int | None = None,
) -> Application:
    """Say for one's own level whether each of its subcategories may be licensed; the accepting authority goes on.

    `results` holds pass or fail by subcategory. What fails here cannot be proposed to pass.
    """
    application, step = open_step("give_joint_opinion", application, by=by, revision=revision)
    if step is None:
        return application
    asked = JointReview.objects.select_for_update(no_key=True).get(
        application=application, authority_id=by.authority_id
    )
    wording = Wording()
    for code in asked.codes:
        if results.get(code) not in RESULTS:
            known = subcategory(code)
            wording.wrong(f"results.{code}", f"请选择{known.name if known else code}的意见。")
    if strangers := results.keys() - set(asked.codes):
        wording.wrong("results", f"{'、'.join(sorted(strangers))}不由本机关许可。")
    opinion = wording.text("opinion", opinion, label="审查意见", most=2000, missing="请写明审查意见。")
    wording.demand()
    asked.results = {code: results[code] for code in asked.codes}
    asked.opinion, asked.given_at, asked.given_by_id, asked.given_name = opinion, now, by.user_id, by.label
    asked.save(update_fields=["results", "opinion", "given_at", "given_by", "given_name"])
    mine = permissions.code_at(by.authority_path)
    application.joint_waits = {code: name for code, name in application.joint_waits.items() if code != mine}
    # It moves nothing: whoever has the case in hand at the accepting authority keeps it.
    return note(
        application,
        step.verb,
        "joint_waits",
        by=by,
        now=now,
        of=by.authority_name,
        results=asked.results,
        opinion=opinion,
    )


def failed(application: Application) -> dict[str, str]:
    """Which subcategories another level does not agree to, and why; what the proposal has to follow."""
    given = JointReview.objects.filter(application=application, given_at__isnull=False).select_related("authority")
    return {
        code: f"{each.authority.name}联合审查不同意：{each.opinion}"
        for each in given
        for code, result in each.results.items()
        if result == FAIL
    }
