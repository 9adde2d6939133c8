"""The only writers of rule editions: publish, end, load. What was written is never changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.db import connection

from xuke.accounts.officers import Officer
from xuke.catalogue import competence, contents, editions, keys, permissions, rulefile
from xuke.catalogue.models import RuleEdition
from xuke.catalogue.rulebook import FILING_DAY, NATION, PROVINCE, Change, Edition, RuleBook, difference
from xuke.foundation import divisions, journal
from xuke.foundation.actors import Actor
from xuke.foundation.models import Entry
from xuke.foundation.refusals import Invalid, NotPermitted, Problem
from xuke.foundation.transactions import command

_LOCK = 7264915038422615
"""Publications are written one after the other: each is checked against all before it."""


@dataclass
class _Files:
    """The files of rules as the subject of their history: each load is a revision."""

    revision: int
    stream: ClassVar[str] = "rules:files"
    journal_label: str = "规则文件"
    journal_authority: str = ""
    journal_enterprise: str = ""


@command
def publish(
    *,
    topic: str,
    key: str,
    division: str,
    content: Mapping[str, Any],
    valid_from: date,
    valid_to: date | None,
    basis: str,
    transition: str = FILING_DAY,
    confidence: str = "known",
    by: Officer,
    now: datetime,
) -> RuleEdition:
    """Publish what a province says about a key in a place from a day on.

    A later publication for the same days replaces it for those days; running cases follow `transition`. Days that are
    over may be spoken of only as a correction that binds nobody backwards: what applied then stays what was known.
    """
    permissions.demand_publisher(by, division)
    edition = Edition(
        id="",
        topic=topic,
        key=key,
        content=dict(content),
        valid_from=valid_from,
        valid_to=valid_to,
        recorded_at=now,
        published_by=by.label,
        basis=basis.strip(),
        level=PROVINCE,
        division=division,
        transition=transition,
        confidence=confidence,
    )
    _one_at_a_time()
    edition = replace(edition, recorded_at=_moment(editions.book(fresh=True), edition, now))
    _demand_right(edition, today=journal.legal_day(now))
    if (same := _same(edition)) is not None:
        return same
    row = _write(edition, within=by.authority_path)
    _record("rule.published", row, by=by, now=now)
    return row


@command
def end(
    *,
    topic: str,
    key: str,
    division: str,
    last_day: date,
    reason: str,
    basis: str,
    by: Officer,
    now: datetime,
    running: str = "",
) -> RuleEdition:
    """End early what the province says about a key in a place; after `last_day` what stands behind it applies.

    What was published for later days stays. `running` says what becomes of running cases where competence ends.
    """
    permissions.demand_publisher(by, division)
    _one_at_a_time()
    edition = ending(
        topic=topic, key=key, division=division, last_day=last_day, basis=basis, running=running, by=by, now=now
    )
    row = _write(edition, within=by.authority_path)
    _record("rule.ended", row, by=by, now=now, reason=reason)
    return row


def ending(
    *, topic: str, key: str, division: str, last_day: date, basis: str, by: Officer, now: datetime, running: str = ""
) -> Edition:
    """What `end` would publish, to be looked at before; raises `Invalid` for what cannot be ended so."""
    book, today = editions.book(fresh=True), journal.legal_day(now)
    begins = min(last_day, date.max - timedelta(days=1)) + timedelta(days=1)
    spoken_of = (each for each in book.own_timeline(topic, key, division=division) if each.holds(begins))
    period = next(spoken_of, None)
    current = period.edition if period else None
    problems = list(_why_not_ended(current, last_day, today))
    if not basis.strip():
        problems.append(Problem("basis", "请写明依据的文件和条款。"))
    if problems:
        raise Invalid(*problems)
    assert current is not None and period is not None
    edition = replace(
        current,
        id="",
        content={**current.content, "running": running} if running else current.content,
        valid_from=begins,
        valid_to=period.ends,
        recorded_at=_moment(book, current, now),
        published_by=by.label,
        basis=basis.strip(),
        ends=True,
        seq=0,
    )
    _demand_successor(book, edition)
    return edition


def _why_not_ended(current: Edition | None, last_day: date, today: date) -> Iterator[Problem]:
    if last_day < today - timedelta(days=1):
        yield Problem("last_day", "最后一天不能早于昨天：已经适用过的规则不能倒过来取消。")
    if last_day == date.max:
        yield Problem("last_day", "最后一天之后没有别的日子了，请核对年份。")
    elif current is None:
        begins = last_day + timedelta(days=1)
        yield Problem("last_day", f"{begins}起本来就没有省级规定，不用提前结束。")


def _demand_successor(book: RuleBook, edition: Edition) -> None:
    """What is asked for every day must be answered by something else, or every case that needs it would stop."""
    after = RuleBook.of((*book.editions, edition))
    asked: dict[str, Any] = {"on": edition.valid_from, "division": edition.division}
    if edition.topic == "competence":
        is_answered = competence.edition_of(after, edition.key, **asked) is not None
    else:
        is_needed = keys.known().get(edition.topic, {}).get(edition.key, False)
        is_answered = not is_needed or after.find(edition.topic, edition.key, **asked) is not None
    if not is_answered:
        what = "由哪一级许可" if edition.topic == "competence" else "这一项"
        raise Invalid(Problem("last_day", f"提前结束以后没有规定{what}，请先发布新的规定。"))


@command
def load(*, wanted: Iterable[Edition], by: Actor, now: datetime) -> tuple[Change, ...]:
    """Make each key that files name say just what the files say, at their level; what had to be changed.

    The first load makes the installation, as the divisions do, before anything happened in it: it leaves no entry, and
    records law as known since it came into force, because to everybody it was.
    """
    if isinstance(by, Officer):
        raise NotPermitted("规则文件由系统管理人员在命令行加载。")
    wanted = tuple(wanted)
    _one_at_a_time()
    book, is_first = editions.book(fresh=True), not RuleEdition.objects.filter(level=NATION).exists()
    changes = changes_of(wanted, today=journal.legal_day(now))
    for change in changes:
        said = change.after or change.before
        assert said is not None
        begins = datetime.combine(change.begins, datetime.min.time(), journal.SHANGHAI)
        edition = Edition(
            id="",
            topic=change.topic,
            key=change.key,
            content=_ended(said) if change.after is None else said.content,
            valid_from=change.begins,
            valid_to=change.ends,
            recorded_at=min(begins, now) if is_first and said.level == NATION else _moment(book, said, now),
            published_by=said.published_by,
            basis=said.basis,
            level=said.level,
            division=said.division,
            transition=said.transition,
            confidence=said.confidence,
            ends=change.after is None,
        )
        _write(edition, within="")
    if changes and not is_first:
        _record_load(changes, by=by, now=now)
    return changes


def _ended(said: Edition) -> Mapping[str, Any]:
    """What an ending of a file keeps of what it ends: running cases stay, as no plan says otherwise."""
    return {**said.content, "running": contents.RUNNING[0]} if said.topic == "competence" else said.content


def _record_load(changes: tuple[Change, ...], *, by: Actor, now: datetime) -> None:
    """One entry for all that a load changed: the editions themselves say the rest."""
    subject = _Files(revision=Entry.objects.filter(stream=_Files.stream).count() + 1)
    keys = [f"{each.topic} {each.key} {each.kind} {each.begins}" for each in changes]
    journal.record("rule.loaded", subject=subject, by=by, at=now, changes=len(changes), keys=keys)


def changes_of(wanted: Iterable[Edition], *, today: date) -> tuple[Change, ...]:
    """What loading these would change; raises `Invalid` for what must not be said, with file and row."""
    wanted = tuple(wanted)
    known = RuleBook.of(row.as_edition() for row in RuleEdition.objects.all())
    nation = [each for each in wanted if each.level == NATION]
    reasons = [
        *_nowhere(wanted),
        *rulefile.why_not_allowed(RuleBook.of((*editions.book(fresh=True).editions, *nation)), wanted),
        *keys.unanswered(known, wanted, today=today),
    ]
    if reasons:
        raise Invalid(*(Problem("", reason) for reason in reasons), sentence="\n".join(reasons))
    return difference(known, wanted)


def _nowhere(wanted: Iterable[Edition]) -> list[str]:
    """The places that files speak of and that do not exist on the first day they speak of, as sentences."""
    said = (each for each in wanted if each.division and not divisions.name_of(each.division, each.valid_from))
    return list(
        dict.fromkeys(f"{each.said_in}没有行政区划代码“{each.division}”（{each.valid_from}）。" for each in said)
    )


def why_not_right(edition: Edition, *, today: date) -> list[Problem]:
    """Everything that keeps a province from publishing an edition, by the field it belongs to."""
    problems = [Problem("content", each) for each in contents.why_not(edition.topic, [edition.key], edition.content)]
    problems += [Problem("content", each) for each in _not_known(edition)]
    if not edition.basis:
        problems.append(Problem("basis", "请写明依据的文件和条款，例如“鄂市监〔2026〕15号”。"))
    if edition.valid_to and edition.valid_to < edition.valid_from:
        problems.append(Problem("valid_to", "失效日期早于生效日期，请核对。"))
    if edition.valid_from < today:
        problems.append(Problem("valid_from", "生效日期不能早于今天：已经适用过的规则不能倒过来改。"))
    if not problems:
        book = editions.book(fresh=True)
        problems += [Problem("content", each) for each in rulefile.why_not_allowed(book, [edition])]
    return problems


def _not_known(edition: Edition) -> Iterator[str]:
    """A key or a name in the content that nobody asks for: it would be published without effect."""
    if reason := keys.why_not_known(edition.topic, edition.key):
        yield reason
    for name in edition.content:
        if name not in contents.NAMES[edition.topic]:
            yield f"不认识“{name}”{keys.guess(name, contents.NAMES[edition.topic])}。"


def _same(edition: Edition) -> RuleEdition | None:
    """The row that says just this for just these days and was published last: a second click publishes nothing."""
    latest = editions.book().published(edition.topic, edition.key, division=edition.division)[:1]
    for each in latest:
        if each.says_the_same(edition) and (each.valid_from, each.valid_to) == (edition.valid_from, edition.valid_to):
            return RuleEdition.objects.filter(pk=each.id).first()
    return None


def _demand_right(edition: Edition, *, today: date) -> None:
    if problems := why_not_right(edition, today=today):
        raise Invalid(*problems)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _moment(book: RuleBook, edition: Edition, now: datetime) -> datetime:
    """When an edition is recorded: what is written later is known later, also where its clock was read earlier."""
    newest = book.published(edition.topic, edition.key, division=edition.division)[:1]
    return max([now, *(each.recorded_at + timedelta(microseconds=1) for each in newest)])


def _write(edition: Edition, *, within: str) -> RuleEdition:
    row = RuleEdition(
        topic=edition.topic,
        key=edition.key,
        level=edition.level,
        division=edition.division,
        content=dict(edition.content),
        ends=edition.ends,
        valid_from=edition.valid_from,
        valid_to=edition.valid_to,
        recorded_at=edition.recorded_at,
        published_by=edition.published_by,
        published_for=within,
        basis=edition.basis,
        transition=edition.transition,
        confidence=edition.confidence,
    )
    row.save(force_insert=True)
    editions.note_publication()
    return row


def _record(verb: str, row: RuleEdition, *, by: Actor, now: datetime, **facts: Any) -> None:
    journal.record(
        verb,
        subject=row,
        by=by,
        at=now,
        topic=row.topic,
        key=row.key,
        division=row.division,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        basis=row.basis,
        content=row.content,
        **facts,
    )
