"""What each state of a licence means, in words for whoever looks it up: which of 撤回, 撤销, 吊销, 注销, 届满 it is, by
whom and why such a thing happens, and what one may rely on. Pure.

Administrative Licensing Law art. 8 (撤回), 69 (撤销), 70 (注销), 50 (有效期); Food Safety Law art. 122–135 (吊销).
"""

from __future__ import annotations

from dataclasses import dataclass

from xuke.publication.rules import Standing


@dataclass(frozen=True, slots=True)
class State:
    """A state in words."""

    title: str
    tone: str
    """Of its badge."""
    look: str
    """Of the verdict over a page: nothing for what counts, ``off`` for what no longer does, ``bad`` for a sanction."""
    icon: str
    meaning: str
    reliance: str
    """What one may rely on."""
    basis: str = ""


STATES = {
    Standing.IN_FORCE: State(
        "有效",
        "ok",
        "",
        "shield-check",
        "许可在有效期内，没有被撤回、撤销、吊销或者注销。",
        "可以依据它生产明细表里的品种；明细表以外的品种不在许可范围内。",
        "食品生产许可管理办法第二条、第三十二条",
    ),
    Standing.EXPIRED: State(
        "有效期届满",
        "off",
        "off",
        "clock",
        "有效期已经过了最后一天，没有延续。到期不延续，许可自然失效，不是处罚。",
        "有效期内生产的产品不因届满而失去依据；届满以后不能再依据它生产。",
        "行政许可法第五十条、第七十条第（一）项",
    ),
    Standing.WITHDRAWN: State(
        "已撤回",
        "off",
        "off",
        "arrow-back-up",
        "许可当初合法，后来法律依据修改废止，或者客观情况发生重大变化，为了公共利益由发证机关收回。不是因为企业违法。",
        "撤回以前依据它生产的，仍然有依据；从撤回之日起不能再依据它生产。",
        "行政许可法第八条",
    ),
    Standing.RESCINDED: State(
        "已撤销",
        "bad",
        "bad",
        "shield-x",
        "许可当初就不该给：以欺骗、贿赂等不正当手段取得，或者发证时违反法定职权、程序、条件。",
        "从撤销决定写明的生效之日起没有依据；以欺骗、贿赂取得的，取得的利益不受保护。",
        "行政许可法第六十九条",
    ),
    Standing.REVOKED: State(
        "已吊销",
        "bad",
        "bad",
        "gavel",
        "许可是合法取得的，因为持证企业严重违法，被行政处罚取消。",
        "处罚以前依据它生产的，仍然有依据；从处罚决定生效之日起不能再依据它生产。",
        "食品安全法第一百二十二条至第一百三十五条",
    ),
    Standing.CANCELLED: State(
        "已注销",
        "off",
        "off",
        "circle-minus",
        "许可已经终止，发证机关办理了注销手续：企业申请，企业终止，或者许可已经届满、被撤回、撤销、吊销。注销是手续，不是处罚。",
        "注销以前依据它生产的，仍然有依据；从注销之日起不能再依据它生产。编号不再使用。",
        "行政许可法第七十条；食品生产许可管理办法第四十条、第四十一条",
    ),
    Standing.NOT_YET: State(
        "还没有核发",
        "line",
        "off",
        "clock",
        "这一天许可还没有生效。",
        "不能依据以后才核发的许可生产。",
    ),
    Standing.UNKNOWN: State(
        "登记簿里还没有",
        "line",
        "off",
        "help",
        "按登记簿当时的记载，还没有这张许可证。",
        "登记簿当时没有记载的，不能从这个答复得出当时有没有许可。",
    ),
}
HELD = (
    Standing.IN_FORCE,
    Standing.EXPIRED,
    Standing.CANCELLED,
    Standing.RESCINDED,
    Standing.WITHDRAWN,
    Standing.REVOKED,
)
"""The states one can search for."""

VERBS = {
    "issued": ("准予许可，核发许可证", "签发第{version}版"),
    "certificate_made": ("制成电子证书", "第{version}版，可以核验"),
    "expired": ("有效期届满", "到期没有延续"),
    "renewed": ("准予延续", "签发第{version}版"),
    "amended": ("准予变更", "签发第{version}版"),
    "reported": ("记录报告事项", "更新副本，第{version}版"),
    "reissued": ("准予补办", "重新签发，第{version}版"),
    "withdrawn": ("撤回许可", ""),
    "rescinded": ("撤销许可", ""),
    "revoked": ("吊销许可证", ""),
    "cancelled": ("注销许可", "编号不再使用"),
    "closed": ("办理注销手续", "编号不再使用"),
}
"""What happened, in words: the act, and what came of it."""
