"""Ending sessions: one, or all of a person."""

from __future__ import annotations

from datetime import datetime

from xuke.accounts.models import User
from xuke.foundation import journal
from xuke.foundation.actors import Actor, System
from xuke.foundation.refusals import NotFound, NotPermitted
from xuke.foundation.transactions import command
from xuke.identity import queries
from xuke.identity.models import Session


@command
def end_session(*, session: Session, by: Actor, now: datetime) -> None:
    """Log out one device. Its next request is a stranger's."""
    _demand_own(by, session.user_id)
    count, _ = Session.objects.filter(pk=session.pk).delete()
    if not count:
        raise NotFound("这个登录已经结束。")
    journal.record("session.ended", subject=session, by=by, at=now, within=queries.place_of(session.user_id))


@command
def end_sessions(*, user: User, besides: bytes = b"", by: Actor, now: datetime) -> int:
    """Log a person out everywhere, or everywhere `besides` one device (the digest of its key); how many there were."""
    _demand_own(by, user.pk)
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    count, _ = Session.objects.filter(user=user).exclude(digest=besides).delete()
    user.revision += 1
    user.save(update_fields=["revision"])
    place = queries.place_of(user.pk)
    journal.record("user.logged_out_everywhere", subject=user, by=by, at=now, within=place, count=count)
    return count


def _demand_own(by: Actor, user_id: int | None) -> None:
    if not isinstance(by, System) and by.scope.user_id != str(user_id):
        raise NotPermitted("只能结束本人的登录。")
