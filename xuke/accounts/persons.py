"""A person on their own account: logging in, keeping factors and sessions, accepting a mandate."""

from __future__ import annotations

from dataclasses import dataclass

from xuke.foundation.scope import Scope


@dataclass(frozen=True)
class Person:
    """Who acts for nobody but themselves."""

    user_id: int
    name: str

    @property
    def code(self) -> str:
        return f"user:{self.user_id}"

    @property
    def label(self) -> str:
        return self.name

    @property
    def scope(self) -> Scope:
        return Scope(user_id=str(self.user_id))
