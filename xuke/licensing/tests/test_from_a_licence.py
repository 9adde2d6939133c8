"""What starts from a licence: nothing is typed twice, only what changes is asked, and what the law does not allow is
refused in a sentence."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from xuke.certificates.commands import expire_ended
from xuke.certificates.models import CertificateVersion, Licence
from xuke.config.demonstration import signing, stories
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Conflict, Invalid, NotFound, StepNotOpen
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import commands, queries, starting, statements
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure
from xuke.parties import commands as parties
from xuke.parties.commands import Registered
from xuke.tests.cast import NOON, Minutes, drafted, told

NEW_NAME = "宜昌禾穗坊食品集团有限公司"


@pytest.fixture
def licence(at):
    return at("granted").licence


def renamed(enterprise, name=NEW_NAME):
    """The registration authority registers another name."""
    known = {field: getattr(enterprise, field) for field in Registered.__dataclass_fields__}
    return parties.note_registration(
        enterprise=enterprise, registered=replace(Registered(**known), name=name), by=SYSTEM, now=NOON
    )


def submitted(case, cast, now=NOON):
    proof = signing.proof("submit", case, by=cast.applicant, now=now)
    return commands.submit(application=case, proof=proof, by=cast.applicant, now=now)


def morning(day):
    return datetime.combine(day, time(9), tzinfo=journal.SHANGHAI)


def test_a_draft_is_filled_in_from_the_licence(licence, the_cast):
    begun = commands.start(procedure_code="food.change", licence=licence, by=the_cast.applicant, now=NOON)
    printed = CertificateVersion.objects.get(licence=licence).content
    assert begun.form["site"]["production_address"] == printed["production_address"]
    assert [row["detail"] for row in begun.varieties] == [row["detail"] for row in printed["product_details"]]
    assert sum(row["main"] for row in begun.varieties) == 1
    asked = [section.name for section in procedure("food.change").asked(begun.form)]
    assert asked == ["changes", "enterprise", "declaration"], "nothing is asked before something is ticked"


def test_a_new_name_needs_no_visit_and_stands_on_the_next_version(licence, the_cast, world):
    renamed(licence.enterprise)
    case = drafted(
        world,
        the_cast,
        Minutes(NOON),
        procedure="food.change",
        changes={"producer_name": "yes", "since": NOON.date().isoformat()},
    )
    case = submitted(case, the_cast)
    assert case.title == "变更：生产者名称"
    signed = statements.compose(
        "submit",
        case,
        signer=statements.signer_now(the_cast.applicant, today=NOON.date()),
        authority=case.authority,
        today=NOON.date(),
    )
    assert signed.parts[0].name == "differences", "whoever signs a change signs what changes first"
    case = commands.accept(application=case, by=the_cast.acceptor, now=NOON)
    case = commands.begin_review(application=case, by=the_cast.reviewer, now=NOON)
    with pytest.raises(StepNotOpen, match="没有需要现场核实的内容"):
        stories.step_to("verification_assigned", case, the_cast, lambda: NOON)
    case = commands.propose(application=case, opinion="登记信息已经变更。", by=the_cast.reviewer, now=NOON)
    assert case.proposal["results"] == {"case": "pass"}
    case = commands.grant(application=case, by=the_cast.decider, now=NOON)
    newest = CertificateVersion.objects.get(licence=licence, version=2).content
    assert (newest["producer_name"], newest["licence_number"]) == (NEW_NAME, licence.number)


def test_a_name_is_changed_where_it_is_registered_first(licence, the_cast, world):
    case = drafted(
        world,
        the_cast,
        Minutes(NOON),
        procedure="food.change",
        changes={"producer_name": "yes", "since": NOON.date().isoformat()},
    )
    with pytest.raises(Invalid) as refusal:
        submitted(case, the_cast)
    assert "先到登记机关办理变更登记" in told(refusal)["changes.producer_name"]
    renamed(licence.enterprise)
    case = drafted(world, the_cast, Minutes(NOON), procedure="food.renewal")
    with pytest.raises(Invalid) as refusal:
        submitted(case, the_cast)
    assert "请先申请变更" in told(refusal)["enterprise.producer_name"]


def test_a_plant_that_moves_applies_anew_and_its_old_licence_ends_with_the_new_one(licence, the_cast, world, at):
    case = drafted(world, the_cast, Minutes(NOON), procedure="food.change", changes={"site_move": "yes"})
    with pytest.raises(Invalid) as refusal:
        submitted(case, the_cast)
    assert "应当重新申请食品生产许可（食品生产许可管理办法（2020年）第三十二条）" in told(refusal)["changes.site_move"]

    move = stories.draft(
        the_cast, lambda: NOON, licence=licence, file=lambda *_: world.file, sections={"site": _new_site(the_cast)}
    )
    assert move.varieties, "the products come along"
    granted = at("granted", application=submitted(move, the_cast))
    assert granted.licence.number != licence.number
    assert Licence.objects.get(pk=licence.pk).state == "cancelled"


def _new_site(cast):
    return {**stories.filled_form(cast)["site"], "production_address": "小溪塔街道新址路8号"}


def test_what_is_no_longer_ticked_is_what_the_licence_says(licence, the_cast):
    me = the_cast.applicant
    case = commands.start(procedure_code="food.change", licence=licence, by=me, now=NOON)
    before = case.varieties

    def save(section, values):
        return commands.save_section(application=case, section=section, values=values, by=me, now=NOON)

    case = save("changes", {"category": "yes"})
    case = save("products", {"varieties": [*before, {"code": "2801", "detail": "保健食品片剂", "main": False}]})
    assert len(case.varieties) == len(before) + 1
    case = save("changes", {"category": ""})
    assert case.varieties == before
    with pytest.raises(NotFound):
        save("products", {"varieties": []})


def test_the_last_day_to_renew_is_thirty_working_days_before_the_end(licence):
    renewal = procedure("food.renewal")
    last = current_calendar().subtract(licence.valid_to, 30).on
    due = starting.renewal_deadline(renewal, licence, today=NOON.date())
    assert due.on == last
    ahead = starting.outlook(renewal, licence, today=last - timedelta(days=45))
    assert f"还有45天可以申请延续，最晚{last.year}年{last.month}月{last.day}日" in ahead
    assert "待核实" in starting.outlook(renewal, licence, today=last + timedelta(days=1))


def test_a_late_renewal_is_taken_while_the_licence_lasts_and_flagged(licence, the_cast, world):
    day = morning(current_calendar().subtract(licence.valid_to, 5).on)
    case = drafted(world, the_cast, Minutes(day), procedure="food.renewal")
    case = submitted(case, the_cast, now=day)
    assert "仍予受理" in starting.lateness(procedure(case.procedure), case, today=day.date())


def test_renewing_one_day_late_says_what_and_why(licence, the_cast):
    day = morning(licence.valid_to + timedelta(days=1))
    with pytest.raises(Conflict) as refusal:
        commands.start(procedure_code="food.renewal", licence=licence, by=the_cast.applicant, now=day)
    for words in (licence.number, "届满", "重新申请", "第三十四条"):
        assert words in refusal.value.sentence


def test_without_the_declaration_somebody_goes_to_the_site(licence, the_cast, world):
    changed = {"production": "unchanged", "around": "changed"}
    case = drafted(world, the_cast, Minutes(NOON), procedure="food.renewal", conditions=changed)
    case = submitted(case, the_cast)
    case = commands.accept(application=case, by=the_cast.acceptor, now=NOON)
    case = commands.begin_review(application=case, by=the_cast.reviewer, now=NOON)
    with pytest.raises(StepNotOpen, match="须先完成现场核查"):
        commands.propose(application=case, opinion="建议准予。", by=the_cast.reviewer, now=NOON)


def test_a_visit_is_left_out_only_with_a_reason_and_nothing_against_it(at, the_cast):
    case = at("document_review", procedure="food.renewal")
    with pytest.raises(Invalid) as refusal:
        commands.propose(application=case, opinion="建议准予。", by=the_cast.reviewer, now=NOON)
    assert set(told(refusal)) == {"no_visit", "nothing_against"}
    stories.step_to("verification_assigned", case, the_cast, lambda: NOON)


def test_while_one_case_of_a_licence_runs_another_waits(at, the_cast, world):
    running = at("accepted", procedure="food.renewal")
    change = drafted(world, the_cast, Minutes(NOON), procedure="food.change")
    with pytest.raises(Conflict) as refusal:
        submitted(change, the_cast)
    assert running.receipt_number in refusal.value.sentence


def test_nothing_is_built_on_a_certificate_that_was_replaced(at, the_cast, world):
    change = drafted(world, the_cast, Minutes(NOON), procedure="food.change")
    at("recorded")
    with pytest.raises(Conflict, match="换发了第2版"):
        submitted(Application.objects.get(pk=change.pk), the_cast)


def test_what_the_province_did_not_switch_on_is_not_offered(licence, the_cast):
    with pytest.raises(Conflict, match="本地没有开通"):
        commands.start(procedure_code="food.reissue", licence=licence, by=the_cast.applicant, now=NOON)


def test_nobody_starts_from_the_licence_of_another(licence, the_sauce_cast):
    with pytest.raises(NotFound):
        commands.start(procedure_code="food.renewal", licence=licence, by=the_sauce_cast.applicant, now=NOON)


def test_a_licence_whose_renewal_waits_does_not_expire(at, the_cast):
    case = at("accepted", procedure="food.renewal")
    after = morning(case.starts_from.valid_to + timedelta(days=1))
    assert expire_ended(keep=queries.renewals_waiting(today=after.date()), by=SYSTEM, now=after) == 0
    assert expire_ended(by=SYSTEM, now=after) == 1


def test_a_refused_change_leaves_the_licence_as_it_is(at):
    case = at("refused", procedure="food.change")
    assert Licence.objects.get().state == "in_force"
    assert CertificateVersion.objects.count() == 1
    assert case.outcome["reason"] == stories.REFUSAL
