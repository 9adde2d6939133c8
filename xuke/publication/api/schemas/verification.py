"""Verification: one certificate or a thousand."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from xuke.publication.api.schemas.base import Asked, Told
from xuke.publication.api.schemas.register import State

MOST_NUMBERS = 1_000
LONGEST_NUMBER = 200


class Verdict(StrEnum):
    """What can be said about a certificate."""

    IN_FORCE = "in_force"
    REPLACED = "replaced"
    EXPIRED = "expired"
    ENDED = "ended"
    ALTERED = "altered"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"
    OTHER = "other"
    MALFORMED = "malformed"


VERDICTS = {
    Verdict.IN_FORCE: "真实，现行有效；只凭编号时是登记在册，现行有效",
    Verdict.REPLACED: "已被新版替换",
    Verdict.EXPIRED: "有效期届满",
    Verdict.ENDED: "已撤回、撤销、吊销或者注销",
    Verdict.ALTERED: "内容被改动",
    Verdict.FOREIGN: "不是本系统签发，或者登记簿里没有",
    Verdict.UNKNOWN: "暂时无法核验",
    Verdict.OTHER: "由本系统签章，但不是许可证",
    Verdict.MALFORMED: "不像许可证编号或者电子证照标识（只在批量核验里）",
}
Judged = Annotated[
    Verdict,
    Field(description="结论：" + "；".join(f"{verdict}{words}" for verdict, words in VERDICTS.items())),
]


class Check(Told):
    """核验的一项"""

    title: str = Field(description="核验了什么，结论是什么", examples=["版本最新"])
    text: str = Field(description="说明", examples=["第1版，没有更新的版本"])
    passed: bool | None = Field(description="通过、没有通过；null是没有核验")


class Registered(Told):
    """登记簿里登记的这一版证书"""

    number: str = Field(description="食品生产许可证编号", examples=["SC11442050600216"])
    identifier: str = Field(description="这一版的电子证照标识（GB/T 36904）")
    version: int = Field(description="版次", examples=[1])
    newest: bool = Field(description="是不是最新一版")
    holder: str = Field(description="生产者名称", examples=["宜昌市夷陵区青岗岭茶业有限公司"])
    uscc: str = Field(description="统一社会信用代码", examples=["91420506MA49ABCD1X"])
    categories: list[str] = Field(description="食品类别", examples=[["茶叶及相关制品"]])
    authority: str = Field(description="发证机关", examples=["宜昌市夷陵区市场监督管理局"])
    issued_on: date = Field(description="这一版的发证日期", examples=["2026-11-18"])
    valid_to: date = Field(description="有效期的最后一天", examples=["2031-11-17"])
    state: State = Field(description="许可今天的状态")
    state_words: str = Field(description="状态的中文", examples=["有效"])
    digest: str = Field(description="登记的电子证书文件的SHA-256；还没有制成时为空字符串")


class Verified(Told):
    """核验的结论"""

    asked: str = Field(description="核验的编号，规范写法；二维码和文件为空字符串", examples=["SC11442050600216"])
    verdict: Judged
    headline: str = Field(description="结论", examples=["登记在册，现行有效"])
    sentence: str = Field(description="结论的说明，可以原样给人看")
    checked_on: date = Field(description="按哪一天的状态", examples=["2026-11-22"])
    licence: Registered | None = Field(description="登记簿里的证书；没有的为null")
    checks: list[Check] = Field(description="逐项核验的结果")


class VerifiedFile(Verified):
    """核验文件的结论"""

    digest: str = Field(description="收到的文件的SHA-256")
    signer: str = Field(description="签章的证书名称；没有可信的签章时为空字符串")
    signed_at: str = Field(
        description="签章时间（ISO 8601）；没有可信的签章时为空字符串", examples=["2026-11-18T02:15:00Z"]
    )


class Numbers(Asked):
    """要核验的编号"""

    numbers: list[str] = Field(
        min_length=1,
        max_length=MOST_NUMBERS,
        description=f"许可证编号或者电子证照标识，一次最多{MOST_NUMBERS}个；可以重复，空格和大小写不影响",
        examples=[["SC11442050600216", "SC10142010500013"]],
    )


class Item(Told):
    """一个编号的结论"""

    asked: str = Field(
        description="核验的编号，规范写法；认不出来的照原样，最长200个字符", examples=["SC11442050600216"]
    )
    verdict: Judged
    headline: str = Field(description="结论", examples=["登记在册，现行有效"])
    sentence: str = Field(description="结论的说明，可以原样给人看")
    licence: Registered | None = Field(description="登记簿里的证书；没有的为null")


class VerifiedNumbers(Told):
    """批量核验的结论"""

    checked_on: date = Field(description="按哪一天的状态", examples=["2026-11-22"])
    items: list[Item] = Field(description="与请求同样的顺序，一个不少")
