"""Cases as the public sees them: progress by receipt number, decisions announced."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from xuke.publication.announcements import KINDS
from xuke.publication.api.schemas.base import Asked, Cursor, Day, Limit, Next, Told


class Step(Told):
    """办理的一步"""

    verb: str = Field(description="办了什么；以后会有新的值", examples=["accepted"])
    words: str = Field(description="办了什么，中文", examples=["受理"])
    on: date = Field(description="日期", examples=["2026-11-03"])


class Progress(Told):
    """一件申请办到哪一步，不含申请人的任何信息"""

    receipt_number: str = Field(description="接收凭证号", examples=["20260918-420500-0137"])
    acceptance_number: str = Field(description="受理号；还没有受理的为空字符串")
    stage: str = Field(description="办到哪个环节", examples=["材料审查"])
    standing: str = Field(description="现在的状态，中文", examples=["审查中"])
    text: str = Field(description="接下来会怎样，一句话，可以原样给人看")
    over: bool = Field(description="是不是已经办结")
    authority: str = Field(description="办理机关", examples=["宜昌市夷陵区市场监督管理局"])
    received_on: date = Field(description="收到申请的日期", examples=["2026-11-02"])
    due_on: date | None = Field(description="正在计算的期限到哪一天为止；没有期限在走的为null", examples=["2026-11-17"])
    due_provisional: bool = Field(description="期限是不是暂定：跨到了还没有公布放假安排的年份")
    licence_number: str = Field(description="发了许可证的，它的编号；没有的为空字符串")
    changed_at: datetime = Field(description="最近一次变化的时刻")
    steps: list[Step] = Field(description="从最早的开始")


AnnouncedKind = Literal["granted", "refused", "withdrawn", "rescinded", "revoked", "cancelled", "closed"]
_KINDS = "，".join(f"{kind}{words}" for kind, (words, _) in KINDS.items())


class AnnouncementFilters(Asked):
    """Which decisions."""

    kind: AnnouncedKind | None = Field(None, description=_KINDS)
    division: str = Field(
        "", max_length=40, description="生产地：行政区划代码的前2、4或者6位（GB/T 2260），或者地名", examples=["4205"]
    )
    category: int | None = Field(None, ge=1, le=32, description="食品类别的序号，1至32", examples=[14])
    since: Day | None = Field(None, alias="from", description="从哪一天的决定开始", examples=["2026-11-01"])
    until: Day | None = Field(None, alias="to", description="到哪一天的决定为止", examples=["2026-11-30"])
    limit: Limit = 20
    cursor: Cursor = ""


class Announcement(Told):
    """公示的一个决定"""

    id: int = Field(description="编号，只增不减", examples=[1024])
    kind: str = Field(description=f"{_KINDS}；以后会有新的值", examples=["granted"])
    words: str = Field(description="决定的中文", examples=["准予许可"])
    acceptance_number: str = Field(description="受理号；机关依职权作出的为空字符串")
    holder: str = Field(description="申请人、持证人名称")
    uscc: str = Field(description="统一社会信用代码")
    title: str = Field(description="申请许可的内容", examples=["茶叶及相关制品"])
    division: str = Field(description="生产地的行政区划代码", examples=["420506"])
    place: str = Field(description="生产地", examples=["湖北省宜昌市夷陵区"])
    authority: str = Field(description="作出决定的机关")
    decided_on: date = Field(description="决定的日期", examples=["2026-11-18"])
    announced_at: datetime = Field(description="公示的时刻")
    days: int | None = Field(description="从受理到决定用了几个工作日；不能计算的为null", examples=[6])
    licence_number: str = Field(description="发了许可证的，它的编号；没有的为空字符串")


class AnnouncementList(Told):
    """公示的决定，新的在前"""

    items: list[Announcement]
    next: Next
