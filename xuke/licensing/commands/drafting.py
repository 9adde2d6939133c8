"""What the applicant does: draft, file, submit, correct, take back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from xuke.accounts.models import Authority
from xuke.accounts.queries import authority_of
from xuke.certificates import queries as certificates
from xuke.certificates.commands import AlreadyLicensed
from xuke.documents import commands as documents
from xuke.foundation import divisions, journal, sequences
from xuke.foundation.models import Entry, StoredFile
from xuke.foundation.refusals import Conflict, Invalid, NotFound, NotPermitted, Problem, StepNotOpen
from xuke.foundation.transactions import command
from xuke.licensing import masks, permissions, statements
from xuke.licensing.commands.steps import finish, lock, note, open_step
from xuke.licensing.commands.wording import Wording
from xuke.licensing.completeness import open_problems
from xuke.licensing.destination import destination
from xuke.licensing.models import Application, Material
from xuke.licensing.procedures import PROCEDURES, procedure
from xuke.licensing.procedures.form import shaped
from xuke.licensing.workflow import LIFE
from xuke.parties.applicants import Applicant
from xuke.parties.models import Enterprise
from xuke.signatures import commands as signatures
from xuke.signatures.models import Signature
from xuke.signatures.proofs import Proof
from xuke.signatures.standing import signer_now

EDITABLE = ("draft", "correction_requested")
"""States in which the applicant may change the form and the files."""
MOST_OF_A_NAME = 200
"""Characters of a file's name that are kept: the last ones, with the extension."""
CONTACT = "contact_name"
"""The field that whoever begins a draft need not type: their own name."""
DOUBLE_CLICK = timedelta(seconds=10)
"""Two clicks within this time are one."""


@command
def start(*, procedure_code: str, by: Applicant, now: datetime) -> Application:
    """Begin a draft, filled with what is known from the register, so that nothing is typed twice.

    A draft begun a moment ago and not touched since is handed back instead: a double click begins one draft.
    """
    if procedure_code not in {known.code for known in PROCEDURES}:
        raise NotFound("没有这种申请。")
    permissions.demand_applicant(by)
    enterprise = _lock_enterprise(by.enterprise_id)
    drafts = Application.objects.filter(enterprise=enterprise, procedure=procedure_code, state=LIFE.initial)
    if untouched := drafts.filter(revision=1, saved_at__gt=now - DOUBLE_CLICK).first():
        return untouched
    form: dict[str, Any] = {}
    for section in procedure(procedure_code).sections:
        for field in section.fields:
            if field.known:
                form.setdefault(section.name, {})[field.name] = getattr(enterprise, field.known)
            elif field.name == CONTACT:
                form.setdefault(section.name, {})[field.name] = by.name
    application = Application(procedure=procedure_code, enterprise=enterprise, form=form, saved_at=now)
    application.save(force_insert=True)
    journal.record("application.started", subject=application, by=by, at=now, procedure=procedure_code)
    return application


def _lock_enterprise(id: int) -> Enterprise:
    """What an enterprise may have only one of is decided one at a time. Locked before any application."""
    enterprise = Enterprise.objects.select_for_update(no_key=True).filter(pk=id).first()
    if enterprise is None:
        raise NotFound()
    return enterprise


def _lock_own_enterprise(application: Application, by: Applicant) -> None:
    """An enterprise is locked before what belongs to it. Whoever does not act for it is refused at the application."""
    if by.scope.enterprise_id == str(application.enterprise_id):
        _lock_enterprise(application.enterprise_id)


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
    asked = procedure(application.procedure).section(section)
    if asked is None:
        raise NotFound("这件申请没有这一步。")
    typed = shaped(asked, values)
    if application.form.get(section) == typed:
        return application
    _demand_editable(application, by)
    _demand_unseen_change_is_mine(application, section, by, revision)
    application.form = {**application.form, section: typed}
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
    if procedure(application.procedure).material(kind) is None:
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


