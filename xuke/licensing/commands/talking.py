"""Comments between officers, and messages between the authority and the applicant."""

from __future__ import annotations

from datetime import datetime

from xuke.accounts.officers import Officer
from xuke.foundation.actors import Actor
from xuke.foundation.refusals import NotPermitted, StepNotOpen
from xuke.foundation.transactions import command
from xuke.licensing import permissions
from xuke.licensing.commands.steps import lock, note
from xuke.licensing.commands.wording import Wording
from xuke.licensing.models import Application, Comment, Message
from xuke.parties.applicants import Applicant

MOST_OF_A_MESSAGE = 2000


@command
def comment(*, application: Application, text: str, by: Officer, now: datetime) -> Comment:
    """Say something to the colleagues who see the case. It can be read in the file, and nothing rests on it."""
    if reason := permissions.why_not_officer_at_all(by):
        raise NotPermitted(reason)
    application = lock(application)
    wording = Wording()
    text = wording.text("text", text, label="留言", most=MOST_OF_A_MESSAGE, missing="请写下要告诉同事的话。")
    wording.demand()
    written = Comment(
        application=application,
        text=text,
        author_id=by.user_id,
        author_label=by.label,
        written_at=now,
        authority_path=application.authority_path,
    )
    written.save(force_insert=True)
    application.comment_count += 1
    note(application, "comment", "comment_count", by=by, now=now)
    return written


def why_not_write(actor: Actor, application: Application) -> str:
    """The reason this person may not write to the other side, or an empty string."""
    if application.submitted_at is None:
        return "申请提交之后才能与受理机关沟通。"
    if isinstance(actor, Applicant):
        return "" if actor.enterprise_id == application.enterprise_id else "这不是您企业的申请。"
    if isinstance(actor, Officer):
        return "" if actor.authority_id == application.authority_id else "由承办机关的工作人员与申请人沟通。"
    return "请先登录。"


@command
def send_message(*, application: Application, text: str, by: Actor, now: datetime) -> Message:
    """Write to the other side: the applicant to the accepting authority, or one of its officers to the applicant.

    No notice: what the law wants in writing is served as one (Administrative Permit Law art. 32, 38).
    """
    application = lock(application)
    if reason := why_not_write(by, application):
        raise StepNotOpen(reason) if application.submitted_at is None else NotPermitted(reason)
    wording = Wording()
    text = wording.text("text", text, label="消息", most=MOST_OF_A_MESSAGE, missing="请写下要说的话。")
    wording.demand()
    from_office = isinstance(by, Officer)
    sent = Message(
        application=application,
        from_office=from_office,
        text=text,
        author_label=by.label,
        sent_at=now,
        enterprise_id=application.enterprise_id,
        authority_path=application.authority_path,
    )
    sent.save(force_insert=True)
    application.message_count += 1
    flag = "unread_by_applicant" if from_office else "unread_by_office"
    setattr(application, flag, True)
    note(application, "send_message", "message_count", flag, by=by, now=now)
    return sent


@command
def read_messages(*, application: Application, by: Actor, now: datetime) -> int:
    """Note that what the other side wrote was read: by the enterprise, or by the authority that has the case."""
    application = lock(application)
    if why_not_write(by, application):
        return 0
    is_office = isinstance(by, Officer)
    unread = Message.objects.filter(application=application, from_office=not is_office, read_at=None)
    read = unread.update(read_at=now)
    flag = "unread_by_office" if is_office else "unread_by_applicant"
    if read or getattr(application, flag):
        setattr(application, flag, False)
        note(application, "read_messages", flag, by=by, now=now, count=read)
    return read
