"""Drafting: nothing is typed twice, nothing typed is lost, nothing odd gets in."""

from dataclasses import replace
from datetime import timedelta

import pytest

from xuke.foundation.refusals import Conflict, Invalid, NotFound, NotPermitted, StepNotOpen
from xuke.licensing import commands
from xuke.licensing.models import Application
from xuke.tests.cast import NOON, told, verbs


@pytest.fixture
def draft(wu_the_applicant):
    return commands.start(procedure_code="food.first", by=wu_the_applicant, now=NOON)


def save(application, section, values, by, **other):
    return commands.save_section(application=application, section=section, values=values, by=by, now=NOON, **other)


def test_wu_begins_with_what_the_register_knows(draft, the_cast):
    assert draft.form["enterprise"] == {
        "producer_name": the_cast.firm.name,
        "uscc": draft.enterprise.uscc,
        "legal_representative": the_cast.firm.legal_representative,
        "domicile": f"湖北省宜昌市{the_cast.firm.address}",
        "contact_name": "吴晓梅",
    }
    assert (draft.state, draft.revision, verbs(draft)) == ("draft", 1, ["application.started"])


def test_a_double_click_begins_one_draft(draft, wu_the_applicant):
    again = commands.start(procedure_code="food.first", by=wu_the_applicant, now=NOON + timedelta(seconds=1))
    assert again.pk == draft.pk
    assert Application.objects.count() == 1


def test_there_is_no_procedure_of_that_name(wu_the_applicant):
    with pytest.raises(NotFound, match="没有这种申请"):
        commands.start(procedure_code="food.fantasy", by=wu_the_applicant, now=NOON)


def test_an_officer_begins_no_application(zhou_the_acceptor):
    with pytest.raises(NotPermitted, match="由申请人办理"):
        commands.start(procedure_code="food.first", by=zhou_the_acceptor, now=NOON)


def test_wu_saves_half_a_form_and_wrong_answers(draft, wu_the_applicant):
    saved = save(draft, "site", {"division_code": "4205", "area": "很大"}, wu_the_applicant)
    kept = Application.objects.get().form["site"]
    assert kept == {"division_code": "4205", "area": "很大"}
    assert (saved.revision, verbs(draft)[-1]) == (2, "application.saved")


def test_saving_the_same_again_writes_nothing(draft, wu_the_applicant):
    save(draft, "site", {"area": "1200"}, wu_the_applicant)
    again = save(draft, "site", {"area": " 1200 "}, wu_the_applicant)
    assert again.revision == 2
    assert verbs(draft) == ["application.started", "application.saved"]


def test_what_nobody_asked_for_is_not_kept(draft, wu_the_applicant):
    save(draft, "site", {"area": "1200", "resident_id": "420502199001010018"}, wu_the_applicant)
    assert Application.objects.get().form["site"] == {"area": "1200"}


@pytest.mark.parametrize(
    ("section", "values", "field"),
    [
        ("site", {"area": ["1200"]}, "site.area"),
        ("site", {"production_address": {"street": "兴禾路"}}, "site.production_address"),
        ("site", {"area": None}, "site.area"),
        ("equipment", {"list": "搅拌机"}, "equipment.list"),
        ("equipment", {"list": ["搅拌机"]}, "equipment.list"),
        ("equipment", {"list": [{"name": "搅拌机"}, {"quantity": [2]}]}, "equipment.list.1.quantity"),
        ("products", {"varieties": {"code": "2401"}}, "products.varieties"),
        ("products", {"varieties": [{"code": ["2401"]}]}, "products.varieties.0.code"),
    ],
)
def test_what_is_no_text_is_refused_before_it_stands_on_a_certificate(section, values, field, draft, wu_the_applicant):
    with pytest.raises(Invalid) as refusal:
        save(draft, section, values, wu_the_applicant)
    assert list(told(refusal)) == [field]
    assert Application.objects.get().revision == 1


@pytest.mark.parametrize("text", ["1\x00200", "\ud83d", "12\x1b00", "恒" * 20_001], ids=["nul", "half", "esc", "long"])
def test_what_cannot_be_kept_is_told(text, draft, wu_the_applicant):
    with pytest.raises(Invalid) as refusal:
        save(draft, "site", {"area": text}, wu_the_applicant)
    assert list(told(refusal)) == ["values.area"]


def test_ten_million_characters_are_refused_in_a_sentence(draft, wu_the_applicant):
    with pytest.raises(Invalid, match="最多20000个字，现在有10000000个字"):
        save(draft, "site", {"surroundings": "恒" * 10_000_000}, wu_the_applicant)


def test_there_is_no_such_section(draft, wu_the_applicant):
    with pytest.raises(NotFound, match="没有这一步"):
        save(draft, "horoscope", {"sign": "狮子"}, wu_the_applicant)


def test_somebody_of_another_enterprise_finds_nothing(draft, wang_the_sauce_brewer):
    with pytest.raises(NotFound):
        save(draft, "site", {"area": "1"}, wang_the_sauce_brewer)


def test_what_is_submitted_is_not_changed_any_more(at, wu_the_applicant):
    application = at("submitted")
    with pytest.raises(StepNotOpen, match="内容不能再改"):
        save(application, "site", {**application.form["site"], "area": "1"}, wu_the_applicant)


def test_wu_in_two_windows_saves_last_and_that_counts(draft, wu_the_applicant):
    save(draft, "site", {"area": "1200"}, wu_the_applicant, revision=1)
    save(draft, "site", {"area": "1300"}, wu_the_applicant, revision=1)
    assert Application.objects.get().form["site"]["area"] == "1300"


def test_a_colleague_who_changed_the_same_step_is_named(draft, wu_the_applicant):
    colleague = replace(wu_the_applicant, user_id=10**6, name="吴小海")
    save(draft, "site", {"area": "1200"}, colleague)
    with pytest.raises(Conflict) as refusal:
        save(draft, "site", {"area": "1300"}, wu_the_applicant, revision=1)
    assert (refusal.value.who, refusal.value.what) == (colleague.label, "修改了这一步")
    assert refusal.value.at == NOON


def test_a_colleague_at_another_step_is_in_nobodys_way(draft, wu_the_applicant):
    colleague = replace(wu_the_applicant, user_id=10**6, name="吴小海")
    save(draft, "people", {"list": []}, colleague)
    save(draft, "site", {"area": "1300"}, wu_the_applicant, revision=1)
    assert Application.objects.get().form["site"]["area"] == "1300"
