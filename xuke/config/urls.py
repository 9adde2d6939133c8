"""All addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from xuke.web import refusals

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("xuke.web.urls")),
    path("", include("xuke.accounts.urls")),
    path("", include("xuke.knowledge.urls")),
    path("", include("xuke.identity.urls")),
    path("", include("xuke.parties.urls")),
    path("", include("xuke.documents.urls")),
    path("", include("xuke.publication.urls")),
    path("api/v1/", include("xuke.publication.urls_api")),
    path("", include("xuke.certificates.urls")),
    path("", include("xuke.verifiers.urls")),
    path("", include("xuke.licensing.urls")),
    path("", include("xuke.proceedings.urls")),
    path("", include("xuke.audit.urls")),
    path("", include("xuke.exports.urls")),
    path("", include("xuke.operations.urls")),
]

handler400 = refusals.bad_request
handler403 = refusals.permission_denied
handler404 = refusals.not_found
handler500 = refusals.server_error
