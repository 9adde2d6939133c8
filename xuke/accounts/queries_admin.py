"""Questions that the pages of administrators ask: the tree, one authority, people, one person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from xuke.accounts.models import Authority, Posting, User
from xuke.accounts.officers import Officer
from xuke.accounts.queries import added_in, held_on
from xuke.accounts.roles import THREE_ADMINISTRATORS, Role
from xuke.foundation import journal
from xuke.foundation.journal import Event
from xuke.foundation.refusals import NotFound

PAGE = 50
MOST_HISTORY = 100
_LARGEST = 2**63 - 1


@dataclass
class Node:
    """An authority in the tree, with how many people serve there and what stands below."""

    authority: Authority
    people: int
    below: list[Node] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many authorities stand below, all levels together."""
        return sum(1 + node.count for node in self.below)


def in_territory(officer: Officer) -> QuerySet[Authority]:
    """The authorities at and below the officer's own, closed ones too, from the root down."""
    place = officer.authority_path
    return Authority.objects.filter(path__gte=place, path__lt=place + "~").order_by("path")


def open_in_territory(officer: Officer) -> list[Authority]:
    """Where the officer may appoint people or establish authorities below."""
    return list(in_territory(officer).filter(closed_on=None))


def tree(officer: Officer, *, today: date) -> list[Node]:
    """The officer's authorities as a tree: one statement."""
    nodes: dict[str, Node] = {}
    roots: list[Node] = []
    for node in _nodes(in_territory(officer), today):
        path = node.authority.path
        nodes[path] = node
        above = nodes.get(path[: path.rindex("/", 0, -1) + 1]) if "/" in path[:-1] else None
        (above.below if above else roots).append(node)
    return roots


def found(officer: Officer, words: str, *, today: date) -> list[Node]:
    """The officer's authorities that a search finds, by name, code or mark."""
    rows = in_territory(officer).filter(
        Q(name__icontains=words) | Q(code__startswith=words) | Q(abbreviation__icontains=words)
    )
    return list(_nodes(rows[:PAGE], today))


def _nodes(rows: QuerySet[Authority], today: date) -> Iterator[Node]:
    serving = Posting.objects.filter(held_on(today), authority=OuterRef("pk"), user__is_active=True)
    counted = serving.order_by().values("authority").annotate(people=Count("user", distinct=True)).values("people")
    for row in rows.annotate(people=counted):
        yield Node(row, vars(row)["people"] or 0)


def authority(officer: Officer, code: str) -> Authority:
    """One authority of the officer's territory; raises `NotFound`."""
    found = in_territory(officer).select_related("parent").filter(code=code).first()
    if found is None:
        raise NotFound("没有找到这个机关。")
    return found


def below(authority: Authority) -> list[Authority]:
    """The authorities directly below."""
    return list(Authority.objects.filter(parent=authority).order_by("path"))


def posts_in(authority: Authority, *, today: date) -> list[Posting]:
    """Who serves or will serve in an authority, by name."""
    return list(
        Posting.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today), authority=authority)
        .exclude(valid_to=F("valid_from"))
        .select_related("user", "instead_of")
        .order_by("user__name", "user_id", "pk")
    )


def keepers(path: str, *, today: date) -> list[Posting]:
    """The administrators and auditors whose territory this place lies in, the nearest last."""
    rows = Posting.objects.filter(
        held_on(today),
        role__in=sorted(THREE_ADMINISTRATORS),
        user__is_active=True,
        authority__code__in=path.strip("/").split("/"),
    )
    return list(rows.select_related("user", "authority").order_by("role", "authority__path", "user__name"))


# --- people -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slice:
    """One page of people, and whether there are more."""

    people: Sequence[User]
    number: int
    has_more: bool


