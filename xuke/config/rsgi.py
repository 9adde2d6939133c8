"""The web application for granian, as `xuke serve` starts it."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from xuke.config.serving import Served

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xuke.config.settings")

application = Served(
    get_wsgi_application(), threads=int(os.environ.get("XUKE_THREADS") or 8), largest=settings.XUKE_MAX_UPLOAD
)
