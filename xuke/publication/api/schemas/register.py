"""The register: licences, their history, the standing on a day."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from xuke.publication.api.schemas.base import Asked, Cursor, Day, Limit, Moment, Next, Told
from xuke.publication.rules import Standing


class State(StrEnum):
    """in_force有效，expired有效期届满，withdrawn已撤回，rescinded已撤销，revoked已吊销，cancelled已注销"""

    IN_FORCE = "in_force"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    RESCINDED = "rescinded"
    REVOKED = "revoked"
    CANCELLED = "cancelled"


Number = Annotated[str, Field(description="食品生产许可证编号", examples=["SC11442050600216"])]
Uscc = Annotated[str, Field(description="统一社会信用代码（GB 32100）", examples=["91420506MA49ABCD1X"])]


class LicenceFilters(Asked):
    """The same filters as on the page of the register."""

    q: str = Field(
        "",
        max_length=100,
        description="生产者名称里的字，空格分开的词都要有；或者许可证编号、信用代码（可以只写开头）",
        examples=["茶业"],
    )
    division: str = Field(
        "", max_length=40, description="生产地：行政区划代码的前2、4或者6位（GB/T 2260），或者地名", examples=["4205"]
    )
    category: int | None = Field(None, ge=1, le=32, description="食品类别的序号，1至32", examples=[14])
    state: list[State] = Field(
        [], max_length=6, description=f"状态，可以写几个：{State.__doc__}", examples=[["in_force"]]
    )
    on: Day | None = Field(None, description="按哪一天的状态，不晚于今天；不填就是今天", examples=["2026-11-01"])
    uscc: str = Field("", max_length=30, description="统一社会信用代码", examples=["91420506MA49ABCD1X"])
    changed_since: Moment | None = Field(
        None, description="只要登记簿里从这一时刻起有变化的，增量同步用", examples=["2026-11-01T00:00:00+08:00"]
    )
    limit: Limit = 20
    cursor: Cursor = ""


class Category(Told):
    """食品类别"""

    number: int = Field(description="序号，1至32", examples=[14])
    name: str = Field(description="名称", examples=["茶叶及相关制品"])


class Licence(Told):
    """登记簿里的一张许可证，最新一版"""

    number: Number
    state: Standing = Field(description="今天的状态；已经公布、还没有生效的是not_yet")
    state_words: str = Field(description="状态的中文", examples=["有效"])
    holder: str = Field(description="生产者名称", examples=["宜昌市夷陵区青岗岭茶业有限公司"])
    uscc: Uscc
    categories: list[Category] = Field(description="许可的食品类别")
    products: str = Field(description="许可的品种，一行写完", examples=["茶叶及相关制品：茶叶、代用茶"])
    division: str = Field(description="生产地的行政区划代码（GB/T 2260）", examples=["420506"])
    place: str = Field(description="生产地", examples=["湖北省宜昌市夷陵区"])
    authority: str = Field(description="发证机关", examples=["宜昌市夷陵区市场监督管理局"])
    granted_on: date = Field(description="发证日期", examples=["2026-11-18"])
    valid_to: date = Field(description="有效期的最后一天", examples=["2031-11-17"])
    ended_on: date | None = Field(description="撤回、撤销、吊销、注销生效的日期；没有的为null")
    version: int = Field(description="最新一版的版次", examples=[1])
    identifier: str = Field(description="最新一版的电子证照标识（GB/T 36904）")
    changed_at: datetime = Field(description="登记簿里最近一次变化的时刻", examples=["2026-11-18T02:15:00Z"])
    page: str = Field(description="公示页面的地址（相对于网站根）", examples=["/licences/SC11442050600216/"])


class LicenceList(Told):
    """许可证列表，最近有变化的在前"""

    items: list[Licence]
    next: Next
    notice: str | None = Field(description="需要知道的事，例如编号的校验码不对、没有查完；没有的为null")


class Event(Told):
    """许可证发生过的一件事"""

    seq: int = Field(description="在这张许可证历史里的序号，只增不减", examples=[1])
    verb: str = Field(description="发生了什么；以后会有新的值", examples=["issued"])
    words: str = Field(description="发生了什么，中文", examples=["准予许可，核发许可证"])
    effective_on: date = Field(description="生效的日期", examples=["2026-11-18"])
    recorded_at: datetime = Field(description="登记的时刻", examples=["2026-11-18T02:15:00Z"])
    state: State = Field(description="从此以后的状态")
    valid_to: date = Field(description="从此以后有效期的最后一天", examples=["2031-11-17"])
    version: int = Field(description="涉及的版次", examples=[1])


class LicenceWithHistory(Licence):
    """一张许可证和它的历史"""

    history: list[Event] = Field(description="从最早的开始")


class StandingQuestion(Asked):
    """A day, and the moment whose knowledge is asked for."""

    on: str = Field("", max_length=40, description="问哪一天；不填就是今天", examples=["2026-11-01"])
    known_at: str = Field(
        "", max_length=40, description="按登记簿在哪一时刻的记载；不填就是现在", examples=["2026-11-02T12:00:00+08:00"]
    )


class StandingAsked(Told):
    """问的是什么"""

    number: Number
    on: date = Field(description="问的是哪一天", examples=["2026-11-01"])
    known_at: datetime = Field(description="按登记簿在哪一时刻的记载")


class StandingAnswer(Told):
    """答复"""

    valid: bool = Field(description="那一天能不能依据它生产")
    standing: Standing = Field(description="那一天的状态；not_yet还没有核发，unknown登记簿当时没有记载")
    title: str = Field(description="状态的中文", examples=["有效"])
    valid_from: date | None = Field(description="从哪一天起", examples=["2026-09-07"])
    valid_to: date | None = Field(description="有效期的最后一天", examples=["2031-09-06"])
    since: date | None = Field(description="这个状态从哪一天起")
    sentence: str = Field(description="一句话，可以原样给人看")


class SignedStanding(Told):
    """签名的答复：除jws以外的内容就是签了名的内容"""

    format: str = Field(description="格式", examples=["xuke.standing/1"])
    iss: str = Field(description="谁答复的", examples=["https://licence.example"])
    sub: str = Field(description="许可证编号", examples=["SC11442050600216"])
    iat: int = Field(description="答复的时刻（Unix秒）")
    question: StandingAsked
    answer: StandingAnswer
    holder: str = Field(description="生产者名称")
    asked_at: datetime = Field(description="答复的时刻")
    register_revision: int = Field(description="答复依据的最后一条历史的序号")
    demo: bool = Field(description="是不是演示系统的答复")
    jws: str = Field(description="上面内容的签名（RFC 7515，EdDSA）；公钥在/.well-known/jwks.json")
