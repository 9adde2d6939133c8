"""The journal of licences in words; what the tables are is said in `xuke.foundation.words`."""

WORDS = {
    "licence.issued": "核发许可证",
    "licence.certificate_made": "制成电子证书",
    "licence.amended": "准予变更，换发证书",
    "licence.reported": "记录报告事项，更新副本",
    "licence.renewed": "准予延续，换发证书",
    "licence.reissued": "准予补办，重新签发",
    "licence.expired": "有效期届满",
    "licence.withdrawn": "撤回许可",
    "licence.rescinded": "撤销许可",
    "licence.revoked": "吊销许可证",
    "licence.cancelled": "注销许可",
    "licence.closed": "办理注销手续",
    "licence.contested": "立案查处，注销等待处理决定",
    "licence.left": "查处结束，许可证不变",
}
SUBJECTS = {"licence": "许可证"}
FACTS = {
    "valid_to": "有效期至",
    "version": "证书版本",
    "basis": "依据",
    "ended": "终止的方式",
    "ending": "拟作出的处理",
    "from_the_beginning": "自始无效",
    "reason": "理由",
    "source": "所依据的案件",
}
