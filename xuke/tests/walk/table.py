"""Who may open which address: written here a second time, by hand, so that a slip in the code is a failing test.

An address that is not in this table fails the test of addresses: whoever adds one says here for whom it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from xuke.accounts.models import Posting, User
from xuke.accounts.officers import HANDS, READERS, THREE_ADMINISTRATORS, Role
from xuke.documents.models import Notice, Service
from xuke.foundation.models import StoredFile
from xuke.licensing.models import Application, Material, PostIssueCheck, SignedSheet
from xuke.signatures.models import Signature
from xuke.tests.walk import objects
from xuke.tests.walk.walkers import (
    ABOVE,
    APPLICANTS,
    CHEN,
    CONTACT,
    EVERYBODY,
    HEAD,
    NOBODY,
    OTHER,
    OURS,
    OWN,
    PERSON,
    ZHAO,
    officers,
)
from xuke.verifiers.models import Recognition, Recusal, Verifier

Arguments = Callable[[Application], Mapping[str, Any]]


def no_arguments(case: Application) -> dict[str, Any]:
    """The address of a page that is about nothing in particular."""
    return {}


def the_case(case: Application) -> dict[str, Any]:
    """The address holds the case."""
    return {"id": case.pk}


@dataclass(frozen=True)
class Row:
    """One address: for whom it opens, and in which state of the case it is tried."""

    get: frozenset[str] | None
    """Who gets past the gate by looking; None where there is nothing to look at."""
    post: frozenset[str] | None = None
    """Who gets past the gate by sending; None where nothing can be sent. What follows may still refuse the step."""
    about: Arguments = no_arguments
    state: str = "submitted"
    send: Arguments = lambda case: {"revision": case.revision}
    """What is sent: the page was fresh."""
    is_public: bool = False
    """What is shown is public, whoever looks."""


HERE = (OWN, ABOVE)
READ = officers(*READERS, at=HERE) | {CHEN, ZHAO}
"""Officers who read the case: Yiling's and those above."""
DESK = officers(*READERS) | {CHEN, ZHAO}
"""Officers with a desk of cases, wherever they are."""
REGISTER_ROLES = frozenset(Role) - {Role.SYSTEM_ADMINISTRATOR}
REGISTER = officers(*REGISTER_ROLES) | {CHEN, ZHAO}
"""Officers who open the register of verifiers."""
SERVE = officers(*HANDS, at=(OWN,)) | {CHEN, ZHAO}
"""Who serves what Yiling issued."""
INVESTIGATORS = officers(Role.REVIEWER, Role.SUPERVISOR) | {CHEN}
"""Who opens a case against a licence, wherever they are: the number of the licence says whether it is theirs."""
LOGGED_IN = EVERYBODY - {NOBODY}
MEMBERS = LOGGED_IN - {PERSON}
WITH_PASSWORD = frozenset({CONTACT, OTHER, CHEN, ZHAO})
"""Those of the story; whoever was hired for the walk has none."""


def act(role: Role, state: str, *hands: str) -> Row:
    """A step of the life, a form and its button: for a role of the authority that has the case, or for named hands."""
    who = frozenset(hands) or officers(role, at=(OWN,))
    return Row(get=who, post=who, about=the_case, state=state)


def my(state: str = "draft", *, post: bool = False, get: bool = True) -> Row:
    """A page of the enterprise about its own application."""
    return Row(get=OURS if get else None, post=OURS if post else None, about=the_application, state=state)


def the_application(case: Application) -> dict[str, Any]:
    return {"pk": case.pk}


def the_section(case: Application) -> dict[str, Any]:
    return {"pk": case.pk, "section": "site"}


def its_material(case: Application) -> dict[str, Any]:
    return {"pk": case.pk, "material_pk": _material(case).pk}


def the_material(case: Application) -> dict[str, Any]:
    return {"id": case.pk, "material": _material(case).pk}


def its_alarm(case: Application) -> dict[str, Any]:
    return {"alarm": objects.alarm(case).pk}


def its_breach(case: Application) -> dict[str, Any]:
    return {"breach": objects.breach(case).pk}


def _material(case: Application) -> Material:
    return Material.objects.filter(application=case).order_by("pk")[0]


def a_rule(case: Application) -> dict[str, Any]:
    """What is known about one rule."""
    return {"topic": "time_limit", "key": "food.decision"}


def the_export(case: Application) -> dict[str, Any]:
    return {"id": objects.export().pk}


