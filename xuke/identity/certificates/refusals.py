"""Why a certificate lets nobody in, as sentences for whoever holds it."""

from __future__ import annotations

from xuke.foundation.pki.certificates import Certificate
from xuke.foundation.pki.chains import Verdict
from xuke.foundation.refusals import Refused


class CertificateRefused(Refused):
    """这张证书不能用来登录。"""

    status = 403


class Unreadable(CertificateRefused):
    """没有读到数字证书。请重新选择证书；再次出现，请检查签名助手是否是最新的。"""

    status = 422


class BadSignature(CertificateRefused):
    """签名与证书不符，没有登录。请重新选择证书，输入密码；再次出现，请换一把证书或者联系发证机构。"""


class NotTrusted(CertificateRefused):
    """本平台不信任这张证书，没有登录。"""

    def __init__(self, certificate: Certificate, verdict: Verdict) -> None:
        super().__init__(f"没有登录。{verdict.sentence}")
        self.certificate = certificate


class Unbound(CertificateRefused):
    """这张证书没有绑定账号，没有登录。请先用别的方式登录，在“账号与安全”里绑定它；企业的证书由保管它的人绑定。"""


class OtherName(CertificateRefused):
    """证书上的姓名与本系统里同一证件号码的实名不一致，没有登录。请带身份证件到受理窗口核对。"""


class BindingEnded(CertificateRefused):
    """这张证书的绑定已经解除，没有登录。请用别的方式登录，需要时在“账号与安全”里重新绑定。"""


class ClosedAccount(CertificateRefused):
    """这张证书绑定的账号已经停用，不能登录。请联系本单位管理员或者受理窗口。"""


class SomebodyElses(CertificateRefused):
    """这张证书已经绑定了另一个账号，不能再绑定。请先用那个账号登录，解除绑定。"""

    status = 409


class NoCertificate(CertificateRefused):
    """浏览器没有出示数字证书，没有登录。请插入证书，关闭浏览器后重新打开，再选一次证书。"""

    status = 422


class NotThroughProxy(CertificateRefused):
    """这次请求不是从本站的安全网关来的，它声称的客户端证书不作数，没有登录。请从登录页重新开始。"""


class OtherPerson(CertificateRefused):
    """证书上的人与这个账号的实名不是同一个人，没有绑定。"""

    status = 409


class ChallengeStale(CertificateRefused):
    """这次登录等得太久，已经作废。请重新选择证书，输入密码。"""

    status = 422


class ChallengeForeign(CertificateRefused):
    """这次登录不是在这个浏览器里开始的，没有登录。请回到登录页重新开始。"""


class ChallengeSpent(CertificateRefused):
    """这个签名已经用过一次，不能再用。请回到登录页重新登录。"""


class WithoutTls(CertificateRefused):
    """本站这个地址没有加密（https），不能用数字证书登录。请从https开头的地址进入。"""

    status = 422
