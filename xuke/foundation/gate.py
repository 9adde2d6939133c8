"""The first wall, in one place: which rows somebody may see in a list, a detail, an export, a search, a report, an API.

Every `visible_to` of the product asks here. The database asks the same question again, of every row (`row_security`).
"""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from xuke.foundation.actors import Actor

M = TypeVar("M", bound=Model)


def seen_by(actor: Actor, rows: QuerySet[M]) -> QuerySet[M]:
    """The rows within the actor's scope, of a table with `authority_path` and `enterprise`."""
    scope = actor.scope
    if scope.system:
        return rows
    if scope.authority_path:
        return rows.filter(territory(scope.authority_path))
    if scope.enterprise_id:
        return rows.filter(enterprise=scope.enterprise_id)
    return rows.none()


def territory(path: str) -> Q:
    """Rows at and below a place in the tree of authorities: a range, which an index answers."""
    return Q(authority_path__gte=path, authority_path__lt=path + "~")
