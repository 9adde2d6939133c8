"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.parties.views import applicant, public

urlpatterns: list[URLPattern] = [
    path("start/", public.begin, name="start"),
    path("switch/", public.switch, name="switch"),
    path("register/", public.register, name="register"),
    path("my/enterprise/", applicant.enterprise, name="my-enterprise"),
]
