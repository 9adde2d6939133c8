"""Addresses of the operator's page."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.operations.views import operator

urlpatterns: list[URLPattern] = [
    path("office/operations/", operator.operations, name="operations"),
    path("office/operations/retry/", operator.retry_all, name="operations-retry-all"),
    path("office/operations/jobs/<int:job>/retry/", operator.retry, name="operations-retry"),
]
