"""The second wall around people: raw statements as the application's role, in every scope."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from xuke.foundation.scope import EVERYTHING, NOTHING, Scope
from xuke.parties import commands
from xuke.parties.models import Enterprise
from xuke.parties.tests.conftest import acting, mandate_of, person, proven
from xuke.tests.cast import NOON, seen_by

TABLES = ("parties_mandate", "parties_invitation", "accounts_realname", "parties_enterprise")


def seen(scope):
    """How many rows of each table a scope sees, by a statement that forgets to ask on anybody's behalf."""
    with seen_by(scope), connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table.partition("_")[2]] = cursor.fetchone()[0]
        return found


@pytest.fixture
def invited(enterprise, zheng_the_head):
    """马兰 is invited to the cake factory."""
    known = proven("malan")
    return commands.invite(enterprise=enterprise, name=known.name, mobile=known.mobile, by=zheng_the_head, now=NOON)[0]


def test_everybody_sees_what_is_theirs(
    invited, wu_the_applicant, wang_the_sauce_brewer, zhou_the_acceptor, gao_the_administrator, qian_the_auditor
):
    ma, all_firms = person("malan"), Enterprise.objects.count()
    table = {
        wu_the_applicant.scope: (2, 1, 1, 1),  # Her colleague's mandate too; her own name only.
        wang_the_sauce_brewer.scope: (2, 0, 1, 1),
        ma.scope: (1, 1, 1, 0),  # Her own mandate, in another enterprise, and what she is asked.
        zhou_the_acceptor.scope: (0, 0, 1, all_firms),  # What the register says is no secret among authorities.
        qian_the_auditor.scope: (0, 0, 1, all_firms),
        gao_the_administrator.scope: (0, 0, 1, 0),
        Scope(administers="420000/"): (0, 0, 0, 0),
        Scope(enterprise_id="999999"): (0, 0, 0, 0),
        NOTHING: (0, 0, 0, 0),
    }
    for scope, expected in table.items():
        assert tuple(seen(scope).values()) == expected, scope
    assert seen(EVERYTHING)["invitation"] == 1


GIVE = (
    "INSERT INTO parties_mandate (user_id, enterprise_id, capacity, powers, valid_from)"
    " VALUES (%s, %s, %s, '{draft,sign,receive}', '2026-09-08')"
)