def the_notice(case: Application) -> dict[str, Any]:
    return {"id": Notice.objects.filter(about=case.stream).order_by("pk")[0].pk}


def the_notice_with_its_file(case: Application) -> dict[str, Any]:
    Notice.objects.filter(about=case.stream).update(file=StoredFile.objects.order_by("pk")[0])
    return the_notice(case)


def a_signed_sheet(case: Application) -> dict[str, Any]:
    """The sheet of the visit was signed on paper and scanned."""
    SignedSheet.objects.get_or_create(
        application=case,
        round=1,
        defaults={
            "file": StoredFile.objects.order_by("pk")[0],
            "name": "签字页.pdf",
            "filed_at": timezone.now(),
            "filed_by": "赵海峰",
            "enterprise_id": case.enterprise_id,
            "authority_path": case.authority_path,
        },
    )
    return {"id": case.pk, "number": 1}


def the_served_notice(case: Application) -> dict[str, Any]:
    """It was served by hand, and the signed page is on file."""
    about = the_notice(case)
    notice = Notice.objects.get(pk=about["id"])
    Service.objects.create(
        notice=notice,
        channel="direct",
        served_on=notice.served_on,
        file=StoredFile.objects.order_by("pk")[0],
        recorded_at=notice.issued_at,
        recorded_by="周敏",
        authority_path=notice.authority_path,
        enterprise_id=notice.enterprise_id,
    )
    return about


def a_glass(case: Application) -> dict[str, Any]:
    return {"pk": objects.glass(case).pk}


def the_hand(case: Application) -> dict[str, Any]:
    return {"id": case.pk, "role": "decider"}


def a_mark(case: Application) -> dict[str, Any]:
    return {"score-1": "3"}


def the_certificate(case: Application) -> dict[str, Any]:
    assert case.licence is not None
    return {"number": case.licence.number, "version": 1}


def an_unpublished_number(case: Application) -> dict[str, Any]:
    return {"number": "SC12442050699998"}


def a_code(case: Application) -> dict[str, Any]:
    return {"code": "A" * 40}


def an_announcement(case: Application) -> dict[str, Any]:
    return {"id": 1}


def an_opened_proceeding(case: Application) -> dict[str, Any]:
    return {"id": objects.proceeding(case, "opened").pk}


def a_step_of_it(case: Application) -> dict[str, Any]:
    return an_opened_proceeding(case) | {"slug": "notify"}


def a_told_proceeding(case: Application) -> dict[str, Any]:
    return {"id": objects.proceeding(case, "notified").pk}


def a_ban(case: Application) -> dict[str, Any]:
    return {"id": objects.ban().pk}


def what_was_said_in_it(case: Application) -> dict[str, Any]:
    return a_told_proceeding(case) | {"place": 0}


def her_step_in_it(case: Application) -> dict[str, Any]:
    return a_told_proceeding(case) | {"slug": "waive"}


def a_number(case: Application) -> dict[str, Any]:
    return {"number": "SC11442050699996"}


def nothing_of_ours(case: Application) -> dict[str, Any]:
    return {"address": "nothing"}


def a_law(case: Application) -> dict[str, Any]:
    return {"slug": "administrative-permit-law"}


def a_law_s_article(case: Application) -> dict[str, Any]:
    return {"slug": "administrative-permit-law", "key": "32"}


def a_receipt_number(case: Application) -> dict[str, Any]:
    return {"receipt_number": "20200101-420506-9999"}


def a_list(case: Application) -> dict[str, Any]:
    return {"measure": "online", "form": "csv"}


def an_item(case: Application) -> dict[str, Any]:
    return {"code": "food.first"}


def a_part(case: Application) -> dict[str, Any]:
    return {"part": 999}


def her_factors(case: Application) -> dict[str, Any]:
    objects.factors()
    return {}


def her_passkey(case: Application) -> dict[str, Any]:
    return {"pk": objects.passkey().pk}


def her_session(case: Application) -> dict[str, Any]:
    return {"pk": objects.session().pk}


def her_link(case: Application) -> dict[str, Any]:
    return {"number": objects.link().pk}


def her_certificate(case: Application) -> dict[str, Any]:
    return {"number": objects.certificate().pk}


def her_mandate(case: Application) -> dict[str, Any]:
    return {"pk": objects.mandate().pk}


def the_invitation(case: Application) -> dict[str, Any]:
    return {"pk": objects.invitation().pk}


