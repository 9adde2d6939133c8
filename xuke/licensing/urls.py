"""Addresses of this app, by audience."""

from __future__ import annotations

from django.urls import URLResolver, include, path

urlpatterns: list[URLResolver] = [
    path("", include("xuke.licensing.urls_applicant")),
    path("", include("xuke.licensing.urls_officer")),
    path("", include("xuke.licensing.urls_rules")),
]
