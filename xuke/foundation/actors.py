"""Who acts. Every command takes `by`, and the journal keeps it as text, so that the record outlives the account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from xuke.foundation.scope import EVERYTHING, Scope


class Actor(Protocol):
    """A person or the system, at the moment of acting."""

    @property
    def code(self) -> str:
        """Stable and unique, such as ``officer:12`` or ``system``."""

    @property
    def label(self) -> str:
        """The name as the history shows it, such as 周敏（宜昌市市场监督管理局）."""

    @property
    def scope(self) -> Scope:
        """What the database lets this actor see and touch."""


@dataclass(frozen=True)
class System:
    """The product itself: jobs, reactions to news, set-up. `task` says which."""

    task: str = ""
    code: str = "system"
    label: str = "系统"
    scope: Scope = EVERYTHING


SYSTEM = System()
