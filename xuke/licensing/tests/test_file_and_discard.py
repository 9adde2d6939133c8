"""Files of a draft, and giving a draft up."""

import pytest

from xuke.foundation import files, journal
from xuke.foundation.refusals import Invalid, NotFound, NotPermitted, StepNotOpen
from xuke.licensing import commands, queries
from xuke.licensing.models import Application, Material
from xuke.tests.cast import NOON, tiny_pdf

PLAN = "equipment_layout_plan"


def file_it(application, by, name="布局图.pdf", *, kind=PLAN, title="新图"):
    file = files.store([tiny_pdf(title)], name, now=NOON)
    return commands.file_material(application=application, kind=kind, file=file, name=name, by=by, now=NOON)


def test_a_new_plan_takes_the_place_of_the_old_one_which_stays(at, wu_the_applicant):
    draft = at("draft")
    new = file_it(draft, wu_the_applicant)
    plans = Material.objects.filter(application=draft, kind=PLAN).order_by("superseded_at")
    assert [plan.superseded_at for plan in plans] == [NOON, None]
    assert plans[1].pk == new.pk
    current = [material for material in queries.materials(draft) if material.superseded_at is None]
    assert len(current) == 4
    assert journal.history(draft.stream)[-1].facts["digest"] == new.file_id


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/布局图.pdf", "布局图.pdf"),
        ("C:\\Users\\吴\\布局图.pdf", "布局图.pdf"),
        ("图" * 300 + ".pdf", "图" * 196 + ".pdf"),
        (" 平面图（终版）🏭.pdf ", "平面图（终版）🏭.pdf"),
    ],
)
def test_of_a_name_only_the_name_is_kept(given, kept, at, wu_the_applicant):
    assert file_it(at("draft"), wu_the_applicant, given).name == kept


def test_a_name_that_cannot_be_kept_is_refused(at, wu_the_applicant):
    with pytest.raises(Invalid):
        file_it(at("draft"), wu_the_applicant, "布局\x00图.pdf")


def test_nobody_asked_for_the_horoscope(at, wu_the_applicant):
    with pytest.raises(NotFound, match="不需要这份材料"):
        file_it(at("draft"), wu_the_applicant, kind="horoscope")


def test_files_follow_the_form_and_are_fixed_with_it(at, wu_the_applicant, zhou_the_acceptor, wang_the_sauce_brewer):
    application = at("submitted")
    with pytest.raises(StepNotOpen):
        file_it(application, wu_the_applicant)
    with pytest.raises(NotPermitted):
        file_it(application, zhou_the_acceptor)
    with pytest.raises(NotFound):
        file_it(application, wang_the_sauce_brewer)


def test_a_correction_brings_new_files(at, wu_the_applicant, zhou_the_acceptor):
    application = at("correction_requested")
    new = file_it(application, wu_the_applicant)
    assert new.authority_path == zhou_the_acceptor.authority_path


def test_wu_gives_a_draft_up_and_the_journal_remembers(at, wu_the_applicant):
    draft = at("draft")
    commands.discard(application=draft, by=wu_the_applicant, now=NOON)
    assert not Application.objects.exists()
    assert not Material.objects.exists()
    last = journal.history(draft.stream)[-1]
    assert (last.verb, last.seq) == ("application.discarded", draft.revision + 1)
    with pytest.raises(NotFound):
        commands.discard(application=draft, by=wu_the_applicant, now=NOON)


@pytest.mark.parametrize("state", ["submitted", "correction_requested", "accepted", "retracted"])
def test_what_was_submitted_once_is_not_thrown_away(state, at, wu_the_applicant):
    with pytest.raises(StepNotOpen):
        commands.discard(application=at(state), by=wu_the_applicant, now=NOON)
    assert Application.objects.exists()
