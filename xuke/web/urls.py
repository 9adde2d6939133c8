"""Addresses of the page itself: the way back to a kept form, and the style page of a demonstration."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, path

from xuke.web import kept, views

urlpatterns: list[URLPattern] = [path("kept/", kept.carry_on, name="kept")]
if settings.DEBUG or settings.XUKE_DEMO:
    urlpatterns.append(path("states/", views.states, name="states"))
