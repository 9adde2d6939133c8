"""The applicant's telephone number: sealed in the table, moved to a new key while people work; looks are kept."""

from shutil import copytree

import pytest
from django.db import connection

from xuke.config import cli_keys
from xuke.foundation import commands as keys
from xuke.foundation import resealing, vault
from xuke.foundation.actors import SYSTEM
from xuke.foundation.models import Entry
from xuke.foundation.refusals import Conflict, NotPermitted
from xuke.licensing import commands, queries
from xuke.licensing.models import SEALED, Application
from xuke.licensing.procedures import PROCEDURES
from xuke.tests.cast import NOON, everything, verbs

PHONE = "13800005678"


@pytest.fixture
def keys_of_their_own(tmp_path, settings):
    """A copy of the keys that goes with the test; what else lies in XUKE_HOME stays where it is."""
    settings.XUKE_DATA_KEYS = ""
    vault.current()
    before = vault.directory
    copytree(before(), tmp_path / "data")
    vault.directory = lambda: tmp_path / "data"
    yield
    vault.directory = before


def stored(table: str = "licensing_application") -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} AS t")
        return cursor.fetchone()[0]


def test_every_telephone_field_of_every_form_is_sealed():
    fields = [field for each in PROCEDURES for section in each.sections for field in section.fields]
    assert {field.name for field in fields if field.kind == "phone"} == SEALED.keys()


def test_a_dump_of_the_table_does_not_tell_the_number(at, zhou_the_acceptor):
    application = at("submitted")
    assert PHONE not in stored()
    assert queries.get(zhou_the_acceptor, application.pk).form["enterprise"]["contact_phone"] == PHONE


def test_nor_does_the_journal(at):
    at("certificate_issued")
    assert PHONE not in stored("foundation_entry")


def test_a_new_key_takes_over_row_by_row_and_the_old_one_can_go(committed_db, keys_of_their_own, at):
    application = at("submitted")
    assert keys.add_data_key(by=SYSTEM, now=NOON) == 2
    with pytest.raises(Conflict, match=r"还有\d+个号码用第1把密钥加密"):
        keys.remove_data_key(number=1, by=SYSTEM, now=NOON)
    assert sum(resealing.reseal(place) for place in resealing.places()) >= 1
    assert sum(resealing.reseal(place) for place in resealing.places()) == 0
    with everything():
        assert resealing.keys_in_use().keys() == {2}
    keys.remove_data_key(number=1, by=SYSTEM, now=NOON)
    assert vault.keys().keys() == {2}
    with everything():
        kept = Application.objects.get(pk=application.pk)
        assert kept.form["enterprise"]["contact_phone"] == PHONE
        assert kept.revision == application.revision
        assert list(Entry.objects.filter(stream="datakey:2").values_list("verb", flat=True)) == ["datakey.made"]


def test_what_was_written_before_numbers_were_sealed_is_read_and_sealed_on_the_way(committed_db, keys_of_their_own, at):
    application = at("submitted")
    with everything(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE licensing_application SET form = jsonb_set(form, '{enterprise,contact_phone}', %s)", [f'"{PHONE}"']
        )
        assert Application.objects.get(pk=application.pk).form["enterprise"]["contact_phone"] == PHONE
        assert PHONE in stored()
    (place,) = [
        each for each in resealing.places() if (each.table, each.field.name) == ("licensing_application", "form")
    ]
    assert resealing.reseal(place) == 1
    with everything():
        assert PHONE not in stored()


def test_an_operator_rotates_with_one_command(committed_db, keys_of_their_own, at, capsys):
    at("submitted")
    import argparse

    parser = argparse.ArgumentParser()
    cli_keys.add_arguments(parser)
    assert cli_keys.run(parser.parse_args(["--rotate"])) == 0
    told = capsys.readouterr().out
    assert "已生成第2把密钥" in told and "第1把　0个号码　可以删除" in told
    assert cli_keys.run(parser.parse_args(["--remove", "2"])) == 1
    assert "正在使用" in capsys.readouterr().err


def test_no_officer_touches_the_keys(world, gao_the_administrator):
    with pytest.raises(NotPermitted):
        keys.add_data_key(by=gao_the_administrator, now=NOON)


def test_who_reads_a_file_of_the_case_is_written_down(at, zhou_the_acceptor):
    application = at("submitted")
    material = queries.materials(application)[0]
    commands.read_material(material=material, by=zhou_the_acceptor, now=NOON)
    entry = Entry.objects.filter(stream=application.stream).order_by("-seq")[0]
    assert (entry.verb, entry.actor) == ("application.material_read", zhou_the_acceptor.code)
    assert entry.facts == {"kind": material.kind, "name": material.name}


def test_a_look_does_not_stand_in_the_way_of_a_colleague(at, zhou_the_acceptor):
    application = at("submitted")
    shown = application.revision
    commands.read_material(material=queries.materials(application)[0], by=zhou_the_acceptor, now=NOON)
    commands.accept(application=application, by=zhou_the_acceptor, now=NOON, revision=shown)
    assert "application.accepted" in verbs(application)
