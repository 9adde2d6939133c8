"""What is said to an officer at the top of the inbox: what waits for them, what is late, and where to go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from xuke.accounts.officers import Officer, Role
from xuke.certificates.endings import ENDED

COUNTED_UPTO = 1_000
"""Figures are counted row by row, and no further than this."""
SOON = timedelta(days=7)
"""A check that is due so soon is prepared now."""
_FOLLOWED = """FROM {table} AS followed
            JOIN certificates_licence AS licence ON licence.id = followed.licence_id
            WHERE %(supervises)s AND {open} AND licence.state <> ALL (%(ended)s)"""
"""What follows a licence and is still to be done; nothing is, once the licence has ended."""
CHECK = _FOLLOWED.format(table="licensing_postissuecheck", open="checked_on IS NULL")
RECTIFICATION = _FOLLOWED.format(table="licensing_rectification", open="confirmed_on IS NULL")
_SPOKEN = f"""
SELECT
    (SELECT count(*) FROM (
        SELECT FROM licensing_alarm WHERE %(supervises)s AND closed_at IS NULL AND authority_path = %(path)s
            AND reach >= 2 AND seen_at IS NULL LIMIT %(most)s) AS unseen),
    (SELECT count(*) FROM (
        SELECT FROM licensing_alarm WHERE %(supervises)s AND closed_at IS NULL AND reach = 3 AND seen_above_at IS NULL
            AND authority_path > %(path)s AND authority_path < %(path)s || '~' LIMIT %(most)s) AS risen),
    (SELECT count(*) FROM (
        SELECT FROM licensing_breach WHERE %(supervises)s AND authority_path = %(path)s AND explained_at IS NULL
            AND lapsed_at IS NULL LIMIT %(most)s) AS unexplained),
    (SELECT count(*) FROM (
        SELECT FROM licensing_alarm WHERE %(accepts)s AND closed_at IS NULL AND authority_path = %(path)s
            AND clock = 'acceptance' AND level IN ('silence4', 'last') LIMIT %(most)s) AS silent),
    (SELECT count(*) FROM (
        SELECT FROM licensing_application WHERE %(decides)s AND authority_id = %(authority)s
            AND (extension -> 'status') = '"asked"' LIMIT %(most)s) AS asked),
    (SELECT count(*) FROM (
        SELECT FROM licensing_hand AS hand JOIN licensing_alarm AS alarm USING (application_id)
        WHERE hand.person = %(me)s AND hand.is_open AND alarm.closed_at IS NULL AND alarm.level <> 'half'
        LIMIT %(most)s) AS mine),
    (SELECT count(*) FROM (
        SELECT FROM licensing_application WHERE %(decides)s AND authority_id = %(authority)s
            AND paused_for <> '' AND hearing ->> 'standing' = 'requested' LIMIT %(most)s) AS hearings),
    (SELECT count(*) FROM (
        SELECT FROM licensing_application WHERE hearing_chair_id = %(me)s
            AND paused_for <> '' AND hearing ->> 'standing' = 'arranged' LIMIT %(most)s) AS chairs),
    (SELECT count(*) FROM (
        SELECT FROM licensing_hand AS hand JOIN licensing_application AS written ON written.id = hand.application_id
        WHERE hand.person = %(me)s AND hand.is_open AND written.unread_by_office LIMIT %(most)s) AS messages),
    (SELECT count(*) FROM (
        SELECT {CHECK} AND followed.authority_path = %(path)s
            AND due_on < %(today)s LIMIT %(most)s) AS checks),
    (SELECT count(*) FROM (
        SELECT {CHECK} AND followed.authority_path = %(path)s
            AND due_on BETWEEN %(today)s AND %(soon)s LIMIT %(most)s) AS coming),
    (SELECT count(*) FROM (
        SELECT {RECTIFICATION} AND followed.authority_path = %(path)s
            AND reported_at IS NULL AND due_on < %(today)s LIMIT %(most)s) AS unreported),
    (SELECT count(*) FROM (
        SELECT {RECTIFICATION} AND followed.authority_path = %(path)s
            AND reported_at IS NOT NULL LIMIT %(most)s) AS reported),
    (SELECT count(*) FROM (
        SELECT {CHECK} AND followed.authority_path > %(path)s AND followed.authority_path < %(path)s || '~'
            AND due_on < %(today)s LIMIT %(most)s) AS checks_below),
    (SELECT count(*) FROM (
        SELECT {RECTIFICATION} AND followed.authority_path > %(path)s AND followed.authority_path < %(path)s || '~'
            AND reported_at IS NULL AND due_on < %(today)s LIMIT %(most)s) AS unreported_below),
    (SELECT count(*) FROM (
        SELECT FROM licensing_application WHERE %(decides)s AND authority_id = %(authority)s
            AND paused_for <> '' AND hearing ->> 'standing' = 'arranged' AND jsonb_path_exists(
                hearing, '$.recusals[*] ? (@.decided_on == null && @.chair == $.chair_id)'
            ) LIMIT %(most)s) AS recusals)
