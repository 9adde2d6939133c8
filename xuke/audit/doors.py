"""Who may enter a page of the auditor's desk, and how far the journal is open to them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http.response import HttpResponseBase

from xuke.accounts.doors import OfficerRequest, role_view
from xuke.accounts.officers import Role
from xuke.audit import queries

P = ParamSpec("P")


def auditor_view(view: Callable[Concatenate[OfficerRequest, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page for auditors and nobody else."""

    @wraps(view)
    def enter(request: OfficerRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        queries.open_journal(request.actor)
        return view(request, *args, **kwargs)

    return role_view(Role.AUDITOR)(enter)
