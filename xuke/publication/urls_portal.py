"""The portal: the front door, progress, announcements, openness, data, feeds."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from xuke.publication.views import announcements, feeds, openness, progress

urlpatterns: list[URLPattern] = [
    path("progress/", progress.by_receipt, name="progress"),
    path("announcements/", announcements.listed, name="announcements"),
    path("announcements/<int:id>/", announcements.one, name="announcement"),
    path("announcements/feed.atom", feeds.announced_atom, name="announcements-atom"),
    path("announcements/feed.json", feeds.announced_json, name="announcements-json"),
    path("openness/", openness.figures, name="openness"),
    re_path(
        r"^openness/(?P<measure>items|online|visible|announced|times)\.(?P<form>csv|json)$",
        openness.listed,
        name="openness-list",
    ),
    path("guide/", openness.items, name="guides"),
    path("guide/<str:code>/", openness.guide, name="guide"),
]