@pytest.mark.parametrize(
    "name", ["wu_the_applicant", "wang_dehai_the_head", "zhou_the_acceptor", "gao_the_administrator"]
)
@pytest.mark.parametrize("capacity", ["case_contact", "legal_representative"])
def test_nobody_but_the_head_writes_a_mandate(enterprise, name, capacity, request):
    somebody = request.getfixturevalue(name)
    with (
        seen_by(somebody.scope),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        connection.cursor().execute(GIVE, [somebody.user_id, enterprise.pk, capacity])


def test_a_head_who_was_ended_writes_none_either(enterprise, zheng_the_head):
    commands.end_mandate(mandate=mandate_of("zhengguoqiang"), by=zheng_the_head, now=NOON)
    ma = person("malan")
    with (
        seen_by(zheng_the_head.scope),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        connection.cursor().execute(GIVE, [ma.user_id, enterprise.pk, "case_contact"])


@pytest.mark.parametrize("name", ["wu_the_applicant", "zheng_the_head"])
def test_nobody_writes_themselves_into_the_register(enterprise, name, request):
    somebody = request.getfixturevalue(name)
    with (
        seen_by(somebody.scope),
        pytest.raises(DatabaseError, match="changed by the system"),
        transaction.atomic(),
    ):
        connection.cursor().execute("UPDATE parties_enterprise SET legal_representative = '吴晓梅'")


def test_a_contact_ends_their_own_mandate_and_no_colleagues(wu_the_applicant):
    with seen_by(wu_the_applicant.scope), connection.cursor() as cursor:
        cursor.execute("UPDATE parties_mandate SET valid_to = '2026-09-07', ended_at = now()")
        assert cursor.rowcount == 1


@pytest.mark.parametrize("table", ["parties_mandate", "parties_invitation"])
def test_nobody_deletes(invited, zheng_the_head, table):
    with seen_by(zheng_the_head.scope), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
        assert cursor.rowcount == 0


def test_an_invitation_is_written_in_ones_own_name(enterprise, zheng_the_head, wu_the_applicant, invited):
    copied = (
        "INSERT INTO parties_invitation (revision, code_hash, enterprise_id, name, mobile, number, mark, capacity,"
        " powers, invited_by_id, invited_at, expires_at) SELECT 1, 'x', enterprise_id, name, mobile, number, mark,"
        " capacity, powers, invited_by_id, invited_at, expires_at FROM parties_invitation"
    )
    with seen_by(wu_the_applicant.scope), pytest.raises(DatabaseError, match="row-level"), transaction.atomic():
        connection.cursor().execute(copied)


ASK = (
    "INSERT INTO parties_invitation (revision, code_hash, enterprise_id, name, mobile, number, mark, capacity,"
    " powers, invited_by_id, invited_at, expires_at)"
    " VALUES (1, 'x', %s, '郑国强', '', '', %s, %s, '{draft,sign,receive}', %s, now(), now() + interval '7 days')"
)


@pytest.mark.parametrize("capacity", ["case_contact", "legal_representative"])
def test_a_contact_writes_no_invitation_beside_the_head(enterprise, wu_the_applicant, capacity):
    mark = bytes(proven("wuxiaomei").number_mark)
    with seen_by(wu_the_applicant.scope), pytest.raises(DatabaseError, match="row-level"), transaction.atomic():
        connection.cursor().execute(ASK, [enterprise.pk, mark, capacity, wu_the_applicant.user_id])


def test_a_contact_asks_for_a_head_and_never_becomes_it(enterprise, wu_the_applicant, zheng_the_head):
    """Nobody heads the firm; 吴晓梅 addresses the invitation to herself, accepts it, and is not whom the register
    names."""
    commands.end_mandate(mandate=mandate_of("zhengguoqiang"), by=zheng_the_head, now=NOON)
    Enterprise.objects.filter(pk=enterprise.pk).update(noted_at=NOON)
    mark, me = bytes(proven("wuxiaomei").number_mark), wu_the_applicant.user_id
    with seen_by(wu_the_applicant.scope), connection.cursor() as cursor:
        cursor.execute(ASK, [enterprise.pk, mark, "legal_representative", me])
        cursor.execute("UPDATE parties_invitation SET accepted_by_id = %s, accepted_at = now()", [me])
        assert cursor.rowcount == 1
        cursor.execute("UPDATE parties_mandate SET valid_to = '2026-09-07', ended_at = now() WHERE user_id = %s", [me])
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            cursor.execute(
                "INSERT INTO parties_mandate (user_id, enterprise_id, capacity, powers, valid_from, invitation_id)"
                " SELECT %s, enterprise_id, capacity, powers, '2026-09-08', id FROM parties_invitation",
                [me],
            )


def test_nobody_answers_an_invitation_for_whom_it_means(invited, wu_the_applicant, zheng_the_head):
    ma = person("malan")
    answer = "UPDATE parties_invitation SET accepted_by_id = %s, accepted_at = now()"
    for scope, user_id in ((zheng_the_head.scope, zheng_the_head.user_id), (zheng_the_head.scope, ma.user_id)):
        with seen_by(scope), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            connection.cursor().execute(answer, [user_id])
    with seen_by(ma.scope), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        connection.cursor().execute(answer, [zheng_the_head.user_id])
    with seen_by(wu_the_applicant.scope), connection.cursor() as cursor:
        cursor.execute(answer, [wu_the_applicant.user_id])
        assert cursor.rowcount == 0
    with seen_by(zheng_the_head.scope), pytest.raises(DatabaseError, match="means one person"), transaction.atomic():
        connection.cursor().execute("UPDATE parties_invitation SET mark = 'x'")


def test_nobody_asks_for_whom_others_act(world, wu_the_applicant, wang_the_sauce_brewer, zheng_the_head):
    firm = wang_the_sauce_brewer.enterprise_id
    asked = (
        (
            "SELECT count(*) FROM generate_series(1, 400) AS somebody, parties_mandates_of(somebody, %s)",
            [NOON.date()],
            1,
        ),
        ("SELECT count(*) FROM generate_series(1, 400) AS one WHERE parties_acts_for(one, %s)", [str(firm)], 0),
        ("SELECT count(*) FROM generate_series(1, 400) AS one WHERE parties_heads(one::text, %s)", [firm], 0),
    )
    with seen_by(wu_the_applicant.scope), connection.cursor() as cursor:
        for question, facts, answer in asked:
            cursor.execute(question, facts)
            assert cursor.fetchone()[0] == answer, question


def test_the_functions_that_stand_outside_answer_one_question_only(world, invited, wu_the_applicant):
    """They are asked before anybody is known: for one person, for one code."""
    with seen_by(NOTHING), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM parties_mandates_of(%s, %s)", [wu_the_applicant.user_id, NOON.date()])
        assert cursor.fetchone()[0] == 1
        cursor.execute("SELECT count(*) FROM parties_inviting('guessed')")
        assert cursor.fetchone()[0] == 0
    assert acting("wuxiaomei").enterprise_id == wu_the_applicant.enterprise_id
