"""Questions to the journal on an auditor's behalf: by subject, person, time, verb, authority; one history; its state.

The journal's wall opens a little further for auditors than cases do (`open_journal`): whoever audits the root of the
tree also reads what belongs to no authority, and any auditor reads the whole history of a subject they read any of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from xuke.accounts.models import Authority, User
from xuke.accounts.officers import Officer
from xuke.audit import proof, rules, signs
from xuke.audit.vocabulary import vocabulary
from xuke.documents.models import Notice
from xuke.foundation import journal_heads, journal_keys, journal_rows
from xuke.foundation.actors import Actor
from xuke.foundation.gate import territory
from xuke.foundation.identifiers import credit_code
from xuke.foundation.journal import SHANGHAI
from xuke.foundation.journal_heads import HeadsDamaged
from xuke.foundation.models import Entry
from xuke.foundation.refusals import NotFound
from xuke.foundation.typed import why_not_storable
from xuke.licensing import lists
from xuke.licensing.filters import Filters
from xuke.parties.models import Enterprise

MOST_SUBJECTS = 200
"""Streams that one search term stands for at most."""
MOST_PEOPLE = 50
MOST_WAITING = 10_000
"""Unsealed entries that are counted; more are "over" that many."""
_STREAM = re.compile(r"[a-z_]+:\S+")
_ACTOR = re.compile(r"(officer|applicant|user):\d{1,9}|system")
_CODES = ("officer", "applicant", "user")


def open_journal(actor: Actor) -> None:
    """Open the journal to an auditor until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('xuke.audits', %s, true)", [actor.scope.authority_path])


# --- the list ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """What an auditor looks for; every part narrows."""

    subject: str = ""
    """A number, a name, a stream, or the id of a request."""
    person: str = ""
    """A name, a login name, or a code such as ``officer:12``."""
    since: date | None = None
    until: date | None = None
    verb: str = ""
    """A verb, or the first part of one with its full stop: ``application.``."""
    below: str = ""
    """The path of an authority."""
    looks: bool = False
    """Only what showed somebody personal data."""


def entries(officer: Officer, wanted: Wanted, *, today: date) -> QuerySet[Entry]:
    """The entries that match, as the auditor may read them."""
    found = Entry.objects.all()
    if officer.authority_path.count("/") > 1:
        found = found.filter(territory(officer.authority_path))
    if wanted.below:
        found = found.filter(territory(wanted.below))
    if wanted.subject:
        found = found.filter(_about(officer, wanted.subject, today))
    if wanted.person:
        found = found.filter(_by(wanted.person))
    if wanted.since:
        found = found.filter(at__gte=_midnight(wanted.since))
    if wanted.until:
        found = found.filter(at__lt=_midnight(wanted.until + timedelta(days=1)))
    if wanted.looks:
        found = found.filter(verb__in=vocabulary().looks)
    if wanted.verb.endswith("."):
        found = found.filter(verb__in=[verb for verb in vocabulary().words if verb.startswith(wanted.verb)])
    elif wanted.verb:
        found = found.filter(verb=wanted.verb)
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _about(officer: Officer, text: str, today: date) -> Q:
    """What somebody means by a text: a stream, a key, a request, a number, or part of a name."""
    if why_not_storable(text):
        return Q(pk=None)
    if _STREAM.fullmatch(text):
        return Q(stream=text) | Q(request_id=text)
    if key := _key(text):
        return Q(stream__in=[f"{kind}:{key}" for kind in vocabulary().subjects]) | Q(request_id=key)
    # Compared with text as it is: what an entry says of its subject is part of the entry.
    streams = list(_streams(officer, text, today))
    if not streams:
        return Q(subject_label__contains=text)
    uscc = [stream.partition(":")[2] for stream in streams if stream.startswith("enterprise:")]
    return Q(stream__in=streams) | _of_enterprises(uscc)


