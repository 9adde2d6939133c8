"""A notice of every kind, with the people of the story; they need no database."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from xuke.catalogue.score_sheet import items
from xuke.documents import visit_forms as forms
from xuke.documents.kinds import kind as kind_of
from xuke.documents.kinds import tells_remedies
from xuke.documents.models import Notice
from xuke.documents.visit_forms import Attendee, Found, Mark, Member, Paper
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
LICENCE = {"licence_number": "SC12442050600219", "valid_to": "2031-09-23"}
ENDED = {**LICENCE, "facts": "企业已经停产。", "effective_on": "2026-09-24"}
ART_70 = "行政许可法第七十条"
BAN = {"who": "宜昌禾穗坊食品有限公司", "years": 3, "until": "2029-09-23"}
A_VISIT = forms.VisitFacts(
    **ACCEPTED,
    visit_on=date(2026, 9, 30),
    address="湖北省宜昌市夷陵区小溪塔街道兴禾路16号2幢",
    team=(
        Member("赵海峰", "鄂食核〔2026〕0003号（演示）", leader=True),
        Member("孙雨桐", "鄂食核〔2026〕0004号（演示）"),
    ),
    observer="何志强",
    applicant_signed="吴晓梅已签名",
)
OPENING = forms.Meeting(
    "首次会议",
    "2026年9月30日9:00",
    "二楼会议室",
    (
        Attendee("赵海峰", "夷陵区市场监督管理局", "组长", "已签到"),
        Attendee("吴晓梅", "宜昌禾穗坊食品有限公司", "经办人"),
    ),
)

CONTENTS: dict[str, dict[str, Any]] = {
    "application_form": {
        "filed_at": "2026-09-18 16:42:09",
        "receiver": "宜昌市夷陵区市场监督管理局",
        "replaces": True,
        "sections": [
            {"title": "企业信息", "lines": [{"label": "住所", "value": "湖北省宜昌市夷陵区"}]},
            {"title": "", "lines": [], "table": "设备清单", "rows": [[{"label": "名称", "value": "隧道炉"}]]},
        ],
        "files": [{"label": "食品生产设备布局图", "name": "布局图.pdf"}],
        "declarations": [{"text": "所填内容真实。", "basis": "行政许可法第三十一条"}],
        "signed": {"by": "吴晓梅（经办人）", "means": "企业证书", "at": "2026-09-18 16:42:09", "digest": "ab" * 32},
    },
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
    "change_decision": {
        **ACCEPTED,
        **LICENCE,
        "changes": [{"label": "生产者名称", "before": "宜昌禾穗坊食品厂", "after": "宜昌禾穗坊食品有限公司"}],
        "issued_on": "2026-09-24",
        "basis": DECIDING,
    },
    "renewal_decision": {**ACCEPTED, **LICENCE, "granted": [CAKES], "unchanged": True, "basis": DECIDING},
    "cancellation_decision": {**ACCEPTED, **LICENCE, "cancelled_on": "2026-09-24", "basis": ART_70},
    "report_record": {
        **LICENCE,
        "reported_on": "2026-09-23",
        "changes": [{"label": "品种明细", "before": "酥类", "after": "酥类、松酥类"}],
        "basis": DECIDING,
    },
    "commitment_letter": {
        "commitments": ["生产条件符合许可条件。", "所填内容真实。"],
        "signed_by": "吴晓梅",
        "signed_at": "2026年9月24日",
        "check_by": "2026-11-05",
    },
    "extension_notice": {**ACCEPTED, "days": 5, "due_on": "2026-10-22", "reason": "品种多。", "basis": DECIDING},
    "special_time_notice": {
        **ACCEPTED,
        "procedure": "检验",
        "days": 20,
        "from_on": "2026-09-24",
        "reason": "试制食品需要检验。",
        "basis": "行政许可法第四十五条",
    },
    "suspension_notice": {
        **ACCEPTED,
        "reason": "生产场所停电。",
        "from_on": "2026-09-24",
        "until_on": "2026-10-15",
        "basis": DECIDING,
    },
    "resumption_notice": {**ACCEPTED, "resumed_on": "2026-09-24", "due_on": "2026-10-22"},
    "termination_notice": {**ACCEPTED, "reason": "停电超过十个工作日。", "basis": DECIDING},
    "rectification_notice": {
        **ACCEPTED,
        "visit_on": "2026-09-30",
        "problems": [{"item": "2.3 清洁消毒设施", "problem": "洗手池没有干手设施", "demand": "安装干手设施"}],
        "rectify_by": "2026-10-30",
    },
    "hearing_right_notice": {
        "matter": "宜昌禾穗坊食品有限公司食品生产许可申请",
        "facts": "邻近居民提出异议。",
        "days": 5,
        "request_by": "2026-10-09",
        "basis": "行政许可法第四十七条",
    },
    "hearing_notice": {
        "matter": "宜昌禾穗坊食品有限公司食品生产许可申请",
        "held_at": "2026年10月20日9:00",
        "place": "本机关三楼会议室",
        "chair": "何志强",
        "basis": "行政许可法第四十八条",
    },
    "third_party_notice": {
        "recipient": "宜昌市夷陵区兴禾社区居民委员会",
        "matter": "宜昌禾穗坊食品有限公司食品生产许可申请",
        "days": 5,
        "answer_by": "2026-10-09",
        "basis": "行政许可法第三十六条、第四十七条",
    },
    "ending_notice": {
        **LICENCE,
        "act": "撤销",
        "facts": "提交的检验报告是伪造的。",
        "days": 5,
        "answer_by": "2026-10-09",
        "hearing_by": "2026-10-09",
        "basis": "行政许可法第六十九条",
    },
    "warning_notice": {
        "facts": "提交的检验报告是伪造的。",
        "days": 5,
        "answer_by": "2026-10-09",
        "basis": "行政许可法第七十八条",
    },
    "warning_decision": {"facts": "提交的检验报告是伪造的。", "bans": [BAN], "basis": "行政许可法第七十八条"},
    "dropped_notice": {**LICENCE, "act": "撤销", "reason": "复核的证据不足。"},
    "withdrawal_decision": {**ENDED, "basis": "行政许可法第八条"},
    "rescission_decision": {**ENDED, "statement": "企业没有异议。", "bans": [BAN], "basis": "行政许可法第六十九条"},
    "revocation_decision": {**ENDED, "bans": [BAN], "basis": "食品安全法第一百三十五条"},
    "cancellation_announcement": {**ENDED, "cancelled_on": "2026-09-24", "basis": ART_70},
    "meeting_record": forms.meeting_record(A_VISIT, [OPENING]),
    "score_record": forms.score_record(
        A_VISIT, {item.number: Mark("3" if item.number < 34 else "1") for item in items()}, verdict="通过"
    ),
    "verification_report": forms.verification_report(
        A_VISIT,
        [Found("2401", "热加工糕点", "烘烤类糕点：酥类、松酥类", "通过", "95.2%")],
        problems=[("2.3 清洁消毒设施", "洗手池没有干手设施")],
        conclusion="通过",
        rectify_by=date(2026, 10, 30),
    ),
    "material_list": forms.material_list(A_VISIT, [Paper("现场核查评分记录表", pages=6)], handed_by="赵海峰"),
    "service_record": {
        "notice_title": "不予许可决定书",
        "notice_number": "夷市监食许不准〔2026〕0137号",
        "addressee": "宜昌禾穗坊食品有限公司",
        "channel": "邮寄送达",
        "served_on": "2026-09-23",
        "tracking": "EA123456789CN",
        "receiver": "吴晓梅",
        "relation": "经办人",
        "recorded_by": "周敏",
        "basis": "民事诉讼法（2023年）第九十一条",
    },
}


def a_notice(name: str, **facts: Any) -> Notice:
    """A notice of one kind; `facts` replace what it usually says."""
    kind = kind_of(name)
    content = {**PARTIES, **CONTENTS[name], **facts}
    told = tells_remedies(name, content)
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
