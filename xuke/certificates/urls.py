"""Addresses of this app, by audience."""

from __future__ import annotations

from django.urls import URLResolver, include, path

urlpatterns: list[URLResolver] = [
    path("", include("xuke.certificates.urls_public")),
    path("", include("xuke.certificates.urls_applicant")),
]
