"""The journal of people and authorities in words; what the tables are is said in `xuke.foundation.words`."""

WORDS = {
    "authority.established": "设立机关",
    "user.added": "新建账号",
    "user.appointed": "任命",
    "user.dismissed": "免职",
}
SUBJECTS = {"authority": "机关", "user": "人员"}
FACTS = {
    "authority": "机关",
    "level": "级别",
    "login_name": "登录名",
    "role": "岗位",
}
VALUES = {"level": {"nation": "国家", "province": "省", "prefecture": "市", "county": "县"}}
