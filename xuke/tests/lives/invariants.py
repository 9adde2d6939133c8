"""What must never be true, whatever people do. The numbers are those of the handbook, 13.3."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Q

from xuke.accounts.models import Posting
from xuke.accounts.officers import Role
from xuke.accounts.queries import held_on
from xuke.catalogue import score_sheet
from xuke.certificates import answering
from xuke.certificates.models import CertificateVersion, Licence, PublicCertificate
from xuke.certificates.verdicts import Verdict
from xuke.documents.models import Notice
from xuke.foundation import journal
from xuke.foundation.journal import Event, legal_day
from xuke.foundation.models import Entry
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import alarms, permissions
from xuke.licensing.commands.steps import PAST
from xuke.licensing.models import Application, Breach, BrokenGlass, JointReview, PostIssueCheck, Visit
from xuke.licensing.rounds import unconfirmed
from xuke.licensing.workflow import ACCEPTOR, APPLICANT, DECIDER, LIFE, REVIEWER, VERIFIER
from xuke.publication.models import Announcement, Progress, PublishedLicence
from xuke.tests.lives.days import ONE_DAY, Stretch, stretches
from xuke.verifiers.models import Recusal, Verifier

RENEWING = ("food.renewal", "food.renewal_change")
SAME_EXPIRY = ("licence.amended", "licence.reported", "licence.reissued")
DECISIONS = {
    "application.granted": "granted",
    "application.granted_on_commitment": "granted",
    "application.deemed_renewed": "granted",
    "application.refused": "refused",
}
ENDINGS = ("withdrawn", "rescinded", "revoked", "cancelled")
ROLE_OF = {f"application.{PAST[step.verb]}": step.role for step in LIFE.steps}


@dataclass
class Remembered:
    """What a check has to know from the checks before."""

    numbers: dict[Any, str] = field(default_factory=dict)
    """By licence: its number."""
    ended: dict[str, str] = field(default_factory=dict)
    """By number: how it ended."""
    concluded: set[tuple[Any, int]] = field(default_factory=set)
    """Visits and rounds that were judged already."""
    revisions: dict[str, int] = field(default_factory=dict)
    """By stream: as of which revision it was looked at."""


def check(known: Remembered, *, today: date, awake: bool) -> None:
    """All of it, of whatever has changed since the last time. `awake` says that the worker has done its rounds."""
    licences = list(Licence.objects.select_related("enterprise").order_by("granted_on", "number"))
    numbers_are_used_once_and_stay(known, licences)
    nobody_holds_two(licences, today)
    for licence in licences:
        what_ended_is_denied_and_older_certificates_are_replaced(known, licence, today)
        if _is_new(known, licence):
            the_end_moves_only_with_a_renewal(licence)
    for case in Application.objects.all():
        history = journal.history(case.stream)
        nothing_runs_over_without_a_breach(case, history, today, awake=awake)
        if _is_new(known, case):
            one_list_of_corrections(case)
            three_hands_are_three_people(case, history)
            a_promise_is_checked_and_another_level_is_heard(case)
    teams_were_fit_and_passed_what_the_sheet_says(known)
    if awake:
        what_was_decided_is_public(licences)


def _is_new(known: Remembered, row: Application | Licence) -> bool:
    seen, known.revisions[row.stream] = known.revisions.get(row.stream), row.revision
    return seen != row.revision


# --- numbers and licences ---------------------------------------------------------------------------------------------


def check_digit(digits: str) -> int:
    """ISO 7064 MOD 11,10 over thirteen digits, as the handbook writes it (1.1)."""
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (11 - product) % 10


def numbers_are_used_once_and_stay(known: Remembered, licences: list[Licence]) -> None:
    """1, 2."""
    for licence in licences:
        number = licence.number
        if licence.pk not in known.numbers:
            assert number not in known.numbers.values(), f"1: {number} was used before"
            known.numbers[licence.pk] = number
        assert known.numbers[licence.pk] == number, "1: a licence keeps its number"
        assert number.startswith("SC") and len(number) == 16
        assert check_digit(number[2:15]) == int(number[15]), f"2: {number}"
        assert int(number[2:5]) in (*range(101, 132), *range(201, 204)), f"2: {number}"
    assert len({licence.number for licence in licences}) == len(licences)
    for pk, content in CertificateVersion.objects.values_list("licence", "content"):
        assert content["licence_number"] == known.numbers[pk], "1: what is printed is the number"
    for case in Application.objects.filter(licence__isnull=False).select_related("licence", "starts_from"):
        if case.procedure != "food.first":
            assert case.licence == case.starts_from, f"1: {case.procedure} keeps licence and number"


def nobody_holds_two(licences: list[Licence], today: date) -> None:
    """3, in the register and for whoever verifies."""
    holders = [licence.enterprise.uscc for licence in licences if _verdict(licence.number, today) is Verdict.IN_FORCE]
    assert len(holders) == len(set(holders)), f"3: {holders}"
    standing = [licence.enterprise_id for licence in licences if licence.state == "in_force"]
    assert len(standing) == len(set(standing)), "3: one enterprise, one certificate"


def _verdict(number: str, today: date) -> Verdict:
    return answering.by_number(answering.read_number(number), today=today).answer.verdict


def the_end_moves_only_with_a_renewal(licence: Licence) -> None:
    """4."""
    end: str = ""
    renewals = 0
    for event in journal.history(licence.stream):
        said = str(event.facts.get("valid_to", ""))
        if event.verb in SAME_EXPIRY:
            assert said == end, f"4: {event.verb} moved {end} to {said}"
        renewals += event.verb == "licence.renewed"
        end = said or end
    newest = CertificateVersion.objects.filter(licence=licence).order_by("-version").first()
    assert newest is not None
    assert licence.valid_to.isoformat() == end == newest.content["valid_to"]
    decided = Application.objects.filter(licence=licence)
    reasons = decided.filter(procedure__in=RENEWING) | decided.filter(outcome__has_key="full_term_basis")
    assert renewals == reasons.count(), "4: five new years only by a renewal or a full verification"


def what_ended_is_denied_and_older_certificates_are_replaced(known: Remembered, licence: Licence, today: date) -> None:
    """15, 16."""
    verdict = _verdict(licence.number, today)
    if licence.state in ENDINGS:
        assert verdict is Verdict.ENDED, f"16: {licence.number} {licence.state} is verified as {verdict}"
        assert known.ended.setdefault(licence.number, licence.state) == licence.state, "16: an ending stays"
    elif licence.state == "expired" or today > licence.valid_to:
        assert verdict is Verdict.EXPIRED
    else:
        assert verdict is Verdict.IN_FORCE
    versions = list(PublicCertificate.objects.filter(licence_number=licence.number).order_by("version"))
    assert [row.version for row in versions] == list(range(1, len(versions) + 1))
    assert [row.newest for row in versions] == [False] * (len(versions) - 1) + [True], "15: the newest counts"
    for row in versions[:-1]:
        assert _verdict(row.identifier, today) in (Verdict.REPLACED, Verdict.ENDED, Verdict.EXPIRED), "15"


# --- clocks and notices -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def _is_working(day: date) -> bool:
    return current_calendar().is_working(day)


def nothing_runs_over_without_a_breach(
    case: Application, history: tuple[Event, ...], today: date, *, awake: bool
) -> None:
    """5, counted a second time; and nobody is blamed for a term that was kept, the law's or a shorter one promised.

    What a case has to keep beside its terms, such as the days of a visit, is no term of the law and not counted here.
    """
    rows = Breach.objects.filter(application=case, lapsed_at=None).exclude(clock__in=alarms.BESIDE)
    blamed = {(clock, began_on): limit for clock, began_on, limit in rows.values_list("clock", "began_on", "limit")}
    kept = dict(blamed)
    for each in stretches(history):
        key, through = (each.clock, each.began_on), each.ended_on or today
        is_over = each.used(through, _is_working) > each.allowed
        if is_over and (each.ended_on or awake):
            assert key in blamed, f"5: {case.procedure} {each} has no breach"
        # Two may begin on one day: the list of corrections ends one, and what is corrected at once begins the next.
        promised = replace(each, law=kept.get(key, each.law))
        assert promised.law <= each.law, f"5: {case.procedure} {each}: the law does not allow {promised.law}"
        if promised.used(through, _is_working) > promised.allowed or _its_last_day_is_past(promised, today):
            kept.pop(key, None)
    assert not kept, f"5: {case.procedure} blamed for {kept}, which was kept or never ran"
    assert rows.count() == len(set(rows.values_list("clock", "began_on"))), "5: one breach of one term"


def _its_last_day_is_past(each: Stretch, today: date) -> bool:
    """All days are used up, and another has come that does not count: a day off, or the first of a pause too late."""
    through = each.ended_on or today
    return each.used(through, _is_working) == each.used(through - ONE_DAY, _is_working) == each.allowed


def one_list_of_corrections(case: Application) -> None:
    """6."""
    lists = Notice.objects.filter(about=case.stream, kind="correction_notice").count()
    assert lists <= 1, "6: everything is told once"


# --- people -----------------------------------------------------------------------------------------------------------


def three_hands_are_three_people(case: Application, history: tuple[Event, ...]) -> None:
    """7, as the row says and as the journal tells it: a deputy's hand counts too."""
    took: dict[str, set[str]] = {role: set() for role in (ACCEPTOR, REVIEWER, VERIFIER, DECIDER)}
    for event in history:
        role = ROLE_OF.get(event.verb, "")
        if role == APPLICANT and event.actor.startswith("officer:"):
            role = ACCEPTOR  # At the counter, in a visitor's name.
        took.get(role, set()).add(event.actor)
    receipt = took[ACCEPTOR] | _codes(permissions.receipt_hands(case))
    review = took[REVIEWER] | took[VERIFIER] | _codes(permissions.review_hands(case))
    decision = took[DECIDER] | _codes([case.decided_by_id, *case.considered_by])
    twice = receipt & review | receipt & decision | review & decision
    assert not case.hearing_chair_id or f"officer:{case.hearing_chair_id}" not in review, "7: the chair did not review"
    if not case.glass_broken:
        assert not twice, f"7: {twice}"
        return
    for person in twice:
        glass = BrokenGlass.objects.filter(application=case, approved=True, used_at__isnull=False)
        approved = glass.filter(asked_by=int(person.partition(":")[2])).first()
        assert approved is not None and approved.answered_by_id != approved.asked_by_id, f"7: {person}"


