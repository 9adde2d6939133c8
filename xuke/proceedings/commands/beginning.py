"""Beginning a proceeding, and telling the holder of it beforehand."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from xuke.accounts.models import Authority
from xuke.accounts.officers import Officer, Role
from xuke.catalogue.limits import time_limit
from xuke.certificates.models import Licence
from xuke.certificates.queries import STANDINGS
from xuke.foundation import journal, sequences
from xuke.foundation.actors import Actor
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted, Problem
from xuke.foundation.transactions import command
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing.commands.wording import Wording
from xuke.licensing.models import Application
from xuke.licensing.queries import OPEN_STATES
from xuke.parties.models import Enterprise
from xuke.proceedings import acts, permissions, queries, rules
from xuke.proceedings.commands.steps import contest, finish, lock, open_step
from xuke.proceedings.kinds import BY_CODE, Ground, Kind
from xuke.proceedings.models import Proceeding

HEARING = "food.hearing_request"
ABOVE = "请报请上级机关立案办理（行政许可法第六十九条）。"


@command
def begin(
    *,
    kind: str,
    ground: str,
    facts: str,
    licence: Licence | None = None,
    application: Application | None = None,
    compensation: str = "",
    proof: str = "",
    source: str = "",
    by: Actor,
    now: datetime,
) -> Proceeding:
    """Open a case against a licence, or against an application with false materials (立案).

    The authority is that of whoever begins: the one that gave the licence, or one above it (Licensing Law art. 69).
    """
    if reason := permissions.why_not_begin(by):
        raise NotPermitted(reason)
    what, why = _chosen(kind, ground)
    wording = Wording()
    facts = wording.text(
        "facts", facts, label="事实和理由", most=4000, missing="请写明事实和理由，会写进告知书和决定书。"
    )
    compensation = wording.text("compensation", compensation, label="补偿意见", most=1000)
    proof = wording.text("proof", proof, label="证明文书", most=200)
    wording.demand()
    enterprise, path = _about(what, licence, application)
    if licence is not None:
        licence = _demand_licence(licence, what, why, today=journal.legal_day(now))
    authority = _authority(by, path)
    kept_away = _kept_away(why, licence, by=by, today=journal.legal_day(now))
    proceeding = Proceeding(
        kind=kind,
        ground=ground,
        licence=licence,
        about=application.stream if application else "",
        enterprise=enterprise,
        authority=authority,
        authority_path=authority.path,
        facts=facts,
        basis=why.basis,
        compensation=compensation,
        head=enterprise.legal_representative,
        proof=_proof(why, enterprise, proof),
        source=source,
        kept_away=kept_away,
        opened_at=now,
        opened_by=by.label,
    )
    if isinstance(by, Officer):
        proceeding.investigator_id, proceeding.investigated_by = by.user_id, [by.user_id]
    year = journal.legal_day(now).year
    number = sequences.next_number(f"proceeding:{authority.code}:{year}", upto=999_999)
    proceeding.number = f"{authority.abbreviation}食许案〔{year}〕{number:04d}号"
    try:
        with transaction.atomic():
            proceeding.save(force_insert=True)
    except IntegrityError as error:
        if "one_open_proceeding_per_licence" not in str(error):
            raise
        raise Conflict("这张许可证已经有一件案件正在办理。办结以后才能再立案。") from error
    journal.record(
        "proceeding.begun",
        subject=proceeding,
        by=by,
        at=now,
        case=proceeding.number,
        act=what.title,
        ground=why.title,
        licence=licence.number if licence else "",
        source=source,
    )
    contest(proceeding, by=by, now=now)
    return proceeding


def _chosen(kind: str, ground: str) -> tuple[Kind, Ground]:
    what = BY_CODE.get(kind)
    if what is None:
        raise Invalid(Problem("kind", "请选择要办理的事项。"))
    why = what.ground(ground)
    if why is None:
        raise Invalid(Problem("ground", f"请选择{what.title}的法定情形。"))
    return what, why


def _about(what: Kind, licence: Licence | None, application: Application | None) -> tuple[Enterprise, str]:
    """Whom it is against, and the place in the tree of what it is about."""
    if what.ends_licence and licence is not None:
        return licence.enterprise, licence.authority_path
    if not what.ends_licence and application is not None:
        return application.enterprise, application.authority_path
    raise Invalid(
        Problem("number", "请填写许可证编号。" if what.ends_licence else "请填写申请的接收凭证号或者受理号。")
    )


def _demand_licence(licence: Licence, what: Kind, why: Ground, *, today: date) -> Licence:
    """The licence, locked, in a state in which this can be begun."""
    locked = Licence.objects.select_for_update(no_key=True).filter(pk=licence.pk).first()
    if locked is None:
        raise NotPermitted("这张许可证不属于您的辖区。")
    if locked.state not in what.states:
        raise Conflict(f"许可证{locked.number}现在的状态是“{STANDINGS[locked.state]}”，不能再{what.act}。")
    reason = rules.why_not_ground(why.code, standing=locked.state, valid_to=locked.valid_to, today=today)
    if reason:
        raise Invalid(Problem("ground", reason))
    if why.code == "expired" and (waiting := _renewal_of(locked)):
        raise Conflict(
            f"这张许可证有一件申请正在办理（{waiting}），办结以前不能以届满为由注销：按期申请延续，有效期届满前没有作出决定的，"
            f"视为准予延续（行政许可法第五十条）。"
        )
    return locked


def _proof(why: Ground, enterprise: Enterprise, proof: str) -> str:
    """What says that an enterprise has ended: the register, or the document that was named; empty for other grounds."""
    if why.code != "subject_ended":
        return ""
    title = Enterprise.STATES[enterprise.state]
    if reason := rules.why_not_ended(enterprise.state, title=title, proof=proof):
        raise Invalid(Problem("proof", reason))
    return proof or f"登记机关记载的登记状态：{title}"


def _renewal_of(licence: Licence) -> str:
    """What is under way that starts from a licence, by its number; empty where there is nothing."""
    waiting = Application.objects.filter(starts_from=licence, state__in=OPEN_STATES).first()
    return (waiting.acceptance_number or waiting.receipt_number or "") if waiting else ""


def _authority(by: Actor, path: str) -> Authority:
    """Whose case it becomes."""
    if not isinstance(by, Officer):
        return Authority.objects.get(path=path)
    if not path.startswith(by.authority_path):
        raise NotPermitted("由作出准予许可决定的机关或者它的上级机关办理（行政许可法第六十九条）。")
    return Authority.objects.get(pk=by.authority_id)


def _kept_away(why: Ground, licence: Licence | None, *, by: Actor, today: date) -> list[int]:
    """Whom the case has to do without, because it calls their own decision unlawful; whoever begins is none of them."""
    if licence is None or not why.against_decision:
        return []
    hands = queries.hands_in(licence)
    if not hands or not isinstance(by, Officer):
        return hands
    if reason := rules.recused(by.user_id, kept_away=hands):
        others = queries.able(by, permissions.INVESTIGATES, kept_away=hands, today=today)
        instead = f"可以由{'、'.join(others)}立案调查。" if others else ABOVE
        raise NotPermitted(f"{reason}{instead}")
    if not queries.able(by, [Role.DECIDER], kept_away=hands, today=today):
        raise NotPermitted(f"本机关的决定人员都经手过作出这项许可决定的申请，没有人可以决定这件案件。{ABOVE}")
    return hands


@command
def notify(
    *, proceeding: Proceeding, facts: str = "", by: Officer, now: datetime, revision: int | None = None
) -> Proceeding:
    """Tell the holder beforehand what is intended and why, and that they are heard (事先告知).

    The facts may be put into their last words here: what is told is what is decided on. The periods run from service.
    """
    today = journal.legal_day(now)
    proceeding, step = open_step("notify", proceeding, by=by, revision=revision, today=today)
    if step is None:
        return proceeding
    wording = Wording()
    proceeding.facts = wording.text(
        "facts", facts or proceeding.facts, label="事实和理由", most=4000, missing="请写明。"
    )
    wording.demand()
    what = proceeding.of_kind
    days = time_limit(what.statement_limit, today).value
    answer_by, hearing_by = _periods(proceeding, today)
    notice = acts.issue(
        proceeding,
        what.notice,
        act=what.act,
        consequences=acts.consequences(proceeding, on=today),
        days=days,
        answer_by=answer_by.isoformat(),
        hearing_by=hearing_by.isoformat() if hearing_by else "",
        by=by,
        now=now,
    )
    if notice.served_on is not None:
        proceeding.told_on, proceeding.answer_by, proceeding.hearing_by = notice.served_on, answer_by, hearing_by
    fields = ("facts", "told_on", "answer_by", "hearing_by")
    contest(proceeding, told=True, by=by, now=now)
    return finish(proceeding, step, *fields, by=by, now=now, notice=notice.number, answer_by=proceeding.answer_by)


def _periods(proceeding: Proceeding, told_on: date) -> tuple[date, date | None]:
    """The last days for statement and defence and for asking for a hearing, counted from the day of service."""
    what, calendar = proceeding.of_kind, current_calendar()
    answer_by = calendar.add(told_on, time_limit(what.statement_limit, told_on).value).on
    hearing_by = calendar.add(told_on, time_limit(HEARING, told_on).value).on if what.ends_licence else None
    return answer_by, hearing_by


@command
def note_service(*, proceeding: Proceeding, served_on: date, by: Actor, now: datetime) -> Proceeding:
    """The notice was served by another channel than this platform: the periods run from that day.

    They are counted again where its service was corrected before anything is decided.
    """
    proceeding = lock(proceeding)
    if proceeding.told_on == served_on or (proceeding.told_on is not None and not proceeding.is_open):
        return proceeding
    proceeding.told_on = served_on
    proceeding.answer_by, proceeding.hearing_by = _periods(proceeding, served_on)
    proceeding.revision += 1
    proceeding.save(update_fields=["told_on", "answer_by", "hearing_by", "revision"])
    journal.record(
        "proceeding.service_noted",
        subject=proceeding,
        by=by,
        at=now,
        served_on=served_on,
        answer_by=proceeding.answer_by,
    )
    return proceeding
