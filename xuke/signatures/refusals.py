"""Why a signature does not count, as sentences for whoever signed."""

from __future__ import annotations

from xuke.foundation.refusals import Conflict, Refused

LAW = "电子签名法第十三条"


class SignatureRefused(Refused):
    """这个签名不能用。"""

    status = 422

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence, basis=LAW)


class NotThisMeans(SignatureRefused):
    """本平台现在不接受用这种方式签名。请换一种方式。"""


class BadSignature(SignatureRefused):
    """签名与这份内容不符：可能是对别的内容、较早的版本作出的，或者签名被改动。没有提交，请重新签名。"""


class NotTrusted(SignatureRefused):
    """本平台不信任这张证书，没有提交。"""


class NotYourCertificate(SignatureRefused):
    """这张证书不是您本人的，也不是您代表的企业的，不能用来签名。请换用您本人或者企业的证书。"""

    status = 403


class NotYourPasskey(SignatureRefused):
    """这个通行密钥没有登记在您的账号下，不能用来签名。请换一个，或者用其他方式。"""

    status = 403


class NotYourConfirmation(SignatureRefused):
    """确认签名的不是您本人，没有提交。请重新输入您自己的密码或者动态口令。"""

    status = 403


class TooLong(SignatureRefused):
    """签名的数据太长，没有接收。请重新签名；再次出现，请检查签名助手是否是最新的。"""

    status = 413


class Replayed(Conflict):
    """这个签名已经用过，不能再用。每次提交都要重新签名。"""


class SignedSomethingElse(Conflict):
    """您签的内容和现在的不一样，没有提交。请看过现在的内容，再签一次。"""

    def __init__(self, changed: tuple[str, ...] = ()) -> None:
        self.changed = changed
        super().__init__(_what(changed))


def _what(changed: tuple[str, ...]) -> str:
    if "申请件" in changed:
        return "这个签名是对另一件申请作出的，不能用在这里。请回到那件申请，或者对这一件重新签名。"
    if not changed:
        return ""
    return f"您看过之后，内容有了变化：{'、'.join(changed)}。没有提交，填好的都保存着。请看过现在的内容，再签一次。"
