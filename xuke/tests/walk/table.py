"""Who may open which address: written here a second time, by hand, so that a slip in the code is a failing test.

An address that is not in this table fails the test of addresses: whoever adds one says here for whom it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from xuke.accounts.officers import READERS, Role
from xuke.documents.models import Notice
from xuke.foundation.models import StoredFile
from xuke.licensing.models import Application, Material
from xuke.tests.walk.walkers import (
    ABOVE,
    APPLICANTS,
    CHEN,
    CONTACT,
    EVERYBODY,
    NOBODY,
    OTHER,
    OURS,
    OWN,
    PERSON,
    ZHAO,
    officers,
)

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
LOGGED_IN = EVERYBODY - {NOBODY}
MEMBERS = LOGGED_IN - {PERSON}
WITH_PASSWORD = frozenset({CONTACT, OTHER, CHEN, ZHAO})
"""Those of the story; whoever was hired for the walk has none."""


def act(role: Role, state: str, *hands: str) -> Row:
    """A step of the life, a form and its button: for one role of the authority that has the case, or for named hands."""
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


def _material(case: Application) -> Material:
    return Material.objects.filter(application=case).order_by("pk")[0]


def the_notice(case: Application) -> dict[str, Any]:
    return {"id": Notice.objects.filter(about=case.stream).order_by("pk")[0].pk}


def the_notice_with_its_file(case: Application) -> dict[str, Any]:
    Notice.objects.filter(about=case.stream).update(file=StoredFile.objects.order_by("pk")[0])
    return the_notice(case)


def a_mark(case: Application) -> dict[str, Any]:
    return {"score-1": "3"}


def the_certificate(case: Application) -> dict[str, Any]:
    assert case.licence is not None
    return {"number": case.licence.number, "version": 1}


def a_code(case: Application) -> dict[str, Any]:
    return {"code": "A" * 40}


def a_number(case: Application) -> dict[str, Any]:
    return {"pk": UUID(int=0)}


OPEN = Row(get=EVERYBODY, is_public=True)

TABLE: dict[str, Row] = {
    # --- everybody -----------------------------------------------------------------------------------------------
    "home": OPEN,
    "verify": Row(get=EVERYBODY, post=EVERYBODY, is_public=True),
    "verify_code": Row(get=EVERYBODY, about=a_code, is_public=True),
    "V/": Row(get=None),  # The same view as verify_code, for addresses in small letters.
    "kept": Row(get=EVERYBODY),
    "states": Row(get=EVERYBODY),
    "officer-worker": Row(get=EVERYBODY),
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
    # --- one's own account; what changes it asks for a fresh proof, which nobody here brings ---------------------
    "account-security": Row(get=LOGGED_IN),
    "account-sessions": Row(get=LOGGED_IN),
    "account-confirm": Row(get=LOGGED_IN, post=LOGGED_IN),
    "account-confirm-options": Row(get=None, post=LOGGED_IN),
    "account-password": Row(get=WITH_PASSWORD, post=WITH_PASSWORD),
    "account-totp": Row(get=LOGGED_IN, post=frozenset()),
    "account-totp-remove": Row(get=None, post=frozenset()),
    "account-passkey": Row(get=LOGGED_IN, post=frozenset()),
    "account-passkey-options": Row(get=None, post=frozenset()),
    "account-passkey-rename": Row(get=LOGGED_IN, post=frozenset(), about=a_number),
    "account-passkey-remove": Row(get=None, post=frozenset(), about=a_number),
    "account-recovery-codes": Row(get=None, post=frozenset()),
    "account-sessions-end": Row(get=None, post=frozenset()),
    "account-session-end": Row(get=None, post=frozenset(), about=a_number),
    # --- the enterprise -----------------------------------------------------------------------------------------
    "my-desk": Row(get=APPLICANTS),
    "my-notices": Row(get=APPLICANTS),
    "my-applications": Row(get=APPLICANTS),
    "my-new": Row(get=APPLICANTS, post=APPLICANTS),
    "my-enterprise": Row(get=APPLICANTS),
    "my-licences": Row(get=APPLICANTS),
    "my-certificate": Row(get=OURS, about=the_certificate, state="certificate_issued"),
    "my-application": my("submitted"),
    "my-form": Row(get=OURS, post=OURS, about=the_section, state="draft"),
    "my-submitted": my("submitted"),
    "my-content": my("submitted"),
    "my-material": Row(get=OURS, about=its_material),
    "my-correction": my("correcting_on_spot", post=True, get=False),
    "my-retract": my("accepted", post=True),
    "my-discard": my("draft", post=True),
    # --- notices ------------------------------------------------------------------------------------------------
    "notice": Row(get=READ | OURS, about=the_notice),
    "notice_sign": Row(get=None, post=OURS, about=the_notice),
    "notice_file": Row(get=READ | OURS, about=the_notice_with_its_file),
    # --- the desk of cases --------------------------------------------------------------------------------------
    "officer-inbox": Row(get=DESK),
    "officer-mine": Row(get=DESK),
    "officer-all": Row(get=DESK),
    "officer-visits": Row(get=DESK),
    "officer-case": Row(get=READ, about=the_case),
    "officer-material": Row(get=READ, about=the_material),
    "officer-contact": Row(
        get=DESK,  # The way back to the case, which is asked for then.
        post=officers(Role.ACCEPTOR, Role.REVIEWER, Role.VERIFIER, Role.DECIDER, at=(OWN,)) | {CHEN, ZHAO},
        about=the_case,
    ),
    "officer-claim": Row(get=None, post=officers(Role.ACCEPTOR, at=(OWN,)), about=the_case),
    "officer-release": Row(get=None, post=frozenset(), about=the_case),
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
    "officer-propose": act(Role.REVIEWER, "verification_done", CHEN),
    "officer-return": act(Role.DECIDER, "decision_proposed"),
    "officer-grant": act(Role.DECIDER, "decision_proposed"),
    "officer-refuse": act(Role.DECIDER, "decision_proposed"),
    "officer-visit": Row(get=READ, post=frozenset({ZHAO}), about=the_case, state="verification_assigned", send=a_mark),
    "officer-marks": Row(get=READ, post=frozenset({ZHAO}), about=the_case, state="verification_assigned", send=a_mark),
    "officer-conclude": act(Role.VERIFIER, "verification_assigned", ZHAO),
}
