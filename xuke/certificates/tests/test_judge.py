"""The verdict, and the words for it: seven answers, each in plain language."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from xuke.certificates import verification
from xuke.certificates.qr import Summary
from xuke.certificates.tests.conftest import NOON, TEA
from xuke.certificates.verdicts import Registered, Verdict, judge_code, judge_file, judge_number
from xuke.certificates.verification import CodeVerification, Verification

FILE = Verification(verification.Verdict.AUTHENTIC, "d1", signer="演示印章", signed_at=NOON, content=TEA)
CODE = CodeVerification(summary=Summary.of(TEA))
REGISTERED = Registered(
    content=TEA,
    version=1,
    newest=True,
    digest="d1",
    standing="in_force",
    standing_words="有效",
    valid_to=date(2031, 11, 22),
)
OLD = replace(REGISTERED, newest=False)
EXPIRED = replace(REGISTERED, standing="expired", standing_words="有效期届满")
REVOKED = replace(REGISTERED, standing="revoked", standing_words="已吊销")


@pytest.mark.parametrize(
    ("registered", "verdict", "headline", "tone"),
    [
        (REGISTERED, Verdict.IN_FORCE, "真实，现行有效", ""),
        (OLD, Verdict.REPLACED, "真实，已被新版替换", "off"),
        (EXPIRED, Verdict.EXPIRED, "真实，有效期届满", "off"),
        (REVOKED, Verdict.ENDED, "真实，已吊销", "off"),
        (replace(REVOKED, newest=False), Verdict.ENDED, "真实，已吊销", "off"),
        (replace(REGISTERED, digest="d2"), Verdict.ALTERED, "内容被改动", "bad"),
        (replace(REGISTERED, digest=""), Verdict.UNKNOWN, "暂时无法核验", "off"),
        (None, Verdict.UNKNOWN, "暂时无法核验", "off"),
    ],
)
def test_a_file_that_we_signed_is_held_against_the_register(registered, verdict, headline, tone):
    answer = judge_file(FILE, registered)
    assert (answer.verdict, answer.headline, answer.tone) == (verdict, headline, tone)


@pytest.mark.parametrize(
    ("found", "verdict", "headline"),
    [
        (verification.Verdict.ALTERED, Verdict.ALTERED, "内容被改动"),
        (verification.Verdict.INCONSISTENT, Verdict.ALTERED, "内容被改动"),
        (verification.Verdict.FOREIGN, Verdict.FOREIGN, "不是本系统签发"),
        (verification.Verdict.UNSIGNED, Verdict.FOREIGN, "不是本系统签发"),
        (verification.Verdict.KEY_NOT_VALID, Verdict.FOREIGN, "不是本系统签发"),
        (verification.Verdict.NOT_A_LICENCE, Verdict.OTHER, "真实，但不是许可证"),
    ],
)
def test_a_file_that_is_not_as_we_signed_it_never_reaches_the_register(found, verdict, headline):
    answer = judge_file(Verification(found, "d1", ("原因。",), signer="演示印章"), REGISTERED)
    assert (answer.verdict, answer.headline) == (verdict, headline)


def test_without_the_register_a_signature_still_counts_for_what_it_is():
    answer = judge_file(FILE, None, reachable=False)
    assert answer.verdict is Verdict.UNKNOWN
    assert answer.sentence.startswith("签章真实，内容未被改动。")
    assert [check.passed for check in answer.checks] == [True, None]


def test_a_code_asks_to_compare_the_paper():
    answer = judge_code(CODE, REGISTERED)
    assert answer.headline == "真实，现行有效"
    assert "逐项核对" in answer.sentence
    assert answer.checks[-1].passed is None


def test_a_code_over_other_content_is_altered():
    other = replace(REGISTERED, content=replace(TEA, producer_name="别的企业"))
    assert judge_code(CODE, other).verdict is Verdict.ALTERED


def test_a_code_nobody_signed_is_foreign():
    answer = judge_code(CodeVerification(("二维码的内容被改动。",)), None)
    assert (answer.verdict, answer.tone) == (Verdict.FOREIGN, "bad")


def test_a_number_proves_nothing_about_the_paper_and_says_so():
    answer = judge_number(REGISTERED)
    assert answer.headline == "登记在册，现行有效"
    assert "只凭编号查不出" in answer.sentence
    assert judge_number(None).verdict is Verdict.FOREIGN
    assert judge_number(None, reachable=False).verdict is Verdict.UNKNOWN


def test_every_answer_and_every_check_differs_by_shape_as_well():
    shapes = {answer.icon for answer in map(judge_number, (REGISTERED, OLD, EXPIRED, REVOKED, None))}
    assert len(shapes) == 5
    assert len({check.icon for check in judge_number(OLD).checks}) == 3
