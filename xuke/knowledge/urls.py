"""The law library: search, a law, an article."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.knowledge import views

urlpatterns: list[URLPattern] = [
    path("laws/", views.laws, name="laws"),
    path("laws/<slug:slug>/", views.law, name="law"),
    path("laws/<slug:slug>/<slug:key>/", views.article, name="law-article"),
]
