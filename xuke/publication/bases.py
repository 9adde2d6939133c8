"""What the steps, notices and gates of every procedure rest on, for the law library and the guides. Data.

A field, a material and a time limit carry their article themselves; a step of the life is a row of verbs, a notice has
one wording for many cases, and some gates cite a different article for each reason: theirs stand here.
"""

from __future__ import annotations

from collections.abc import Mapping

_PERMIT = "行政许可法"
_MEASURES = "食品生产许可管理办法（2020年）"
_REVIEW = "食品生产许可审查通则（2022版）"

STEPS: Mapping[str, tuple[str, str]] = {
    "submit": ("提交申请", f"{_PERMIT}第二十九条、第三十一条；{_MEASURES}第十三条、第十七条"),
    "offer_correction": ("允许当场更正", f"{_PERMIT}第三十二条；{_MEASURES}第十九条"),
    "confirm_correction": ("确认当场更正", f"{_PERMIT}第三十二条；{_MEASURES}第十九条"),
    "decline_correction": ("不同意当场更正", f"{_PERMIT}第三十二条；{_MEASURES}第十九条"),
    "tell_not_required": ("告知不需要许可", f"{_PERMIT}第三十二条；{_MEASURES}第十九条"),
    "tell_not_competent": ("告知不属于职权", f"{_PERMIT}第三十二条；{_MEASURES}第十九条"),
    "ask_correction": ("一次告知补正", f"{_PERMIT}第三十二条；{_MEASURES}第十九条"),
    "accept": ("受理", f"{_PERMIT}第三十二条；{_MEASURES}第十九条、第二十条"),
    "deem_accepted": ("逾期不告知，视为受理", f"{_PERMIT}第三十二条；{_MEASURES}第十九条"),
    "record_report": ("记录报告", f"{_MEASURES}第三十二条"),
    "resubmit": ("补正后重新提交", f"{_PERMIT}第三十二条；{_MEASURES}第十九条"),
    "decline_acceptance": ("不予受理", f"{_PERMIT}第三十二条；{_MEASURES}第二十条"),
    "begin_review": ("材料审查", f"{_PERMIT}第三十四条；{_MEASURES}第二十一条"),
    "assign_verification": ("指派现场核查", f"{_PERMIT}第三十四条；{_MEASURES}第二十一条、第三十七条"),
    "reassign_verification": ("重新指派核查人员", f"{_PERMIT}第三十四条；{_MEASURES}第二十一条；{_REVIEW}"),
    "conclude_verification": ("完成现场核查", f"{_MEASURES}第二十一条；{_REVIEW}"),
    "propose": ("拟定审查意见", f"{_PERMIT}第三十四条；{_MEASURES}第二十一条"),
    "return_to_review": ("退回审查", f"{_PERMIT}第三十四条、第三十七条"),
    "extend": ("延长决定期限", f"{_PERMIT}第四十二条；{_MEASURES}第二十二条"),
    "ask_extension": ("报请延长决定期限", f"{_PERMIT}第四十二条；{_MEASURES}第二十二条"),
    "decline_extension": ("不同意延长决定期限", f"{_PERMIT}第四十二条；{_MEASURES}第二十二条"),
    "give_joint_opinion": ("联合审查的部门提出意见", f"{_PERMIT}第二十六条；{_MEASURES}第十八条"),
    "grant": ("准予许可", f"{_PERMIT}第三十八条、第四十条；{_MEASURES}第二十三条"),
    "refuse": ("不予许可", f"{_PERMIT}第三十八条；{_MEASURES}第二十三条"),
    "cancel_licence": ("准予注销", f"{_PERMIT}第七十条；{_MEASURES}第四十条"),
    "grant_on_commitment": ("告知承诺，当场决定", f"{_PERMIT}第三十四条；国办发〔2020〕42号"),
    "leave_commitment": ("告知承诺转一般程序", f"{_PERMIT}第三十四条"),
    "deem_renewed": ("逾期未决定，视为准予延续", f"{_PERMIT}第五十条；{_MEASURES}第三十六条"),
    "record_certificate": ("发证", f"{_PERMIT}第四十四条；{_MEASURES}第二十三条、第六十条"),
    "suspend": ("中止", _REVIEW),
    "resume": ("恢复", _REVIEW),
    "terminate": ("终止", _REVIEW),
    "begin_special_time": ("检验检测、专家评审开始", f"{_PERMIT}第四十五条"),
    "end_special_time": ("检验检测、专家评审结束", f"{_PERMIT}第四十五条"),
    "prolong_pause": ("中止、检验检测、专家评审另定日期", f"{_PERMIT}第四十五条；{_REVIEW}"),
    "tell_third_party": ("告知利害关系人", f"{_PERMIT}第三十六条"),
    "tell_hearing_right": ("告知听证权利", f"{_PERMIT}第四十七条；{_MEASURES}第二十七条"),
    "request_hearing": ("要求听证", f"{_PERMIT}第四十七条；{_MEASURES}第二十七条"),
    "waive_hearing": ("放弃听证", f"{_PERMIT}第四十七条；{_MEASURES}第二十七条"),
    "take_hearing_request": ("登记听证申请", f"{_PERMIT}第四十七条；{_MEASURES}第二十七条"),
    "arrange_hearing": ("安排听证", f"{_PERMIT}第四十七条、第四十八条；{_MEASURES}第二十六条、第二十七条"),
    "conclude_hearing": ("听证结束", f"{_PERMIT}第四十八条"),
    "retract": ("撤回申请", f"{_PERMIT}第七条、第二十九条"),
}
"""By verb: what the step is called here, and what it rests on."""

