"""The journal of people and authorities in words; what the tables are is said in `xuke.foundation.words`."""

WORDS = {
    "authority.established": "设立机关",
    "user.added": "新建账号",
    "user.appointed": "任命",
    "user.dismissed": "免职",
    "user.real_name_proven": "实名核验",
    "user.real_name_withdrawn": "撤销实名",
}
SUBJECTS = {"authority": "机关", "user": "人员"}
FACTS = {
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