def _of_enterprises(uscc: list[str]) -> Q:
    """The invitations to act for these enterprises. The entries say whose they are; the rows are the enterprise's."""
    if not uscc:
        return Q(pk=None)
    keys = [str(key) for key in Enterprise.objects.filter(uscc__in=uscc).values_list("pk", flat=True)]
    verbs = [verb for verb in vocabulary().words if verb.startswith("invitation.")]
    return Q(verb__in=verbs, enterprise_id__in=keys)


def _key(text: str) -> str:
    try:
        return str(UUID(text)) if len(text) == 36 else ""
    except ValueError:
        return ""


def _streams(officer: Officer, text: str, today: date) -> QuerySet[Any, Any]:
    """The subjects of this number or name: cases with their licences and notices, enterprises, people, authorities.

    One statement; which of them the auditor may read is asked of the entries.
    """
    cases = lists.whole("all", officer, Filters(q=text), today=today).order_by()
    code = credit_code.parse(text)
    named = Q(uscc=code.normal_form) if not code.errors else Q(name__contains=text)
    found = _as_streams(cases, "application", "pk")
    streams: QuerySet[Any, Any] = found.union(
        _as_streams(cases.filter(licence__isnull=False), "licence", "licence__number"),
        _as_streams(Notice.objects.filter(Q(about__in=found) | Q(number=text)), "notice", "pk"),
        _as_streams(Enterprise.objects.filter(named), "enterprise", "uscc"),
        _as_streams(User.objects.filter(_called(text)), "user", "pk"),
        _as_streams(Authority.objects.filter(Q(code=text) | Q(name__contains=text)), "authority", "code"),
        all=True,
    )[:MOST_SUBJECTS]
    return streams


def _as_streams(rows: QuerySet[Any], kind: str, column: str) -> QuerySet[Any, Any]:
    name = Concat(Value(f"{kind}:"), Cast(column, TextField()), output_field=TextField())
    streams: QuerySet[Any, Any] = rows.annotate(journal_stream=name).values_list("journal_stream", flat=True)
    return streams


def _called(text: str) -> Q:
    return Q(name=text) | Q(login_name=text.lower())


def _by(text: str) -> Q:
    """What somebody means by a person: a code, an officer's name or login name, or the beginning of a name."""
    if why_not_storable(text):
        return Q(pk=None)
    if _ACTOR.fullmatch(text):
        return Q(actor=text)
    if text == "系统":
        return Q(actor="system")
    people = list(User.objects.filter(_called(text)).values_list("pk", flat=True)[:MOST_PEOPLE])
    if people:
        return Q(actor__in=[f"{kind}:{key}" for kind in _CODES for key in people])
    return Q(actor_label__startswith=text)


def authorities(officer: Officer) -> list[Authority]:
    """The auditor's own authority and those below it, in the order of the tree."""
    path = officer.authority_path
    return list(Authority.objects.filter(path__gte=path, path__lt=path + "~").order_by("path"))


# --- one history ------------------------------------------------------------------------------------------------------

_HISTORY = (
    f"SELECT {journal_rows.ENTRY_COLUMNS}, l.position FROM journal_history(%s) e"  # noqa: S608 - constants
    " LEFT JOIN foundation_leaf l ON l.entry_id = e.id"
)
_WHOLE = f"{_HISTORY} ORDER BY e.seq, e.id"
_NEWEST_FIRST = f"{_HISTORY} WHERE e.seq < %s ORDER BY e.seq DESC, e.id DESC LIMIT %s"
_ONE = f"{_HISTORY} WHERE e.seq = %s"
_LEAF = "SELECT digest FROM foundation_leaf WHERE position = %s"
LAST_SEQ = 2**31 - 1


def rows_of(stream: str) -> list[Sequence[Any]]:
    """The whole history of a subject: rows of ENTRY_COLUMNS, and the place in the log (None while unsealed)."""
    rows = _history(_WHOLE, stream)
    if not rows:
        raise NotFound("没有找到这件事项的日志，它可能不在您的审计范围内。")
    return rows


