"""Addresses of the auditor's desk."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.audit.views import integrity, journal

_SUBJECT = "office/audit/subjects/<str:stream>/"

urlpatterns: list[URLPattern] = [
    path("office/audit/", journal.journal, name="audit-journal"),
    path("office/audit/looks/", journal.looks, name="audit-looks"),
    path("office/audit/integrity/", integrity.integrity, name="audit-integrity"),
    path(_SUBJECT, journal.history, name="audit-history"),
    path(f"{_SUBJECT}export/", journal.export, name="audit-export"),
    path(f"{_SUBJECT}<int:seq>/", journal.entry, name="audit-entry"),
    path(f"{_SUBJECT}<int:seq>/show/", journal.show, name="audit-show"),
]
