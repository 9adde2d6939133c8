"""The journal of applications in words; what the tables are is said in `xuke.foundation.words`."""

from xuke.licensing.commands.steps import TOLD
from xuke.licensing.procedures import PROCEDURES

WORDS = {f"application.{past}": words for past, words in TOLD.items()} | {
    "application.discarded": "放弃草稿",
    "alarms.raised": "发出时限提醒",
    "terms.renewed": "按新的放假安排重算到期日",
}
SUBJECTS = {"application": "申请", "alarms": "时限提醒", "terms": "时限"}
FACTS = {
    "applications": "申请",
    "cases": "件数",
    "days": "工作日",
    "level": "提醒",
    "levels": "提醒",
    "over": "超期工作日",
    "competence": "管辖依据",
    "competent": "有权办理的机关",
    "before": "原来适用的规则",
    "changed": "改变的规则",
    "due_on": "到期日",
    "from_authority": "原承办机关",
    "to_authority": "现承办机关",
    "granted": "准予的品种",
    "items": "事项",
    "joint": "征求联合审查意见的机关",
    "of": "机关",
    "kind": "材料种类",
    "missing": "还缺的材料",
    "opinion": "意见",
    "procedure": "事项种类",
    "reason": "理由",
    "receipt": "接收凭证号",
    "refused": "不予许可的品种",
    "results": "逐品种结论",
    "rows": "更正内容",
    "section": "表单步骤",
    "signed": "申请人签字",
    "team": "核查组",
    "variety": "品种",
    "visit_on": "核查日期",
    "to_id": "账号编号",
    "count": "条数",
    "ground": "情形",
    "until": "预计到哪天",
    "result": "结果",
    "party": "利害关系人",
    "answer_by": "答复期限",
    "request_by": "要求听证的期限",
    "who": "谁",
    "said": "陈述",
    "on": "日期",
    "place": "地点",
    "chair": "听证主持人",
    "conclusion": "听证意见",
    "held_on": "举行日期",
    "field": "栏目",
    "from": "原来",
    "to": "改为",
    "label": "栏目",
}
_SECTIONS = [section for each in PROCEDURES for section in each.sections]
VALUES = {
    "procedure": {each.code: each.title for each in PROCEDURES},
    "section": {section.name: section.title for section in _SECTIONS},
    "kind": {material.name: material.label for section in _SECTIONS for material in section.materials},
    "clock": {"acceptance": "受理时限", "decision": "决定时限", "issue": "发证时限", "any": "时限"},
    "results": {"pass": "符合", "fail": "不符合"},
}
LOOKS = ("application.contact_shown", "application.material_read", "application.statement_read")