@command
def submit(
    *, application: Application, proof: Proof, by: Applicant, now: datetime, revision: int | None = None
) -> Application:
    """Sign the application and submit it to the competent authority, which has five working days from the next one on.

    Everything is checked at once: form, files, characters that no font can print, one enterprise one certificate. What
    is signed is the statement over the form as it stands now (`xuke.licensing.statements`).
    """
    _lock_enterprise(application.enterprise_id)
    application, step = open_step("submit", application, by=by, revision=revision)
    if step is None:
        return application
    today = journal.legal_day(now)
    filed = _demand_complete(application, today=today)
    _demand_no_other(application, today=today)
    where = destination(application.form, on=today)
    authority = authority_of(where.seat) if where else None
    if where is None or authority is None:
        raise Invalid(
            Problem("site.division_code", "这个地方的受理机关还没有开通网上办理，请到当地市场监督管理局窗口办理。")
        )
    signature = _sign("submit", application, authority, proof, by=by, now=now)
    application.authority, application.authority_path = authority, authority.path
    application.submitted_at, application.received_on = now, today
    application.form = statements.with_keys(application.form)
    application.title = _title(application)
    Material.objects.filter(application=application).update(authority_path=authority.path)
    application.receipt_number = _next_receipt(authority, today)
    finish(
        application,
        step,
        "authority",
        "authority_path",
        "submitted_at",
        "received_on",
        "title",
        "form",
        "receipt_number",
        by=by,
        now=now,
        receipt=application.receipt_number,
        authority=authority.name,
        competence=where.basis,
        **_as_signed(signature),
    )
    _give_receipt(application, application.receipt_number, filed, by=by, now=now)
    return application


def _next_receipt(authority: Authority, today: date) -> str:
    number = sequences.next_number(f"receipt:{authority.code}:{today.year}", upto=999_999)
    return f"{today:%Y%m%d}-{authority.code}-{number:04d}"


