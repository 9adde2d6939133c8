"""The one list of everything that has to be corrected (一次告知), and what a resubmission may end in."""

from datetime import date, timedelta

import pytest

from xuke.config.demonstration import stories
from xuke.foundation import files, journal
from xuke.foundation.refusals import Invalid, StepNotOpen
from xuke.licensing import clocks, commands, permissions
from xuke.licensing.tests.acts import signed
from xuke.tests.cast import NOON, TOMORROW, notices_about, tiny_pdf, told

NEXT_TUESDAY = NOON + timedelta(days=8)


def ask(application, by, items=stories.CORRECTIONS, now=NOON):
    return commands.ask_correction(application=application, items=items, by=by, now=now)


def decline(application, by, missing, now=NOON, **other):
    return commands.decline_acceptance(application=application, missing=missing, by=by, now=now, **other)


# --- the list ---------------------------------------------------------------------------------------------------------


def test_zhou_lists_everything_once_and_the_term_stops(at, zhou_the_acceptor):
    application = ask(at("submitted"), zhou_the_acceptor)
    assert [row["item"] for row in application.corrections] == ["食品生产设备布局图", "食品安全管理制度"]
    assert (application.due_on, application.due_provisional) == (None, False)
    notice = notices_about(application)[-1]
    assert (notice.kind, notice.content["corrections"]) == ("correction_notice", application.corrections)
    reading = clocks.term(journal.history(application.stream), today=NEXT_TUESDAY.date()).reading
    assert reading.schedule.stop == date(2026, 9, 7)


def test_empty_rows_of_the_list_are_no_items(at, zhou_the_acceptor):
    rows = [{"item": " ", "defect": ""}, {"item": "布局图", "defect": "看不清"}, {}]
    assert ask(at("submitted"), zhou_the_acceptor, rows).corrections == [
        {"item": "布局图", "defect": "看不清", "remedy": ""}
    ]


def test_a_list_is_refused_with_all_its_mistakes_at_once(at, zhou_the_acceptor):
    rows = [
        {"item": "布局图", "defect": ""},
        {"item": "", "defect": "缺页"},
        {"item": "图" * 101, "defect": "缺" * 501, "remedy": "补" * 501},
    ]
    with pytest.raises(Invalid) as refusal:
        ask(at("submitted"), zhou_the_acceptor, rows)
    wrong = told(refusal)
    assert list(wrong) == ["items.0", "items.1", "items.2"]
    assert "第3项的材料最多100个字，现在有101个字" in wrong["items.2"]
    assert "第3项的问题最多500个字" in wrong["items.2"]
    assert "第3项的要求最多500个字" in wrong["items.2"]


@pytest.mark.parametrize("rows", [[], [{"item": "", "defect": "", "remedy": ""}], [{}]])
def test_a_list_of_nothing_is_no_list(rows, at, zhou_the_acceptor):
    with pytest.raises(Invalid, match="至少列出一项"):
        ask(at("submitted"), zhou_the_acceptor, rows)


def test_a_list_has_an_end(at, zhou_the_acceptor):
    with pytest.raises(Invalid, match="最多列100项"):
        ask(at("submitted"), zhou_the_acceptor, [{"item": f"第{n}份", "defect": "缺"} for n in range(101)])


def test_there_is_no_second_list(at, zhou_the_acceptor):
    application = at("resubmitted")
    with pytest.raises(StepNotOpen, match="不能再发第二份清单"):
        ask(application, zhou_the_acceptor)
    assert "第二份清单" in permissions.why_not(zhou_the_acceptor, "ask_correction", application)
    assert [notice.kind for notice in notices_about(application)].count("correction_notice") == 1


def test_after_five_silent_days_a_list_comes_too_late(at, zhou_the_acceptor):
    application = at("submitted")
    with pytest.raises(StepNotOpen, match="依法自收到之日起即为受理"):
        ask(application, zhou_the_acceptor, now=NEXT_TUESDAY)
    today = NEXT_TUESDAY.date()
    assert "即为受理" in permissions.why_not(zhou_the_acceptor, "ask_correction", application, today=today)
    assert not permissions.why_not(zhou_the_acceptor, "ask_correction", application, today=date(2026, 9, 14))
    assert commands.accept(application=application, by=zhou_the_acceptor, now=NEXT_TUESDAY).state == "accepted"


