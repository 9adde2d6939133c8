"""Addresses of notices."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.documents.views import applicant, member, officer

urlpatterns: list[URLPattern] = [
    path("notices/<uuid:id>/", member.notice, name="notice"),
    path("notices/<uuid:id>/sign/", member.sign, name="notice_sign"),
    path("notices/<uuid:id>/file/", member.file, name="notice_file"),
    path("notices/<uuid:id>/service/", officer.serve, name="notice-serve"),
    path("notices/<uuid:id>/service/correct/", officer.correct, name="notice-correct"),
    path("notices/<uuid:id>/service/proof/", officer.proof, name="notice-proof"),
    path("notices/<uuid:id>/service/record/", officer.certify, name="notice-certify"),
    path("office/service/", officer.waiting, name="office-service"),
    path("my/service/", applicant.service, name="my-service"),
]
