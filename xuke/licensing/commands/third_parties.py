"""Third parties (利害关系人): whoever the matter touches is told and heard before the decision (art. 36)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from xuke.accounts.officers import Officer
from xuke.documents.models import Notice
from xuke.foundation import journal
from xuke.foundation.refusals import NotFound
from xuke.foundation.transactions import command
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import binding, permissions
from xuke.licensing.commands.steps import finish, lock, note, open_step
from xuke.licensing.commands.telling import issue_about, matter_of
from xuke.licensing.commands.wording import Wording
from xuke.licensing.models import Application, HearingRequest, ThirdParty

TOLD_BY = "行政许可法第三十六条、第四十七条"


@command
def tell_third_party(
    *,
    application: Application,
    name: str,
    interest: str,
    address: str,
    by: Officer,
    now: datetime,
    revision: int | None = None,
) -> Application:
    """Tell somebody whose major interest the matter touches, and ask for their statement (art. 36)."""
    application, step = open_step("tell_third_party", application, by=by, revision=revision)
    if step is None:
        return application
    today = journal.legal_day(now)
    wording = Wording()
    name = wording.text("name", name, label="利害关系人", most=100, missing="请填写利害关系人的名称或者姓名。")
    interest = wording.text("interest", interest, label="有什么利害关系", most=500, missing="请写明有什么利害关系。")
    address = wording.text("address", address, label="送达地址", most=200, missing="请填写告知书送到哪里。")
    if name and ThirdParty.objects.filter(application=application, name=name).exists():
        wording.wrong("name", f"已经告知过{name}。")
    wording.demand()
    limit = binding.limit(application, "food.third_party_reply", on=today)
    answer_by = current_calendar().add(today, limit.value).on
    ThirdParty(
        application=application,
        name=name,
        interest=interest,
        address=address,
        told_on=today,
        answer_by=answer_by,
        enterprise_id=application.enterprise_id,
        authority_path=application.authority_path,
    ).save(force_insert=True)
    notice = issue_about(
        application,
        "third_party_notice",
        by,
        now,
        recipient=name,
        matter=matter_of(application),
        facts=interest,
        days=limit.value,
        answer_by=answer_by.isoformat(),
        basis=TOLD_BY,
    )
    # Nobody is told by this platform who is not its user: the time to answer begins when the service is recorded.
    until = answer_by.isoformat() if notice.served_on else ""
    application.hearing = {**application.hearing, "others_told": True, "others_until": until}
    return finish(application, step, "hearing", by=by, now=now, party=name, answer_by=answer_by)


def others_open(application: Application) -> dict[str, str]:
    """Until when third parties may ask for a hearing: the last day of whoever neither has nor goes without, or none."""
    waiting = list(ThirdParty.objects.filter(application=application, waived_on=None, hearing_requests=None))
    if not waiting:
        return {}
    names = unserved(application)
    if any(party.name in names for party in waiting):
        return {"others_until": ""}
    return {"others_until": max(party.answer_by for party in waiting).isoformat()}


def unserved(application: Application) -> set[str]:
    """The third parties whose notice waits for service: their days have not begun."""
    waiting = Notice.objects.filter(about=application.stream, kind="third_party_notice", served_on=None)
    return set(waiting.values_list("content__recipient", flat=True))


def without_others(application: Application) -> dict[str, Any]:
    return {name: value for name, value in application.hearing.items() if name != "others_until"}


@command
def note_third_party(
    *, application: Application, party: int, answer: str, waives: bool = False, by: Officer, now: datetime
) -> ThirdParty:
    """Note what a third party said; it belongs to what the decision rests on (art. 36).

    `waives` says that they want no hearing: only that ends their time to ask for one (art. 47).
    """
    application = lock(application)
    permissions.demand(by, "tell_third_party", application)
    found = ThirdParty.objects.filter(application=application, pk=party).first()
    if found is None:
        raise NotFound()
    wording = Wording()
    answer = wording.text("answer", answer, label="意见", most=2000, missing="请写明利害关系人的意见。")
    if waives and HearingRequest.objects.filter(party=found, withdrawn_on=None).exists():
        wording.wrong("waives", f"{found.name}已经要求听证，应当举行；不参加的，写进听证笔录。")
    wording.demand()
    today = journal.legal_day(now)
    found.answer, found.answered_on = answer, today
    found.waived_on = today if waives else found.waived_on
    found.save(update_fields=["answer", "answered_on", "waived_on"])
    application.hearing = {**without_others(application), **others_open(application)}
    note(application, "note_third_party", "hearing", by=by, now=now, party=found.name, waived=waives)
    return found
