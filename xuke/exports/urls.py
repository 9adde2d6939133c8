"""Addresses of exports. A list streamed at once lies beside the list it is."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.exports.views import officer

urlpatterns: list[URLPattern] = [
    path("office/exports/", officer.exports, name="exports"),
    path("office/exports/ask/", officer.ask, name="export-ask"),
    path("office/exports/<uuid:id>/", officer.one, name="export"),
    path("office/exports/<uuid:id>/file/", officer.file, name="export-file"),
    path("office/exports/<uuid:id>/cancel/", officer.cancel, name="export-cancel"),
    path("office/export.csv", officer.at_once, {"kind": "inbox"}, name="export-inbox-csv"),
    path("office/mine/export.csv", officer.at_once, {"kind": "mine"}, name="export-mine-csv"),
    path("office/all/export.csv", officer.at_once, {"kind": "all"}, name="export-all-csv"),
]
