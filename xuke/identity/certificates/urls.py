"""Addresses of logging in with a certificate."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.identity.certificates import views

urlpatterns: list[URLPattern] = [
    path("login/certificate/", views.log_in, name="login-certificate"),
    path("login/certificate/challenge/", views.challenge, name="login-certificate-challenge"),
    path("login/certificate/tls/", views.log_in_by_tls, name="login-certificate-tls"),
    path("account/security/certificates/", views.bind, name="bind-certificate"),
    path("account/security/certificates/<int:number>/end/", views.end_binding, name="end-certificate"),
]
