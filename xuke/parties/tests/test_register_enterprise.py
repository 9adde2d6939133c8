"""Enterprises by their credit code, what the register says of them, and the places they produce at."""

import pytest

from xuke.config.demonstration.people import number_of
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Invalid, NotPermitted
from xuke.parties import commands, permissions
from xuke.parties.models import Enterprise, Site
from xuke.tests.cast import NOON, everything, told, verbs

CODE = number_of(500, "420506")


def register(by=SYSTEM, **other):
    facts = {
        "uscc": CODE,
        "name": "夷陵区新禾食品有限公司",
        "legal_representative": "禾苗",
        "domicile": "湖北省宜昌市夷陵区新禾路1号",
        "division_code": "420506",
    }
    return commands.register_enterprise(**(facts | other), by=by, now=NOON)


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


def test_the_platform_registers_and_the_counter_of_the_place_and_nobody_else(
    zhou_the_acceptor, chen_the_reviewer, yang_of_yidu, wu_the_applicant
):
    for somebody, sentence in (
        (wu_the_applicant, "由平台办理登记"),
        (chen_the_reviewer, "由平台办理登记"),
        (yang_of_yidu, "不在您的辖区"),
    ):
        with pytest.raises(NotPermitted, match=sentence):
            register(by=somebody)
    with everything():
        assert register(by=zhou_the_acceptor).uscc == CODE


@pytest.mark.parametrize(
    ("division", "served"), [("420506", True), ("420581", False), ("420500", False), ("430506", False)]
)
def test_a_county_serves_its_division(zhou_the_acceptor, division, served):
    assert (permissions.why_not_registrar(zhou_the_acceptor, division) == "") is served


@pytest.mark.parametrize(("division", "served"), [("420506", True), ("420581", True), ("420102", False)])
def test_a_prefecture_serves_its_counties(wang_of_yichang, division, served):
    assert (permissions.why_not_registrar(wang_of_yichang, division) == "") is served


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
