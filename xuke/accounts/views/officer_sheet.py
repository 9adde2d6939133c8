"""Importing a sheet of authorities: upload, read over what it would do, press once."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse

from xuke.accounts import commands, plans, queries, queries_admin, sheets
from xuke.accounts.doors import OfficerRequest, role_view
from xuke.accounts.forms_officer import SheetForm
from xuke.accounts.particulars import TITLES
from xuke.accounts.permissions import demand_administrator
from xuke.accounts.plans import LEVELS, Fate, Plan, Row
from xuke.accounts.roles import Role
from xuke.accounts.views.officer_steps import crumb
from xuke.foundation.refusals import Conflict, Invalid
from xuke.web import refusals
from xuke.web.pages import download, go, page
from xuke.web.uploads import readable

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SALT = "xuke.accounts.sheet"
_GOOD_FOR = 3600
"""Seconds between reading over and pressing."""
_FATES = {
    Fate.WRONG: ("有错误", "bad"),
    Fate.NEW: ("新设", "ok"),
    Fate.CHANGED: ("修改", "warn"),
    Fate.SAME: ("不变", ""),
}


@role_view(Role.SYSTEM_ADMINISTRATOR)
def import_sheet(request: OfficerRequest) -> HttpResponseBase:
    """The page of the import. A file is read over; the press that follows carries what was read."""
    demand_administrator(request.actor, request.actor.authority_path, Role.SYSTEM_ADMINISTRATOR)
    if "rows" in request.POST:
        return _import(request)
    form = SheetForm(request.POST, files=request.FILES) if request.method == "POST" else SheetForm()
    if form.is_bound and form.is_valid():
        try:
            return _read_over(request, form.cleaned_data["file"])
        except Invalid as refused:
            refusals.onto(form, refused)
    return _page(request, {"form": form}, status=422 if form.errors else 200)


@role_view(Role.SYSTEM_ADMINISTRATOR)
def template(request: OfficerRequest) -> HttpResponseBase:
    """The sheet to fill in, with what is there already: change it, add to it, import it."""
    rows = [
        [row.code, row.name, row.abbreviation, LEVELS[row.level], row.parent.code if row.parent else "", row.uscc]
        + [getattr(row, name) for name in list(TITLES)[3:]]
        for row in queries_admin.in_territory(request.actor).filter(closed_on=None).select_related("parent")
    ]
    return download(sheets.template(rows), "机构表.xlsx", XLSX)


def _read_over(request: OfficerRequest, upload: UploadedFile[bytes]) -> HttpResponse:
    name = readable(upload.name or "") or "机构表"
    with NamedTemporaryFile(prefix="xuke-sheet-") as kept:
        for chunk in upload.chunks():
            kept.write(chunk)
        kept.flush()
        rows = sheets.read(Path(kept.name), name)
    made = plans.plan(rows, queries.known_authorities(), territory=request.actor.scope.administers)
    return _page(request, {"form": SheetForm(), "name": name, **_told(request, made, rows, name)})


def _told(request: OfficerRequest, made: Plan, rows: list[Row], name: str) -> dict[str, Any]:
    carried = {"by": request.actor.user_id, "name": name, "mark": made.mark}
    carried["rows"] = [[row.number, *row.values.values()] for row in rows]
    return {
        "plan": made,
        "figures": [(title, len(made.of(fate)), tone) for fate, (title, tone) in _FATES.items()],
        "groups": [(title, tone, made.of(fate)) for fate, (title, tone) in _FATES.items() if made.of(fate)],
        "is_wrong": bool(made.of(Fate.WRONG)),
        "rows": signing.dumps({**carried, "columns": list(rows[0].values)}, salt=_SALT, compress=True),
        "press": f"导入：新设{len(made.of(Fate.NEW))}个，修改{len(made.of(Fate.CHANGED))}个",
    }


def _import(request: OfficerRequest) -> HttpResponse:
    try:
        carried = signing.loads(request.POST["rows"], salt=_SALT, max_age=_GOOD_FOR)
    except signing.BadSignature:
        raise Conflict("这一页放得太久了，请重新上传，再看一遍会改什么。") from None
    if carried["by"] != request.actor.user_id:
        raise Conflict("这张表是另一个人上传的，请重新上传。")
    rows = [Row(number, dict(zip(carried["columns"], values, strict=True))) for number, *values in carried["rows"]]
    reason = f"按机构表“{carried['name'][:100]}”导入"
    commands.import_authorities(rows=rows, mark=carried["mark"], reason=reason, by=request.actor, now=request.now)
    return go(request, reverse("admin-authorities"))


def _page(request: OfficerRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return page(request, "accounts/admin/import.html", {"crumbs": crumb(), **context}, status=status)
