"""The journal of proceedings in words; what the tables are is said in `xuke.foundation.words`."""

from xuke.proceedings.commands.steps import TOLD

WORDS = {f"proceeding.{past}": words for past, words in TOLD.items()}
SUBJECTS = {"proceeding": "案件"}
FACTS = {
    "act": "办理的事项",
    "answer_by": "陈述申辩截止",
    "bans": "禁止申请的对象",
    "case": "案号",
    "chair": "听证主持人",
    "digest": "文件摘要（SHA-256）",
    "ground": "法定情形",
    "in_effect_from": "生效日期",
    "licence": "许可证编号",
    "name": "名称",
    "notice": "文书",
    "opinion": "意见",
    "reason": "理由",
    "served_on": "送达日期",
    "source": "线索来源",
}
LOOKS = ("proceeding.statement_read",)
