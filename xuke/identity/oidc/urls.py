"""Addresses of the way through the identity platform."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.identity.oidc import views

urlpatterns: list[URLPattern] = [
    path("login/oidc/", views.leave, name="login-oidc"),
    path("login/oidc/back/", views.come_back, name="login-oidc-back"),
    path("account/security/platform/", views.leave_to_link, name="link-platform"),
    path("account/security/platform/<int:number>/end/", views.end_link, name="end-platform-link"),
]
