"""Questions about who talks about a case and who has how much in hand."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, F, QuerySet

from xuke.accounts.officers import Officer
from xuke.foundation.actors import Actor
from xuke.licensing.commands.papers import KINDS
from xuke.licensing.models import Application, Comment, Message
from xuke.licensing.queries import ON_PROMISE, seen_or_shared, visible_to
from xuke.parties.applicants import Applicant

MOST_SHOWN = 200


def comments(application: Application) -> list[Comment]:
    """What officers said to each other, the newest last."""
    return list(Comment.objects.filter(application=application).order_by("-pk")[:MOST_SHOWN])[::-1]


def messages(application: Application) -> list[Message]:
    """What authority and applicant wrote to each other, the newest last."""
    return list(Message.objects.filter(application=application).order_by("-pk")[:MOST_SHOWN])[::-1]


def with_messages(actor: Actor) -> QuerySet[Application]:
    """The applicant's cases about which something was written, unread ones first."""
    assert isinstance(actor, Applicant)
    return (
        visible_to(actor)
        .filter(message_count__gt=0)
        .select_related("authority")
        .order_by("-unread_by_applicant", "-submitted_at")
    )


def pool(officer: Officer, states: Sequence[str]) -> QuerySet[Application]:
    """What nobody of the officer's authority has taken, the oldest term first."""
    return (
        visible_to(officer)
        .filter(~ON_PROMISE, authority=officer.authority_id, state__in=states, claimed_by=None)
        .select_related("enterprise")
        .order_by(F("due_on").asc(nulls_last=True), "pk")
    )


def loads(people: Sequence[Officer]) -> dict[int, int]:
    """How many open cases each person has claimed."""
    claimed = Application.objects.filter(claimed_by__in=[one.user_id for one in people], decided_on=None)
    return dict(claimed.values_list("claimed_by").annotate(n=Count("pk")).order_by())


def shows_record(officer: Officer, stream: str, kind: str) -> bool:
    """Whether a record is a paper of a visit in whose case the officer's authority takes part: one entrusted to it."""
    about, _, id = stream.partition(":")
    return about == "application" and kind in KINDS and seen_or_shared(officer).filter(pk=id).exists()
