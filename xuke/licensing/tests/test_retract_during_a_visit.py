"""Taking an application back while verifiers are at work."""

from __future__ import annotations

from xuke.config.demonstration import stories
from xuke.licensing import commands
from xuke.tests.cast import NOON


def test_marks_that_verifiers_save_meanwhile_do_not_stop_the_applicant(db, at, wu_the_applicant, sun_the_verifier):
    application = at("verification_assigned")
    shown = application.revision
    commands.score(application=application, marks=stories.marks(), by=sun_the_verifier, now=NOON)
    taken_back = commands.retract(
        application=application, reason="暂不生产。", by=wu_the_applicant, now=NOON, revision=shown
    )
    assert taken_back.state == "retracted"
