"""Settings. Everything an installation may change comes from the environment; everything else is a decision."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from xuke.config import embedded, logs
from xuke.config.unusable import Unusable
from xuke.foundation.pki.purposes import NotOurs, canonical_origin
from xuke.identity.oidc import platform as oidc

BASE = Path(__file__).resolve().parent.parent
XUKE_HOME = Path(os.environ.get("XUKE_HOME") or BASE.parent / "var").resolve()
"""The installation's state: database, files, keys, fonts, static files."""
XUKE_DEMO = os.environ.get("XUKE_DEMO", "1") == "1"
"""A demonstration shows its strip on every page and 演示 on every document. Off only with real keys."""
XUKE_REGISTRATION = os.environ.get("XUKE_REGISTRATION", "1" if XUKE_DEMO else "0") == "1"
"""Whether enterprises may register by page. Nobody's identity is proven there, so outside demonstrations it is off."""
XUKE_ADDRESS = os.environ.get("XUKE_ADDRESS", "http://127.0.0.1:8000")
"""The public address, as printed into QR codes; passkeys are made for its host name."""
XUKE_OFFICERS_SECOND_FACTOR = os.environ.get("XUKE_OFFICERS_SECOND_FACTOR", "0" if XUKE_DEMO else "1") == "1"
"""Whether officers need a second factor. Without one they only get as far as the page that adds it."""
XUKE_SIGNATURE_MEANS = [
    means.strip()
    for means in os.environ.get(
        "XUKE_SIGNATURE_MEANS", "certificate,passkey,confirmation" if XUKE_DEMO else "certificate,passkey"
    ).split(",")
]
"""By what applicants may sign: certificate, passkey, confirmation. The last is no signature of the person's own key."""
XUKE_LONG_SESSIONS = os.environ.get("XUKE_LONG_SESSIONS", "1" if XUKE_DEMO else "0") == "1"
"""Sessions of a demonstration last a day; others end by role (xuke/identity/rules.py)."""
XUKE_PROXIES = [entry.strip() for entry in os.environ.get("XUKE_PROXIES", "").split(",") if entry.strip()]
"""Addresses or networks of the proxies in front. Only with their secret is believed what they say of the client."""
XUKE_PROXY_SECRET = os.environ.get("XUKE_PROXY_SECRET", "")
"""What a proxy sends as X-Xuke-Proxy, so that nobody beside it can pass for it."""


XUKE_METRICS_TOKEN = os.environ.get("XUKE_METRICS_TOKEN", "")
"""What Prometheus sends as a bearer token; without one only this machine may read the figures."""
XUKE_LOG_FORMAT = os.environ.get("XUKE_LOG_FORMAT") or "text"
"""How lines on standard error look: `text` for people, `json` for programs."""
if XUKE_LOG_FORMAT not in logs.FORMATS:
    raise Unusable("XUKE_LOG_FORMAT 是 text 或 json。")


def _rate(name: str, given: str) -> tuple[float, float]:
    try:
        rate, _, burst = given.partition("/")
        return float(rate), float(burst or rate) or 1.0
    except ValueError:
        raise Unusable(f"{name} 是“每秒次数/一时最多次数”，例如 20/200；0表示不限。") from None


XUKE_PUBLIC_RATE = _rate("XUKE_PUBLIC_RATE", os.environ.get("XUKE_PUBLIC_RATE", "20/200"))
"""How often one client may ask what costs a search: per second, and at once. 0 turns the limit off."""
XUKE_API_RATE = _rate("XUKE_API_RATE", os.environ.get("XUKE_API_RATE", "20/400"))
"""The same for programs that ask `/api/v1`."""


def _platform() -> oidc.Platform | None:
    try:
        return oidc.from_environment(os.environ)
    except oidc.Misconfigured as problem:
        raise Unusable(str(problem)) from None


def _agent() -> str:
    try:
        return canonical_origin(os.environ.get("XUKE_AGENT", "http://127.0.0.1:15170"))
    except NotOurs:
        raise Unusable("XUKE_AGENT 是签名助手的地址，例如 http://127.0.0.1:15170。") from None


XUKE_OIDC = _platform()
"""The identity platform people may log in through, or None."""
XUKE_REAL_NAME_DAYS = int(os.environ.get("XUKE_REAL_NAME_DAYS", "365"))
"""How long a real name that the platform proves counts, where it does not say until when; a login renews it."""
XUKE_DEMAND_CRL = os.environ.get("XUKE_DEMAND_CRL", "0" if XUKE_DEMO else "1") == "1"
"""Whether a certificate is refused when its authority's revocation list is missing or out of date."""
XUKE_AGENT = _agent()
"""Where the signing agent of whoever sits at the browser answers: on their own machine."""
XUKE_TLS_CERTIFICATES = os.environ.get("XUKE_TLS_CERTIFICATES", "") == "1"
"""Whether the proxy asks browsers for client certificates, so that the login page offers this way."""
XUKE_MAX_FILE = 50_000_000
XUKE_MAX_UPLOAD = XUKE_MAX_FILE + 5_000_000
"""The largest request body: one file and its form."""
XUKE_LICENCE_TYPE_CODE = os.environ.get("XUKE_LICENCE_TYPE_CODE", "11100000MB0143028R999")
"""The type code in e-licence identifiers (证照类型代码). The official one is not known to us: 999 is a placeholder."""
XUKE_PROVINCE = "湖北省市场监督管理系统"
XUKE_ANNOUNCEMENT_DAYS = int(os.environ.get("XUKE_ANNOUNCEMENT_DAYS", "1826"))
"""How long a decision stays announced: five years, as long as a licence is valid."""

DEBUG = os.environ.get("XUKE_DEBUG", "") == "1"


