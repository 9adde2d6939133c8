"""Addresses of proceedings, for officers and for whom they are against."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.proceedings.views import applicant, officer

_CASE = "office/proceedings/<uuid:id>/"
_MINE = "my/proceedings/<uuid:id>/"

urlpatterns: list[URLPattern] = [
    path("office/proceedings/", officer.proceedings, name="officer-proceedings"),
    path("office/proceedings/new/", officer.begin, name="officer-proceeding-new"),
    path(_CASE, officer.proceeding, name="officer-proceeding"),
    path(f"{_CASE}statements/<int:place>/", officer.statement, name="officer-proceeding-statement"),
    path(f"{_CASE}<slug:slug>/", officer.step, name="officer-proceeding-step"),
    path(_MINE, applicant.proceeding, name="my-proceeding"),
    path(f"{_MINE}statements/<int:place>/", applicant.statement, name="my-proceeding-statement"),
    path(f"{_MINE}<slug:slug>/", applicant.step, name="my-proceeding-step"),
]
