"""The journal of logging in and of factors in words; what the tables are is said in `xuke.foundation.words`."""

from xuke.identity.rules import Means

WORDS = {
    "login.accepted": "登录",
    "login.refused": "登录未通过",
    "login.more_refused": "同一小时内还有登录未通过，不再逐条记录",
    "access.refused": "打开或者提交不属于自己的内容，被拒绝",
    "access.form_refused": "提交不是从本站页面发出的表单，被拒绝",
    "access.header_refused": "自称持有客户端证书或者来自安全网关，不予采信",
    "access.more_refused": "同一小时内还有请求被拒绝，不再逐条记录",
    "session.ended": "退出一处登录",
    "user.logged_out_everywhere": "退出全部登录",
    "user.totp_set": "启用动态口令",
    "user.totp_removed": "停用动态口令",
    "user.passkey_added": "添加通行密钥",
    "user.passkey_renamed": "更改通行密钥的名称",
    "user.passkey_removed": "移除通行密钥",
    "user.recovery_codes_made": "生成恢复码",
    "user.factors_reset": "重置第二因素",
    "user.informed": "本人看过账号的变动",
    "user.platform_linked": "关联统一身份认证平台",
    "user.platform_unlinked": "解除统一身份认证平台的关联",
    "user.certificate_bound": "绑定数字证书",
    "user.certificate_unbound": "解除数字证书",
}
SUBJECTS = {"login": "登录", "access": "被拒绝的访问", "session": "会话"}
FACTS = {
    "acr": "认证级别",
    "address": "网络地址",
    "agent": "浏览器",
    "before": "原来",
    "count": "结束的会话数",
    "credit_code": "统一社会信用代码",
    "headers": "自称的请求头",
    "holder": "证书主体",
    "how": "方式",
    "issuer": "签发者",
    "login_name": "登录名",
    "means": "方式",
    "method": "请求方法",
    "name": "名称",
    "origin": "来源网站",
    "path": "请求的地址",
    "reason": "原因",
    "refusal": "拒绝的理由",
    "serial": "证书序列号",
    "status": "答复状态",
    "strong": "使用了第二因素",
}
_SECOND = (Means.CODE, Means.PASSKEY, Means.RECOVERY_CODE, Means.PLATFORM)
_PAIRS = {f"{first}+{second}": f"{first.label}、{second.label}" for first in Means for second in _SECOND}
VALUES = {
    "means": {means.value: means.label for means in Means} | _PAIRS,
    "refusal": {
        "NotPermitted": "没有权限",
        "NotFound": "不存在或者不属于本人",
        "ForeignForm": "不是从本站的页面发出",
        "NotBelieved": "没有经过安全网关",
    },
}
