"""The journal of notices in words; what the tables are is said in `xuke.foundation.words`."""

WORDS = {
    "notice.issued": "出具文书",
    "notice.rendered": "制成文书文件",
    "notice.signed_for": "签收文书",
    "notice.served": "送达文书",
    "notice.service_corrected": "更正送达登记",
    "consent.given": "同意电子送达",
    "consent.withdrawn": "撤回电子送达同意",
}
SUBJECTS = {"notice": "文书", "consent": "电子送达确认"}
FACTS = {
    "channel": "送达方式",
    "note": "说明",
    "served_on": "送达日期",
    "was_channel": "原来登记的送达方式",
    "was_served_on": "原来登记的送达日期",
    "reason": "理由",
    "about": "所属事项",
    "digest": "文件摘要（SHA-256）",
    "number": "编号",
}
