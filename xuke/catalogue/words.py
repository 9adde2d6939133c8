"""The journal of rule editions in words; what the tables are is said in `xuke.foundation.words`."""

from xuke.catalogue.rulebook import TOPICS

WORDS = {
    "rule.published": "发布规则",
    "rule.ended": "提前结束规则",
    "rule.loaded": "加载规则文件",
}
SUBJECTS = {"rule": "规则", "rules": "规则文件", "edition": "规则版本"}
FACTS = {
    "topic": "事项",
    "key": "规则",
    "division": "适用地区",
    "valid_from": "生效日期",
    "valid_to": "失效日期",
    "content": "内容",
    "changes": "变化的条数",
    "keys": "变化的规则",
}
VALUES = {"topic": TOPICS}
