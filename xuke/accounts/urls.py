"""Addresses of this app: authorities and people, for administrators."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.accounts.views import officer_authorities as authorities
from xuke.accounts.views import officer_people as people
from xuke.accounts.views import officer_posts as posts
from xuke.accounts.views import officer_sheet as sheet

_ADMIN = "office/admin/"
_AUTHORITY = f"{_ADMIN}authorities/<str:code>/"
_PERSON = f"{_ADMIN}people/<int:number>/"

urlpatterns: list[URLPattern] = [
    path(_ADMIN, authorities.authorities, name="admin-authorities"),
    path(f"{_ADMIN}import/", sheet.import_sheet, name="admin-import"),
    path(f"{_ADMIN}import/template/", sheet.template, name="admin-import-template"),
    path(f"{_ADMIN}new/", authorities.new, name="admin-authority-new"),
    path(_AUTHORITY, authorities.authority, name="admin-authority"),
    path(f"{_AUTHORITY}change/", authorities.change, name="admin-authority-change"),
    path(f"{_AUTHORITY}close/", authorities.close, name="admin-authority-close"),
    path(f"{_AUTHORITY}reopen/", authorities.reopen, name="admin-authority-reopen"),
    path(f"{_ADMIN}people/", people.people, name="admin-people"),
    path(f"{_ADMIN}people/new/", people.new, name="admin-person-new"),
    path(_PERSON, people.person, name="admin-person"),
    path(f"{_PERSON}rename/", people.rename, name="admin-rename"),
    path(f"{_PERSON}password/", people.password, name="admin-password"),
    path(f"{_PERSON}disable/", people.disable, name="admin-disable"),
    path(f"{_PERSON}enable/", people.enable, name="admin-enable"),
    path(f"{_PERSON}appoint/", posts.appoint, name="admin-appoint"),
    path(f"{_PERSON}second/", posts.second, name="admin-second"),
    path(f"{_PERSON}deputy/", posts.deputise, name="admin-deputise"),
    path(f"{_ADMIN}postings/<int:number>/dismiss/", posts.dismiss, name="admin-dismiss"),
]
