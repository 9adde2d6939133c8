"""Reactions to news, from below. Two lines each; each can run twice without harm."""

from __future__ import annotations

from datetime import datetime

from xuke.accounts.models import User
from xuke.foundation.actors import SYSTEM
from xuke.foundation.journal import Event
from xuke.foundation.news import On
from xuke.verifiers import commands


def enter_appointed(event: Event, now: datetime) -> None:
    """Somebody was appointed: a verifier who is not in the register yet is entered, as far as the posting tells."""
    commands.register_appointed(user=User.objects.get(pk=int(event.stream.partition(":")[2])), by=SYSTEM, now=now)


HANDLERS = (
    On("user.appointed", enter_appointed),
    On("user.seconded", enter_appointed),
    On("user.deputised", enter_appointed),
)
