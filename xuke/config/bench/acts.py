"""A story as people tell it at their screens, submit to grant: which page they read, which form they send. As data, so
that a benchmark can play it fast and the fault runs can play it stubbornly."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from xuke.accounts.models import User
from xuke.config.bench.forms import Fields, filled_in
from xuke.config.demonstration import signing, stories
from xuke.config.demonstration.people import Cast
from xuke.config.demonstration.samples import sample
from xuke.foundation import journal
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.identity import sessions

TOKEN = "b" * 32
"""Any value does as a CSRF token, as long as cookie and header agree."""
_REVISION = re.compile(r'name="revision"[^>]*? value="(\d+)"')


@dataclass(frozen=True)
class Story:
    """One case on its way through the web, with everybody logged in: logging in is no part of a story."""

    cast: Cast
    application: str
    varieties: tuple[str, ...]
    sessions: dict[int, str]

    @property
    def stream(self) -> str:
        return f"application:{self.application}"


@dataclass(frozen=True)
class Upload:
    """A file, and the field it is chosen in."""

    field: str
    name: str
    content: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Act:
    """One person opens a page and presses a button."""

    name: str
    """The verb of the command, such as ``accept``; empty for a button that only leads on."""
    person: int
    look: str
    """The page that is read first."""
    path: str
    """Where the form goes."""
    fields: Callable[[str], Fields]
    """What the form sends, made from the page."""
    expected: int = 303
    upload: Upload | None = None
    """The file that goes with the form."""

    def is_open(self, page: str) -> bool:
        """Whether the page that was read offers this button."""
        return self.path == self.look or self.path in page


def prepared(cast: Cast) -> Story:
    """A complete draft whose people are logged in."""
    draft = stories.draft(cast, timezone.now)
    people = {cast.applicant.user_id, cast.acceptor.user_id, cast.reviewer.user_id, cast.decider.user_id}
    people |= {verifier.user_id for verifier in cast.verifiers}
    signing.certificate_of(cast.applicant.uscc, cast.applicant.enterprise_name)  # Trusted before anybody signs.
    keys = tuple(f"v{place}" for place in range(1, len(cast.firm.products) + 1))
    return Story(cast, str(draft.pk), keys, {person: _session(person) for person in people})


_sessions: dict[int, str] = {}


def _session(person: int) -> str:
    if person not in _sessions:
        with opened_for(EVERYTHING):
            user = User.objects.get(pk=person)
            store = sessions.begin(user, means="password", strong=True, now=timezone.now())
        assert store.session_key is not None
        _sessions[person] = store.session_key
    return _sessions[person]


def upload(story: Story) -> Act:
    """One more version of a material, a content of its own, filed before anything is submitted."""
    kind = "food_safety_rules"
    form = f"/my/applications/{story.application}/form/people/"
    # Readers of PDF skip what follows its end.
    content = sample(kind) + f"\n% {story.application}\n".encode()
    return Act(
        "file_material",
        story.cast.applicant.user_id,
        form,
        form,
        lambda page: [*filled_in(page, form="step"), ("do", f"upload:{kind}")],
        upload=Upload(f"people.{kind}", "食品安全管理制度汇编.pdf", content),
    )


def acts(story: Story) -> tuple[Act, ...]:
    """Every button from submit to grant, in order."""
    cast, mine = story.cast, f"/my/applications/{story.application}/"
    case = f"/office/applications/{story.application}/"
    applicant, acceptor, reviewer = cast.applicant.user_id, cast.acceptor.user_id, cast.reviewer.user_id
    leader, second = (verifier.user_id for verifier in cast.verifiers)
    declaration, sign = f"{mine}form/declaration/", f"{mine}sign/"

    def signed(page: str) -> Fields:
        uscc, name = cast.applicant.uscc, cast.applicant.enterprise_name
        return list(signing.answer(page, uscc=uscc, name=name).items())

    team = [("team", str(leader)), ("team", str(second)), ("leader", str(leader))]
    marks = [(f"score-{number}", mark["score"]) for number, mark in stories.marks().items()]
    results = [(f"results.{key}", "pass") for key in story.varieties]
    return (
        Act("", applicant, declaration, declaration, _with([("declaration.truthful", "yes"), ("do", "submit")])),
        Act("submit", applicant, sign, sign, signed),
        Act("accept", acceptor, f"{case}accept/", f"{case}accept/", _with([])),
        Act("begin_review", reviewer, case, f"{case}begin-review/", _with([])),
        Act(
            "assign_verification",
            reviewer,
            f"{case}assign/",
            f"{case}assign/",
            lambda page: [*team, ("visit_on", journal.legal_day(timezone.now()).isoformat()), *_revision(page)],
        ),
        Act("score", second, f"{case}visit/", f"{case}visit/marks/", _with(marks), expected=200),
        Act("confirm_sheet", second, f"{case}visit/confirm/", f"{case}visit/confirm/", _with([])),
        Act(
            "conclude_verification",
            leader,
            f"{case}conclude/",
            f"{case}conclude/",
            _with([("applicant_signed", "no"), ("signing_note", "申请人没有登录，现场口头确认。")]),
        ),
        Act(
            "propose",
            reviewer,
            f"{case}propose/",
            f"{case}propose/",
            _with([("opinion", stories.OPINION), *results]),
        ),
        Act("grant", cast.decider.user_id, case, f"{case}grant/", _with([])),
    )


def _with(fields: Fields) -> Callable[[str], Fields]:
    return lambda page: [*fields, *_revision(page)]


def _revision(page: str) -> Fields:
    """The state of the case that the page showed; the sheet of a visit shows none."""
    found = _REVISION.search(page)
    return [("revision", found[1])] if found else []