"""  # noqa: S608 - only words of ours


@dataclass(frozen=True)
class Spoken:
    """What is said at the top of the inbox."""

    unseen: int = 0
    risen: int = 0
    """What escalated from authorities below."""
    unexplained: int = 0
    silent: int = 0
    """Receipts that the law accepts tomorrow or the day after."""
    asked: int = 0
    """Requests for more time that wait for this officer's decision."""
    mine: int = 0
    """Cases in which this officer has a hand, and whose term is nearly used up, or over."""
    hearings: int = 0
    """Hearings that somebody asked for and nobody has called yet."""
    chairs: int = 0
    """Hearings that this officer is to chair."""
    messages: int = 0
    """Cases in which this officer has a hand, and whose applicant has written."""
    checks: int = 0
    """Checks after issue whose day has passed, of the licences that this officer supervises day by day."""
    coming: int = 0
    """Checks whose day comes within a week."""
    unreported: int = 0
    """Rectification whose day has passed without a report of the enterprise."""
    reported: int = 0
    """Rectification that was reported, and waits for somebody to look."""
    checks_below: int = 0
    unreported_below: int = 0
    recusals: int = 0
    """Hearings whose chair somebody asked to stay away, to be decided."""

    @property
    def sentences(self) -> list[tuple[str, str]]:
        """What there is to say, and where to go on; nothing when there is nothing."""
        desk, after = "/office/deadlines/", "/office/checks/"
        said = (
            (self.mine, f"您经办的申请有{self.mine}件时限快到或者已超期", "/office/mine/"),
            (self.unseen, f"本机关有{self.unseen}件时限提醒还没有签阅", desk),
            (self.risen, f"下级机关有{self.risen}件到期或者超期，已升级到您这里", f"{desk}?where=below"),
            (self.unexplained, f"{self.unexplained}件超期还没有说明原因", f"{desk}?show=breaches"),
            (self.silent, f"{self.silent}件收到材料已到第4日，再不告知就依法视为受理", "/office/?stage=acceptance"),
            (self.hearings, f"{self.hearings}件要求听证，等您通知时间和地点", "/office/hearings/"),
            (self.recusals, f"{self.recusals}件申请听证主持人回避，等您决定", "/office/hearings/"),
            (self.chairs, f"{self.chairs}件听证由您主持", "/office/hearings/"),
            (self.messages, f"{self.messages}件申请有申请人的新消息", "/office/mine/"),
            (self.asked, f"{self.asked}件申请延长期限，等您批准", f"{desk}?show=extensions"),
            (self.checks, f"{self.checks}项证后检查超过期限", after),
            (self.coming, f"{self.coming}项证后检查7日内到期", after),
            (self.unreported, f"{self.unreported}项核查后的整改超过期限，企业还没有报告", after),
            (self.reported, f"{self.reported}项整改企业已经报告，等您确认", after),
            (self.checks_below, f"下级机关有{self.checks_below}项证后检查超过期限", after),
            (self.unreported_below, f"下级机关有{self.unreported_below}项整改超过期限，企业还没有报告", after),
        )
        return [(text, url) for count, text, url in said if count]


def spoken(officer: Officer, *, today: date) -> Spoken:
    """What is said to an officer at the top of the inbox, in one statement."""
    asked: dict[str, Any] = {
        "path": officer.authority_path,
        "authority": officer.authority_id,
        "me": officer.user_id,
        "supervises": officer.has(Role.SUPERVISOR),
        "accepts": officer.has(Role.ACCEPTOR),
        "decides": officer.has(Role.DECIDER),
        "most": COUNTED_UPTO,
        "today": today,
        "soon": today + SOON,
        "ended": list(ENDED),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SPOKEN, asked)
        return Spoken(*cursor.fetchone())
