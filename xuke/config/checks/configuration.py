"""What the environment says: nothing of it may be weaker than an installation for strangers needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from xuke.config.checks.finding import Finding

SHORTEST_SECRET = 43
"""Characters: 32 random bytes in base64."""
FEWEST_DIFFERENT = 16
"""Different characters in a secret that was drawn and not typed."""
PLACEHOLDER = "999"
"""The end of the type code that we made up (XUKE_LICENCE_TYPE_CODE)."""


@dataclass(frozen=True)
class Configuration:
    """The settings that decide how open an installation is."""

    demonstration: bool
    debug: bool
    secret_key: str
    address: str
    hosts: Sequence[str]
    secure_cookies: bool
    behind_proxy: bool
    proxies: Sequence[str]
    proxy_secret: str
    rates: Sequence[tuple[str, float]]
    """Names of the limits with requests per second; 0 is none."""
    second_factor: bool
    long_sessions: bool
    open_registration: bool
    means: Sequence[str]
    demands_crl: bool
    type_code: str
    metrics_token: str = ""
    given: frozenset[str] = frozenset()
    """Names of the variables that somebody set."""


def check(seen: Configuration) -> Iterator[Finding]:
    """Everything that is weak."""
    yield from _of_the_demonstration(seen)
    yield from _of_secrets(seen)
    yield from _of_figures(seen)
    yield from _of_the_address(seen)
    yield from _of_people(seen)


def _of_the_demonstration(seen: Configuration) -> Iterator[Finding]:
    if seen.demonstration:
        yield Finding("这是演示系统：页面和文书都标着“演示”，企业可以随意注册。", "设置 XUKE_DEMO=0。")
    if seen.debug:
        yield Finding("调试模式开着，出错的页面会显示程序和设置。", "去掉 XUKE_DEBUG。")
    if seen.type_code.endswith(PLACEHOLDER):
        yield Finding("电子证照标识用的是占位的证照类型代码。", "向省里要来正式代码，设置 XUKE_LICENCE_TYPE_CODE。")


def _of_secrets(seen: Configuration) -> Iterator[Finding]:
    if is_weak(seen.secret_key):
        yield Finding(
            f"签会话用的密钥太弱（{len(seen.secret_key)}个字符）。",
            "去掉 XUKE_SECRET_KEY，由系统生成；或者设为43个以上的随机字符，如 openssl rand -base64 48 的输出。",
        )
    if seen.behind_proxy and is_weak(seen.proxy_secret):
        yield Finding(
            "反向代理没有足够长的暗号，旁边的人可以冒充它，伪造来访地址和客户端证书。",
            "把 XUKE_PROXY_SECRET 和代理的 X-Xuke-Proxy 设为同一个43个字符以上的随机字符串。",
        )


def _of_figures(seen: Configuration) -> Iterator[Finding]:
    if seen.metrics_token and is_weak(seen.metrics_token):
        yield Finding(
            "读运行指标的口令太短，可以猜出来。",
            "把 XUKE_METRICS_TOKEN 设为 openssl rand -base64 48 的输出；Prometheus 就在本机的，去掉它。",
        )


def _of_the_address(seen: Configuration) -> Iterator[Finding]:
    address = urlsplit(seen.address)
    if address.scheme != "https":
        yield Finding(
            f"对外地址 {seen.address} 不是 https，密码和会话明文传输，Cookie 没有 Secure 标志。",
            "由反向代理终止TLS，设置 XUKE_ADDRESS=https://您的域名。",
        )
    elif not seen.secure_cookies:
        yield Finding("会话的 Cookie 没有 Secure 标志。", "不要改动设置中的 SESSION_COOKIE_SECURE。")
    if "*" in seen.hosts or any(host.startswith(".") for host in seen.hosts):
        yield Finding("XUKE_HOSTS 接受任意主机名，伪造的主机名会写进链接。", "只写真正的域名。")
    elif address.hostname not in seen.hosts:
        yield Finding(f"XUKE_HOSTS 中没有对外地址的主机名 {address.hostname}，网页会答400。", "把它加入 XUKE_HOSTS。")
    if address.scheme == "https" and not (seen.behind_proxy and seen.proxies):
        yield Finding(
            "没有写明前面的反向代理，输错密码会算在代理头上，一个人就能锁住所有人。",
            "设置 XUKE_BEHIND_PROXY=1 和 XUKE_PROXIES（代理的地址）。",
        )
    for name, rate in seen.rates:
        if rate <= 0:
            yield Finding(f"{name} 为0，任何人都可以无限次地问。", f"去掉 {name}，用默认值。")


def _of_people(seen: Configuration) -> Iterator[Finding]:
    if not seen.second_factor:
        yield Finding("工作人员只凭密码就能登录。", _undo(seen, "XUKE_OFFICERS_SECOND_FACTOR", strict="1"))
    if seen.long_sessions:
        yield Finding("会话持续一整天，不按岗位结束。", _undo(seen, "XUKE_LONG_SESSIONS", strict="0"))
    if seen.open_registration:
        yield Finding("企业可以在网页上随意注册，没有人核实。", _undo(seen, "XUKE_REGISTRATION", strict="0"))
    if "confirmation" in seen.means:
        yield Finding("申请可以不用自己的密钥签名。", _undo(seen, "XUKE_SIGNATURE_MEANS", strict="certificate,passkey"))
    if not seen.demands_crl:
        yield Finding(
            "吊销列表缺失或者过期时，仍接受数字证书。",
            f"{_undo(seen, 'XUKE_DEMAND_CRL', strict='1')}并定时运行 xuke trust crl。",
        )


def _undo(seen: Configuration, name: str, *, strict: str) -> str:
    """What to do about a variable that somebody set, or about one that is loose because this is a demonstration."""
    if name in seen.given or not seen.demonstration:
        return f"把 {name} 设为 {strict}。"
    return f"没有设置 {name}，它随 XUKE_DEMO=1 而松；还要用 XUKE_DEMO=1 的，设置 {name}={strict}。"


def is_weak(secret: str) -> bool:
    """Whether a secret is short, or was typed rather than drawn."""
    return len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_DIFFERENT