def newest_of(stream: str, *, before: int = LAST_SEQ, most: int) -> list[Sequence[Any]]:
    """The newest rows of a history below a number; raises `NotFound` when there is none."""
    rows = _history(_NEWEST_FIRST, stream, before, most)
    if not rows:
        raise NotFound("没有找到这件事项的日志，它可能不在您的审计范围内。")
    return rows


@dataclass(frozen=True)
class Place:
    """Where an entry lies in the sealed log."""

    position: int
    digest: str
    is_same: bool
    """Whether the entry still has the digest it was sealed with."""
    head_size: int | None
    head_at: datetime | None
    """The first head that covers it."""


def one_of(stream: str, seq: int) -> tuple[Sequence[Any], Place | None]:
    """One row of a history, and its place; None while it is not sealed."""
    row = next(iter(_history(_ONE, stream, seq)), None)
    if row is None:
        raise NotFound("没有找到这个日志条目，它可能不在您的审计范围内。")
    position = row[-1]
    if position is None:
        return row, None
    ((digest,),) = _rows(_LEAF, position)
    heads = proof.heads_of(proof.covering([position]))
    head = heads[0] if heads else None
    return row, Place(
        position,
        bytes(digest).hex(),
        _leaf_of(row[:-1]) == bytes(digest),
        head.size if head else None,
        datetime.fromisoformat(head.at) if head else None,
    )


def _history(statement: str, stream: str, *arguments: Any) -> list[Any]:
    return [] if why_not_storable(stream) else _rows(statement, stream, *arguments)


def _leaf_of(row: Sequence[Any]) -> bytes:
    try:
        return journal_rows.leaf_hash(row)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return b""


# --- the state of the log ---------------------------------------------------------------------------------------------

_WAITING = "SELECT waiting, oldest, running FROM journal_waiting(%s)"


@dataclass(frozen=True)
class State:
    """The sealed log at a glance, and everything that is wrong with it."""

    seen: rules.Seen
    alarms: tuple[rules.Alarm, ...]
    root: str
    key_id: str
    running: int
    sealing: signs.Sealing | None
    check: signs.Check | None

    @property
    def is_grave(self) -> bool:
        """Whether the journal may have been tampered with."""
        return any(alarm.grave for alarm in self.alarms)


def state_of_log(*, now: datetime) -> State:
    """Whether the log is whole and being sealed, as far as can be said without reading all of it."""
    head = proof.newest_head()
    ((waiting, oldest, running),) = _rows(_WAITING, MOST_WAITING)
    file_size, agrees = _file()
    sealing, check = signs.last_sealing(), signs.last_check()
    seen = rules.Seen(
        now=now,
        sealed_entries=head.size if head else 0,
        head_at=datetime.fromisoformat(head.at) if head else None,
        head_genuine=head is not None
        and journal_keys.is_signed(
            journal_keys.public_keys(), key_id=head.key_id, content=head.statement, signature=head.signature
        ),
        file_size=file_size,
        file_agrees=agrees,
        waiting=waiting,
        oldest_waiting=oldest,
        sealer_at=sealing.at if sealing else None,
        sealer_problem=sealing.problem if sealing else "",
        checked_at=check.ended if check else None,
        findings=check.found if check else 0,
        check_problem=check.problem if check else "",
    )
    root, key_id = (head.root.hex(), head.key_id) if head else ("", "")
    return State(seen, rules.alarms(seen), root, key_id, running, sealing, check)


def _file() -> tuple[int | None, bool]:
    """The size in the last line of the file of heads, and whether the database has that very head."""
    try:
        written = journal_heads.last(journal_heads.place())
    except HeadsDamaged:
        return 0, False
    if written is None:
        return None, False
    return written.size, proof.heads_of([written.size]) == [written]


def _rows(statement: str, *arguments: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return list(cursor.fetchall())
