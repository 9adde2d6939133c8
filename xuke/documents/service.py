"""How a notice is served and what proves it. Pure: values in, sentences out.

Permit law names no channels of its own; authorities follow the Civil Procedure Law (2023) art. 87 to 95 (confidence
uncertain, as is the period of a public announcement, which is a limit of the catalogue).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

ELECTRONIC, DIRECT, POST, LEFT, ANNOUNCEMENT = "electronic", "direct", "post", "left", "announcement"
ANNOUNCEMENT_LIMIT = "service.announcement"
"""The limit of the catalogue that says after how many days an announcement counts as service."""


@dataclass(frozen=True)
class Channel:
    """One way to serve a notice."""

    name: str
    title: str
    proves: str
    """What must be on file, in words for the officer."""
    needs: tuple[tuple[str, str], ...]
    """The fields of `Proof` that may not be empty, with the sentence for an empty one."""
    basis: str
    confidence: str = "uncertain"


CHANNELS = {
    channel.name: channel
    for channel in (
        Channel(ELECTRONIC, "电子送达", "平台记录的到达时间和签收时间", (), "民事诉讼法（2023年）第九十条"),
        Channel(
            DIRECT,
            "直接送达",
            "受送达人签名或者盖章的签收页",
            (("receiver", "请填写签收人。"), ("file", "请上传签收页。")),
            "民事诉讼法（2023年）第八十八条",
        ),
        Channel(
            POST,
            "邮寄送达",
            "邮件编号；送达日期是回执上注明的收件日期",
            (("tracking", "请填写邮件编号。"), ("receiver", "请填写回执上的签收人。")),
            "民事诉讼法（2023年）第九十一条",
        ),
        Channel(
            LEFT,
            "留置送达",
            "见证人签名，或者拍照、录像记录的送达过程",
            (
                ("place", "请填写留置的地点。"),
                ("witnesses", "请填写见证人；没有见证人的，写明怎样拍照、录像。"),
                ("file", "请上传见证人签名的页面或者照片。"),
                ("note", "请写明拒绝签收的经过。"),
            ),
            "民事诉讼法（2023年）第八十九条",
        ),
        Channel(
            ANNOUNCEMENT,
            "公告送达",
            "公告的刊登处和日期；经过规定的日数视为送达",
            (
                ("publication", "请填写公告刊登在哪里。"),
                ("published_on", "请填写公告日期。"),
                ("note", "请写明为什么其他方式不能送达。"),
            ),
            "民事诉讼法（2023年）第九十五条",
        ),
    )
}
BY_HAND = tuple(channel for channel in CHANNELS.values() if channel.name != ELECTRONIC)
"""The channels that an officer records."""


@dataclass(frozen=True)
class Proof:
    """What an officer writes down about a service. `has_file` says whether a page or picture was uploaded."""

    channel: str
    served_on: date | None = None
    """The day on the receipt; an announcement has none, its day follows from `published_on`."""
    place: str = ""
    receiver: str = ""
    relation: str = ""
    tracking: str = ""
    witnesses: str = ""
    publication: str = ""
    published_on: date | None = None
    note: str = ""
    has_file: bool = field(default=False, compare=False)


class Recorded(Protocol):
    """What is kept of a service that an officer wrote down."""

    channel: str
    served_on: date
    place: str
    receiver: str
    relation: str
    tracking: str
    witnesses: str
    publication: str
    published_on: date | None
    note: str


def proof_of(recorded: Recorded) -> Proof:
    """What was typed when a service was written down."""
    names = ("place", "receiver", "relation", "tracking", "witnesses", "publication", "published_on", "note")
    kept = {name: getattr(recorded, name) for name in names}
    served_on = None if recorded.channel == ANNOUNCEMENT else recorded.served_on
    return Proof(recorded.channel, served_on=served_on, **kept)


def why_not(proof: Proof, *, issued_on: date, today: date) -> Iterator[tuple[str, str]]:
    """Field and sentence for everything that keeps this proof from counting."""
    channel = CHANNELS.get(proof.channel)
    if channel is None or channel.name == ELECTRONIC:
        yield "channel", "请选择送达方式。"
        return
    given: Mapping[str, object] = {**vars(proof), "file": proof.has_file}
    for name, sentence in channel.needs:
        if not given[name]:
            yield name, sentence
    at = "published_on" if channel.name == ANNOUNCEMENT else "served_on"
    day = proof.published_on if channel.name == ANNOUNCEMENT else proof.served_on
    if day is None:
        if at == "served_on":
            yield at, "请填写送达日期。"
    elif day > today:
        yield at, "日期不能晚于今天。"
    elif day < issued_on:
        yield at, "日期不能早于文书签发的日期。"


def day_of_service(proof: Proof, *, announcement_days: int) -> date:
    """The day that counts: the one on the receipt; an announcement counts when its days have passed (art. 95)."""
    if proof.channel == ANNOUNCEMENT:
        assert proof.published_on is not None
        return proof.published_on + timedelta(days=announcement_days)
    assert proof.served_on is not None
    return proof.served_on
