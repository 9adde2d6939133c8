"""Addresses of the rules: what applies, its history, publishing."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.licensing.views import officer_case_rules, officer_publishing, officer_rules

_RULES = "office/rules/"

urlpatterns: list[URLPattern] = [
    path("office/applications/<uuid:id>/rules/", officer_case_rules.case_rules, name="officer-case-rules"),
    path(_RULES, officer_rules.rules, name="rules"),
    path(f"{_RULES}publish/<slug:what>/", officer_publishing.publish, name="rules-publish"),
    path(f"{_RULES}<slug:topic>/<path:key>/end/", officer_publishing.end, name="rules-end"),
    path(f"{_RULES}<slug:topic>/<path:key>/", officer_rules.history, name="rules-history"),
]
