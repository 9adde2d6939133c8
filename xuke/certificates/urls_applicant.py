"""The holder's addresses."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.certificates.views import applicant

urlpatterns: list[URLPattern] = [
    path("my/licences/<slug:number>/<int:version>/", applicant.certificate, name="my-certificate"),
]