def a_promise_is_checked_and_another_level_is_heard(case: Application) -> None:
    """Beyond the numbers: who decides at once orders a check; nobody grants what another level does not agree to."""
    if case.outcome.get("committed"):
        # A reviewer may have stopped its clock, for a suspension or a third party: that is no review.
        assert not case.reviewed_by_id and not case.verified_by, "nobody reviews what is decided at once"
        assert PostIssueCheck.objects.filter(application=case).exists(), "what was promised is checked"
    granted = set(case.outcome.get("granted", ())) if case.decided_by_id else set()
    for asked in JointReview.objects.filter(application=case) if granted else ():
        codes = {str(row["code"]) for row in case.varieties if row["key"] in granted} & set(asked.codes)
        agreed = {code for code, result in asked.results.items() if result == "pass"}
        assert codes <= agreed, f"{case.procedure}: {codes - agreed} without the opinion of its own level"


def _codes(people: list[int | None]) -> set[str]:
    return {f"officer:{person}" for person in people if person}


def teams_were_fit_and_passed_what_the_sheet_says(known: Remembered) -> None:
    """8, 9, at the moment in which a visit is over; what becomes of the verifiers later is another matter."""
    for visit in Visit.objects.filter(concluded_at__isnull=False).select_related("enterprise"):
        if (visit.pk, visit.round) in known.concluded:
            continue
        known.concluded.add((visit.pk, visit.round))
        two_with_valid_credentials_and_nobody_recused(visit)
        what_passed_is_what_the_sheet_says(visit)


