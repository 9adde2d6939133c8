"""The portal: the front door, progress, announcements, openness, data, feeds."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.publication.views import announcements, feeds, progress

urlpatterns: list[URLPattern] = [
    path("progress/", progress.by_receipt, name="progress"),
    path("announcements/", announcements.listed, name="announcements"),
    path("announcements/<int:id>/", announcements.one, name="announcement"),
    path("announcements/feed.atom", feeds.announced_atom, name="announcements-atom"),
    path("announcements/feed.json", feeds.announced_json, name="announcements-json"),
]
