"""The journal of enterprises in words; what the tables are is said in `xuke.foundation.words`."""

WORDS = {
    "enterprise.registered": "登记企业",
    "enterprise.site_added": "增加生产场所",
    "enterprise.mandate_given": "授权办事",
    "enterprise.mandate_ended": "结束授权",
}
SUBJECTS = {"enterprise": "企业"}
FACTS = {
    "address": "地址",
    "capacity": "身份",
    "person": "人员",
    "uscc": "统一社会信用代码",
}
