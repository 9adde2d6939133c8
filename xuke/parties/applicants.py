"""The applicant at the moment of acting: a person acting for one enterprise."""

from __future__ import annotations

from dataclasses import dataclass

from xuke.foundation.scope import Scope


@dataclass(frozen=True)
class Applicant:
    """Who acts for an enterprise, and in which capacity (法定代表人 or 经办人)."""

    user_id: int
    name: str
    enterprise_id: int
    enterprise_name: str
    capacity: str

    @property
    def code(self) -> str:
        return f"applicant:{self.user_id}"

    @property
    def label(self) -> str:
        return f"{self.name}（{self.enterprise_name}）"

    @property
    def scope(self) -> Scope:
        return Scope(enterprise_id=str(self.enterprise_id))
