"""The legal representative changes: by the register, by the enterprise, or at the counter. Nobody is locked out."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from xuke.accounts.commands import add_user, prove_real_name
from xuke.accounts.models import User
from xuke.config.demonstration.people import resident_number
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted
from xuke.parties import commands, queries
from xuke.parties.commands import Registered
from xuke.parties.models import Enterprise, Mandate
from xuke.parties.tests.conftest import mandate_of, person
from xuke.tests.cast import NOON, TOMORROW, at_once, everything, told, verbs

TODAY = NOON.date()


def register_says(enterprise, by=SYSTEM, **change):
    known = {name: getattr(enterprise, name) for name in ("name", "legal_representative", "domicile", "division_code")}
    return commands.note_registration(enterprise=enterprise, registered=Registered(**known | change), by=by, now=NOON)


@pytest.fixture
def lin(enterprise):
    """林晓, the next legal representative, has an account and a proven name."""
    user = add_user(login_name="linxiao", name="林晓", password="a-good-long-one", by=SYSTEM, now=NOON)
    prove_real_name(
        user=user,
        name="林晓",
        number=resident_number(7000, "420506"),
        mobile="13900007000",
        proven_by="demonstration",
        by=SYSTEM,
        now=NOON,
    )
    return user


def acting(login_name, enterprise):
    return queries.applicant(User.objects.get(login_name=login_name), today=TOMORROW.date(), enterprise=enterprise)


def invite_lin(enterprise, by, name="林晓"):
    return commands.invite(
        enterprise=enterprise, name=name, mobile="13900007000", capacity="legal_representative", by=by, now=NOON
    )[1]


def test_a_change_in_the_register_ends_the_former_head_and_nobody_else(enterprise, zheng_the_head):
    found = register_says(enterprise, legal_representative="林晓", state="in_operation")
    assert found.legal_representative == "林晓"
    assert mandate_of("zhengguoqiang").ended_at == NOON
    assert mandate_of("wuxiaomei").ended_at is None
    assert verbs(enterprise)[-2:] == ["enterprise.registration_noted", "enterprise.mandate_ended"]
    assert journal.history(enterprise.stream)[-2].facts == {"changed": {"legal_representative": "林晓"}}
    before = verbs(enterprise)
    register_says(found)
    assert verbs(enterprise) == before


def test_the_enterprise_itself_lets_the_new_head_in(enterprise, zheng_the_head, wu_the_applicant, lin):
    register_says(enterprise, legal_representative="林晓")
    code = invite_lin(enterprise, wu_the_applicant)
    commands.accept_invitation(code=code, by=person("linxiao"), now=TOMORROW)
    head = acting("linxiao", enterprise)
    assert (head.capacity, head.powers) == ("legal_representative", {"draft", "sign", "receive"})
    commands.end_mandate(mandate=mandate_of("wuxiaomei"), by=head, now=TOMORROW)


def test_nobody_becomes_head_under_another_name_than_the_registers(enterprise, wu_the_applicant, zheng_the_head, lin):
    for by in (wu_the_applicant, zheng_the_head):
        with pytest.raises(NotPermitted, match="登记的法定代表人（负责人）是郑国强"):
            invite_lin(enterprise, by)
    with pytest.raises(NotPermitted, match="登记的法定代表人（负责人）是郑国强"):
        invite_lin(enterprise, wu_the_applicant, name="吴晓梅")


def test_a_namesake_of_the_head_cannot_use_an_invitation_of_somebody_else(enterprise, wu_the_applicant, lin):
    register_says(enterprise, legal_representative="林晓")
    code = invite_lin(enterprise, wu_the_applicant)
    register_says(Enterprise.objects.get(pk=enterprise.pk), legal_representative="郑国强")
    with pytest.raises(NotPermitted, match="登记的法定代表人（负责人）是郑国强"):
        commands.accept_invitation(code=code, by=person("linxiao"), now=TOMORROW)


@pytest.fixture
def namesake(world):
    """Somebody else who is called 郑国强 too."""
    user = add_user(login_name="namesake", name="郑国强", password=None, by=SYSTEM, now=NOON)
    prove_real_name(
        user=user,
        name="郑国强",
        number=resident_number(7001, "420506"),
        mobile="13900007001",
        proven_by="demonstration",
        by=SYSTEM,
        now=NOON,
    )
    return user


def invite_namesake(enterprise, by):
    return commands.invite(
        enterprise=enterprise, name="郑国强", mobile="13900007001", capacity="legal_representative", by=by, now=NOON
    )[1]


def test_nobody_asks_for_a_second_head_beside_the_seated_one(enterprise, wu_the_applicant, zheng_the_head, namesake):
    register_says(enterprise)
    for by in (wu_the_applicant, zheng_the_head):
        with pytest.raises(Conflict, match="已经有法定代表人（负责人）在办事"):
            invite_namesake(enterprise, by)


def test_a_head_who_is_seated_meanwhile_closes_what_was_asked(
    enterprise, wu_the_applicant, zheng_the_head, zhou_the_acceptor, namesake
):
    register_says(enterprise)
    commands.end_mandate(mandate=mandate_of("zhengguoqiang"), by=zheng_the_head, now=NOON)
    code = invite_namesake(enterprise, wu_the_applicant)
    zheng = User.objects.get(login_name="zhengguoqiang")
    commands.give_mandate(user=zheng, enterprise=enterprise, capacity="legal_representative", by=SYSTEM, now=TOMORROW)
    with pytest.raises(Conflict, match="已经有法定代表人（负责人）在办事"):
        commands.accept_invitation(code=code, by=person("namesake"), now=TOMORROW)
    with everything():
        commands.seat_head(enterprise=enterprise, user=zheng, documents="营业执照", by=zhou_the_acceptor, now=TOMORROW)
    with pytest.raises(Conflict, match="已经撤回"):
        commands.accept_invitation(code=code, by=person("namesake"), now=TOMORROW)


def test_a_register_that_only_the_enterprise_has_told_lets_no_head_in(
    enterprise, wu_the_applicant, zheng_the_head, namesake
):
    """Whoever registers a firm types who heads it; that is no register."""
    commands.end_mandate(mandate=mandate_of("zhengguoqiang"), by=zheng_the_head, now=NOON)
    with pytest.raises(NotPermitted, match="登记信息还没有核验"):
        invite_namesake(enterprise, wu_the_applicant)


def test_an_enterprise_has_one_head_whatever_statement_is_sent(enterprise, namesake):
    row = {"user": namesake, "enterprise": enterprise, "capacity": "legal_representative", "valid_from": TODAY}
    with pytest.raises(IntegrityError, match="one_head"), transaction.atomic():
        Mandate.objects.create(**row)
    with pytest.raises(IntegrityError, match="head_without_end"), transaction.atomic():
        Mandate.objects.create(**row, valid_to=TOMORROW.date())
    zheng = User.objects.get(login_name="zhengguoqiang")
    with pytest.raises(Conflict, match="已经有法定代表人"):
        commands.give_mandate(
            user=namesake, enterprise=enterprise, capacity="legal_representative", by=SYSTEM, now=NOON
        )
    assert mandate_of("zhengguoqiang").user_id == zheng.pk


def test_a_change_in_the_register_is_waited_for_before_a_head_is_let_in(
    committed_db, world, wu_the_applicant, zheng_the_head
):
    """The register changes back while the next head says yes: nobody heads who is not registered."""
    with everything():
        enterprise = Enterprise.objects.get(pk=wu_the_applicant.enterprise_id)
        user = add_user(login_name="linxiao", name="林晓", password=None, by=SYSTEM, now=NOON)
        prove_real_name(
            user=user,
            name="林晓",
            number=resident_number(7000, "420506"),
            mobile="13900007000",
            proven_by="demonstration",
            by=SYSTEM,
            now=NOON,
        )
        register_says(enterprise, legal_representative="林晓")
    code = invite_lin(enterprise, wu_the_applicant)

    def act(what):
        if what == "accept":
            return commands.accept_invitation(code=code, by=person("linxiao"), now=TOMORROW)
        return register_says(enterprise, legal_representative="郑国强")

    at_once(act, ["accept", "register"])
    with everything():
        firm = Enterprise.objects.get(pk=enterprise.pk)
        heads = Mandate.objects.filter(enterprise=firm, capacity="legal_representative", ended_at=None)
        assert firm.legal_representative == "郑国强"
        assert not heads.exists()


def test_at_the_counter_the_registered_head_is_seated_when_nobody_else_is_left(
    enterprise, zheng_the_head, zhou_the_acceptor, lin
):
    commands.end_mandate(mandate=mandate_of("wuxiaomei"), by=zheng_the_head, now=NOON)
    commands.end_mandate(mandate=mandate_of("zhengguoqiang"), by=zheng_the_head, now=NOON)
    with everything():
        register_says(enterprise, by=zhou_the_acceptor, legal_representative="林晓")
        commands.seat_head(
            enterprise=enterprise, user=lin, documents="营业执照、居民身份证原件", by=zhou_the_acceptor, now=NOON
        )
    with everything():
        assert acting("linxiao", enterprise).capacity == "legal_representative"
        entry = journal.history(enterprise.stream)[-1]
    assert (entry.verb, entry.actor_label) == ("enterprise.head_seated", "周敏（宜昌市夷陵区市场监督管理局）")
    assert entry.facts["documents"] == "营业执照、居民身份证原件"


def test_the_counter_seats_nobody_but_the_registered_head(enterprise, zhou_the_acceptor, yang_of_yidu, lin):
    with everything(), pytest.raises(Invalid) as refusal:
        commands.seat_head(enterprise=enterprise, user=lin, documents="身份证", by=zhou_the_acceptor, now=NOON)
    assert "登记的法定代表人（负责人）是郑国强" in told(refusal)["number"]
    with everything(), pytest.raises(Invalid, match="核验了哪些证照"):
        commands.seat_head(enterprise=enterprise, user=lin, documents=" ", by=zhou_the_acceptor, now=NOON)
    with everything(), pytest.raises(NotPermitted, match="不在您的辖区"):
        commands.seat_head(enterprise=enterprise, user=lin, documents="身份证", by=yang_of_yidu, now=NOON)


@pytest.mark.parametrize("name", ["wu_the_applicant", "zheng_the_head", "chen_the_reviewer", "yang_of_yidu"])
def test_what_the_register_says_is_not_for_them_to_write(enterprise, name, request):
    with pytest.raises(NotPermitted):
        register_says(enterprise, by=request.getfixturevalue(name), legal_representative="吴晓梅")


@pytest.mark.parametrize(
    ("change", "field"),
    [({"name": " "}, "name"), ({"state": "asleep"}, "state"), ({"division_code": "1"}, "division_code")],
)
def test_what_is_wrong_is_told(enterprise, change, field):
    with pytest.raises(Invalid) as refusal:
        register_says(enterprise, **change)
    assert list(told(refusal)) == [field]
