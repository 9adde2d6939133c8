"""What can be wrong with the way through the platform, as sentences for whoever logs in."""

from __future__ import annotations

from xuke.foundation.refusals import Refused


class PlatformDown(Refused):
    """统一身份认证平台现在连不上。请用别的方式登录，或者过几分钟再试。"""

    status = 503


class NotBelieved(Refused):
    """统一身份认证平台的答复没有通过核对，没有登录。请重新登录一次；再次出现，请告诉我们。"""

    status = 403
    kind = "answer"
    """What was wrong, as the journal keeps it."""

    def __init__(self, detail: str = "") -> None:
        super().__init__()
        self.detail = detail
        """For the operator; never shown."""


class StateUnknown(NotBelieved):
    """这次登录不是在这个浏览器里开始的，或者已经用过、放得太久了。请回到登录页重新开始。"""

    kind = "state"


class OtherIssuer(NotBelieved):
    """登录的答复不是由配置的统一身份认证平台签发的，没有登录。请回到登录页重新开始，不要从别处的链接进入。"""

    kind = "issuer"


class OtherAudience(NotBelieved):
    """平台签发的登录凭据是给别的系统的，没有登录。请回到登录页重新开始。"""

    kind = "audience"


class OtherNonce(NotBelieved):
    """平台签发的登录凭据不属于这一次登录，没有登录。请回到登录页重新开始。"""

    kind = "nonce"


class Expired(NotBelieved):
    """平台签发的登录凭据已经过期，没有登录。请回到登录页重新开始；再次出现，多半是服务器的时钟不准，请告诉我们。"""

    kind = "expired"


class BadSignature(NotBelieved):
    """平台签发的登录凭据签名不对，没有登录。请回到登录页重新开始；再次出现，请告诉我们。"""

    kind = "signature"


class Unsigned(NotBelieved):
    """平台签发的登录凭据没有可靠的签名，没有登录。请用别的方式登录，并告诉我们。"""

    kind = "algorithm"


class OtherAccessToken(NotBelieved):
    """平台签发的两份凭据对不上，没有登录。请回到登录页重新开始。"""

    kind = "at_hash"


class CodeRefused(NotBelieved):
    """平台不接受这次的授权码：它已经用过，或者放得太久。请回到登录页重新开始。"""

    kind = "code"


class Declined(NotBelieved):
    """您在统一身份认证平台上取消了登录，没有登录。可以重新登录，也可以用别的方式。"""

    kind = "declined"


class NobodyProven(NotBelieved):
    """平台没有给出您的实名信息，不能据此建立账号。请先在平台上完成实名认证，或者用已有的账号登录后在“账号与安全”里关联平台账号。"""

    kind = "no_real_name"


class OtherName(NotBelieved):
    """平台给出的姓名与本系统里同一证件号码的实名不一致，没有登录。请带身份证件到受理窗口核对。"""

    kind = "other_name"


class SomebodyElses(NotBelieved):
    """这个平台账号已经关联了另一个账号，不能再关联。请先用那个账号登录，解除关联。"""

    kind = "linked_elsewhere"


class ClosedAccount(NotBelieved):
    """这个账号已经停用，不能登录。请联系本单位管理员或者受理窗口。"""

    kind = "closed"


class OtherPerson(NotBelieved):
    """平台账号的实名与这个账号的实名不是同一个人，没有关联。"""

    kind = "other_person"


class OtherHolder(NotBelieved):
    """平台账号现在的实名与这个账号的实名不是同一个人，没有登录。请带身份证件到受理窗口核对。"""

    kind = "other_holder"


class LinkEnded(NotBelieved):
    """您曾经解除过这个平台账号的关联。请用别的方式登录，需要时在“账号与安全”里重新关联。"""

    kind = "link_ended"
