"""Enterprises by their credit code, the places they produce at, and the people acting for them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError

from xuke.accounts.models import User
from xuke.config.demonstration.people import number_of
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted
from xuke.parties import commands, queries
from xuke.parties.models import Enterprise, Mandate, Site
from xuke.tests.cast import NOON, TOMORROW, told, verbs

CODE = number_of(500, "420506")
TODAY = NOON.date()


def register(by=SYSTEM, **other):
    facts = {
        "uscc": CODE,
        "name": "夷陵区新禾食品有限公司",
        "legal_representative": "禾苗",
        "domicile": "湖北省宜昌市夷陵区新禾路1号",
        "division_code": "420506",
    }
    return commands.register_enterprise(**(facts | other), by=by, now=NOON)


@pytest.fixture
def enterprise(world, wu_the_applicant):
    return Enterprise.objects.get(pk=wu_the_applicant.enterprise_id)


@pytest.fixture
def head(wu_the_applicant):
    """郑国强, the legal representative of the cake factory."""
    return replace(wu_the_applicant, user_id=10**6, name="郑国强", capacity=Mandate.LEGAL_REPRESENTATIVE)


# --- registering ------------------------------------------------------------------------------------------------------


def test_an_enterprise_is_known_by_its_code(world):
    enterprise = register(uscc=f" {CODE.lower()} ", name=" 夷陵区新禾食品有限公司 ")
    assert (enterprise.uscc, enterprise.name) == (CODE, "夷陵区新禾食品有限公司")
    assert (enterprise.stream, verbs(enterprise)) == (f"enterprise:{CODE}", ["enterprise.registered"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"uscc": CODE[:-1] + ("0" if CODE[-1] != "0" else "1")}, "uscc"),
        ({"uscc": "420506"}, "uscc"),
        ({"uscc": ""}, "uscc"),
        ({"uscc": "I" * 18}, "uscc"),
        ({"name": " "}, "name"),
        ({"name": "禾" * 201}, "name"),
        ({"legal_representative": ""}, "legal_representative"),
        ({"domicile": "路" * 201}, "domicile"),
        ({"division_code": "429999"}, "division_code"),
        ({"division_code": ""}, "division_code"),
        ({"division_code": "夷陵区" * 30}, "division_code"),
        ({"name": "新禾\x00食品"}, "name"),
    ],
)
def test_what_is_wrong_is_told(change, field, db):
    with pytest.raises(Invalid) as refusal:
        register(**change)
    assert list(told(refusal)) == [field]
    assert not Enterprise.objects.exists()


def test_all_that_is_wrong_is_told_at_once(db):
    with pytest.raises(Invalid) as refusal:
        register(uscc="1", name="", legal_representative="", domicile="", division_code="1")
    assert list(told(refusal)) == ["uscc", "name", "legal_representative", "domicile", "division_code"]


def test_nobody_registers_an_enterprise_twice(db):
    register()
    with pytest.raises(Invalid, match="这家企业已经登记"):
        register(name="另一个名字")
    assert Enterprise.objects.count() == 1


def test_the_platform_registers_and_nobody_by_hand(zhou_the_acceptor, wu_the_applicant):
    for somebody in (zhou_the_acceptor, wu_the_applicant):
        with pytest.raises(NotPermitted, match="由平台办理登记"):
            register(by=somebody)


# --- sites ------------------------------------------------------------------------------------------------------------


def add_site(enterprise, by, address="小溪塔街道兴禾路18号", division="420506"):
    return commands.add_site(enterprise=enterprise, address=address, division_code=division, by=by, now=NOON)


def test_a_place_is_noted_once(enterprise, wu_the_applicant):
    site = add_site(enterprise, wu_the_applicant)
    assert add_site(enterprise, wu_the_applicant, address=f" {site.address} ") == site
    assert Site.objects.filter(enterprise=enterprise).count() == 2
    assert verbs(enterprise)[-1] == "enterprise.site_added"
    assert len(verbs(enterprise)) == Enterprise.objects.get(pk=enterprise.pk).revision


def test_a_place_is_somewhere(enterprise, wu_the_applicant):
    with pytest.raises(Invalid) as refusal:
        add_site(enterprise, wu_the_applicant, address=" ", division="429999")
    assert list(told(refusal)) == ["address", "division_code"]


def test_nobody_notes_places_of_another_enterprise(enterprise, wang_the_sauce_brewer, zhou_the_acceptor):
    for somebody in (wang_the_sauce_brewer, zhou_the_acceptor):
        with pytest.raises(NotPermitted, match="不代表这家企业"):
            add_site(enterprise, somebody)


# --- mandates ---------------------------------------------------------------------------------------------------------


def give(enterprise, by, name="汪洁", capacity=Mandate.CASE_CONTACT, now=NOON):
    user = User.objects.get(name=name)
    return commands.give_mandate(user=user, enterprise=enterprise, capacity=capacity, by=by, now=now)


def test_the_head_of_the_cake_factory_lets_wang_act_for_it_too(enterprise, head):
    give(enterprise, head)
    wang = User.objects.get(name="汪洁")
    assert len(queries.mandates(wang, today=TODAY)) == 2
    assert queries.applicant(wang, today=TODAY, enterprise=enterprise).enterprise_id == enterprise.pk
    assert queries.applicant(wang, today=TODAY - timedelta(days=1), enterprise=enterprise) is None
    assert verbs(enterprise)[-1] == "enterprise.mandate_given"


def test_a_mandate_that_ended_is_over_at_once(enterprise, head):
    mandate = give(enterprise, head)
    ended = commands.end_mandate(mandate=mandate, by=head, now=NOON)
    assert ended.valid_to == TODAY
    assert queries.applicant(User.objects.get(name="汪洁"), today=TODAY, enterprise=enterprise) is None
    with pytest.raises(Conflict, match="已经结束"):
        commands.end_mandate(mandate=mandate, by=head, now=TOMORROW)
    assert give(enterprise, head, now=TOMORROW).valid_from == date(2026, 9, 8)


def test_a_mandate_is_given_once(enterprise, head):
    give(enterprise, head)
    with pytest.raises(Conflict, match="已经可以代表"):
        give(enterprise, head)
    with pytest.raises(IntegrityError, match="one_open_mandate"):
        Mandate.objects.create(
            user=User.objects.get(name="汪洁"), enterprise=enterprise, capacity=Mandate.CASE_CONTACT, valid_from=TODAY
        )


def test_there_is_no_third_capacity(enterprise, head):
    with pytest.raises(Invalid, match="法定代表人或者经办人"):
        give(enterprise, head, capacity="owner")


@pytest.mark.parametrize("name", ["wu_the_applicant", "wang_the_sauce_brewer", "zhou_the_acceptor"])
def test_nobody_but_the_head_lets_others_act(name, enterprise, request):
    somebody = request.getfixturevalue(name)
    with pytest.raises(NotPermitted):
        give(enterprise, somebody)
    with pytest.raises(NotPermitted):
        commands.end_mandate(mandate=_another(enterprise), by=somebody, now=NOON)


def _another(enterprise):
    return give(enterprise, SYSTEM, name="马兰")


def test_wu_lays_down_her_own_mandate(enterprise, wu_the_applicant):
    mandate = Mandate.objects.get(enterprise=enterprise)
    assert commands.end_mandate(mandate=mandate, by=wu_the_applicant, now=NOON).valid_to == TODAY