def the_code_of_the_invitation(case: Application) -> dict[str, Any]:
    objects.invitation()
    return {"code": objects.CODE}


def what_she_would_sign(case: Application) -> dict[str, Any]:
    return {"pk": case.pk, "digest": "0" * 64}


def her_signature(case: Application) -> dict[str, Any]:
    return {"pk": case.pk, "signature": Signature.objects.get(about=case.stream).pk}


def the_signature(case: Application) -> dict[str, Any]:
    return {"id": case.pk, "signature": Signature.objects.get(about=case.stream).pk}


def her_paper(case: Application) -> dict[str, Any]:
    return {"pk": case.pk, "signature": objects.paper(case).pk}


def the_paper(case: Application) -> dict[str, Any]:
    return {"id": case.pk, "signature": objects.paper(case).pk}


def a_heard_case(case: Application) -> dict[str, Any]:
    objects.signed_record(case)
    return {"id": case.pk}


def her_heard_case(case: Application) -> dict[str, Any]:
    objects.signed_record(case)
    return {"pk": case.pk}


def the_evidence(case: Application) -> dict[str, Any]:
    return {"id": case.pk, "digest": objects.evidence(case)}


def a_told_case(case: Application) -> dict[str, Any]:
    objects.third_party(case)
    return the_case(case)


def the_stream(case: Application) -> dict[str, Any]:
    return {"stream": case.stream}


def an_entry(case: Application) -> dict[str, Any]:
    return {"stream": case.stream, "seq": case.revision}


def the_authority(case: Application) -> dict[str, Any]:
    return {"code": "420506"}


SUPERVISE = officers(Role.SUPERVISOR, at=HERE)
"""Who carries out the daily supervision of the enterprise."""


def a_check(case: Application) -> dict[str, Any]:
    """The address holds the check after issue that the decision ordered."""
    return {"id": PostIssueCheck.objects.get(application=case).pk}


def a_rectification(case: Application) -> dict[str, Any]:
    """The address holds what the visit found to be put right."""
    return {"id": objects.rectification(case).pk}


def a_rectification_file(case: Application) -> dict[str, Any]:
    """A file came with the report."""
    return {"id": objects.rectification(case, with_file=True).pk}


def rectified(about: Arguments) -> Arguments:
    """The same address, of a case with something to put right."""

    def made(case: Application) -> Mapping[str, Any]:
        objects.rectification(case)
        return about(case)

    return made


def a_request(case: Application) -> dict[str, Any]:
    """The address holds the case and what the applicant asked about the team."""
    return {"id": case.pk, "recusal": objects.request(case).pk}


def a_verifier(case: Application) -> dict[str, Any]:
    """The address holds the leading verifier's row of the register."""
    return {"id": Verifier.objects.get(user__login_name="zhaohaifeng").pk}


def a_recusal(case: Application) -> dict[str, Any]:
    """The address holds what he declared."""
    objects.register()
    return {"id": Recusal.objects.get(name="赵海峰").pk}


def a_recognition(case: Application) -> dict[str, Any]:
    """The address holds what was recognised of his credential in Yiling."""
    objects.register()
    return {"id": Recognition.objects.get(name="赵海峰").pk}


def an_officer(case: Application) -> dict[str, Any]:
    """周敏 accepts in Yiling."""
    return {"number": User.objects.get(login_name="zhoumin").pk}


def a_posting(case: Application) -> dict[str, Any]:
    return {"number": Posting.objects.get(user__login_name="zhoumin").pk}


def no_job(case: Application) -> dict[str, Any]:
    """A job that never was: who may ask is told from who may not by the answer."""
    return {"job": 0}


def keeping(role: Role, about: Arguments) -> Row:
    """What an administrator of the place or of one above keeps."""
    who = officers(role, at=HERE)
    return Row(get=who, post=who, about=about)


SYSTEM, SECURITY = Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR
AUDITED = officers(Role.AUDITOR, at=HERE)
HERS = frozenset({CONTACT})

OPEN = Row(get=EVERYBODY, is_public=True)

