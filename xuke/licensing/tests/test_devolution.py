"""Devolution (下放): a county gets an authority of its own, and nobody's history moves, by commands and in SQL."""

import pytest
from django.db import connection

from xuke.accounts import commands as accounts
from xuke.accounts import queries as accounts_queries
from xuke.accounts.models import Authority
from xuke.accounts.officers import Role
from xuke.config.demonstration.people import number_of
from xuke.foundation.actors import SYSTEM
from xuke.licensing import queries
from xuke.licensing.models import Application
from xuke.tests.cast import NOON, notices_about, seen_by


@pytest.fixture
def before(at, the_yichang_cast):
    """A case that the prefecture decided."""
    return at("granted", cast=the_yichang_cast)


@pytest.fixture
def officer_of_changyang(world, before):
    """An acceptor of the county that has an authority of its own from now on."""
    changyang = accounts.establish_authority(
        code="420528",
        uscc=number_of(1, "420528", registrar="11"),
        name="长阳土家族自治县市场监督管理局",
        abbreviation="长市监",
        level="county",
        parent=Authority.objects.get(code="420500"),
        reconsideration_body="长阳土家族自治县人民政府",
        court="长阳土家族自治县人民法院",
        by=SYSTEM,
        now=NOON,
    )
    user = accounts.add_user(login_name="changyang", name="覃长阳", password=None, by=SYSTEM, now=NOON)
    accounts.appoint(user=user, authority=changyang, role=Role.ACCEPTOR, by=SYSTEM, now=NOON)
    return accounts_queries.officer(user, today=NOON.date())


def rows(table, column, value):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s", [value])
        return cursor.fetchone()[0]


def everything_about(case):
    """How many rows of each kind a scope shows, asked in SQL."""
    return {
        "applications": rows("licensing_application", "id", case.pk),
        "materials": rows("licensing_material", "application_id", case.pk),
        "notices": rows("documents_notice", "about", case.stream),
        "entries": rows("foundation_entry", "stream", case.stream),
        "licences": rows("certificates_licence", "id", case.licence_id),
    }


def test_the_past_stays_where_it_was(before, officer_of_changyang, the_yichang_cast):
    case = Application.objects.get(pk=before.pk)
    assert (case.authority.code, case.authority_path) == ("420500", "420000/420500/")
    assert {notice.authority_path for notice in notices_about(case)} == {"420000/420500/"}
    with seen_by(the_yichang_cast.acceptor.scope):
        seen = everything_about(case)
    assert all(seen.values()), seen
    assert queries.get(the_yichang_cast.decider, case.pk) == case


def test_the_new_authority_does_not_inherit_it(before, officer_of_changyang):
    assert not queries.visible_to(officer_of_changyang).exists()
    with seen_by(officer_of_changyang.scope):
        seen = everything_about(before)
    assert not any(seen.values()), seen


def test_its_neighbours_do_not_see_it_either(before, officer_of_changyang, world):
    with seen_by(world.officers["yangfan"].scope):
        assert not any(everything_about(before).values())


def test_the_county_that_looks_after_the_site_sees_the_licence_and_not_the_case(before, officer_of_changyang, world):
    with seen_by(world.officers["zhoumin"].scope):
        seen = everything_about(before)
    assert seen.pop("licences") == 1 and not any(seen.values()), seen


def test_closing_an_authority_moves_nothing_either(at, the_cast, zhou_the_acceptor):
    case = at("granted")
    with seen_by(zhou_the_acceptor.scope):
        before = everything_about(case)
    accounts.close_authority(authority=case.authority, by=SYSTEM, now=NOON, reason="并入市局")
    with seen_by(zhou_the_acceptor.scope):
        assert everything_about(case) == before
    assert Application.objects.get(pk=case.pk).authority_path == case.authority_path


def test_a_new_name_does_not_reach_old_notices(at, the_cast):
    case = at("granted")
    said = [notice.content["authority"]["name"] for notice in notices_about(case)]
    accounts.change_authority(
        authority=case.authority,
        changes={"name": "宜昌市夷陵区市场监管局", "abbreviation": "夷陵监"},
        by=SYSTEM,
        now=NOON,
        reason="更名",
    )
    assert [notice.content["authority"]["name"] for notice in notices_about(case)] == said
    assert all(notice.number.startswith("夷市监") for notice in notices_about(case) if "〔" in notice.number)
