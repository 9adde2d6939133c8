"""The register: search, one licence, signed answers about days."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.publication.views import licence, register, standing

urlpatterns: list[URLPattern] = [
    path("licences/", register.search, name="licences"),
    path("licences/<str:number>/", licence.licence, name="licence"),
    path("licences/<str:number>/licence.jsonld", licence.as_linked_data, name="licence-data"),
    path("licences/<str:number>/standing.json", standing.as_json, name="standing"),
    path("licences/<str:number>/standing.jws", standing.as_jws, name="standing-signed"),
    path(".well-known/jwks.json", standing.key_set, name="key-set"),
]
