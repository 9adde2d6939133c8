"""A notice of every kind, with the people of the story; they need no database."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from xuke.documents.kinds import kind as kind_of
from xuke.documents.models import Notice
from xuke.foundation.journal import SHANGHAI

SERVED = datetime(2026, 9, 24, 9, 31, tzinfo=SHANGHAI)
AUTHORITY = {
    "name": "宜昌市夷陵区市场监督管理局",
    "reconsideration_body": "宜昌市夷陵区人民政府",
    "court": "宜昌市夷陵区人民法院",
    "address": "",
    "phone": "12315",
}
CAKES = {"code": "2401", "name": "热加工糕点", "detail": "烘烤类糕点：酥类、松酥类"}
FILLINGS = {"code": "2403", "name": "食品馅料", "detail": "食品馅料：月饼馅料"}
PARTIES: dict[str, Any] = {
    "applicant": "宜昌禾穗坊食品有限公司",
    "uscc": "91420506MA7K3F2X8C",
    "contact": "吴晓梅",
    "item": "食品生产许可首次申请",
    "products": [CAKES, FILLINGS],
    "receipt_number": "20260918-420506-0137",
    "authority": AUTHORITY,
}
ACCEPTED = {"acceptance_number": "夷市监食许受〔2026〕0137号"}
DEFECT = {"item": "食品安全管理制度", "defect": "缺少留样制度", "remedy": "请补充留样品种、数量、保存期限"}
ART_32 = "行政许可法第三十二条"
DECIDING = "食品安全法第三十五条；食品生产许可管理办法（2020年）第二十一条、第二十二条"
LEADER = {"name": "赵海峰", "credential": "鄂食核〔2026〕0003号（演示）", "leader": True}
MEMBER = {"name": "孙雨桐", "credential": "鄂食核〔2026〕0004号（演示）", "leader": False}

CONTENTS: dict[str, dict[str, Any]] = {
    "receipt": {
        "materials": ["食品生产设备布局图", "食品安全管理制度"],
        "submitted_at": "2026-09-18 16:42:09",
        "told_by": "2026-09-24",
    },
    "acceptance_notice": {
        "accepted_on": "2026-09-24",
        "days": 10,
        "due_on": "2026-10-15",
        "provisional": False,
        "basis": "食品生产许可管理办法（2020年）第二十二条；行政许可法第八十二条",
    },
    "correction_notice": {"corrections": [DEFECT], "basis": ART_32},
    "non_acceptance_notice": {
        "ground": "incomplete",
        "missing": [DEFECT],
        "reason": "补正后申请材料仍不齐全。",
        "basis": ART_32,
    },
    "verification_notice": {
        **ACCEPTED,
        "visit_on": "2026-09-30",
        "address": "湖北省宜昌市夷陵区小溪塔街道兴禾路16号2幢",
        "team": [LEADER, MEMBER],
        "observer": "何志强",
        "basis": "食品生产许可管理办法（2020年）第二十一条",
    },
    "grant_decision": {
        **ACCEPTED,
        "licence_number": "SC12442050600219",
        "valid_to": "2031-09-23",
        "granted": [CAKES],
        "refused": [{**FILLINGS, "reason": "现场核查第8项不符合要求"}],
        "basis": DECIDING,
    },
    "refusal_decision": {
        **ACCEPTED,
        "reason": "现场核查不通过。",
        "refused": [{**FILLINGS, "reason": "现场核查第8项不符合要求"}],
        "basis": DECIDING,
    },
}


def a_notice(name: str, **facts: Any) -> Notice:
    """A notice of one kind; `facts` replace what it usually says."""
    kind = kind_of(name)
    content = {**PARTIES, **CONTENTS[name], **facts}
    told = kind.remedies or bool(content.get("refused"))
    return Notice(
        kind=name,
        title=kind.title,
        number=f"夷市监食许{kind.mark}〔2026〕0137号",
        template=kind.template,
        content=content,
        issued_at=SERVED,
        served_on=date(2026, 9, 24),
        reconsideration_until=date(2026, 11, 23) if told else None,
        litigation_until=date(2027, 3, 24) if told else None,
    )
