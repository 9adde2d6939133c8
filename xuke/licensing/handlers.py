"""Reactions to news, from below and from here. Two lines each; each can run twice without harm."""

from __future__ import annotations

from datetime import datetime

from xuke.accounts.models import User
from xuke.accounts.queries import officer
from xuke.documents.models import Notice
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.journal import Event
from xuke.foundation.news import On
from xuke.licensing import commands
from xuke.licensing.models import Application, Rectification
from xuke.licensing.procedures import procedure
from xuke.parties import commands as parties
from xuke.parties.models import Enterprise
from xuke.verifiers.models import Recognition, Recusal, Verifier


def finish_application(event: Event, now: datetime) -> None:
    """The certificate of a licence was made: its application is done."""
    application = Application.objects.filter(licence__number=event.stream.partition(":")[2], state="granted").first()
    if application is not None:
        commands.record_certificate(
            application=application,
            by=SYSTEM,
            now=now,
            version=event.facts["version"],
            digest=event.facts["digest"],
        )


def note_site(event: Event, now: datetime) -> None:
    """A licence was granted: where the enterprise produces is known from now on. No other procedure moves it."""
    application = Application.objects.select_related("enterprise").get(pk=event.stream.partition(":")[2])
    if procedure(application.procedure).needs_licence:
        return
    site = application.form["site"]
    parties.add_site(
        enterprise=application.enterprise,
        address=site["production_address"],
        division_code=site["division_code"],
        by=SYSTEM,
        now=now,
    )


def free_claims(event: Event, now: datetime) -> None:
    """Somebody was dismissed, or their account closed: what they had claimed goes back to the pool, unless they can
    still go on with it."""
    person = User.objects.get(pk=int(event.stream.partition(":")[2]))
    if not person.is_active or officer(person, today=journal.legal_day(now)) is None:
        commands.release_all_of(user_id=person.pk, by=SYSTEM, now=now)


def name_successor(event: Event, now: datetime) -> None:
    """Somebody left an enterprise: what is under way names the colleague who took over."""
    commands.change_contacts(
        enterprise=Enterprise.objects.get(uscc=event.stream.partition(":")[2]),
        leaver=event.facts["person"],
        successor=User.objects.get(pk=event.facts["successor_id"]),
        by=SYSTEM,
        now=now,
    )


def prolong_visit(event: Event, now: datetime) -> None:
    """A suspended case goes on: the days that stood still do not count for the visit either."""
    application = Application.objects.get(pk=event.stream.partition(":")[2])
    commands.prolong_visit(application=application, by=SYSTEM, now=now)


def tell_recusal(event: Event, now: datetime) -> None:
    """Somebody declared recusal from an enterprise: a visit there that they are on needs another team."""
    recusal = Recusal.objects.get(pk=event.stream.partition(":")[2])
    commands.tell_recusal(recusal=recusal, by=SYSTEM, now=now)


def tell_unfit_verifier(event: Event, now: datetime) -> None:
    """The register of verifiers changed: a visit that somebody is on may need another team."""
    row = Verifier.objects.get(pk=event.stream.partition(":")[2])
    commands.tell_unfit(user=row.user_id, expert=str(row.pk), by=SYSTEM, now=now)


def tell_unfit_stranger(event: Event, now: datetime) -> None:
    """A credential of another province is recognised here, or no longer: a visit may need another team."""
    row = Recognition.objects.get(pk=event.stream.partition(":")[2])
    commands.tell_unfit(user=row.user_id, by=SYSTEM, now=now)


def tell_unfit_person(event: Event, now: datetime) -> None:
    """Somebody was dismissed, or their account closed: they may hold the office of a verifier no longer."""
    commands.tell_unfit(user=int(event.stream.partition(":")[2]), by=SYSTEM, now=now)


def start_time_to_answer(event: Event, now: datetime) -> None:
    """A notice was served on another day than it was issued: the time to ask for a hearing runs from there."""
    notice = Notice.objects.filter(pk=event.stream.partition(":")[2]).first()
    if notice is None or notice.served_on is None or notice.kind not in ("hearing_right_notice", "third_party_notice"):
        return
    application = Application.objects.filter(pk=notice.about.removeprefix("application:")).first()
    if application is not None:
        commands.note_told(application=application, notice=notice, by=SYSTEM, now=now)


def count_from_service(event: Event, now: datetime) -> None:
    """A notice of what is to be put right was served later than it was issued: the time runs from there."""
    notice = Notice.objects.filter(pk=event.stream.partition(":")[2], kind="rectification_notice").first()
    if notice is None:
        return
    row = Rectification.objects.filter(application__pk=notice.about.removeprefix("application:")).first()
    if row is not None:
        commands.recount_rectification(rectification=row, notice=notice, by=SYSTEM, now=now)


HANDLERS = (
    On("licence.certificate_made", finish_application),
    On("application.granted", note_site),
    On("application.granted_on_commitment", note_site),
    On("user.dismissed", free_claims),
    On("user.disabled", free_claims),
    On("enterprise.handed_over", name_successor),
    On("application.resumed", prolong_visit),
    On("recusal.declared", tell_recusal),
    On("verifier.suspended", tell_unfit_verifier),
    On("verifier.reinstated", tell_unfit_verifier),
    On("verifier.withdrawn", tell_unfit_verifier),
    On("verifier.changed", tell_unfit_verifier),
    On("verifier.credential_renewed", tell_unfit_verifier),
    On("verifier.examination_recorded", tell_unfit_verifier),
    On("recognition.recorded", tell_unfit_stranger),
    On("recognition.ended", tell_unfit_stranger),
    On("user.dismissed", tell_unfit_person),
    On("user.disabled", tell_unfit_person),
    On("notice.served", start_time_to_answer),
    On("notice.signed_for", start_time_to_answer),
    On("notice.served", count_from_service),
    On("notice.signed_for", count_from_service),
    On("notice.service_corrected", start_time_to_answer),
    On("notice.service_corrected", count_from_service),
)
