"""The journal of notices in words; what the tables are is said in `xuke.foundation.words`."""

WORDS = {
    "notice.issued": "出具文书",
    "notice.rendered": "制成文书文件",
    "notice.signed_for": "签收文书",
}
SUBJECTS = {"notice": "文书"}
FACTS = {"about": "所属事项", "digest": "文件摘要（SHA-256）", "number": "编号"}
