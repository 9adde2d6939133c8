"""Which authority receives an application, and why it of all: by what is applied for, or by who issued the licence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xuke.accounts.models import Authority
from xuke.accounts.queries import authority_of
from xuke.licensing.destination import destination
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure

BY_LICENCE = "食品生产许可管理办法（2020年）第三十二条、第三十四条、第四十条：向原发证的市场监督管理部门提出"


@dataclass(frozen=True)
class Receiver:
    """Where an application goes."""

    authority: Authority | None
    """None where the place has no authority that works with this system."""
    basis: str


def receiver(application: Application, *, on: date) -> Receiver | None:
    """The authority that is to accept a form as it stands; None while the form does not say enough."""
    if procedure(application.procedure).needs_licence and application.starts_from is not None:
        return Receiver(application.starts_from.authority, BY_LICENCE)
    where = destination(application.form, on=on)
    return Receiver(authority_of(where.seat), where.basis) if where and where.seat else None
