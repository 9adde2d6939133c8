"""The journal of people and authorities in words; what the tables are is said in `xuke.foundation.words`."""

from xuke.accounts.plans import LEVELS

WORDS = {
    "authority.established": "设立机关",
    "authority.changed": "修改机关信息",
    "authority.closed": "撤销机关",
    "authority.reopened": "恢复机关",
    "user.added": "新建账号",
    "user.renamed": "改名",
    "user.disabled": "停用账号",
    "user.enabled": "恢复账号",
    "user.password_given": "重置密码",
    "user.password_changed": "修改密码",
    "user.appointed": "任命",
    "user.seconded": "借调",
    "user.deputised": "安排代理同事",
    "user.represented": "由同事代理",
    "user.dismissed": "免职",
    "user.real_name_proven": "实名核验",
    "user.real_name_withdrawn": "撤销实名",
}
SUBJECTS = {"authority": "机关", "user": "人员"}
FACTS = {
    "authority": "机关",
    "before": "原来",
    "changes": "修改内容",
    "deputy": "代理人",
    "document": "证件种类",
    "instead_of": "代理",
    "kind": "任职方式",
    "level": "级别",
    "login_name": "登录名",
    "mobile": "手机号码",
    "name": "名称",
    "number": "证件号码",
    "proven_by": "实名方式",
    "reason": "原因",
    "role": "岗位",
    "roles": "岗位",
    "until": "最后一天",
    "valid_from": "开始日期",
    "valid_to": "有效期至",
}
VALUES = {"level": LEVELS}
