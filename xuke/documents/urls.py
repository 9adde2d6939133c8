"""Addresses of notices."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.documents.views import member

urlpatterns: list[URLPattern] = [
    path("notices/<uuid:id>/", member.notice, name="notice"),
    path("notices/<uuid:id>/sign/", member.sign, name="notice_sign"),
    path("notices/<uuid:id>/file/", member.file, name="notice_file"),
]
