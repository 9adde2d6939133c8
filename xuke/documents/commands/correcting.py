"""Correcting what was written down wrongly about a service: the day, the receiver, the channel."""

from __future__ import annotations

from datetime import datetime

from xuke.accounts.officers import Officer
from xuke.catalogue.limits import time_limit
from xuke.documents import queries
from xuke.documents.commands.issuing import SERVED_FIELDS, serve
from xuke.documents.commands.serving import demand_may_serve, lock, prove, said, written
from xuke.documents.models import Notice, ServedBy, ServiceCorrection
from xuke.documents.service import ANNOUNCEMENT_LIMIT, Proof, day_of_service, proof_of, why_not
from xuke.foundation import journal
from xuke.foundation.models import StoredFile
from xuke.foundation.refusals import Conflict, Invalid, Problem
from xuke.foundation.transactions import command

LONGEST_REASON = 500


@command
def correct_service(
    *, notice: Notice, proof: Proof, reason: str, file: StoredFile | None = None, by: Officer, now: datetime
) -> ServiceCorrection:
    """Put right what was recorded wrongly about a service, with the reason; what it corrects stays, with its 送达回证.

    Without another file the one on record proves it. The periods for remedies are counted again from the right day, and
    whatever else runs from the notice hears `notice.service_corrected`.
    """
    demand_may_serve(by, notice)
    notice = lock(notice)
    before = _recorded(notice)
    file, reason, today = file or before.file, reason.strip(), journal.legal_day(now)
    proof = Proof(**{**vars(proof), "has_file": file is not None})
    if problems := _problems(notice, before, proof, reason, has_new_file=file != before.file, now=now):
        raise Invalid(*problems)
    days = time_limit(ANNOUNCEMENT_LIMIT, today).value
    serve(notice, channel=proof.channel, on=day_of_service(proof, announcement_days=days))
    notice.revision += 1
    notice.save(update_fields=[*SERVED_FIELDS, "revision"])
    journal.record(
        "notice.service_corrected",
        subject=notice,
        by=by,
        at=now,
        was_channel=before.channel,
        was_served_on=before.served_on,
        channel=proof.channel,
        served_on=notice.served_on,
        reason=reason,
    )
    corrects = {
        "number": before.record.number if before.record else "",
        "channel": before.channel_title,
        "served_on": before.served_on.isoformat(),
        "reason": reason,
    }
    record = prove(notice, {**said(proof, file, days), "corrects": corrects}, by=by, now=now)
    correction = ServiceCorrection(**written(notice, proof, file, record, by=by, now=now), reason=reason)
    correction.save(force_insert=True)
    return correction


def _recorded(notice: Notice) -> ServedBy:
    """What an officer wrote down last; raises `Conflict` where nobody did."""
    if (found := queries.proof_of(notice)) is not None:
        return found
    if notice.served_on is None:
        raise Conflict("这份文书还没有登记送达，没有可以更正的。")
    raise Conflict("这份文书的电子送达由平台记录，不能更正。")


def _problems(
    notice: Notice, before: ServedBy, proof: Proof, reason: str, *, has_new_file: bool, now: datetime
) -> list[Problem]:
    problems = [Problem(*each) for each in why_not(proof, issued_on=notice.issued_on, today=journal.legal_day(now))]
    if not reason:
        problems.append(Problem("reason", "请写明为什么更正。"))
    elif len(reason) > LONGEST_REASON:
        problems.append(Problem("reason", f"更正的理由最多{LONGEST_REASON}字。"))
    if not problems and not has_new_file and proof == proof_of(before):
        problems.append(Problem("served_on", "和原来登记的一样，没有需要更正的。"))
    return problems
