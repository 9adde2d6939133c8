"""The auditor's own entries in words; what the tables are is said in `xuke.foundation.words`."""

WORDS = {
    "journal.exported": "导出办理经过及证明",
    "journal.entry_shown": "查看日志条目原文",
}
SUBJECTS = {"journal": "日志", "reading": "查阅日志"}
FACTS = {
    "about": "所属事项",
    "entries": "条目数",
    "sealed": "已封存的条目数",
    "head": "树头大小",
    "sound": "当场核对通过",
    "manifest": "清单摘要（SHA-256）",
    "place": "第几条",
    "reason": "理由",
}
LOOKS = ("journal.exported", "journal.entry_shown")
