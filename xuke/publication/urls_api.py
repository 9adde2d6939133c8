"""The interface for other systems, under `/api/v1/`."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from xuke.publication.api import addresses, page

urlpatterns: list[URLPattern] = [
    path("", page.explained, name="api"),
    path("openapi.json", addresses.openapi, name="api-openapi"),
    *addresses.answering(),
    re_path("^(?P<address>.+)$", addresses.unknown, name="api-unknown"),
]