def _give_receipt(
    application: Application, number: str, filed: frozenset[str], *, by: Applicant, now: datetime
) -> None:
    """Give the dated receipt for what was filed, and say by when the applicant will be told (art. 32)."""
    assert application.authority is not None and application.due_on is not None
    kinds = procedure(application.procedure).materials
    documents.issue(
        kind="receipt",
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        number=number,
        content={
            **parties_of(application),
            "materials": ["食品生产许可申请书", *(kind.label for kind in kinds if kind.name in filed)],
            "submitted_at": now.astimezone(journal.SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
            "told_by": application.due_on.isoformat(),
            "provisional": application.due_provisional,
        },
        by=by,
        now=now,
    )


def _demand_complete(application: Application, *, today: date) -> frozenset[str]:
    """The kinds of materials that were filed; raises `Invalid` with everything that is still wrong."""
    filed = Material.objects.filter(application=application, superseded_at=None).values_list("kind", flat=True)
    problems = list(open_problems(application, frozenset(filed)))
    division = application.form.get("site", {}).get("division_code", "")
    if "site.division_code" not in {problem.field for problem in problems} and not divisions.name_of(division, today):
        problems.append(Problem("site.division_code", f"现行的行政区划里没有代码{division}，请重新选择。"))
    if problems:
        raise Invalid(*problems, sentence=f"有{len(problems)}处需要修改，改好后才能提交。")
    return frozenset(filed)


def _demand_no_other(application: Application, *, today: date) -> None:
    if certificates.in_force(application.enterprise, today=today) is not None:
        raise AlreadyLicensed()
    others = Application.objects.filter(
        enterprise=application.enterprise, procedure=application.procedure, submitted_at__isnull=False
    )
    finals = [state.name for state in LIFE.states if state.final]
    if other := others.exclude(state__in=finals).exclude(pk=application.pk).first():
        raise Conflict(f"贵企业已有一件同样的申请正在办理（{other.receipt_number}）。办结或者撤回之后才能再提交。")


def _title(application: Application) -> str:
    return "、".join(dict.fromkeys(row["name"] for row in application.varieties))


def _sign(
    verb: str, application: Application, authority: Authority, proof: Proof, *, by: Applicant, now: datetime
) -> Signature:
    """Build the statement over what stands here now, and have it signed. The enterprise is locked already."""
    today = journal.legal_day(now)
    signer = signer_now(by, today=today)
    statement = statements.compose(verb, application, signer=signer, authority=authority, today=today)
    return signatures.sign(statement=statement, proof=proof, by=by, now=now, within=authority.path)


def _as_signed(signature: Signature) -> dict[str, Any]:
    """What the journal keeps with the act: a signature that is missing or replaced later is noticed."""
    return {"signature": str(signature.pk), "statement": signature.digest}


def parties_of(application: Application) -> dict[str, Any]:
    typed = application.form["enterprise"]
    return {
        "applicant": typed["producer_name"],
        "uscc": typed["uscc"],
        "contact": typed["contact_name"],
        "item": "食品生产许可首次申请",
        "products": [
            {"code": row["code"], "name": row["name"], "detail": row["detail"]} for row in application.varieties
        ],
        "receipt_number": application.receipt_number or "",
    }


@command
def resubmit(
    *, application: Application, proof: Proof, by: Applicant, now: datetime, revision: int | None = None
) -> Application:
    """Sign the corrected application and send it back. The authority has five working days again, no second list."""
    _lock_own_enterprise(application, by)
    application, step = open_step("resubmit", application, by=by, revision=revision)
    if step is None:
        return application
    today = journal.legal_day(now)
    filed = _demand_complete(application, today=today)
    _demand_same_authority(application)
    authority = application.authority
    assert authority is not None
    signature = _sign("resubmit", application, authority, proof, by=by, now=now)
    application.form = statements.with_keys(application.form)
    application.title = _title(application)
    number = _next_receipt(authority, today)
    finish(application, step, "form", "title", by=by, now=now, receipt=number, **_as_signed(signature))
    _give_receipt(application, number, filed, by=by, now=now)
    return application


def _demand_same_authority(application: Application) -> None:
    """A correction does not carry the case to another authority, which has never received it."""
    assert application.authority is not None and application.received_on is not None
    where = destination(application.form, on=application.received_on)
    if where is None or where.seat != application.authority.code:
        raise Invalid(
            Problem(
                "site.division_code",
                f"改了所在地或者品种之后，这件申请不再由{application.authority.name}受理。请改回来，或者撤回后重新申请。",
            )
        )


@command
def confirm_correction(
    *, application: Application, proof: Proof, by: Applicant, now: datetime, revision: int | None = None
) -> Application:
    """Sign a correction on the spot: the value is replaced, with the applicant's name and the day beside it."""
    _lock_own_enterprise(application, by)
    application, step = open_step("confirm_correction", application, by=by, revision=revision)
    if step is None:
        return application
    today = journal.legal_day(now)
    assert application.authority is not None
    signature = _sign("confirm_correction", application, application.authority, proof, by=by, now=now)
    offered = dict(application.spot_correction)
    form = {name: (dict(values) if isinstance(values, dict) else values) for name, values in application.form.items()}
    for row in offered["rows"]:
        form[row["section"]][row["field"]] = row["to"]
    application.form = form
    application.spot_correction = {
        **offered,
        "confirmed_by": by.label,
        "confirmed_on": today.isoformat(),
    }
    rows = masked(application, offered["rows"])
    facts = _as_signed(signature)
    return finish(application, step, "form", "spot_correction", by=by, now=now, rows=rows, **facts)


def masked(application: Application, rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Corrected values as the journal keeps them: telephone numbers with their middle hidden."""
    return [
        {**row, "from": masks.phone(row["from"]), "to": masks.phone(row["to"])}
        if statements.is_phone(application, row)
        else dict(row)
        for row in rows
    ]


@command
def decline_correction(
    *, application: Application, by: Applicant, now: datetime, revision: int | None = None
) -> Application:
    """Leave the value as it is; the authority goes on with the application as it was filed."""
    application, step = open_step("decline_correction", application, by=by, revision=revision)
    if step is None:
        return application
    application.spot_correction = {**application.spot_correction, "declined": True}
    return finish(application, step, "spot_correction", by=by, now=now)


@command
def retract(
    *, application: Application, reason: str, by: Applicant, now: datetime, revision: int | None = None
) -> Application:
    """Take the application back (撤回申请), any time before the decision. It can be filed anew."""
    application, step = open_step("retract", application, by=by, revision=revision)
    if step is None:
        return application
    wording = Wording()
    reason = wording.text("reason", reason, label="撤回的原因", most=500, missing="请写明撤回的原因。")
    wording.demand()
    return finish(application, step, by=by, now=now, reason=reason)
