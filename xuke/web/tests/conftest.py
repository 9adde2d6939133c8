"""The page on its own: its middleware and templates without the apps above it, at addresses of the tests."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def web_alone(settings):
    settings.ROOT_URLCONF = "xuke.web.tests.urls"
    settings.MIDDLEWARE = [
        "xuke.web.middleware.SecurityHeaders",
        "xuke.web.middleware.UploadLimit",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "xuke.web.tests.urls.who_acts",
        "xuke.web.middleware.Door",
    ]
    options = {
        "context_processors": ["django.template.context_processors.request", "xuke.web.tests.urls.navigation"],
        "builtins": ["xuke.web.templatetags.xuke", "django.templatetags.static"],
    }
    backend = "django.template.backends.django.DjangoTemplates"
    ours = [Path(__file__).parent / "templates"]
    settings.TEMPLATES = [{"BACKEND": backend, "DIRS": ours, "APP_DIRS": True, "OPTIONS": options}]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.XUKE_DEMO = True
    return settings