def two_with_valid_credentials_and_nobody_recused(visit: Visit) -> None:
    """8."""
    users = {member["user_id"] for member in visit.team}
    assert len(users) >= 2 and sum(member["leader"] for member in visit.team) == 1, "8: two, of whom one leads"
    on, concluded = visit.day, legal_day(visit.concluded_at)  # type: ignore[arg-type]
    assert visit.visit_on <= on <= concluded, "8: nobody ends a visit before it"
    stood_for = "not_possible" in visit.result or "paper" in visit.result or not unconfirmed(visit)
    assert stood_for, "8: two stand for the sheet"
    for user in users:
        row = Verifier.objects.exclude(status="withdrawn").get(user=user)
        in_office = Posting.objects.filter(held_on(on), user=user, user__is_active=True, role=Role.VERIFIER)
        assert in_office.exists(), f"8: {row.name} holds the office on {on}"
        assert row.credential and (row.valid_from or on) <= on <= (row.valid_to or on), f"8: {row.name} on {on}"
        begun = row.status_from is None or row.status_from <= on
        over = row.status_until is not None and row.status_until < on
        assert row.status != "suspended" or not begun or over, f"8: {row.name} is suspended"
        recused = Recusal.objects.filter(uscc=visit.enterprise.uscc).filter(Q(verifier=row) | Q(user_id=user))
        assert not recused.filter(state__in=("standing", "requested", "upheld"), ended_on=None).exists(), (
            f"8: {row.name} stays away"
        )


