"""Everybody's addresses. The QR code of a certificate is in capitals; some scanners lower them."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from xuke.certificates.views import public

urlpatterns: list[URLPattern] = [
    path("verify/", public.verification, name="verify"),
    path("V/<str:code>", public.code, name="verify_code"),
    re_path(r"^[Vv]/(?P<code>[^/]+)/?$", public.code),
]
