"""The three facts, read afresh from the database at the moment of signing."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Event, Thread

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from xuke.accounts.commands import withdraw_real_name
from xuke.accounts.models import RealName, User
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import NotFound, NotPermitted
from xuke.foundation.transactions import opened_for
from xuke.parties import commands, permissions, queries
from xuke.parties.models import Enterprise
from xuke.parties.rules import why_not_sign
from xuke.parties.tests.conftest import acting, mandate_of
from xuke.tests.cast import NOON, everything, seen_by

TODAY = NOON.date()


def why_not(applicant, today=TODAY, **other):
    with seen_by(applicant.scope):
        return why_not_sign(queries.standing_to_sign(applicant, today=today), **other)


def test_wu_may_sign_and_it_costs_one_statement(wu_the_applicant):
    with seen_by(wu_the_applicant.scope), CaptureQueriesContext(connection) as asked:
        assert why_not_sign(queries.standing_to_sign(wu_the_applicant, today=TODAY)) == ""
    assert len(asked) == 1


def test_the_head_may_sign(zheng_the_head):
    assert why_not(zheng_the_head) == ""


def test_a_mandate_that_ended_a_minute_ago_signs_nothing(wu_the_applicant, zheng_the_head):
    """The page was opened while it was valid: the request carries powers that are gone."""
    commands.end_mandate(mandate=mandate_of("wuxiaomei"), by=zheng_the_head, now=NOON - timedelta(minutes=1))
    assert wu_the_applicant.may("sign")
    assert "已经结束，2026年9月7日起不再有效" in why_not(wu_the_applicant)
    with pytest.raises(NotPermitted, match="已经结束") as refusal, seen_by(wu_the_applicant.scope):
        permissions.demand_standing(queries.standing_to_sign(wu_the_applicant, today=TODAY))
    assert refusal.value.basis == "民法典第一百七十三条"


def test_a_mandate_that_began_anew_counts_and_not_the_one_before(wu_the_applicant, zheng_the_head):
    commands.change_mandate(
        mandate=mandate_of("wuxiaomei"), powers=["sign"], last_day=date(2026, 9, 8), by=zheng_the_head, now=NOON
    )
    assert why_not(wu_the_applicant) == ""
    assert "不包括“签收文书”" in why_not(wu_the_applicant, power="receive")
    assert "2026年9月9日起不再有效" in why_not(wu_the_applicant, today=date(2026, 9, 9))


def test_a_document_that_expired_signs_nothing(wu_the_applicant):
    RealName.objects.filter(user=wu_the_applicant.user_id).update(valid_to=TODAY - timedelta(days=1))
    assert "您经居民身份证核验的实名有效期到2026年9月6日为止" in why_not(wu_the_applicant)


def test_a_name_that_was_withdrawn_signs_nothing(wu_the_applicant):
    user = User.objects.get(pk=wu_the_applicant.user_id)
    withdraw_real_name(user=user, reason="证件有误", by=SYSTEM, now=NOON)
    assert "实名已经撤回" in why_not(wu_the_applicant)


def test_an_enterprise_that_was_deregistered_signs_nothing(wu_the_applicant, enterprise):
    Enterprise.objects.filter(pk=enterprise.pk).update(state="deregistered")
    assert why_not(wu_the_applicant) == "宜昌禾穗坊食品有限公司已经注销，不能再以它的名义办事。"


def test_each_of_the_three_is_told_at_once(wu_the_applicant, zheng_the_head, enterprise):
    commands.end_mandate(mandate=mandate_of("wuxiaomei"), by=zheng_the_head, now=NOON)
    RealName.objects.filter(user=wu_the_applicant.user_id).update(valid_to=TODAY - timedelta(days=1))
    Enterprise.objects.filter(pk=enterprise.pk).update(term_ends_on=TODAY - timedelta(days=1))
    sentence = why_not(wu_the_applicant)
    assert [part in sentence for part in ("营业期限", "居民身份证", "授权已经结束")] == [True] * 3


def test_nobody_stands_for_an_enterprise_they_cannot_see(wu_the_applicant, wang_the_sauce_brewer):
    with seen_by(wang_the_sauce_brewer.scope), pytest.raises(NotFound):
        queries.standing_to_sign(wu_the_applicant, today=TODAY)


def test_signing_and_ending_wait_for_each_other(committed_db, world, wu_the_applicant):
    """While the mandate is being ended in another session, a signature waits, and then sees that it has ended."""
    with everything():
        head, mandate = acting("zhengguoqiang"), mandate_of("wuxiaomei")
    ended, go = Event(), Event()
    found = []

    def sign():
        try:
            ended.wait(30)
            with opened_for(wu_the_applicant.scope):
                Thread(target=go.set).start()
                found.append(why_not_sign(queries.standing_to_sign(wu_the_applicant, today=TODAY)))
        finally:
            connections.close_all()

    signing = Thread(target=sign)
    signing.start()
    with opened_for(head.scope):
        commands.end_mandate(mandate=mandate, by=head, now=NOON)
        ended.set()
        assert go.wait(30)
        assert not found
    signing.join(30)
    assert "已经结束" in found[0]
