"""The journal of enterprises in words; what the tables are is said in `xuke.foundation.words`."""

WORDS = {
    "enterprise.registered": "登记企业",
    "enterprise.site_added": "增加生产场所",
    "enterprise.registration_noted": "记录登记信息的变化",
    "enterprise.head_seated": "窗口确认法定代表人",
    "enterprise.mandate_given": "授权办事",
    "enterprise.mandate_changed": "变更授权",
    "enterprise.mandate_ended": "结束授权",
    "enterprise.handed_over": "移交工作",
    "invitation.made": "邀请办事",
    "invitation.withdrawn": "撤回邀请",
    "invitation.accepted": "接受邀请",
    "invitation.refused": "拒绝使用邀请",
    "user.invitation_refused": "拒绝使用邀请",
    "user.counter_refused": "窗口办理被拒绝",
}
SUBJECTS = {"enterprise": "企业", "invitation": "邀请"}
FACTS = {
    "about": "办理的对象",
    "act": "办理的事项",
    "address": "地址",
    "capacity": "身份",
    "changed": "变化的内容",
    "documents": "核验的证照",
    "from_day": "授权第一天",
    "last_day": "授权最后一天",
    "person": "人员",
    "powers": "授权事项",
    "reason": "原因",
    "successor": "接手人",
    "successor_id": "接手人账号",
    "uscc": "统一社会信用代码",
}
