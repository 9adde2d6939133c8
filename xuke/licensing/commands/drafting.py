"""What the applicant does before submitting: begin, save, file, give up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from xuke.certificates import queries as certificates
from xuke.certificates.models import Licence
from xuke.foundation import journal
from xuke.foundation.models import Entry, StoredFile
from xuke.foundation.refusals import Conflict, NotFound, NotPermitted, StepNotOpen
from xuke.foundation.transactions import command
from xuke.licensing import gating, masks, offers, permissions, prefilling, starting, statements
from xuke.licensing.commands.steps import lock, note
from xuke.licensing.models import Application, Material
from xuke.licensing.procedures import PROCEDURES, procedure
from xuke.licensing.procedures.checking import shaped
from xuke.licensing.procedures.form import Procedure
from xuke.licensing.workflow import LIFE
from xuke.parties.applicants import Applicant
from xuke.parties.models import Enterprise

EDITABLE = ("draft", "correction_requested")
"""States in which the applicant may change the form and the files."""
MOST_OF_A_NAME = 200
"""Characters of a file's name that are kept: the last ones, with the extension."""
GRANTED = ("granted", "certificate_issued", "recorded")
"""States of applications from whose form a later one of the same licence takes over what no certificate prints."""
DOUBLE_CLICK = timedelta(seconds=10)
"""Two clicks within this time are one."""


@command
def start(*, procedure_code: str, by: Applicant, now: datetime, licence: Licence | None = None) -> Application:
    """Begin a draft, filled with what the register and the licence say, so that nothing is typed twice.

    A draft begun a moment ago and not touched since is handed back instead: a double click begins one draft.
    """
    if procedure_code not in {known.code for known in PROCEDURES}:
        raise NotFound("没有这种申请。")
    which = procedure(procedure_code)
    permissions.demand_applicant(by)
    enterprise = lock_enterprise(by.enterprise_id)
    today = journal.legal_day(now)
    starts_from = _own_licence(licence, enterprise)
    drafts = Application.objects.filter(
        enterprise=enterprise, procedure=procedure_code, starts_from=starts_from, state=LIFE.initial
    )
    if untouched := drafts.filter(revision=1, saved_at__gt=now - DOUBLE_CLICK).first():
        return untouched
    if reason := starting.why_not_offered(which, starts_from, today=today):
        raise Conflict(reason)
    if starts_from is not None:
        gating.demand_start(enterprise, procedure_code, starts_from=starts_from, today=today)
    application = Application(
        procedure=procedure_code,
        enterprise=enterprise,
        starts_from=starts_from,
        form=_first_form(which, enterprise, starts_from, by.name),
        saved_at=now,
    )
    application.save(force_insert=True)
    facts: dict[str, Any] = {"licence": starts_from.number} if starts_from else {}
    journal.record("application.started", subject=application, by=by, at=now, procedure=procedure_code, **facts)
    return application


def _own_licence(licence: Licence | None, enterprise: Enterprise) -> Licence | None:
    """The licence as it stands, when it is the enterprise's own."""
    if licence is None:
        return None
    found = Licence.objects.filter(pk=licence.pk, enterprise=enterprise).first()
    if found is None:
        raise NotFound("没有找到这张许可证，或者它不属于您的企业。")
    return found


def _first_form(which: Procedure, enterprise: Enterprise, licence: Licence | None, contact: str) -> dict[str, Any]:
    if licence is None:
        return prefilling.first_form(which, enterprise, contact=contact)
    version = certificates.newest_version(licence)
    granted = Application.objects.filter(licence=licence, state__in=GRANTED)
    earlier = granted.order_by("-submitted_at", "pk").first()
    return prefilling.first_form(which, enterprise, contact=contact, version=version, earlier=earlier)


def lock_enterprise(id: int) -> Enterprise:
    """What an enterprise may have only one of is decided one at a time. Locked before any application."""
    enterprise = Enterprise.objects.select_for_update(no_key=True).filter(pk=id).first()
    if enterprise is None:
        raise NotFound()
    return enterprise


