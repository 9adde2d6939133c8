"""What the journal's verbs, subjects and facts are called, for whoever reads it. Each app has a file like this.

A verb that is recorded and has no words here fails `xuke/audit/tests/test_words.py`. Pure data: the auditor's desk
collects the tables of all apps, nobody else needs to know them.

* WORDS: the verb, as a person would say it;
* SUBJECTS: the first part of a stream or a verb, as a noun;
* FACTS: the names of facts;
* VALUES: values of facts that are codes;
* LOOKS: verbs that mean somebody was shown personal data that is hidden by default.
"""

WORDS = {
    "day.decided": "决定放假或者上班",
    "plan.loaded": "加载放假安排",
    "datakey.made": "启用个人信息加密密钥",
    "datakey.applied": "全部改用新密钥加密",
    "datakey.removed": "删除旧密钥",
}
SUBJECTS = {"day": "工作日安排", "plan": "年度放假安排", "datakey": "加密密钥"}
FACTS = {"is_workday": "上班", "day_count": "写入的天数", "name": "名称", "source": "依据的文件"}
