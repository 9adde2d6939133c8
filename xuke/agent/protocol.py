"""What the signing agent answers, without any network: a request in, an answer out.

Every page in the browser can reach a server on this machine. So the agent asks of each request where it comes from
(Origin, which a page cannot forge) and by which name it was reached (Host, against names bent to this machine).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from xuke.agent.token import Locked, Token, WrongKey
from xuke.foundation.pki import purposes
from xuke.foundation.pki.algorithms import Algorithm
from xuke.foundation.pki.certificates import Certificate
from xuke.foundation.pki.protection import WrongPin
from xuke.foundation.pki.purposes import Login, NotOurs, Purpose

VERSION = 1
LARGEST_BODY = 16 * 1024
LONGEST_PIN = 64
METHODS = {"/v1/status": "GET", "/v1/certificates": "GET", "/v1/sign": "POST"}
_FIELDS = {"certificate", "purpose", "message", "text", "pin", "algorithm"}
_IN_WORDS = {Purpose.LOGIN: "登录", Purpose.STATEMENT: "电子签名"}


@dataclass(frozen=True)
class Request:
    """What came in. Names of headers in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    read: Callable[[int], bytes] = field(default=lambda size: b"", repr=False)
    """Reads so many bytes of the body. Nothing is read for whom we do not serve."""


@dataclass(frozen=True)
class Answer:
    """What goes out, as JSON."""

    status: int
    content: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Declined(Exception):
    """A request that is not served: a status, a word for programs and a sentence for people."""

    def __init__(self, status: int, code: str, sentence: str, **facts: object) -> None:
        super().__init__(sentence)
        self.status, self.code, self.sentence, self.facts = status, code, sentence, facts