@command
def save_section(
    *,
    application: Application,
    section: str,
    values: Mapping[str, Any],
    by: Applicant,
    now: datetime,
    revision: int | None = None,
) -> Application:
    """Save what was typed in one section, right or wrong: a draft loses nothing. Checks come with `submit`.

    Saving what is there already changes nothing, in any state: the second click of a double click on submit does.
    """
    application = lock(application)
    _demand_own(application, by)
    which = procedure(application.procedure)
    # What one answer of a step opens in the same step is taken along with it.
    asked = which.step(section, application.form) and which.step(section, {**application.form, section: values})
    if asked is None:
        raise NotFound("这件申请没有这一步。")
    typed = prefilling.registered_anew(application.enterprise, asked, shaped(asked, values))
    if application.form.get(section) == typed:
        return application
    _demand_editable(application, by)
    _demand_unseen_change_is_mine(application, section, by, revision)
    form = prefilling.settled(which, {**application.form, section: typed})
    application.form = offers.noted(form, kind=which.kind, on=journal.legal_day(now))
    application.saved_at = now
    return note(application, "save_section", "form", "saved_at", by=by, now=now, section=section)


def _demand_unseen_change_is_mine(application: Application, section: str, by: Applicant, revision: int | None) -> None:
    """A person's own older page may save again, and what was typed last counts; a colleague's change is a conflict."""
    if revision is None or revision == application.revision:
        return
    newer = Entry.objects.filter(
        stream=application.stream, seq__gt=revision, verb="application.saved", facts__section=section
    ).exclude(actor=by.code)
    if other := newer.order_by("-seq").first():
        raise Conflict(who=other.actor_label, what="修改了这一步", at=other.at)


@command
def file_material(
    *, application: Application, kind: str, file: StoredFile, name: str, by: Applicant, now: datetime
) -> Material:
    """File a material; an earlier one of the same kind is superseded and kept."""
    application = lock(application)
    _demand_editable(application, by)
    if kind not in kinds_asked(application):
        raise NotFound("这件申请不需要这份材料。")
    name = name.replace("\\", "/").rpartition("/")[2].strip()[-MOST_OF_A_NAME:]
    Material.objects.filter(application=application, kind=kind, superseded_at=None).update(superseded_at=now)
    material = Material(
        application=application,
        kind=kind,
        file=file,
        name=name,
        uploaded_at=now,
        uploaded_by=by.label,
        enterprise_id=application.enterprise_id,
        authority_path=application.authority_path,
    )
    material.save(force_insert=True)
    application.saved_at = now
    note(application, "file_material", "saved_at", by=by, now=now, kind=kind, name=name, digest=file.digest)
    return material


def kinds_asked(application: Application) -> tuple[str, ...]:
    """The kinds of files that the form asks for as it stands, in its order."""
    asked = procedure(application.procedure).asked(application.form)
    return tuple(kind.name for section in asked for kind in section.materials)


@command
def discard(*, application: Application, by: Applicant, now: datetime) -> None:
    """Give up a draft that was never submitted. The journal remembers that there was one."""
    application = lock(application)
    _demand_editable(application, by)
    if application.state != LIFE.initial:
        raise StepNotOpen("只有没有提交过的草稿可以放弃。已经提交的，可以撤回申请。")
    application.revision += 1
    journal.record("application.discarded", subject=application, by=by, at=now)
    Material.objects.filter(application=application).delete()
    application.delete()


def _demand_own(application: Application, by: Applicant) -> None:
    permissions.demand_applicant(by)
    if by.enterprise_id != application.enterprise_id:
        raise NotPermitted("这不是您企业的申请。")


def _demand_editable(application: Application, by: Applicant) -> None:
    _demand_own(application, by)
    if application.state not in EDITABLE:
        raise StepNotOpen("申请已经提交，内容不能再改。需要更正的，请等受理人员一次告知，或者撤回后重新申请。")


def parties_of(application: Application) -> dict[str, Any]:
    """What every notice about a case says of it: for whom, about what."""
    typed = application.form["enterprise"]
    return {
        "applicant": typed["producer_name"],
        "uscc": typed["uscc"],
        "contact": typed["contact_name"],
        "item": procedure(application.procedure).title,
        "products": [
            {"code": row["code"], "name": row["name"], "detail": row["detail"]} for row in application.varieties
        ],
        "receipt_number": application.receipt_number or "",
    }


def masked(application: Application, rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Corrected values as the journal keeps them: telephone numbers with their middle hidden."""
    return [
        {**row, "from": masks.phone(row["from"]), "to": masks.phone(row["to"])}
        if statements.is_phone(application, row)
        else dict(row)
        for row in rows
    ]
