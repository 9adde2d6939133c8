"""What a decision judges: the varieties applied for one by one, or the application as a whole."""

from __future__ import annotations

from typing import Any

from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.food.changing import ticked
from xuke.licensing.procedures.food.comparing import added_rows, changes
from xuke.licensing.procedures.form import VisitFacts, VisitNeed

WHOLE = "case"
"""The key of the one thing that is judged where no variety is."""


def judged(application: Application) -> list[dict[str, Any]]:
    """The rows that are granted or refused, each by itself.

    Of a change, the products that are new; all of them where the plant changes in which they are made. What is not
    judged stays as the licence has it.
    """
    which, form = procedure(application.procedure), application.form
    if not which.judges(form):
        return [whole(application)]
    rows = application.varieties
    if which.kind == "change" and not ticked(form, "layout", "equipment"):
        added = [row.get("key") for row in added_rows(form)]
        rows = [row for row in rows if row["key"] in added]
    return rows or [whole(application)]


def whole(application: Application) -> dict[str, Any]:
    """The application itself, in the shape of a product row."""
    said = "、".join(dict.fromkeys(change.label for change in changes(application.form)))
    blank = dict.fromkeys(("code", "category_code", "category", "remark"), "")
    title = procedure(application.procedure).title
    return {**blank, "key": WHOLE, "name": title, "detail": said, "main": False}


def is_whole(application: Application) -> bool:
    """Whether the application is granted or refused as a whole."""
    return [row["key"] for row in judged(application)] == [WHOLE]


def visit_need(application: Application) -> VisitNeed:
    """Whether somebody goes to the site for this case, why, and by which article.

    A list reads no forms: there it is asked of an empty one, so that a row costs no statement.
    """
    which = procedure(application.procedure)
    form = {} if "form" in application.get_deferred_fields() else application.form
    return which.visit(VisitFacts(form, application.committed))
