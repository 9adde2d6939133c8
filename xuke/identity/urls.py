"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.identity.views import public

urlpatterns: list[URLPattern] = [
    path("login/", public.log_in, name="login"),
    path("logout/", public.log_out, name="logout"),
]
