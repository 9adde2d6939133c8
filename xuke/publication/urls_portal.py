"""The portal: the front door, progress, announcements, openness, data, feeds."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from xuke.publication.views import announcements, data, feeds, guides, home, openness, progress

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("find/", home.find, name="find"),
    path("progress/", progress.by_receipt, name="progress"),
    path("announcements/", announcements.listed, name="announcements"),
    path("announcements/<int:id>/", announcements.one, name="announcement"),
    path("announcements/hearings/", progress.hearings, name="public-hearings"),
    path("announcements/feed.atom", feeds.announced_atom, name="announcements-atom"),
    path("announcements/feed.json", feeds.announced_json, name="announcements-json"),
    path("licences/feed.atom", feeds.licences_atom, name="licences-atom"),
    path("licences/feed.json", feeds.licences_json, name="licences-json"),
    path("openness/", openness.figures, name="openness"),
    re_path(
        r"^openness/(?P<measure>items|online|visible|announced|times)\.(?P<form>csv|json)$",
        openness.listed,
        name="openness-list",
    ),
    path("data/", data.data, name="data"),
    path("data/licences.jsonl.gz", data.whole_register, name="whole-register"),
    path("sitemap.xml", data.sitemap, name="sitemap"),
    path("sitemap-pages.xml", data.sitemap_pages, name="sitemap-pages"),
    path("sitemap-<int:part>.xml", data.sitemap_part, name="sitemap-part"),
    path("robots.txt", data.robots, name="robots"),
    path("guide/", guides.items, name="guides"),
    path("guide/<str:code>/", guides.guide, name="guide"),
]
