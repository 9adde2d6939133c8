"""What the applicant does with a form that is ready: submit, correct, take back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from xuke.accounts.models import Authority
from xuke.certificates import queries as certificates
from xuke.documents import commands as documents
from xuke.foundation import divisions, files, journal, sequences
from xuke.foundation.models import StoredFile
from xuke.foundation.refusals import Conflict, Invalid, Problem
from xuke.foundation.transactions import command
from xuke.licensing import binding, gating, prefilling, renewing, statements
from xuke.licensing.commands import committing, forming
from xuke.licensing.commands.drafting import kinds_asked, lock_enterprise, masked, parties_of
from xuke.licensing.commands.steps import finish, open_step
from xuke.licensing.commands.wording import Wording
from xuke.licensing.completeness import open_problems
from xuke.licensing.gates import SUBMIT
from xuke.licensing.models import Application, Material
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.food.comparing import changes
from xuke.licensing.receiving import received_on, receiver
from xuke.parties.applicants import Applicant
from xuke.signatures import commands as signatures
from xuke.signatures.models import Signature
from xuke.signatures.proofs import Proof
from xuke.signatures.standing import signer_now


def _lock_own_enterprise(application: Application, by: Applicant) -> None:
    """An enterprise is locked before what belongs to it. Whoever does not act for it is refused at the application."""
    if by.scope.enterprise_id == str(application.enterprise_id):
        lock_enterprise(application.enterprise_id)


@command
def submit(
    *, application: Application, proof: Proof, by: Applicant, now: datetime, revision: int | None = None
) -> Application:
    """Sign the application and submit it to the competent authority, which has five working days from the next one on.

    Everything is checked at once: form, files, characters that no font can print, one enterprise one certificate. What
    is signed is the statement over the form as it stands now (`xuke.licensing.statements`).
    """
    lock_enterprise(application.enterprise_id)
    application, step = open_step("submit", application, by=by, revision=revision)
    if step is None:
        return application
    today = journal.legal_day(now)
    filed = _demand_complete(application, today=today)
    where = receiver(application, on=today)
    authority = where.authority if where else None
    if where is None or authority is None:
        raise Invalid(
            Problem("site.division_code", "这个地方的受理机关还没有开通网上办理，请到当地市场监督管理局窗口办理。")
        )
    signature = _sign("submit", application, authority, proof, by=by, now=now)
    application.authority, application.authority_path = authority, authority.path
    application.submitted_at = now
    at_counter = _note_counter(application, by)
    application.form = statements.with_keys(application.form)
    application.title = _title(application)
    application.rules = binding.bind(application, on=today, known_at=now) | renewing.as_told(application, on=today)
    application.received_on = received_on(application, today=today)
    committing.note_choice(application)
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
        "rules",
        "committed",
        "receipt_number",
        *at_counter,
        by=by,
        now=now,
        effective_on=application.received_on,
        receipt=application.receipt_number,
        authority=authority.name,
        competence=where.basis,
        **_as_signed(signature),
    )
    _give_receipt(application, application.receipt_number, filed, by=by, now=now)
    forming.file_form(application, signature, by=by, now=now)
    committing.file_letter(application, by=by, now=now)
    return application


def _note_counter(application: Application, by: Applicant) -> tuple[str, ...]:
    """Filed at the counter: the field that changes. The officer's hand in the receipt is noted with every step."""
    if by.counter is None:
        return ()
    application.channel = "counter"
    return ("channel",)


def on_paper(application: Application, by: Applicant, paper: StoredFile | None, wording: Wording) -> dict[str, Any]:
    """What the journal keeps of the page a visitor signed to give something up; without one nothing is given up."""
    if by.counter is None:
        return {}
    if paper is None:
        wording.wrong("paper", "窗口代办的，请扫描上传来访人签字的书面申请。")
        return {}
    files.keep_for(paper.digest, application.stream)
    return {"digest": paper.digest}


def _next_receipt(authority: Authority, today: date) -> str:
    number = sequences.next_number(f"receipt:{authority.code}:{today.year}", upto=999_999)
    return f"{today:%Y%m%d}-{authority.code}-{number:04d}"


