"""Acting for several: the choice, and what is seen afterwards."""

from __future__ import annotations

import pytest

from xuke.accounts.models import User
from xuke.foundation.actors import SYSTEM
from xuke.parties import commands
from xuke.parties.models import Enterprise, Mandate
from xuke.tests.cast import NOON, everything

BACKEND = "xuke.accounts.backends.PasswordBackend"


@pytest.fixture
def of_two_firms(world, wu_the_applicant, wang_the_sauce_brewer):
    """吴晓梅 acts for the sauce brewery as well."""
    with everything():
        user = User.objects.get(pk=wu_the_applicant.user_id)
        brewery = Enterprise.objects.get(pk=wang_the_sauce_brewer.enterprise_id)
        commands.give_mandate(user=user, enterprise=brewery, capacity="case_contact", by=SYSTEM, now=NOON)
    return user


def page_of(response) -> str:
    return response.content.decode()


def test_whoever_acts_for_two_chooses_first(client, of_two_firms, wang_the_sauce_brewer):
    client.force_login(of_two_firms, BACKEND)
    assert client.get("/start/")["Location"] == "/switch/"
    page = page_of(client.get("/switch/"))
    assert "宜昌禾穗坊食品有限公司" in page
    assert "宜昌临江禾酿造有限公司" in page
    response = client.post("/switch/", {"acting": f"enterprise:{wang_the_sauce_brewer.enterprise_id}"})
    assert (response.status_code, response["Location"]) == (303, "/my/")
    desk = page_of(client.get("/my/"))
    assert "宜昌临江禾酿造有限公司" in desk
    assert "切换身份" in desk
    assert client.get("/start/")["Location"] == "/my/"


def test_an_officer_with_a_firm_chooses_between_office_and_enterprise(
    client, world, wu_the_applicant, zhou_the_acceptor
):
    with everything():
        user = User.objects.get(pk=zhou_the_acceptor.user_id)
        firm = Enterprise.objects.get(pk=wu_the_applicant.enterprise_id)
        commands.give_mandate(user=user, enterprise=firm, capacity="case_contact", by=SYSTEM, now=NOON)
    client.force_login(user, BACKEND)
    assert client.get("/start/")["Location"] == "/switch/"
    assert client.post("/switch/", {"acting": f"enterprise:{firm.pk}"})["Location"] == "/my/"
    assert client.get("/my/").status_code == 200
    assert client.post("/switch/", {"acting": f"authority:{zhou_the_acceptor.authority_id}"})["Location"] == "/office/"
    assert client.get("/my/").status_code == 404


@pytest.mark.parametrize("acting", ["enterprise:{theirs}", "authority:1", "enterprise:x", "", "enterprise:999999"])
def test_nobody_becomes_somebody_else_by_address(client, world, wu_the_applicant, wang_the_sauce_brewer, acting):
    client.force_login(User.objects.get(pk=wu_the_applicant.user_id), BACKEND)
    assert (
        client.post("/switch/", {"acting": acting.format(theirs=wang_the_sauce_brewer.enterprise_id)}).status_code
        == 404
    )
    assert "宜昌禾穗坊食品有限公司" in page_of(client.get("/my/"))


def test_a_mandate_that_ended_leads_back_to_the_choice(client, of_two_firms, wang_the_sauce_brewer):
    client.force_login(of_two_firms, BACKEND)
    client.post("/switch/", {"acting": f"enterprise:{wang_the_sauce_brewer.enterprise_id}"})
    with everything():
        ended = Mandate.objects.get(user=of_two_firms, enterprise=wang_the_sauce_brewer.enterprise_id)
        commands.end_mandate(mandate=ended, by=SYSTEM, now=NOON)
    login = client.get("/my/")["Location"]
    assert client.get(login)["Location"] == "/start/"
    assert client.get("/start/")["Location"] == "/switch/"


@pytest.mark.parametrize("url", ["/start/", "/switch/"])
def test_strangers_log_in_first(client, world, url):
    assert client.get(url)["Location"].startswith("/login/?next=")