def test_nothing_is_asked_after_acceptance(at, zhou_the_acceptor):
    with pytest.raises(StepNotOpen, match="受理后不能再要求补正"):
        ask(at("accepted"), zhou_the_acceptor)


# --- the answer -------------------------------------------------------------------------------------------------------


def test_wu_corrects_and_the_five_days_begin_again(at, wu_the_applicant):
    application = at("correction_requested")
    file = files.store([tiny_pdf("改正")], "布局图.pdf", now=TOMORROW)
    commands.file_material(
        application=application,
        kind="equipment_layout_plan",
        file=file,
        name="布局图.pdf",
        by=wu_the_applicant,
        now=TOMORROW,
    )
    back = signed("resubmit", application, by=wu_the_applicant, now=TOMORROW)
    assert (back.state, back.due_on) == ("resubmitted", date(2026, 9, 15))
    assert back.received_on == date(2026, 9, 7)
    term = clocks.term(journal.history(back.stream), today=TOMORROW.date())
    assert (term.title, term.reading.started_on, term.reading.left) == ("受理时限", date(2026, 9, 8), 5)


def test_a_resubmission_is_checked_like_a_submission(at, the_cast):
    application = at("correction_requested")
    broken = commands.save_section(
        application=application, section="people", values={"list": []}, by=the_cast.applicant, now=NOON
    )
    with pytest.raises(Invalid) as refusal:
        signed("resubmit", broken, by=the_cast.applicant, now=NOON)
    assert list(told(refusal)) == ["people.list"]


@pytest.mark.parametrize(
    ("section", "values"),
    [
        ("site", {"division_code": "420581"}),
        ("products", {"varieties": [{"code": "0501", "detail": "巴氏杀菌乳", "remark": "", "main": True}]}),
    ],
    ids=["another county", "milk, for the prefecture"],
)
def test_a_correction_does_not_carry_the_case_to_another_authority(section, values, at, the_cast):
    application = at("correction_requested")
    moved = commands.save_section(
        application=application,
        section=section,
        values={**application.form[section], **values},
        by=the_cast.applicant,
        now=NOON,
    )
    with pytest.raises(Invalid, match="不再由宜昌市夷陵区市场监督管理局受理"):
        signed("resubmit", moved, by=the_cast.applicant, now=NOON)


def test_what_is_still_missing_ends_in_a_notice_that_names_it(at, zhou_the_acceptor):
    application = decline(at("resubmitted"), zhou_the_acceptor, [1])
    assert (application.state, application.due_on) == ("not_accepted", None)
    notice = notices_about(application)[-1]
    assert notice.kind == "non_acceptance_notice"
    assert [row["item"] for row in notice.content["missing"]] == ["食品安全管理制度"]
    assert notice.content["ground"] == "incomplete"
    assert notice.content["reason"] == "补正后申请材料仍不齐全或者不符合法定形式。"
    assert journal.history(application.stream)[-1].facts["missing"] == ["食品安全管理制度"]


@pytest.mark.parametrize("missing", [[], [5], [-1], [2, 99]])
def test_when_the_whole_list_is_there_acceptance_is_mandatory(missing, at, zhou_the_acceptor):
    application = at("resubmitted")
    with pytest.raises(Invalid, match="全部补齐的，应当受理"):
        decline(application, zhou_the_acceptor, missing)
    assert commands.accept(application=application, by=zhou_the_acceptor, now=NOON).state == "accepted"


def test_all_that_is_wrong_with_a_non_acceptance_is_told_at_once(at, zhou_the_acceptor):
    with pytest.raises(Invalid) as refusal:
        decline(at("resubmitted"), zhou_the_acceptor, [], reason="理" * 1001)
    assert list(told(refusal)) == ["missing", "reason"]


def test_after_five_silent_days_nothing_is_declined(at, zhou_the_acceptor):
    with pytest.raises(StepNotOpen, match="不能再要求补正或者不予受理"):
        decline(at("resubmitted"), zhou_the_acceptor, [1], now=NEXT_TUESDAY)


def test_a_first_submission_is_not_declined_for_missing_papers(at, zhou_the_acceptor):
    with pytest.raises(StepNotOpen):
        decline(at("submitted"), zhou_the_acceptor, [0])