class Agent:
    """One token for the pages of some origins, given as browsers write them."""

    def __init__(self, token: Token, *, origins: Iterable[str], port: int, report: Callable[[str], None]) -> None:
        self.token = token
        self.origins = frozenset(origins)
        self.hosts = frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost"))
        self.report = report
        """Tells the person at the machine what was signed and what was not."""

    def answer(self, request: Request) -> Answer:
        """Serve one request. Pages of other origins get an answer that their browser does not show them."""
        try:
            origin = self._admit(request)
        except Declined as no:
            return _declined(no)
        shared = {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
        try:
            if request.method == "OPTIONS":
                return Answer(204, None, shared | _preflight(request))
            return Answer(200, self._content(request, origin), shared)
        except Declined as no:
            if request.path == "/v1/sign":
                self.report(f"没有为 {origin} 签名：{no.sentence}")
            return _declined(no, shared)

    def _admit(self, request: Request) -> str:
        """The origin of the page that asks."""
        if request.headers.get("host", "") not in self.hosts:
            raise Declined(421, "wrong_host", "请通过 127.0.0.1 访问签名助手。")
        origin = request.headers.get("origin", "")
        if origin not in self.origins:
            self.report(f"拒绝了来自 {ascii(origin)[:200]} 的访问。")
            raise Declined(403, "wrong_origin", "签名助手不为这个网站服务。")
        if request.path not in METHODS:
            raise Declined(404, "not_found", "签名助手没有这个功能。")
        if request.method not in (METHODS[request.path], "OPTIONS"):
            raise Declined(405, "wrong_method", "签名助手不支持这种请求方法。")
        return origin

    def _content(self, request: Request, origin: str) -> dict[str, Any]:
        if request.path == "/v1/status":
            return {"agent": "xuke", "version": VERSION, "locked": self.token.is_locked, "purposes": list(Purpose)}
        if request.path == "/v1/certificates":
            return {"certificates": [_facts(self.token)]}
        return self._sign(_read(request), origin)

    def _sign(self, wanted: Mapping[str, Any], origin: str) -> dict[str, Any]:
        certificate = self.token.certificate
        if wanted["certificate"] != certificate.fingerprint:
            raise Declined(404, "no_such_certificate", "签名助手里没有这张证书，请重新选择。")
        message = _message(wanted)
        purpose = _purpose(message, str(wanted["purpose"]), origin)
        algorithm = _algorithm(wanted, certificate)
        signature = self._sign_with_pin(message, str(wanted["pin"]), algorithm)
        self.report(f"已为 {origin} 签名：{_IN_WORDS[purpose]}。")
        return {
            "certificate": certificate.fingerprint,
            "algorithm": algorithm,
            "signature": base64.b64encode(signature).decode(),
        }

    def _sign_with_pin(self, message: bytes, pin: str, algorithm: Algorithm) -> bytes:
        try:
            return self.token.sign(message, pin, algorithm)
        except WrongPin:
            left = self.token.tries_left
            sentence = f"口令不正确，还可以试{left}次。" if left > 0 else str(Locked.__doc__)
            raise Declined(403 if left > 0 else 423, "wrong_pin", sentence, tries_left=left) from None
        except Locked as locked:
            raise Declined(423, "locked", str(locked), tries_left=0) from None
        except WrongKey as wrong:
            raise Declined(409, "wrong_key", str(wrong)) from None


def _read(request: Request) -> Mapping[str, Any]:
    """The body of a wish for a signature: a JSON object with known fields, all of them text."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Declined(415, "not_json", "请求的内容必须是JSON。")
    try:
        wanted = json.loads(_body(request))
    except (ValueError, RecursionError):
        raise Declined(400, "unreadable", "请求的内容不是正确的JSON。") from None
    if not isinstance(wanted, dict) or not all(isinstance(value, str) for value in wanted.values()):
        raise Declined(400, "unreadable", "请求的内容必须是一组文字。")
    missing, unknown = {"certificate", "purpose", "pin"} - wanted.keys(), wanted.keys() - _FIELDS
    if missing or unknown or ("message" in wanted) == ("text" in wanted):
        raise Declined(400, "unreadable", "请求缺少必要的内容，或者有多余的内容。")
    if not 0 < len(wanted["pin"]) <= LONGEST_PIN:
        raise Declined(400, "no_pin", "请输入口令。")
    return wanted


def _body(request: Request) -> bytes:
    """As long as announced and no longer than allowed."""
    length = request.headers.get("content-length", "")
    if "transfer-encoding" in request.headers or not (length.isascii() and length.isdigit()):
        raise Declined(411, "no_length", "请求没有写明内容的长度。")
    if len(length) > len(str(LARGEST_BODY)) or int(length) > LARGEST_BODY:
        raise Declined(413, "too_large", "请求的内容太长。")
    return request.read(int(length))


def _message(wanted: Mapping[str, Any]) -> bytes:
    if "text" in wanted:
        return str(wanted["text"]).encode("utf-8", "replace")
    try:
        return base64.b64decode(wanted["message"], validate=True)
    except (binascii.Error, ValueError):
        raise Declined(400, "unreadable", "待签名的内容不是正确的Base64。") from None


def _purpose(message: bytes, named: str, origin: str) -> Purpose:
    """What the message is for. One of another site's logins is not signed: that page would carry it there."""
    try:
        found = purposes.read(message)
    except NotOurs:
        raise Declined(422, "not_ours", "待签名的内容不是本平台的登录或者电子签名，签名助手不予签名。") from None
    purpose = Purpose.LOGIN if isinstance(found, Login) else Purpose.STATEMENT
    if named != purpose:
        raise Declined(422, "wrong_purpose", "待签名的内容与所说的用途不符，签名助手不予签名。")
    if isinstance(found, Login) and found.origin != origin:
        raise Declined(403, "other_site", "待签名的内容是用来登录另一个网站的，签名助手不予签名。")
    return purpose


def _algorithm(wanted: Mapping[str, Any], certificate: Certificate) -> Algorithm:
    usual, *others = certificate.key.algorithms
    named = wanted.get("algorithm", usual.value)
    for algorithm in (usual, *others):
        if algorithm.value == named:
            return algorithm
    raise Declined(400, "wrong_algorithm", "这张证书的密钥不能用这种算法签名。")


def _facts(token: Token) -> dict[str, Any]:
    """What a page needs to let a person choose, and to send on to the platform."""
    certificate = token.certificate
    return {
        "fingerprint": certificate.fingerprint,
        "common_name": certificate.common_name,
        "organisation": certificate.organisation,
        "issuer": str(certificate.issuer),
        "serial": f"{certificate.serial:x}",
        "not_before": _moment(certificate.not_before),
        "not_after": _moment(certificate.not_after),
        "family": certificate.family,
        "algorithms": list(certificate.key.algorithms),
        "pem": certificate.pem,
        "chain": [issuer.pem for issuer in token.issuers],
    }


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _preflight(request: Request) -> dict[str, str]:
    """CORS, and the access of public pages to a private address (Private Network Access)."""
    headers = {
        "Access-Control-Allow-Methods": METHODS[request.path],
        "Access-Control-Allow-Headers": "content-type",
        "Access-Control-Max-Age": "600",
    }
    if request.headers.get("access-control-request-private-network") == "true":
        headers["Access-Control-Allow-Private-Network"] = "true"
    return headers


def _declined(no: Declined, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(no.status, {"error": no.code, "message": no.sentence, **no.facts}, headers or {})
