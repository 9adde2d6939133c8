"""Taking a case from the pool and giving it back."""

from __future__ import annotations

from datetime import datetime

from xuke.accounts.officers import Officer, Role
from xuke.foundation.actors import Actor
from xuke.foundation.models import Entry
from xuke.foundation.refusals import Conflict, NotPermitted
from xuke.foundation.transactions import command
from xuke.licensing import permissions
from xuke.licensing.commands.steps import TOLD, is_repeat, lock, note
from xuke.licensing.models import Application
from xuke.licensing.workflow import LIFE


def why_not_claim(officer: Officer, application: Application) -> str:
    """The reason this officer may not claim the case, or an empty string."""
    if reason := permissions.why_not_officer_at_all(officer):
        return reason
    if application.claimed_by_id == officer.user_id:
        return "您已经领取了这件申请。"
    facts = permissions.facts_of(application)
    # What leads on is claimed; a suspension or a hearing on the way is not.
    reasons = [
        permissions.why_not_this_person(officer, step, application)
        for step in LIFE.open_from(application.state)
        if step.role not in ("applicant", "system", "verifier")
        and step.target != step.source
        and not step.why_not(facts)
    ]
    if not reasons:
        return f"现在的状态是“{application.life_state.title}”，没有等工作人员领取的事项。"
    return "" if "" in reasons else reasons[0]


@command
def claim(*, application: Application, by: Officer, now: datetime, revision: int | None = None) -> Application:
    """Take a case into one's own hands, so that colleagues see who works on it."""
    application = lock(application)
    if is_repeat(application, "claim", by=by, revision=revision):
        return application
    reason = why_not_claim(by, application)
    taken = application.claimed_by_id is not None and not permissions.why_not_officer_at_all(by)
    if taken and not by.acts_for(application.claimed_by_id):
        raise _taken(application)
    if reason:
        raise NotPermitted(reason)
    application.claimed_by_id, application.claimed_at = by.user_id, now
    return note(application, "claim", "claimed_by", "claimed_at", by=by, now=now)


def _taken(application: Application) -> Conflict:
    """A colleague was faster: who, and when."""
    event = Entry.objects.filter(stream=application.stream, verb="application.claimed").order_by("-seq").first()
    if event is None:
        return Conflict("这件申请已由同事领取。")
    return Conflict(who=event.actor_label, what=TOLD["claimed"], at=event.at)


@command
def release(*, application: Application, by: Officer, now: datetime, revision: int | None = None) -> Application:
    """Give a claimed case back to the pool: one's own, or as a supervisor a colleague's who is not there."""
    application = lock(application)
    if is_repeat(application, "release", by=by, revision=revision):
        return application
    if reason := why_not_release(by, application):
        raise NotPermitted(reason)
    return _back_to_the_pool(application, by=by, now=now)


def why_not_release(actor: Actor, application: Application) -> str:
    """The reason this person may not give the case back, or an empty string."""
    if not isinstance(actor, Officer):
        return permissions.why_not_officer_at_all(actor)
    if application.claimed_by_id is None:
        return "没有人领取这件申请，不用退回。"
    supervises = actor.has(Role.SUPERVISOR) and actor.authority_id == application.authority_id
    if actor.acts_for(application.claimed_by_id) or supervises:
        return ""
    return "您没有领取这件申请，不用退回。"


def _back_to_the_pool(application: Application, *, by: Actor, now: datetime) -> Application:
    application.claimed_by = application.claimed_at = None
    return note(application, "release", "claimed_by", "claimed_at", by=by, now=now)


@command
def release_all_of(*, user_id: int, by: Actor, now: datetime) -> int:
    """Give back everything a person claimed who holds no post any more; how many cases."""
    claimed = list(Application.objects.filter(claimed_by=user_id).order_by("pk"))
    for application in claimed:
        locked = lock(application)
        if locked.claimed_by_id == user_id:
            _back_to_the_pool(locked, by=by, now=now)
    return len(claimed)
