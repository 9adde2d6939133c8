"""What the frame of a real installation does without."""

from __future__ import annotations

import os
import subprocess
import sys

_SCRIPT = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "xuke.config.settings"
import django
django.setup()
from django.http import HttpRequest
from xuke.config import navigation, urls
request = HttpRequest()
request.path = "/login/"
assert "demonstration" not in navigation.navigation(request)
sys.exit(any(name.startswith("xuke.config.demonstration") for name in sys.modules))
"""


def test_a_real_installation_never_loads_the_people_of_the_demonstration(tmp_path):
    environment = {**os.environ, "XUKE_DEMO": "0", "XUKE_HOME": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", _SCRIPT], env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
