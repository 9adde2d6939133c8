"""The journal of the register in words; what the tables are is said in `xuke.foundation.words`."""

from xuke.verifiers.rules import GROUNDS, LEVELS, QUALIFICATIONS, RECUSAL_STATES

WORDS = {
    "verifier.registered": "登记核查人员",
    "verifier.changed": "修改核查人员登记",
    "verifier.credential_renewed": "登记证件换发",
    "verifier.training_recorded": "登记培训",
    "verifier.examination_recorded": "登记考核",
    "verifier.remark_recorded": "登记见证评价或者廉洁情况",
    "verifier.suspended": "暂停核查",
    "verifier.reinstated": "恢复核查",
    "verifier.withdrawn": "退出名册",
    "recognition.recorded": "登记互认",
    "recognition.ended": "终止互认",
    "recusal.declared": "申报回避",
    "recusal.requested": "申请回避",
    "recusal.decided": "决定回避申请",
    "recusal.ended": "解除回避",
}
SUBJECTS = {"verifier": "核查人员", "recusal": "回避", "recognition": "互认"}
FACTS = {
    "credential": "证件编号",
    "issuer": "发证机关",
    "qualification": "资格",
    "level": "等级",
    "specialities": "专业类别",
    "may_lead": "可任组长",
    "valid_from": "有效期自",
    "valid_to": "有效期至",
    "hours": "学时",
    "points": "分数",
    "passed": "合格",
    "title": "内容",
    "day": "日期",
    "kind": "种类",
    "until": "最后一天",
    "reason": "原因",
    "document": "依据的文件",
    "enterprise": "企业",
    "uscc": "统一社会信用代码",
    "ground": "回避事由",
    "text": "说明",
    "ended_on": "离职或者终止日期",
    "state": "结果",
    "decision": "决定理由",
    "person": "姓名",
    "source": "来源",
}
VALUES = {
    "qualification": QUALIFICATIONS,
    "level": LEVELS,
    "ground": GROUNDS,
    "state": RECUSAL_STATES,
    "source": {"posting": "由核查岗位任命转入"},
}
