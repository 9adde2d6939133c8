"""Somebody in an application shares the name of a person who may not apply: an officer looks, and the case goes on."""

from __future__ import annotations

import pytest

from xuke.licensing import commands
from xuke.licensing.gating import GateClosed
from xuke.licensing.models import Application, DecisionSnapshot
from xuke.licensing.tests.acts import signed
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, Desk
from xuke.parties import commands as parties
from xuke.parties.models import IdentityCheck
from xuke.parties.tests.test_identity_checks import BANNED, HIS_OWN, LOOKED, impose
from xuke.tests.cast import NOON

NAME = "王伟"


@pytest.fixture
def draft(at):
    """An application with a technician of a common name, who has no account."""
    found = at("draft")
    found.form["people"]["list"][-1]["name"] = NAME
    Application.objects.filter(pk=found.pk).update(form=found.form)
    return found


def case_page(case: Application) -> str:
    return f"/office/applications/{case.pk}/identity/"


def test_an_applicant_whose_technician_has_a_namesake_goes_on_after_the_counter_looked(draft, the_cast):
    ban = impose(the_cast, name=NAME)
    with pytest.raises(GateClosed, match=r"窗口.*身份核对"):
        signed("submit", draft, by=the_cast.applicant, now=NOON)
    words = {"name": NAME, "is_same": False, "number": HIS_OWN, "note": LOOKED}
    parties.check_identity(ban=ban, enterprise=draft.enterprise, **words, by=the_cast.acceptor, now=NOON)
    assert signed("submit", draft, by=the_cast.applicant, now=NOON).state == "submitted"


def test_who_was_banned_while_the_case_ran_is_looked_at_before_the_decision_which_keeps_it(client, at, the_cast, draft):
    case = at("decision_proposed", application=draft)
    ban = impose(the_cast, name=NAME)
    desk = Desk(client)
    shown = desk.open(the_cast.decider, f"/office/applications/{case.pk}/grant/")
    assert "身份核对" in shown.main and case_page(case) in shown.html
    with pytest.raises(GateClosed, match="同名"):
        commands.grant(application=case, by=the_cast.decider, now=NOON)
    page = desk.open(the_cast.decider, case_page(case))
    assert NAME in page.main and len(page.statements) <= MOST_STATEMENTS
    typed = {"match": f"{ban.pk}:{NAME}", "verdict": "different", "document": "resident_id", "note": LOOKED}
    wrong = desk.send(the_cast.decider, case_page(case), {**typed, "number": BANNED})
    assert wrong.status == 422 and "一致" in wrong.main and not IdentityCheck.objects.exists()
    assert desk.send(the_cast.decider, case_page(case), {**typed, "number": HIS_OWN}).status == 302
    granted = commands.grant(application=case, by=the_cast.decider, now=NOON)
    kept = DecisionSnapshot.objects.filter(application=granted).order_by("-pk")[0]
    assert LOOKED in str(kept.facts) and granted.state == "granted"


def test_the_case_page_leads_to_the_check_for_who_may_take_it(client, at, the_cast):
    case = at("submitted")
    desk = Desk(client)
    page = desk.open(the_cast.acceptor, f"/office/applications/{case.pk}/")
    assert case_page(case) in page.html and len(page.statements) <= MOST_STATEMENTS
    assert case_page(case) not in desk.open(the_cast.verifiers[0], f"/office/applications/{case.pk}/").html
