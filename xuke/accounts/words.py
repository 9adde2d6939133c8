"""The journal of people and authorities in words; what the tables are is said in `xuke.foundation.words`."""

WORDS = {
    "authority.established": "设立机关",
    "user.added": "新建账号",
    "user.appointed": "任命",
    "user.dismissed": "免职",
    "user.real_name_proven": "实名核验",
    "user.real_name_withdrawn": "撤销实名",
    "authority.changed": "更改机关信息",
    "authority.closed": "停用机关",
    "authority.reopened": "恢复机关",
    "user.renamed": "更改姓名",
    "user.disabled": "停用账号",
    "user.enabled": "恢复账号",
    "user.password_given": "重置密码",
    "user.password_changed": "更改密码",
    "user.seconded": "借调",
    "user.deputised": "代理",
    "user.represented": "由他人代理",
}
SUBJECTS = {"authority": "机关", "user": "人员"}
FACTS = {
    "changes": "更改内容",
    "before": "原来",
    "valid_from": "开始日期",
    "until": "截止日期",
    "instead_of": "被代理人",
    "deputy": "代理人",
    "name": "名称",
    "authority": "机关",
    "document": "证件种类",
    "level": "级别",
    "login_name": "登录名",
    "mobile": "手机号码",
    "number": "证件号码",
    "proven_by": "实名方式",
    "reason": "原因",
    "role": "岗位",
    "valid_to": "有效期至",
}
VALUES = {"level": {"nation": "国家", "province": "省", "prefecture": "市", "county": "县"}}