def what_passed_is_what_the_sheet_says(visit: Visit) -> None:
    """9."""
    most = {str(item.number): item.most for item in score_sheet.items()}
    verified = visit.varieties or list(visit.result["varieties"])
    for key in verified:
        result = visit.result["varieties"][key]["result"]
        if "not_possible" in visit.result or result == "postponed":
            assert result != "pass", "9: nothing passes unseen"
            continue
        sheet = {**visit.sheet.get("common", {})}
        sheet |= {
            number: mark for number, mark in visit.sheet.get("varieties", {}).get(key, {}).items() if mark["score"]
        }
        scores = {number: Decimal(mark["score"]) for number, mark in sheet.items() if mark["score"] != "na"}
        assert set(sheet) == set(most), "9: every item has its mark"
        points, possible = sum(scores.values()), sum(most[number] for number in scores)
        passed = all(scores.values()) and possible > 0 and points / possible >= Decimal("0.85")
        assert (result == "pass") == passed, f"9: {points} of {possible}, {result}"


# --- the public -------------------------------------------------------------------------------------------------------


def what_was_decided_is_public(licences: list[Licence]) -> None:
    """14, once the news is out: register, announcements and progress say what the rows say."""
    published = {row.number: row for row in PublishedLicence.objects.all()}
    assert published.keys() == {licence.number for licence in licences}
    for licence in licences:
        row = published[licence.number]
        assert (row.state, row.valid_to, row.ended_on) == (licence.state, licence.valid_to, licence.ended_on), "14"
        assert row.version == CertificateVersion.objects.filter(licence=licence).count(), "14"
    told = {row.pk: row.verb for row in Announcement.objects.all()}
    entries = Entry.objects.filter(verb__in=(*DECISIONS, *(f"licence.{each}" for each in ENDINGS)))
    for pk, verb in entries.values_list("pk", "verb"):
        assert told.get(pk) == DECISIONS.get(verb, verb.partition(".")[2]), f"14: {verb} was not announced"
    states = dict(Progress.objects.values_list("receipt_number", "state"))
    for number, state in Application.objects.exclude(receipt_number=None).values_list("receipt_number", "state"):
        assert number in states, f"14: nobody can follow {number} ({state})"