def people(
    officer: Officer, *, today: date, words: str = "", place: str = "", everybody: bool = False, number: int = 1
) -> Slice:
    """Who serves in the officer's territory, or has served there (`everybody`)."""
    wanted = place if place.startswith(officer.authority_path) else officer.authority_path
    here = Posting.objects.filter(user=OuterRef("pk"), authority__path__gte=wanted, authority__path__lt=wanted + "~")
    if not everybody:
        here = here.filter(Q(valid_to=None) | Q(valid_to__gt=today))
    rows = User.objects.filter(Q(Exists(here)), serves=True)
    if not everybody:
        rows = rows.filter(is_active=True)
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(login_name__icontains=words.lower()))
    posts = Posting.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today)).exclude(valid_to=F("valid_from"))
    posts = posts.select_related("authority", "instead_of").order_by("pk")
    first = (number - 1) * PAGE
    listed = rows.order_by("name", "pk").prefetch_related(Prefetch("postings", queryset=posts, to_attr="posts"))
    chosen = list(listed[first : first + PAGE + 1])
    return Slice(chosen[:PAGE], number, len(chosen) > PAGE)


def person(officer: Officer, number: int, *, today: date) -> tuple[User, Posts]:
    """Somebody who serves, or served last, in the officer's territory, with all posts; raises `NotFound`."""
    found = User.objects.filter(pk=number, serves=True).first() if number <= _LARGEST else None
    posts = posts_of(found, today=today) if found else None
    if found is None or posts is None or not posts.is_seen_from(officer.authority_path):
        raise NotFound("没有找到这个人员。")
    return found, posts


def officer_called(login_name: str) -> User | None:
    """Who serves under this login name."""
    return User.objects.filter(login_name=login_name.strip().lower(), serves=True).first()


def posting(officer: Officer, number: int) -> Posting:
    """One posting in the officer's territory; raises `NotFound`."""
    rows = Posting.objects.select_related("user", "authority", "instead_of")
    found = rows.filter(pk=number).first() if number <= _LARGEST else None
    if found is None or not found.authority.path.startswith(officer.authority_path):
        raise NotFound("没有找到这一任职。")
    return found


@dataclass(frozen=True)
class Posts:
    """All posts of a person, by time."""

    now: list[Posting]
    to_come: list[Posting]
    before: list[Posting]
    added_in: frozenset[str] = frozenset()
    """Where the account was added."""

    @property
    def paths(self) -> frozenset[str]:
        """Where the person is kept: where they serve or will, else served last, else where they were added."""
        present = frozenset(one.authority.path for one in (*self.now, *self.to_come))
        return present or frozenset(one.authority.path for one in self.before[:1]) or self.added_in

    def is_seen_from(self, path: str) -> bool:
        """Whether somebody at this place sees the person: some of it lies there."""
        return any(each.startswith(path) for each in self.paths)


def posts_of(user: User, *, today: date) -> Posts:
    """The posts of a person: now and to come in their order, past ones newest first."""
    rows = list(
        Posting.objects.filter(user=user)
        .exclude(valid_to=F("valid_from"))
        .select_related("authority", "instead_of")
        .order_by("valid_from", "pk")
    )
    for row in rows:
        row.user = user
    past = [row for row in rows if row.valid_to is not None and row.valid_to <= today]
    past.sort(key=lambda row: (row.valid_to or today, row.pk), reverse=True)
    return Posts(
        now=[row for row in rows if row.valid_from <= today and row not in past],
        to_come=[row for row in rows if row.valid_from > today],
        before=past,
        added_in=added_in(user),
    )


def colleagues(places: Iterable[int], *, besides: User, today: date) -> list[User]:
    """Who serves today in these authorities, beside one person."""
    serving = Posting.objects.filter(held_on(today), user=OuterRef("pk"), authority__in=list(places))
    return list(User.objects.filter(Exists(serving), is_active=True).exclude(pk=besides.pk).order_by("name", "pk"))


def roles_at(posts: Posts, place: int) -> list[Role]:
    """The roles of one's own that a person has or had in an authority, in the order of a case."""
    rows = [one for one in (*posts.now, *posts.to_come) if one.authority_id == place and one.instead_of_id is None]
    rows = rows or [one for one in posts.before if one.authority_id == place and one.instead_of_id is None]
    return [role for role in Role if role in {one.role for one in rows}]


def history(stream: str) -> tuple[Event, ...]:
    """What happened to a person or an authority as far as the asker may read it, newest first."""
    return tuple(reversed(journal.history(stream)))[:MOST_HISTORY]
