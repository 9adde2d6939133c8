"""The web application for granian, as `xuke serve` starts it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xuke.config.settings")
_pages = get_wsgi_application()

# What follows needs the applications, which a new interpreter has loaded only now.
from django.conf import settings  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from xuke.catalogue import editions  # noqa: E402
from xuke.config import health  # noqa: E402
from xuke.config.front import Front  # noqa: E402
from xuke.config.page_cache import PageCache  # noqa: E402
from xuke.config.serving import Served  # noqa: E402
from xuke.identity import proxies  # noqa: E402

application = Served(
    _pages,
    threads=int(os.environ.get("XUKE_THREADS") or 8),
    largest=settings.XUKE_MAX_UPLOAD,
    front=Front(PageCache(), reasons=health.reasons, token=settings.XUKE_METRICS_TOKEN, is_ours=proxies.is_ours),
)
# Public pages open no transaction of their own, and show the rules of today all the same.
editions.read_alone()
# Every page is loaded before the first request comes: a process that says it is ready is quick from the start.
_ = get_resolver().url_patterns
