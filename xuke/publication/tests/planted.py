"""A few rows of the public tables, planted without the lives that would have led to them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from xuke.foundation.identifiers import food_licence
from xuke.publication.models import Announcement, Progress, PublishedEvent, PublishedLicence
from xuke.publication.projection.register import plain, tokens

FIRST = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
RECEIPT = "20260918-420506-0001"


def number_of(place: int) -> str:
    """The licence number at a place in the row of those planted."""
    return food_licence.compose(category="114", division="420506", sequence=place)


def licences(count: int, *, name: str = "夷陵区青岗岭第{}茶业有限公司") -> list[PublishedLicence]:
    """So many licences, each granted a minute after the one before, with their first event."""
    rows = [_licence(place, name.format(place)) for place in range(1, count + 1)]
    PublishedLicence.objects.bulk_create(rows)
    PublishedEvent.objects.bulk_create(_event(row) for row in rows)
    return rows


def _licence(place: int, holder: str) -> PublishedLicence:
    granted = date(2026, 9, 1)
    return PublishedLicence(
        number=number_of(place),
        place=10_000 + place,
        state="in_force",
        holder=holder,
        uscc="91420506MA49ABCD1X",
        categories=[14],
        products="茶叶及相关制品：茶叶",
        division="420506",
        authority="宜昌市夷陵区市场监督管理局",
        authority_path="420000/420500/420506",
        granted_on=granted,
        valid_to=date(2031, 8, 31),
        version=1,
        identifier=f"1.2.156.3005.2.TEST.{place}",
        changed_at=FIRST + timedelta(minutes=place),
        plain=plain(holder),
        tokens=tokens(holder, "420506", [14], "in_force"),
    )


def _event(row: PublishedLicence) -> PublishedEvent:
    return PublishedEvent(
        number=row.number,
        seq=1,
        verb="issued",
        effective_on=row.granted_on,
        recorded_at=row.changed_at,
        state="in_force",
        valid_to=row.valid_to,
        version=1,
    )


def announcements(count: int) -> None:
    """So many decisions, the later the greater their number."""
    Announcement.objects.bulk_create(
        Announcement(
            id=place,
            verb="granted" if place % 3 else "refused",
            acceptance_number=f"宜市监食许受〔2026〕{place:04}号",
            holder=f"夷陵区第{place}茶业有限公司",
            uscc="91420506MA49ABCD1X",
            title="茶叶及相关制品",
            procedure="food.first",
            division="420506",
            place="湖北省宜昌市夷陵区",
            authority="宜昌市夷陵区市场监督管理局",
            authority_path="420000/420500/420506",
            category=14,
            categories=[14],
            days=6,
            decided_on=date(2026, 9, 1) + timedelta(days=place % 5),
            announced_at=FIRST,
            licence_number=number_of(place),
        )
        for place in range(1, count + 1)
    )


def progress() -> Progress:
    """A case that was accepted."""
    return Progress.objects.create(
        receipt_number=RECEIPT,
        acceptance_number="宜市监食许受〔2026〕0137号",
        procedure="food.first",
        state="accepted",
        authority="宜昌市夷陵区市场监督管理局",
        steps=[
            {"verb": "submitted", "on": "2026-09-18", "shown": FIRST.isoformat()},
            {"verb": "accepted", "on": "2026-09-20", "shown": FIRST.isoformat()},
        ],
        received_on=date(2026, 9, 18),
        due_on=date(2026, 10, 9),
        changed_at=FIRST,
    )