TABLE: dict[str, Row] = {
    # --- everybody -----------------------------------------------------------------------------------------------
    "home": OPEN,
    "progress": OPEN,
    "announcements": OPEN,
    "announcement": Row(get=frozenset(), about=an_announcement, is_public=True),  # Nothing was announced here.
    "public-hearings": OPEN,
    "announcements-atom": OPEN,
    "announcements-json": OPEN,
    "find": OPEN,
    "licences": OPEN,
    "licence": Row(get=frozenset(), about=an_unpublished_number, is_public=True),
    "licence-data": Row(get=frozenset(), about=an_unpublished_number, is_public=True),
    "standing": Row(get=frozenset(), about=an_unpublished_number, is_public=True),
    "standing-signed": Row(get=frozenset(), about=an_unpublished_number, is_public=True),
    "key-set": OPEN,
    "licences-atom": OPEN,
    "licences-json": OPEN,
    "data": OPEN,
    "whole-register": Row(get=None),  # Public, and there or not: another test may have run a worker.
    "sitemap": OPEN,
    "sitemap-pages": OPEN,
    "sitemap-part": Row(get=frozenset(), about=a_part, is_public=True),  # Nothing was published here.
    "robots": OPEN,
    "openness": OPEN,
    "openness-list": Row(get=EVERYBODY, about=a_list, is_public=True),
    "guides": OPEN,
    "laws": OPEN,
    "law": Row(get=EVERYBODY, about=a_law, is_public=True),
    "law-article": Row(get=EVERYBODY, about=a_law_s_article, is_public=True),
    "guide": Row(get=EVERYBODY, about=an_item, is_public=True),
    "verify": Row(get=EVERYBODY, post=EVERYBODY, is_public=True),
    "verify_code": Row(get=EVERYBODY, about=a_code, is_public=True),
    "V/": Row(get=None),  # The same view as verify_code, for addresses in small letters.
    "kept": Row(get=EVERYBODY),
    "states": Row(get=EVERYBODY),
    "officer-worker": Row(get=EVERYBODY),
    # --- the interface for other systems ------------------------------------------------------------------------
    "api": OPEN,
    "api-openapi": OPEN,
    "api-licences": OPEN,
    "api-licence": Row(get=frozenset(), about=a_number, is_public=True),  # A number that nobody was given.
    "api-standing": Row(get=frozenset(), about=a_number, is_public=True),
    "api-verification": Row(get=EVERYBODY, post=EVERYBODY, is_public=True),
    "api-verification-file": Row(get=EVERYBODY, post=EVERYBODY, is_public=True),
    "api-progress": Row(get=frozenset(), about=a_receipt_number, is_public=True),
    "api-announcements": OPEN,
    "api-unknown": Row(get=frozenset(), post=frozenset(), about=nothing_of_ours, is_public=True),
    # --- logging in, acting for somebody -------------------------------------------------------------------------
    "login": Row(get=EVERYBODY, post=EVERYBODY, is_public=True),  # The demonstration lists its accounts there.
    "login-passkey": Row(get=frozenset(), post=EVERYBODY, is_public=True),
    "login-passkey-options": Row(get=None, post=EVERYBODY),
    "second-factor": Row(get=frozenset(), post=frozenset()),  # For whoever has proved the first one.
    "second-factor-options": Row(get=None, post=frozenset()),
    "logout": Row(get=EVERYBODY, post=EVERYBODY),
    "start": Row(get=LOGGED_IN),
    "switch": Row(get=LOGGED_IN, post=frozenset()),
    "register": Row(get=EVERYBODY, post=EVERYBODY),
    "login-oidc": Row(get=None, post=frozenset()),  # No platform is connected here.
    "login-oidc-back": Row(get=frozenset()),  # For whoever comes back from where they were sent.
    "login-certificate": Row(get=EVERYBODY, post=EVERYBODY),  # Whoever brings no signature is told so.
    "login-certificate-challenge": Row(get=None, post=EVERYBODY),
    "login-certificate-tls": Row(get=None, post=frozenset()),  # For whoever came through the proxy with a certificate.
    # --- one's own account --------------------------------------------------------------------------------------
    "account-security": Row(get=LOGGED_IN),
    "account-sessions": Row(get=LOGGED_IN),
    "account-changes": Row(get=LOGGED_IN, post=LOGGED_IN),
    "account-confirm": Row(get=LOGGED_IN, post=LOGGED_IN),
    "account-confirm-options": Row(get=None, post=LOGGED_IN),
    "account-password": Row(get=WITH_PASSWORD, post=WITH_PASSWORD),
    "account-totp": Row(get=LOGGED_IN, post=LOGGED_IN),
    "account-totp-remove": Row(get=None, post=HERS, about=her_factors),
    "account-passkey": Row(get=LOGGED_IN, post=LOGGED_IN),
    "account-passkey-options": Row(get=None, post=LOGGED_IN),
    "account-passkey-rename": Row(get=HERS, post=HERS, about=her_passkey),
    "account-passkey-remove": Row(get=None, post=HERS, about=her_passkey),
    "account-recovery-codes": Row(get=None, post=LOGGED_IN),
    "account-sessions-end": Row(get=None, post=frozenset()),  # Everybody is out afterwards: that is the point.
    "account-session-end": Row(get=None, post=HERS, about=her_session),
    "link-platform": Row(get=None, post=frozenset()),  # No platform is connected here.
    "end-platform-link": Row(get=None, post=HERS, about=her_link),
    "bind-certificate": Row(get=LOGGED_IN, post=LOGGED_IN),
    "end-certificate": Row(get=None, post=HERS, about=her_certificate),
    # --- the enterprise -----------------------------------------------------------------------------------------
    "my-desk": Row(get=APPLICANTS),
    "my-notices": Row(get=APPLICANTS),
    "my-applications": Row(get=APPLICANTS),
    "my-new": Row(get=APPLICANTS, post=APPLICANTS),
    "my-enterprise": Row(get=APPLICANTS),
    "my-people": Row(get=APPLICANTS),
    "my-people-invite": Row(get=APPLICANTS, post=APPLICANTS),
    "my-people-change": Row(get=frozenset({HEAD}), post=frozenset({HEAD}), about=her_mandate),
    "my-people-end": Row(get=OURS, post=OURS, about=her_mandate),  # The contact may lay it down.
    "my-people-hand-over": Row(get=frozenset({HEAD}), post=frozenset({HEAD}), about=her_mandate),
    "my-people-withdraw": Row(get=None, post=frozenset({HEAD}), about=the_invitation),
    "my-invitations": Row(get=EVERYBODY, post=EVERYBODY),
    # Whoever holds the code reads which enterprise asks, and is refused unless they are the person who is meant.
    "my-invitation": Row(
        get=frozenset({NOBODY}), post=frozenset({NOBODY}), about=the_code_of_the_invitation, is_public=True
    ),
    "my-licences": Row(get=APPLICANTS),
    "my-certificate": Row(get=OURS, about=the_certificate, state="certificate_issued"),
    "my-application": my("submitted"),
    "my-form": Row(get=OURS, post=OURS, about=the_section, state="draft"),
    "my-submitted": my("submitted"),
    "my-content": my("submitted"),
    "my-material": Row(get=OURS, about=its_material),
    "my-correction": my("correcting_on_spot", post=True, get=False),
    "my-sign": my("draft", post=True),
    "my-sign-message": Row(get=None, post=OURS, about=what_she_would_sign, state="draft"),
    "my-sign-passkey": Row(get=None, post=OURS, about=what_she_would_sign, state="draft"),
    "my-signature": Row(get=OURS, about=her_signature),
    "my-signature-package": Row(get=OURS, about=her_signature),
    "my-retract": my("accepted", post=True),
    "my-discard": my("draft", post=True),
    "my-talk": my("document_review", post=True),
    "my-hearing": my("document_review", post=True),
    "my-recusal": my("verification_assigned", post=True),
    "my-sheet": my("verification_assigned", post=True),
    "my-rectification": Row(get=OURS, post=OURS, about=rectified(the_application), state="granted"),
    "officer-checks": Row(get=DESK),
    "officer-check": Row(get=READ, post=SUPERVISE, about=a_check, state="granted"),
    "officer-rectification": Row(get=READ, post=SUPERVISE, about=a_rectification, state="granted"),
    "officer-rectification-file": Row(get=READ, about=a_rectification_file, state="granted"),
    "officer-recusal": Row(
        get=READ, post=officers(Role.DECIDER, at=(OWN,)), about=a_request, state="verification_assigned"
    ),
    "my-proceedings": Row(get=APPLICANTS),
    "my-proceeding": Row(get=OURS, about=a_told_proceeding, state="granted"),
    "my-proceeding-statement": Row(get=OURS, about=what_was_said_in_it, state="granted"),
    "my-proceeding-step": Row(get=None, post=OURS, about=her_step_in_it, state="granted"),
    # --- notices ------------------------------------------------------------------------------------------------
    "notice": Row(get=READ | OURS, about=the_notice),
    "notice_sign": Row(get=None, post=OURS, about=the_notice),
    "notice_file": Row(get=READ | OURS, about=the_notice_with_its_file),
    "notice-serve": Row(get=SERVE, post=SERVE, about=the_notice),
    "notice-correct": Row(get=SERVE, post=SERVE, about=the_served_notice),
    "notice-proof": Row(get=READ, about=the_served_notice),
    "notice-certify": Row(get=None, post=SERVE, about=the_notice),
    "office-service": Row(get=DESK),
    "my-service": Row(get=APPLICANTS, post=APPLICANTS),
    # --- the desk of cases --------------------------------------------------------------------------------------
    "officer-inbox": Row(get=DESK),
    "officer-mine": Row(get=DESK),
    "officer-all": Row(get=DESK),
    "officer-visits": Row(get=DESK),
    "exports": Row(get=DESK),
    "export-ask": Row(get=None, post=DESK),
    "export": Row(get=frozenset({CHEN}), about=the_export),
    "export-file": Row(get=frozenset({CHEN}), about=the_export),
    "export-cancel": Row(get=None, post=frozenset({CHEN}), about=the_export),
    "export-inbox-csv": Row(get=DESK),
    "export-mine-csv": Row(get=DESK),
    "export-all-csv": Row(get=DESK),
    "officer-proceedings": Row(get=DESK),
    "officer-bans": Row(get=DESK),
    "officer-ban-new": Row(get=officers(Role.DECIDER), post=officers(Role.DECIDER)),
    "officer-ban-lift": Row(get=officers(Role.DECIDER), post=officers(Role.DECIDER), about=a_ban),
    "officer-proceeding-new": Row(get=INVESTIGATORS, post=INVESTIGATORS),
    "officer-proceeding": Row(get=READ, about=an_opened_proceeding, state="granted"),
    "officer-proceeding-statement": Row(get=READ, about=what_was_said_in_it, state="granted"),
    "officer-proceeding-step": Row(
        get=officers(Role.REVIEWER, Role.SUPERVISOR, at=(OWN,)) | {CHEN},
        post=officers(Role.REVIEWER, Role.SUPERVISOR, at=(OWN,)) | {CHEN},
        about=a_step_of_it,
        state="granted",
    ),
    "officer-case": Row(get=READ, about=the_case),
    "officer-material": Row(get=READ, about=the_material),
    "officer-contact": Row(
        get=DESK,  # The way back to the case, which is asked for then.
        post=officers(Role.ACCEPTOR, Role.REVIEWER, Role.VERIFIER, Role.DECIDER, at=(OWN,)) | {CHEN, ZHAO},
        about=the_case,
    ),
    "officer-claim": Row(get=None, post=officers(Role.ACCEPTOR, at=(OWN,)), about=the_case),
    "officer-release": Row(get=None, post=frozenset(), about=the_case),
    "officer-ask-extension": act(Role.REVIEWER, "document_review", CHEN),
    "officer-extend": act(Role.DECIDER, "document_review"),
    "officer-decline-extension": act(Role.DECIDER, "document_review"),
    "officer-deadlines": Row(get=officers(Role.SUPERVISOR, Role.DECIDER)),
    "officer-alarm-seen": Row(
        get=None, post=officers(Role.SUPERVISOR, at=HERE), about=its_alarm, state="document_review"
    ),
    "officer-breach-cause": Row(
        get=officers(Role.SUPERVISOR, at=(OWN,)),
        post=officers(Role.SUPERVISOR, at=(OWN,)),
        about=its_breach,
        state="document_review",
    ),
    "officer-performance": Row(get=DESK),
    "officer-accept": act(Role.ACCEPTOR, "submitted"),
    "officer-ask-correction": act(Role.ACCEPTOR, "submitted"),
    "officer-offer-correction": act(Role.ACCEPTOR, "submitted"),
    "officer-not-required": act(Role.ACCEPTOR, "submitted"),
    "officer-not-competent": act(Role.ACCEPTOR, "submitted"),
    "officer-decline": act(Role.ACCEPTOR, "resubmitted"),
    "officer-begin-review": Row(
        get=DESK, post=officers(Role.REVIEWER, at=(OWN,)) | {CHEN}, about=the_case, state="accepted"
    ),
    "officer-assign": act(Role.REVIEWER, "document_review", CHEN),
    "officer-reassign": act(Role.REVIEWER, "verification_assigned", CHEN),
    "officer-redraw": Row(get=READ, post=frozenset({CHEN}), about=the_case, state="verification_assigned"),
    "officer-propose": act(Role.REVIEWER, "verification_done", CHEN),
    "officer-return": act(Role.DECIDER, "decision_proposed"),
    "officer-grant": act(Role.DECIDER, "decision_proposed"),
    "officer-refuse": act(Role.DECIDER, "decision_proposed"),
    "officer-cancel-licence": act(Role.DECIDER, "decision_proposed"),
    "officer-record-report": act(Role.ACCEPTOR, "submitted"),
    **{
        f"officer-{slug}": act(Role.REVIEWER, "document_review", CHEN)
        for slug in (
            "suspend",
            "resume",
            "prolong",
            "special-time",
            "end-special-time",
            "tell-third-party",
            "hearing-right",
            "hearing-request",
        )
    },
    "officer-hear-third-party": Row(
        get=frozenset({CHEN}), post=frozenset({CHEN}), about=a_told_case, state="document_review"
    ),
    "officer-joint": Row(get=DESK),
    "officer-commitments": Row(get=DESK),
    # Nobody of another level is asked about this case.
    "officer-joint-opinion": Row(get=frozenset(), post=frozenset(), about=the_case, state="document_review"),
    "officer-commitment": act(Role.DECIDER, "accepted"),
    "officer-leave-commitment": act(Role.DECIDER, "accepted"),
    "officer-talk": Row(get=READ, post=READ, about=the_case),
    "officer-hand-over": Row(
        get=officers(Role.SUPERVISOR, at=(OWN,)), post=officers(Role.SUPERVISOR, at=(OWN,)), about=the_case
    ),
    "officer-glasses": Row(get=officers(Role.SUPERVISOR, Role.AUDITOR)),
    "officer-glass-answer": Row(
        get=officers(Role.SUPERVISOR, at=HERE), post=officers(Role.SUPERVISOR, at=HERE), about=a_glass, state="accepted"
    ),
    "officer-glass": Row(get=READ, post=READ, about=the_hand, state="accepted"),
    "officer-hearings": Row(get=DESK),
    "officer-hand-out": Row(get=officers(Role.SUPERVISOR), post=officers(Role.SUPERVISOR)),
    "officer-terminate": act(Role.DECIDER, "document_review"),
    "officer-arrange-hearing": act(Role.DECIDER, "document_review"),
    # Nobody was appointed to chair a hearing of this case.
    "officer-conclude-hearing": Row(get=frozenset(), post=frozenset(), about=the_case, state="document_review"),
    "officer-papers": Row(get=READ, post=SERVE, about=the_case, state="verification_done"),
    "officer-visit": Row(get=READ, post=frozenset({ZHAO}), about=the_case, state="verification_assigned", send=a_mark),
    "officer-confirm-sheet": Row(get=READ, post=frozenset({ZHAO}), about=the_case, state="verification_assigned"),
    "officer-signed-sheet": Row(get=READ, about=a_signed_sheet, state="verification_assigned"),
    "officer-marks": Row(get=READ, post=frozenset({ZHAO}), about=the_case, state="verification_assigned", send=a_mark),
    "officer-signature": Row(get=READ, about=the_signature),
    # Looking leads to the signature, which is asked for then; sending takes the package and is written down.
    "officer-signature-package": Row(get=DESK, post=READ, about=the_signature),
    "officer-counter-filing": Row(get=officers(Role.ACCEPTOR), post=officers(Role.ACCEPTOR)),
    # Nobody is at the counter for anybody: it leads back to one's own pages.
    "my-counter-end": Row(get=APPLICANTS, post=APPLICANTS),
    "officer-signature-scan": Row(get=READ, about=the_paper),
    "officer-evidence": Row(get=READ, about=the_evidence),
    "my-signature-scan": Row(get=OURS, about=her_paper),
    "officer-hearing-record": Row(get=READ, about=a_heard_case),
    # Nobody was appointed to chair a hearing of this case, and no neighbour was told.
    "officer-chair-recusal": Row(get=READ, post=frozenset(), about=the_case, state="document_review"),
    "my-chair-recusal": my("document_review", post=True),
    "my-hearing-record": Row(get=OURS, about=her_heard_case),
    "officer-counter": Row(get=officers(Role.ACCEPTOR), post=officers(Role.ACCEPTOR)),
    "officer-counter-person": Row(get=officers(Role.ACCEPTOR), post=officers(Role.ACCEPTOR)),
    "officer-counter-identity": Row(
        get=officers(Role.ACCEPTOR, Role.DECIDER), post=officers(Role.ACCEPTOR, Role.DECIDER)
    ),
    "officer-identity": Row(
        get=officers(Role.ACCEPTOR, Role.DECIDER, at=HERE),
        post=officers(Role.ACCEPTOR, Role.DECIDER, at=HERE),
        about=the_case,
    ),
    # --- the auditor's desk -------------------------------------------------------------------------------------
    "audit-journal": Row(get=officers(Role.AUDITOR)),
    "audit-looks": Row(get=officers(Role.AUDITOR)),
    "audit-integrity": Row(get=officers(Role.AUDITOR)),
    "audit-history": Row(get=AUDITED, about=the_stream),
    "audit-export": Row(get=officers(Role.AUDITOR), post=AUDITED, about=the_stream),  # Looking leads to the history.
    "audit-entry": Row(get=AUDITED, about=an_entry),
    "audit-show": Row(get=None, post=AUDITED, about=an_entry),
    # --- the operator's page ------------------------------------------------------------------------------------
    "operations": Row(get=officers(SYSTEM)),
    "operations-retry": Row(get=None, post=officers(SYSTEM), about=no_job),
    "operations-retry-all": Row(get=None, post=officers(SYSTEM)),
    # --- authorities and people ---------------------------------------------------------------------------------
    "admin-authorities": Row(get=officers(*THREE_ADMINISTRATORS)),
    "admin-import": Row(get=officers(SYSTEM), post=officers(SYSTEM)),
    "admin-import-template": Row(get=officers(SYSTEM)),
    "admin-authority-new": Row(get=officers(SYSTEM), post=officers(SYSTEM)),
    "admin-authority": Row(get=officers(*THREE_ADMINISTRATORS, at=HERE), about=the_authority),
    "admin-authority-change": keeping(SYSTEM, the_authority),
    "admin-authority-close": keeping(SYSTEM, the_authority),
    "admin-authority-reopen": keeping(SYSTEM, the_authority),
    "admin-people": Row(get=officers(*THREE_ADMINISTRATORS)),
    "admin-person-new": Row(get=officers(SECURITY), post=officers(SECURITY)),
    "admin-person": Row(get=officers(*THREE_ADMINISTRATORS, at=HERE), about=an_officer),
    "admin-rename": keeping(SECURITY, an_officer),
    "admin-password": keeping(SECURITY, an_officer),
    "admin-disable": keeping(SECURITY, an_officer),
    "admin-enable": keeping(SECURITY, an_officer),
    "admin-appoint": keeping(SECURITY, an_officer),
    "admin-second": keeping(SECURITY, an_officer),
    "admin-deputise": keeping(SECURITY, an_officer),
    "admin-factors": keeping(SECURITY, an_officer),
    "admin-dismiss": keeping(SECURITY, a_posting),
    "officer-conclude": act(Role.VERIFIER, "verification_assigned", ZHAO),
    "officer-case-rules": Row(get=READ, post=officers(Role.SUPERVISOR, at=HERE), about=the_case),
    "rules": Row(get=DESK),
    "rules-history": Row(get=DESK, about=a_rule),
    # Only a supervisor of the province publishes; nobody who walks here is one.
    "rules-publish": Row(get=frozenset(), post=frozenset(), about=lambda case: {"what": "limit"}),
    "rules-end": Row(get=frozenset(), post=frozenset(), about=a_rule),
    "verifiers": Row(get=REGISTER),
    "verifier-me": Row(get=officers(Role.VERIFIER) | {ZHAO}),
    "verifier": Row(get=officers(*REGISTER_ROLES, at=HERE) | {CHEN, ZHAO}, about=a_verifier),
    "recognitions": Row(get=REGISTER),
    "recognition-new": Row(get=officers(SECURITY), post=officers(SECURITY)),
    "recognition-end": keeping(SECURITY, a_recognition),
    "verifier-new": Row(get=officers(SECURITY), post=officers(SECURITY)),
    **{
        f"verifier-{step}": keeping(SECURITY, a_verifier)
        for step in (
            "change",
            "credential",
            "training",
            "examination",
            "remark",
            "recognise",
            "suspend",
            "reinstate",
            "withdraw",
        )
    },
    "verifier-recuse": Row(
        get=officers(SECURITY, at=HERE) | {ZHAO}, post=officers(SECURITY, at=HERE) | {ZHAO}, about=a_verifier
    ),
    "recusal-end": Row(
        get=officers(SECURITY, at=HERE) | {ZHAO}, post=officers(SECURITY, at=HERE) | {ZHAO}, about=a_recusal
    ),
}
