"""Addresses of this app."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(name))
    for name in ("xuke.certificates.urls_public", "xuke.certificates.urls_applicant")
    if find_spec(name)
]
