"""The web application, for any WSGI server. Refuses what `xuke serve` refuses, such as a role that no wall binds.

Health, figures and kept pages are answered by `xuke serve` alone.
"""

import os

from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xuke.config.settings")

application = get_wsgi_application()

from xuke.catalogue import editions  # noqa: E402 - needs the applications
from xuke.config import installation  # noqa: E402

# Public pages open no transaction of their own, and show the rules of today all the same.
editions.read_alone()
installation.demand_usable()
# A server that forks must not share this connection with its processes.
connections.close_all()
