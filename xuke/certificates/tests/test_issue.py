"""Issuing a licence: its number is the next free one, an enterprise holds one, nothing is issued twice."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from xuke.certificates import commands, queries
from xuke.certificates.commands import AlreadyLicensed, Grant
from xuke.certificates.models import CertificateVersion, Licence, PublicCertificate
from xuke.foundation import files, journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.identifiers import e_licence, food_licence
from xuke.foundation.models import Counter
from xuke.foundation.refusals import Conflict
from xuke.foundation.sequences import Exhausted
from xuke.parties.models import Enterprise
from xuke.tests.cast import NOON, TOMORROW, verbs

CAKES = Grant(
    producer_name="宜昌禾穗坊食品有限公司",
    uscc="",
    legal_representative="郑国强",
    domicile="湖北省宜昌市小溪塔街道兴禾路16号2幢",
    production_address="小溪塔街道兴禾路16号2幢",
    division_code="420506",
    main_category="124",
    food_categories=("糕点",),
    product_details=(
        {"seq": 1, "category": "糕点", "code": "2401", "name": "热加工糕点", "detail": "酥", "remark": ""},
    ),
    valid_to=date(2031, 9, 6),
)


def number(sequence, category="124"):
    return food_licence.compose(category=category, division="420506", sequence=sequence)


@pytest.fixture
def enterprises(world):
    return [Enterprise.objects.get(pk=cast.applicant.enterprise_id) for cast in world.casts.values()]


def issue(enterprise, cast, grant=CAKES, **other):
    authority = other.pop("authority", cast.authority)
    return commands.issue(grant=grant, enterprise=enterprise, authority=authority, by=cast.decider, now=NOON, **other)


def migrated(sequence, enterprise, authority):
    """An old licence, migrated with its number, no longer in force."""
    return Licence.objects.create(
        number=number(sequence),
        state="cancelled",
        enterprise=enterprise,
        authority=authority,
        authority_path=authority.path,
        granted_on=date(2021, 1, 1),
        valid_to=date(2025, 12, 31),
    )


def test_numbers_follow_each_other_by_category_and_county(enterprises, the_cast):
    first, second, third, _ = enterprises
    assert issue(first, the_cast).number == number(1)
    assert issue(second, the_cast, replace(CAKES, main_category="103")).number == number(1, "103")
    assert issue(third, the_cast).number == number(2)


def test_a_version_is_ordered_with_an_identifier_of_its_own(enterprises, the_cast):
    licence = issue(enterprises[0], the_cast)
    version = CertificateVersion.objects.get()
    assert (version.licence, version.version, version.file_id, version.made_at) == (licence, 1, None, None)
    assert version.content["e_licence_identifier"] == version.identifier
    assert e_licence.parse(version.identifier).valid
    assert licence.number in version.identifier.replace(".", "")
    assert verbs(licence) == ["licence.issued"]


def test_one_enterprise_one_certificate(enterprises, the_cast):
    issue(enterprises[0], the_cast)
    with pytest.raises(AlreadyLicensed, match="一企一证") as refusal:
        issue(enterprises[0], the_cast, replace(CAKES, main_category="103"))
    assert refusal.value.status == 409
    assert Licence.objects.count() == CertificateVersion.objects.count() == Counter.objects.count() == 1


def test_a_licence_of_an_authority_out_of_sight_counts_too(enterprises, the_cast, the_yidu_cast):
    """The officer of Yidu cannot see what Yiling issued; the database can."""
    issue(enterprises[0], the_cast)
    with pytest.raises(AlreadyLicensed):
        issue(enterprises[0], the_yidu_cast, replace(CAKES, division_code="420581"))
    assert Licence.objects.count() == 1


def test_the_database_holds_one_certificate_too(enterprises, the_cast):
    licence = issue(enterprises[0], the_cast)
    second = Licence(
        number=number(77),
        enterprise=licence.enterprise,
        authority=licence.authority,
        authority_path=licence.authority_path,
        granted_on=licence.granted_on,
        valid_to=licence.valid_to,
    )
    with pytest.raises(IntegrityError, match="one_enterprise_one_certificate"):
        second.save(force_insert=True)


def test_after_the_end_of_one_licence_there_may_be_another_with_a_new_number(enterprises, the_cast):
    old = issue(enterprises[0], the_cast)
    Licence.objects.filter(pk=old.pk).update(state="cancelled")
    assert queries.in_force(enterprises[0], today=NOON.date()) is None
    assert issue(enterprises[0], the_cast).number == number(2)


def test_numbers_of_migrated_licences_are_skipped(enterprises, the_cast):
    migrated(1, enterprises[1], the_cast.authority)
    migrated(2, enterprises[2], the_cast.authority)
    migrated(4, enterprises[2], the_cast.authority)
    assert issue(enterprises[0], the_cast).number == number(3)
    assert issue(enterprises[1], the_cast).number == number(5)


def test_the_number_of_a_migrated_licence_out_of_sight_is_skipped_too(enterprises, the_cast, the_yidu_cast):
    """What another authority issued is behind the wall; its number must not be given again all the same."""
    migrated(1, enterprises[1], the_yidu_cast.authority)
    assert issue(enterprises[0], the_cast).number == number(2)


def test_after_9999_there_is_no_number(enterprises, the_cast):
    Counter.objects.create(key="licence:SC124420506", value=9998)
    assert issue(enterprises[0], the_cast).number == number(9999)
    with pytest.raises(Exhausted, match="编号已经用完"):
        issue(enterprises[1], the_cast)
    assert Licence.objects.count() == 1
    assert Counter.objects.get().value == 9999


def test_a_failed_issue_gives_its_number_back(enterprises, the_cast):
    with transaction.atomic():
        issue(enterprises[0], the_cast)
        transaction.set_rollback(True)
    assert issue(enterprises[1], the_cast).number == number(1)


# --- the file ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def version(enterprises, the_cast):
    issue(enterprises[0], the_cast)
    return CertificateVersion.objects.get()


def attach(version, file, now=TOMORROW):
    return commands.attach_file(version=version, file=file, by=SYSTEM, now=now)


def test_the_file_of_a_version_is_attached_once(version, world):
    made = attach(version, world.file)
    assert (made.file_id, made.made_at) == (world.digest, TOMORROW)
    event = journal.history(version.licence.stream)[-1]
    assert (event.verb, event.seq) == ("licence.certificate_made", 2)
    assert event.facts == {"version": 1, "digest": world.digest}


def test_making_it_again_changes_nothing(version, world):
    attach(version, world.file)
    again = attach(version, world.file, now=TOMORROW.replace(hour=15))
    assert again.made_at == TOMORROW
    assert verbs(version.licence) == ["licence.issued", "licence.certificate_made"]


def test_another_file_for_the_same_version_is_refused(version, world):
    attach(version, world.file)
    other = files.keep(b"another", media_type=files.PDF, now=NOON)
    with pytest.raises(Conflict, match="不能再换文件"):
        attach(version, other)


def test_a_file_and_its_moment_come_together(version):
    with pytest.raises(IntegrityError, match="certificate_made_all_or_none"):
        CertificateVersion.objects.filter(pk=version.pk).update(made_at=NOON)


# --- what is public ---------------------------------------------------------------------------------------------------


def test_the_public_sees_the_certificate_and_its_standing(version):
    seen = queries.public_by_identifier(version.identifier)
    assert (seen.licence_number, seen.state, seen.newest) == (version.licence.number, "in_force", True)
    assert seen.content == version.content
    assert queries.public_by_number(version.licence.number).identifier == version.identifier
    assert queries.public_by_identifier("1.2.156.3005.2.none") is None


def test_only_the_last_version_of_a_licence_is_its_newest(version):
    facts = {field.attname: getattr(version, field.attname) for field in version._meta.fields if field.name != "id"}
    later = CertificateVersion.objects.create(**facts | {"version": 2, "identifier": f"{version.identifier}.2"})
    number = version.licence.number
    assert [queries.public_version(number, place).newest for place in (1, 2)] == [False, True]
    assert queries.public_by_number(number).identifier == later.identifier


def test_an_index_serves_every_question_of_the_public(version):
    """Whoever asks anonymously must not make the database look at every version there is."""
    licence = PublicCertificate.objects.filter(licence_number=version.licence.number)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    for asked in (
        PublicCertificate.objects.filter(identifier=version.identifier),
        licence.filter(newest=True),
        licence.filter(version=1),
    ):
        plan = asked.explain()
        assert plan.count("Scan") == plan.count("Index Cond"), plan


@pytest.mark.parametrize(
    ("today", "code"), [(date(2026, 9, 7), "in_force"), (date(2031, 9, 6), "in_force"), (date(2031, 9, 7), "expired")]
)
def test_a_licence_stands_until_its_last_day(today, code, version):
    assert queries.standing(version.licence, today=today)[0] == code


@pytest.mark.parametrize("state", ["withdrawn", "rescinded", "revoked", "cancelled"])
def test_a_licence_that_ended_says_how(state, version):
    Licence.objects.update(state=state)
    seen = queries.public_by_identifier(version.identifier)
    found, word = queries.standing(seen, today=date(2026, 9, 8))
    assert (found, word) == (state, queries.STANDINGS[state])


def test_the_role_of_the_public_sees_that_view_and_what_is_published(version):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'v', 'p', 'm')"
            " AND has_table_privilege('xuke_public', oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')"
        )
        seen = {name for (name,) in cursor.fetchall()}
        assert {name for name in seen if not name.startswith("publication_")} == {"certificates_public"}
        cursor.execute(
            "SELECT has_table_privilege('xuke_public', 'certificates_public', 'INSERT, UPDATE, DELETE'),"
            " has_schema_privilege('xuke_public', 'public', 'CREATE')"
        )
        assert cursor.fetchone() == (False, False)


def test_nothing_private_is_public(version):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM certificates_public")
        columns = [column.name for column in cursor.description]
        (row,) = cursor.fetchall()
    assert not {"enterprise_id", "authority_path", "contact", "phone"} & set(columns)
    assert "13800005678" not in str(row)
    assert "吴晓梅" not in str(row)


def test_a_licence_whose_validity_is_over_is_noted_and_stands_in_nobodys_way(enterprises, the_cast):
    old = issue(enterprises[0], the_cast)
    on_its_last_day = NOON.replace(year=old.valid_to.year, month=old.valid_to.month, day=old.valid_to.day)
    assert commands.expire_ended(by=SYSTEM, now=on_its_last_day) == 0
    assert commands.expire_ended(by=SYSTEM, now=on_its_last_day + timedelta(days=1)) == 1
    assert commands.expire_ended(by=SYSTEM, now=on_its_last_day + timedelta(days=1)) == 0
    assert Licence.objects.get(pk=old.pk).state == "expired"
    assert issue(enterprises[0], the_cast).number != old.number
