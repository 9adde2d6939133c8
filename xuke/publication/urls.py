"""Addresses of this app: the portal, the register."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("xuke.publication.urls_portal")),
    path("", include("xuke.publication.urls_register")),
]