NOTICES: Mapping[str, str] = {
    "application_form": f"{_PERMIT}第二十九条；{_MEASURES}第十三条",
    "receipt": f"{_PERMIT}第三十二条",
    "acceptance_notice": f"{_PERMIT}第三十二条；{_MEASURES}第二十条",
    "correction_notice": f"{_PERMIT}第三十二条；{_MEASURES}第十九条",
    "non_acceptance_notice": f"{_PERMIT}第三十二条；{_MEASURES}第二十条",
    "verification_notice": f"{_PERMIT}第三十四条；{_MEASURES}第二十一条",
    "meeting_record": _REVIEW,
    "score_record": f"{_MEASURES}第二十一条；{_REVIEW}",
    "verification_report": f"{_MEASURES}第二十一条；{_REVIEW}",
    "material_list": _REVIEW,
    "rectification_notice": _REVIEW,
    "grant_decision": f"{_PERMIT}第三十八条；{_MEASURES}第二十三条",
    "refusal_decision": f"{_PERMIT}第三十八条；{_MEASURES}第二十三条",
    "change_decision": f"{_PERMIT}第四十九条；{_MEASURES}第三十八条",
    "renewal_decision": f"{_PERMIT}第五十条；{_MEASURES}第三十六条、第三十九条",
    "cancellation_decision": f"{_PERMIT}第七十条；{_MEASURES}第四十条",
    "report_record": f"{_MEASURES}第三十二条",
    "commitment_letter": "国办发〔2020〕42号",
    "extension_notice": f"{_PERMIT}第四十二条；{_MEASURES}第二十二条",
    "special_time_notice": f"{_PERMIT}第四十五条",
    "suspension_notice": _REVIEW,
    "resumption_notice": _REVIEW,
    "termination_notice": _REVIEW,
    "hearing_right_notice": f"{_PERMIT}第四十六条、第四十七条；{_MEASURES}第二十七条",
    "hearing_notice": f"{_PERMIT}第四十八条",
    "third_party_notice": f"{_PERMIT}第三十六条",
    "ending_notice": f"{_PERMIT}第七条；行政处罚法第四十四条、第四十五条",
    "withdrawal_decision": f"{_PERMIT}第八条",
    "rescission_decision": f"{_PERMIT}第六十九条",
    "revocation_decision": "行政处罚法第九条、第五十七条；食品安全法第一百二十四条、第一百三十四条、第一百三十五条",
    "cancellation_announcement": f"{_PERMIT}第七十条；{_MEASURES}第四十一条",
    "warning_notice": f"{_PERMIT}第七十八条；行政处罚法第四十四条、第四十五条",
    "warning_decision": f"{_PERMIT}第七十八条；{_MEASURES}第五十条",
    "dropped_notice": f"{_PERMIT}第七条",
    "service_record": f"{_PERMIT}第四十四条；民事诉讼法第八十七条",
}
"""By kind of notice."""

_BANNED = f"{_PERMIT}第七十八条、第七十九条；食品安全法第一百三十五条；{_MEASURES}第五十条、第五十一条、第五十四条"
GATES: Mapping[str, str] = {
    "banned": _BANNED,
    "namesake": _BANNED,
    "another_case": f"{_MEASURES}第四条",
    "not_offered": f"{_MEASURES}第三十二条、第三十四条",
    "told_late": f"{_MEASURES}第三十二条、第四十条",
    "commitment": "食品安全法第七十四条；市场监督管理严重违法失信名单管理办法第十五条；国办发〔2020〕42号",
}
"""By gate, for those that cite another article for each reason."""

FEES = f"{_PERMIT}第五十八条"
REMEDIES = f"{_PERMIT}第七条、第三十八条；行政复议法第二十条、第二十四条；行政诉讼法第四十五条、第四十六条"
COMPETENCE = f"{_MEASURES}第六条、第七条、第十八条"
"""What the guides say about every item."""
