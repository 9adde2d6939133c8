"""Addresses of proceedings, for officers and for whom they are against."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.proceedings.views import applicant, bans, officer

_CASE = "office/proceedings/<uuid:id>/"
_MINE = "my/proceedings/<uuid:id>/"

urlpatterns: list[URLPattern] = [
    path("office/proceedings/", officer.proceedings, name="officer-proceedings"),
    path("office/proceedings/new/", officer.begin, name="officer-proceeding-new"),
    path(_CASE, officer.proceeding, name="officer-proceeding"),
    path(f"{_CASE}statements/<int:place>/", officer.statement, name="officer-proceeding-statement"),
    path(f"{_CASE}<slug:slug>/", officer.step, name="officer-proceeding-step"),
    path("office/bans/", bans.bans, name="officer-bans"),
    path("office/bans/new/", bans.enter, name="officer-ban-new"),
    path("office/bans/<uuid:id>/lift/", bans.lift, name="officer-ban-lift"),
    path("my/proceedings/", applicant.proceedings, name="my-proceedings"),
    path(_MINE, applicant.proceeding, name="my-proceeding"),
    path(f"{_MINE}statements/<int:place>/", applicant.statement, name="my-proceeding-statement"),
    path(f"{_MINE}<slug:slug>/", applicant.step, name="my-proceeding-step"),
]
