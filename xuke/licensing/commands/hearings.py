"""The hearing before the decision (听证, art. 46 to 48; Measures art. 26, 27)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from xuke.accounts import queries as accounts
from xuke.accounts.officers import Officer
from xuke.catalogue.limits import TimeLimit
from xuke.documents.models import Notice
from xuke.foundation import files, journal
from xuke.foundation.actors import Actor
from xuke.foundation.calendar import spoken
from xuke.foundation.models import StoredFile
from xuke.foundation.transactions import command
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import binding, hearing, permissions
from xuke.licensing.commands.pausing import go_on
from xuke.licensing.commands.steps import finish, lock, note, open_step
from xuke.licensing.commands.telling import issue_about, matter_of
from xuke.licensing.commands.third_parties import others_open, without_others
from xuke.licensing.commands.wording import Wording
from xuke.licensing.models import Application, ThirdParty

ART_47 = "行政许可法第四十七条；食品生产许可管理办法（2020年）第二十七条"
ART_48 = "行政许可法第四十八条"
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@command
def tell_hearing_right(
    *, application: Application, matter: str, by: Officer, now: datetime, revision: int | None = None
) -> Application:
    """Tell the applicant, before a decision that weighs on them, that they may ask for a hearing (art. 47)."""
    application, step = open_step("tell_hearing_right", application, by=by, revision=revision)
    if step is None:
        return application
    today = journal.legal_day(now)
    wording = Wording()
    matter = wording.text(
        "matter", matter, label="拟作出的决定和理由", most=1000, missing="请写明拟作出什么决定、为什么。"
    )
    wording.demand()
    limit = binding.limit(application, "food.hearing_request", on=today)
    request_by = current_calendar().add(today, limit.value).on
    notice = issue_about(
        application,
        "hearing_right_notice",
        by,
        now,
        matter=matter_of(application),
        facts=matter,
        days=limit.value,
        request_by=request_by.isoformat(),
        basis=ART_47,
    )
    # The time to ask begins with the service; a notice that waits for it closes the decision until then.
    known = {"request_by": request_by.isoformat()} if notice.served_on else {}
    application.hearing = {**application.hearing, "standing": hearing.Standing.TOLD, "matter": matter, **known}
    return finish(application, step, "hearing", by=by, now=now, reason=matter, request_by=known.get("request_by", ""))


@command
def note_told(*, application: Application, notice: Notice, by: Actor, now: datetime) -> Application:
    """A notice that gives time to ask or to answer was served: the time runs from that day (art. 36, 47)."""
    application = lock(application)
    served_on = notice.served_on
    assert served_on is not None
    if notice.kind == "third_party_notice":
        limit = binding.limit(application, "food.third_party_reply", on=served_on)
        waiting = ThirdParty.objects.filter(application=application, name=notice.content["recipient"], waived_on=None)
        waiting.update(answer_by=current_calendar().add(served_on, limit.value).on)
        application.hearing = {**without_others(application), **others_open(application)}
        return note(application, "note_told", "hearing", by=by, now=now, party=notice.content["recipient"])
    if hearing.own_say(application.hearing, today=None) is not hearing.OwnSay.OPEN:
        return application
    limit = binding.limit(application, "food.hearing_request", on=served_on)
    request_by = current_calendar().add(served_on, limit.value).on
    application.hearing = {**application.hearing, "request_by": request_by.isoformat()}
    return note(application, "note_told", "hearing", by=by, now=now, request_by=request_by)


def last_day_to_hold(application: Application, requested_on: date) -> tuple[date, TimeLimit]:
    """The last day on which a hearing that was requested is to be held (art. 47), and the limit behind it."""
    limit = binding.limit(application, "food.hearing_hold", on=requested_on)
    return current_calendar().add(requested_on, limit.value).on, limit


def first_day_to_hold(application: Application, *, today: date) -> tuple[date, TimeLimit]:
    """The first day for which a hearing can be called: everybody is told seven working days before (art. 48)."""
    limit = binding.limit(application, "food.hearing_notice", on=today)
    return current_calendar().add(today, limit.value).on, limit


def last_day_to_call(application: Application, *, today: date) -> date:
    """The last day for which a hearing can be called: the one by which it is to be held.

    Once no day in time is left, a late one is better than none: as late as if it were asked for today, and no later.
    """
    first, _ = first_day_to_hold(application, today=today)
    hold_by = hearing.read(application.hearing).hold_by
    if hold_by is not None and hold_by >= first:
        return hold_by
    soon, _ = last_day_to_hold(application, today)
    return max(first, soon)


@command
def arrange_hearing(
    *,
    application: Application,
    on: date,
    time: str,
    place: str,
    chair: int,
    closed: str = "",
    by: Officer,
    now: datetime,
    revision: int | None = None,
) -> Application:
    """Call the hearing: day, place and chair, told seven working days before (art. 48). Calling again moves it.

    The applicant and every third party get a notice of their own; the hearing stands when each was served in time.
    `chair` is the user id of an officer of this authority who has not examined the application. `closed` says why the
    public is kept out (state or trade secrets, privacy); without it, the hearing is public.
    """
    application, step = open_step("arrange_hearing", application, by=by, revision=revision)
    if step is None:
        return application
    today = journal.legal_day(now)
    wording = Wording()
    place = wording.text("place", place, label="地点", most=200, missing="请填写听证的地点。")
    time = _clock_time(time, wording)
    closed = wording.text("closed", closed, label="不公开的理由", most=300)
    first, limit = first_day_to_hold(application, today=today)
    last = last_day_to_call(application, today=today)
    if on < first:
        wording.wrong(
            "on", f"听证应当提前{limit.value}个工作日通知，最早{spoken(first, today=today)}（行政许可法第四十八条）。"
        )
    elif on > last:
        late = hearing.read(application.hearing).hold_by != last
        why = "已经来不及在期限之内举行，应当尽快" if late else "听证应当在期限之内举行"
        wording.wrong("on", f"{why}，最迟{spoken(last, today=today)}（行政许可法第四十七条）。")
    name = _chair(application, chair, by, on, wording)
    wording.demand()
    application.hearing_chair_id = chair
    told = {"held_at": f"{on.year}年{on.month}月{on.day}日 {time}", "place": place, "chair": name, "closed": closed}
    notices = _call(application, told, by=by, now=now)
    application.hearing = {
        **application.hearing,
        "standing": hearing.Standing.ARRANGED,
        "held_on": on.isoformat(),
        "time": time,
        "place": place,
        "chair": name,
        "chair_id": chair,
        "closed": closed,
        "notices": [str(notice.pk) for notice in notices],
    }
    return finish(application, step, "hearing", "hearing_chair", by=by, now=now, on=on, chair=name, place=place)


def _clock_time(text: str, wording: Wording) -> str:
    """When it begins, as 09:30; anything else is noted."""
    found = _TIME.fullmatch(text.strip().replace("：", ":"))
    if found is None:
        wording.wrong("time", "请填写几点开始，例如09:30。")
        return ""
    return f"{int(found[1]):02}:{found[2]}"


def _call(application: Application, told: Mapping[str, str], *, by: Officer, now: datetime) -> list[Notice]:
    """Call everybody: the applicant, and each third party that was told of the matter (art. 48).

    A notice that calls somebody again says which one it replaces.
    """
    before = {notice.recipient: notice.number for notice in calls(application)}
    applicant = application.enterprise.name
    content = {"matter": matter_of(application), **told, "basis": ART_48}
    return [
        issue_about(
            application,
            "hearing_notice",
            by,
            now,
            **content,
            **({} if name == applicant else {"recipient": name}),
            **({"replaces": before[name]} if name in before else {}),
        )
        for name in (applicant, *third_parties(application))
    ]


def third_parties(application: Application) -> list[str]:
    """The names of those that were told of the matter (art. 36)."""
    return list(ThirdParty.objects.filter(application=application).order_by("pk").values_list("name", flat=True))


def calls(application: Application) -> list[Notice]:
    """The notices by which the hearing was called for the day that stands, one for each party."""
    sent = Notice.objects.filter(about=application.stream, kind="hearing_notice")
    kept = application.hearing.get("notices")
    if kept is None:  # From before third parties were called: one notice for each call, to the applicant.
        return list(sent.order_by("-issued_at", "-pk")[:1])
    return list(sent.filter(pk__in=kept).order_by("pk"))


def why_unheard(application: Application) -> tuple[str, ...]:
    """Why the hearing cannot stand as it was held: somebody was not told, or told less than seven working days before.

    Whoever was not served may not have known of it (art. 48); each reason is a sentence.
    """
    held_on, sent = hearing.read(application.hearing).held_on, calls(application)
    if held_on is None:
        return ()
    called = {notice.recipient for notice in sent}
    return (
        *(
            f"没有通知{name}参加听证，请重新通知听证（{ART_48}）。"
            for name in third_parties(application)
            if name not in called
        ),
        *filter(None, (_why_not_in_time(application, notice, held_on) for notice in sent)),
    )


def _why_not_in_time(application: Application, notice: Notice, held_on: date) -> str:
    served_on = notice.served_on
    if served_on is None:
        return f"听证通知书还没有送达{notice.recipient}，请先登记送达；没有送到的，重新通知听证（{ART_48}）。"
    first, limit = first_day_to_hold(application, today=served_on)
    if held_on >= first:
        return ""
    day = f"{served_on.month}月{served_on.day}日"
    return (
        f"听证通知书{day}才送达{notice.recipient}，到举行听证不足{limit.value}个工作日，请改期并重新通知（{ART_48}）。"
    )


def _chair(application: Application, chair: int, by: Officer, on: date, wording: Wording) -> str:
    """The name of the chair; a wrong choice is noted."""
    people = {person.pk: person for person in accounts.colleagues(by, today=on)}
    if reason := hearing.chair_is_apart(chair=chair, reviewed_by=tuple(permissions.review_hands(application))):
        wording.wrong("chair", reason)
    elif chair in hearing.read(application.hearing).kept_away:
        wording.wrong("chair", f"已经同意这名主持人回避，请另外指定（{ART_48}）。")
    elif chair not in people:
        wording.wrong("chair", "听证主持人应当是本机关的工作人员，请重新选择。")
    else:
        return people[chair].name
    return ""


@command
def conclude_hearing(
    *,
    application: Application,
    attendance: str,
    record: str,
    conclusion: str,
    paper: StoredFile | None,
    by: Officer,
    now: datetime,
    revision: int | None = None,
) -> Application:
    """End the hearing with its record, read and signed by those who took part; the decision follows it (art. 48).

    `paper` is the scan of the record with their signatures: words typed by the chair alone are no record.
    """
    application, step = open_step("conclude_hearing", application, by=by, revision=revision)
    if step is None:
        return application
    today = journal.legal_day(now)
    wording = Wording()
    held = hearing.read(application.hearing)
    if held.held_on is not None and today < held.held_on:
        wording.wrong("record", f"听证定在{spoken(held.held_on, today=today)}，还没有举行，不能结束。")
    for asked in held.open_recusals:
        wording.wrong("record", f"{asked.who}申请主持人回避，等机关负责人决定之后才能结束听证（{ART_48}）。")
    for reason in why_unheard(application):
        wording.wrong("record", reason)
    attendance = wording.text("attendance", attendance, label="参加人", most=500, missing="请写明谁参加、谁没有到场。")
    record = wording.text("record", record, label="听证笔录", most=10_000, missing="请填写听证笔录。")
    conclusion = wording.text("conclusion", conclusion, label="听证意见", most=2000, missing="请写明听证意见。")
    if paper is None:
        wording.wrong("paper", f"请上传参加人签字或者盖章的听证笔录（{ART_48}）。")
    wording.demand()
    assert paper is not None
    files.keep_for(paper.digest, application.stream)
    mark = go_on(application, "hearing", by=by, now=now, outcome=conclusion)
    application.hearing = {
        **application.hearing,
        "standing": hearing.Standing.HELD,
        "attendance": attendance,
        "record": record,
        "conclusion": conclusion,
        "paper": paper.digest,
        "concluded_at": now.isoformat(),
    }
    return finish(
        application, step, "hearing", "paused_for", by=by, now=now, mark=mark, conclusion=conclusion, held_on=today
    )
