"""A plant moves: its old licence ends with the new one, wherever it lies and whatever became of it meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from xuke.certificates import endings
from xuke.certificates.models import Licence
from xuke.config.demonstration import signing, stories
from xuke.foundation import journal, scope
from xuke.foundation.refusals import Conflict
from xuke.licensing import commands, gates, gating, permissions
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS
from xuke.tests.cast import NOON, seen_by

LATER = NOON + timedelta(hours=5)


@pytest.fixture
def licence(at):
    return at("granted").licence


@pytest.fixture
def moving(the_cast, world, licence):
    """The enterprise applies anew from its licence, for another site."""

    def submit(address="小溪塔街道新址路8号", **place):
        site = {**stories.filled_form(the_cast)["site"], "production_address": address, **place}
        case = stories.draft(
            the_cast, lambda: NOON, licence=licence, file=lambda *_: world.file, sections={"site": site}
        )
        proof = signing.proof("submit", case, by=the_cast.applicant, now=NOON)
        return commands.submit(application=case, proof=proof, by=the_cast.applicant, now=NOON)

    return submit


def of_yidu(world):
    """The officers of Yidu, before whom the cake factory applies."""
    return replace(world.casts["xiangwenjing"], applicant=world.casts["wuxiaomei"].applicant)


def test_a_plant_that_moves_to_yidu_is_licensed_there_and_its_licence_of_yiling_ends(at, world, moving, licence):
    yidu = of_yidu(world)
    case = at("decision_proposed", cast=yidu, application=moving("陆城街道新址路8号", division_code="420581"))
    assert case.authority.code == "420581"
    with seen_by(yidu.decider.scope):
        assert not Licence.objects.filter(pk=licence.pk).exists(), "the county does not see what lies in another"
        assert permissions.why_not(yidu.decider, "refuse", case, today=NOON.date()) == ""
        asked = gating.facts(case, today=NOON.date())
        assert asked.starts_from.number == licence.number and gates.closed(asked, gates.DECIDE) == ()
        assert not Licence.objects.filter(pk=licence.pk).exists(), "nor afterwards"
    granted = commands.grant(application=case, by=yidu.decider, now=LATER)
    old = Licence.objects.get(pk=licence.pk)
    assert (old.state, old.cancelled_on, old.ended_by) == ("cancelled", LATER.date(), case.stream)
    assert granted.licence.authority_path == yidu.decider.authority_path
    assert journal.history(old.stream)[-1].facts["reason"].startswith("生产场所迁址")


def test_the_officers_of_yidu_read_a_move_and_are_offered_its_decision(desk, at, world, moving, licence):
    yidu = of_yidu(world)
    case = at("decision_proposed", cast=yidu, application=moving("陆城街道新址路8号", division_code="420581"))
    page = desk.open(yidu.decider, f"/office/applications/{case.pk}/")
    assert page.status == 200 and "新址路8号" in page.main and len(page.statements) <= MOST_STATEMENTS
    assert desk.open(yidu.decider, f"/office/applications/{case.pk}/refuse/").status == 200
    grant = desk.open(yidu.decider, f"/office/applications/{case.pk}/grant/")
    assert f"原许可证{licence.number}在作出决定的同时注销" in grant.main


def test_yidu_refuses_a_move_and_the_old_licence_stays(at, world, moving, licence):
    yidu = of_yidu(world)
    case = at("decision_proposed", cast=yidu, application=moving("陆城街道新址路8号", division_code="420581"))
    refused = commands.refuse(application=case, reason="新址不符合要求。", by=yidu.decider, now=LATER)
    assert (refused.state, Licence.objects.get(pk=licence.pk).state) == ("refused", "in_force")


@pytest.mark.parametrize(
    ("end", "state", "closed_on"),
    [(endings.cancel, "cancelled", NOON.date()), (endings.withdraw, "withdrawn", None)],
)
def test_a_licence_that_ended_while_its_plant_moved_keeps_its_own_end(
    at, the_cast, moving, licence, end, state, closed_on
):
    case = at("decision_proposed", application=moving())
    end(licence=licence, basis="行政许可法第八条", source="proceeding:1", by=the_cast.decider, now=NOON)
    granted = commands.grant(application=case, by=the_cast.decider, now=LATER)
    old = Licence.objects.get(pk=licence.pk)
    assert (old.state, old.cancelled_on, old.ended_by) == (state, closed_on, "proceeding:1")
    assert granted.licence.state == "in_force" and granted.licence.pk != old.pk


def test_after_a_refusal_inside_nobody_sees_more_than_before(db, the_cast):
    def fail():
        with scope.widened():
            raise Conflict("不行。")

    with seen_by(the_cast.decider.scope):
        with pytest.raises(Conflict):
            fail()
        assert scope.entered() == the_cast.decider.scope