def _give_receipt(
    application: Application, number: str, filed: frozenset[str], *, by: Applicant, now: datetime
) -> None:
    """Give the dated receipt for what was filed, and say by when the applicant will be told (art. 32)."""
    assert application.authority is not None
    which = procedure(application.procedure)
    documents.issue(
        kind="receipt",
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        number=number,
        content={
            **parties_of(application),
            "materials": [f"{which.title}申请书", *(kind.label for kind in which.materials if kind.name in filed)],
            "submitted_at": now.astimezone(journal.SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
            **_counted(application, journal.legal_day(now)),
            **_told_by(application),
            **renewing.on_receipt(application),
        },
        by=by,
        now=now,
    )


def _counted(application: Application, today: date) -> dict[str, Any]:
    """From which day what was filed on a day off counts, where the place counts it from the next working day."""
    began = application.term_began_on
    return {"counted_from": began.isoformat()} if began is not None and began > today else {}


def _told_by(application: Application) -> dict[str, Any]:
    """By when the applicant is told; a report is recorded, and nobody waits for acceptance (Measures art. 32)."""
    if procedure(application.procedure).is_recorded or application.due_on is None:
        return {}
    return {"told_by": application.due_on.isoformat(), "provisional": application.due_provisional}


def _demand_complete(application: Application, *, today: date) -> frozenset[str]:
    """The kinds of materials that were filed; raises with everything that is wrong, then with what is in the way."""
    filed = Material.objects.filter(
        application=application, superseded_at=None, kind__in=kinds_asked(application)
    ).values_list("kind", flat=True)
    problems = list(open_problems(application, frozenset(filed), today=today))
    division = application.form.get("site", {}).get("division_code", "")
    told = {problem.field for problem in problems}
    is_asked = procedure(application.procedure).step("site", application.form) is not None
    if is_asked and "site.division_code" not in told and not divisions.name_of(division, today):
        problems.append(Problem("site.division_code", f"现行的行政区划里没有代码{division}，请重新选择。"))
    if problems:
        raise Invalid(*problems, sentence=f"有{len(problems)}处需要修改，改好后才能提交。")
    _demand_newest(application)
    gating.demand(application, SUBMIT, today=today, filed=frozenset(filed))
    return frozenset(filed)


def _demand_newest(application: Application) -> None:
    """Nothing is built on a certificate that was replaced since the draft was begun."""
    if application.starts_from is None or application.submitted_at is not None:
        return  # What was filed is decided on what it was filed upon: a report beside it is kept (`outcomes.foresee`).
    newest = certificates.newest_version(application.starts_from).version
    if newest != application.form[prefilling.LICENCE]["version"]:
        raise Conflict(
            f"许可证{application.starts_from.number}在您填写期间换发了第{newest}版，这份草稿还是按旧的版本填写的。"
            "请放弃草稿，从“我的许可证”重新开始。"
        )


def _title(application: Application) -> str:
    """What the lists show: the products; of later applications, what is asked for, and of a change what changes."""
    which = procedure(application.procedure)
    names = [row["name"] for row in application.varieties]
    if which.kind == "change":
        names = [change.label for change in changes(application.form)]
    said = "、".join(dict.fromkeys(names))
    return f"{which.act}：{said}" if which.needs_licence else said


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
    _demand_same_authority(application, today=today)
    authority = application.authority
    assert authority is not None
    signature = _sign("resubmit", application, authority, proof, by=by, now=now)
    application.form = statements.with_keys(application.form)
    application.title = _title(application)
    number = _next_receipt(authority, today)
    committing.note_choice(application)
    day, signed = received_on(application, today=today), _as_signed(signature)
    finish(application, step, "form", "title", "committed", by=by, now=now, effective_on=day, receipt=number, **signed)
    _give_receipt(application, number, filed, by=by, now=now)
    forming.file_form(application, signature, by=by, now=now)
    committing.file_letter(application, by=by, now=now)
    return application


def _demand_same_authority(application: Application, *, today: date) -> None:
    """A correction does not carry the case to another authority, which has never received it."""
    assert application.authority is not None and application.received_on is not None
    # Where competence moved meanwhile, the case may have been moved along, or stayed.
    places = {receiver(application, on=day) for day in (application.received_on, today)}
    if application.authority not in {place.authority for place in places if place}:
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
    finish(application, step, "form", "spot_correction", by=by, now=now, rows=rows, **facts)
    forming.file_form(application, signature, by=by, now=now)
    return application


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
    *,
    application: Application,
    reason: str,
    by: Applicant,
    now: datetime,
    paper: StoredFile | None = None,
    revision: int | None = None,
) -> Application:
    """Take the application back (撤回申请), any time before the decision. It can be filed anew.

    At the counter the visitor says so in writing: `paper` is the scan.
    """
    application, step = open_step("retract", application, by=by, revision=revision, today=journal.legal_day(now))
    if step is None:
        return application
    wording = Wording()
    reason = wording.text("reason", reason, label="撤回的原因", most=500, missing="请写明撤回的原因。")
    kept = on_paper(application, by, paper, wording)
    wording.demand()
    return finish(application, step, by=by, now=now, reason=reason, **kept)
