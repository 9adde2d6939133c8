"""Who wants a hearing: the applicant and third parties ask, each for themselves; the applicant may go without."""

from __future__ import annotations

from datetime import date, datetime

from xuke.accounts.officers import Officer
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.calendar import spoken
from xuke.foundation.models import StoredFile
from xuke.foundation.transactions import command
from xuke.licensing import hearing, permissions, rules
from xuke.licensing.commands.hearings import last_day_to_hold
from xuke.licensing.commands.pausing import go_on, pause
from xuke.licensing.commands.steps import finish, open_step
from xuke.licensing.commands.submitting import on_paper
from xuke.licensing.commands.third_parties import others_open, unserved, without_others
from xuke.licensing.commands.wording import Wording
from xuke.licensing.models import Application, HearingRequest, ThirdParty
from xuke.parties.applicants import Applicant


@command
def request_hearing(
    *, application: Application, reason: str, by: Applicant, now: datetime, revision: int | None = None
) -> Application:
    """Ask for a hearing, within five working days of being told; the term stands still from then on (art. 47)."""
    return _request("request_hearing", application, None, reason, by, now, revision)


@command
def take_hearing_request(
    *,
    application: Application,
    party: int | None,
    reason: str,
    by: Officer,
    now: datetime,
    revision: int | None = None,
) -> Application:
    """Take a request for a hearing that came on paper (art. 47).

    `party` is the third party that asks; none for the applicant. Nobody else may ask: whoever has a major interest is
    told of the matter first.
    """
    return _request("take_hearing_request", application, party, reason, by, now, revision)


def _request(
    verb: str, application: Application, party: int | None, reason: str, by: Actor, now: datetime, revision: int | None
) -> Application:
    today = journal.legal_day(now)
    application, step = open_step(verb, application, by=by, revision=revision, today=today)
    if step is None:
        return application
    wording = Wording()
    reason = wording.text("reason", reason, label="理由", most=1000)
    asker = _asker(application, party, today, wording)
    wording.demand()
    who = asker.name if asker else application.enterprise.name
    HearingRequest(
        application=application,
        party=asker,
        who=who,
        reason=reason,
        requested_on=today,
        taken_by=by.label,
        enterprise_id=application.enterprise_id,
        authority_path=application.authority_path,
    ).save(force_insert=True)
    mark, begun = "", {}
    if not hearing.read(application.hearing).goes_on:
        hold_by, _ = last_day_to_hold(application, today)
        mark = pause(application, "hearing", by=by, now=now, reason=f"{who}要求听证", expected_until=hold_by)
        standing = hearing.Standing.REQUESTED
        begun = {"standing": standing, "requested_on": today.isoformat(), "hold_by": hold_by.isoformat()}
    application.hearing = {
        **hearing.begun_again(without_others(application)),
        **others_open(application),
        **begun,
        "requested_by": "、".join(_askers(application)),
        "is_own": asker is None or bool(application.hearing.get("is_own")),
    }
    return finish(
        application,
        step,
        "hearing",
        "paused_for",
        by=by,
        now=now,
        mark=mark,
        reason="听证",
        who=who,
        said=reason,
        until=application.hearing["hold_by"],
    )


def _asker(application: Application, party: int | None, today: date, wording: Wording) -> ThirdParty | None:
    """The third party that asks, none for the applicant; whoever may not ask, or not any more, is noted."""
    if party is None:
        own = rules.may_request_hearing(permissions.facts_of(application, today=today))
        if own:
            wording.wrong("party", own)
        return None
    found = ThirdParty.objects.filter(application=application, pk=party).first()
    if found is None:
        wording.wrong("party", "请从申请人和已经告知的利害关系人里选择。其他人有重大利益的，请先告知利害关系人。")
    elif found.hearing_requests.exists():
        wording.wrong("party", f"{found.name}已经要求听证，不用再记。")
    elif found.waived_on:
        wording.wrong("party", f"{found.name}已经放弃听证，不能再改。")
    elif found.name not in unserved(application) and today > found.answer_by:
        last = spoken(found.answer_by, today=today)
        wording.wrong("party", f"{found.name}要求听证的期限到{last}已满（行政许可法第四十七条）。")
    return found


def _askers(application: Application) -> list[str]:
    """Everybody whose request stands, the first first."""
    stands = HearingRequest.objects.filter(application=application, withdrawn_on=None)
    return list(stands.order_by("pk").values_list("who", flat=True))


@command
def waive_hearing(
    *,
    application: Application,
    by: Applicant,
    now: datetime,
    paper: StoredFile | None = None,
    revision: int | None = None,
) -> Application:
    """Go without a hearing, also after having asked for one: the decision need not wait (art. 47).

    What a third party asked for takes place all the same. At the counter the visitor says so in writing: `paper` is
    the scan.
    """
    today = journal.legal_day(now)
    application, step = open_step("waive_hearing", application, by=by, revision=revision, today=today)
    if step is None:
        return application
    wording = Wording()
    kept = on_paper(application, by, paper, wording)
    wording.demand()
    held = hearing.read(application.hearing)
    HearingRequest.objects.filter(application=application, party=None, withdrawn_on=None).update(withdrawn_on=today)
    others = _askers(application)
    is_over = held.goes_on and held.is_own and not others
    mark = go_on(application, "hearing", by=by, now=now, outcome="申请人放弃听证") if is_over else ""
    waived = {} if held.goes_on and not is_over else {"standing": hearing.Standing.WAIVED}
    application.hearing = {
        **(hearing.uncalled(application.hearing) if is_over else application.hearing),
        **waived,
        **({"requested_by": "、".join(others)} if others else {}),
        "is_own": False,
        "own_waived": True,
    }
    if is_over:
        application.hearing_chair_id = None
    fields = ("hearing", "hearing_chair", "paused_for")
    return finish(application, step, *fields, by=by, now=now, mark=mark, ended=is_over, **kept)