def _secret() -> str:
    """The secret key: from the environment, or made once per installation."""
    if given := os.environ.get("XUKE_SECRET_KEY"):
        return given
    place = XUKE_HOME / "keys" / "secret_key"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        new = place.with_suffix(f".{os.getpid()}")
        new.touch(mode=0o600)
        new.write_text(secrets.token_urlsafe(48))
        try:
            os.link(new, place)
        except FileExistsError:
            pass  # Another process of this installation was faster; its key counts.
        new.unlink()
    return place.read_text()


SECRET_KEY = _secret()
XUKE_DATA_KEYS = os.environ.get("XUKE_DATA_KEYS", "")
"""Keys that seal personal numbers, ``1:base64,2:base64``; left out, they lie in XUKE_HOME/keys/data."""
ALLOWED_HOSTS = os.environ.get("XUKE_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("XUKE_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "axes",
    "procrastinate.contrib.django",
    "xuke.foundation",
    "xuke.web",
    "xuke.accounts",
    "xuke.knowledge",
    "xuke.identity",
    "xuke.parties",
    "xuke.catalogue",
    "xuke.seals",
    "xuke.documents",
    "xuke.certificates",
    "xuke.signatures",
    "xuke.verifiers",
    "xuke.licensing",
    "xuke.proceedings",
    "xuke.publication",
    "xuke.audit",
    "xuke.exports",
    "xuke.operations",
]

XUKE_DESK = ("xuke.proceedings.desk.todos",)
"""What apps above `licensing` put on an applicant's desk (`xuke.web.desk`)."""
XUKE_CASES_AGAINST = "xuke.proceedings.queries.numbers_against"
"""Who says which cases are open against a licence (`xuke.licensing.declared`)."""
XUKE_SHARED_RECORDS = ("xuke.licensing.queries_together.shows_record",)
"""Who says that an officer's authority takes part in what a record is about (`xuke.documents.queries`)."""
XUKE_ANSWERS = {
    ("application", "correction_notice"): ("my-application", "查看和补正"),
    ("application", "rectification_notice"): ("my-rectification", "查看和报告整改"),
    ("application", "hearing_right_notice"): ("my-hearing", "查看和要求听证"),
    ("application", "hearing_notice"): ("my-hearing", "查看听证安排"),
    ("proceeding", "ending_notice"): ("my-proceeding", "查看和陈述申辩"),
    ("proceeding", "hearing_notice"): ("my-proceeding", "查看听证安排"),
}
"""Where the enterprise answers a notice, by what it is about and its kind: pages of apps above `documents`."""

MIDDLEWARE = [
    "xuke.identity.proxies.TrustedProxy",
    "xuke.config.observing.Observed",
    "xuke.web.middleware.SecurityHeaders",
    "xuke.web.throttle.Throttle",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "xuke.publication.api.front.Front",
    "xuke.web.middleware.UploadLimit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "xuke.identity.middleware.Limits",
    "xuke.parties.middleware.WhoActs",
    "xuke.identity.watch.Watch",
    "axes.middleware.AxesMiddleware",
    "xuke.web.middleware.Door",
]

ROOT_URLCONF = "xuke.config.urls"
WSGI_APPLICATION = "xuke.config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "xuke.config.navigation.navigation",
            ],
            "builtins": ["xuke.web.templatetags.xuke", "django.templatetags.static"],
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = embedded.connection_settings(XUKE_HOME)
"""One database: `default` and `reports` connect as xuke_app, `public` as xuke_public, `owner` as xuke_owner."""
# Connections stay open, because opening one costs the server more than a page; each is tried before a request uses it,
# so that a restarted server is noticed.
for _alias in ("default", "public"):
    DATABASES[_alias] |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "xuke.accounts.backends.PasswordBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "xuke.accounts.passwords.LongEnough"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login_name", "name")},
    },
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/start/"

# Five wrong passwords for one name from one address lock that pair for a quarter of an hour.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# The name of the field in the login form; left out, django-axes would look for the model's and count nobody's attempts.
AXES_USERNAME_FORM_FIELD = "username"
# People type their password into the field of the name: what is counted by is a keyed digest of it.
AXES_USERNAME_CALLABLE = "xuke.identity.entering.name_in_attempts"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
AXES_LOCKOUT_CALLABLE = "xuke.identity.views.public.locked_out"
AXES_VERBOSE = False

SESSION_ENGINE = "xuke.identity.sessions"
# The longest any session may last; when one ends is said by role, in xuke/identity/rules.py.
SESSION_COOKIE_AGE = 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE = XUKE_ADDRESS.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
# With this prefix a browser takes a cookie from this very host over TLS and from nobody else (RFC 6265bis).
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = (
    ("__Host-sessionid", "__Host-csrftoken") if SECURE else ("sessionid", "csrftoken")
)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("XUKE_BEHIND_PROXY") else None
CSRF_FAILURE_VIEW = "xuke.web.refusals.csrf_failure"

FILE_UPLOAD_HANDLERS = ["xuke.web.uploads.LimitedUploadHandler"]
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = XUKE_HOME / "static"
# Laid out by the set-up: vendor/tabler/tabler.min.css, vendor/htmx/htmx.min.js, vendor/icons/outline/*.svg.
STATICFILES_DIRS = [("vendor", path) for path in (XUKE_HOME / "vendor",) if path.exists()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_MAX_AGE = 3600

SILENCED_SYSTEM_CHECKS = ["axes.W003"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": logs.FORMATS[XUKE_LOG_FORMAT]}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("XUKE_LOG", "WARNING")},
    # A page that was refused is an answer, not an event for the operator.
    "loggers": {"django.request": {"level": "ERROR"}, "axes": {"level": "ERROR"}},
}
