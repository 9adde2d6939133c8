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
    uscc: str = ""
    legal_representative: str = ""
    """Of the enterprise. Carried along, so that the desk shows it without a statement."""
    powers: frozenset[str] = frozenset()
    """What the mandate covers: draft, sign, receive."""
    has_choice: bool = False
    """Whether the person may act for somebody else as well."""

    @property
    def code(self) -> str:
        return f"applicant:{self.user_id}"

    @property
    def label(self) -> str:
        return f"{self.name}（{self.enterprise_name}）"

    @property
    def scope(self) -> Scope:
        return Scope(enterprise_id=str(self.enterprise_id), user_id=str(self.user_id))

    def may(self, power: str) -> bool:
        """Whether the mandate covers this."""
        return power in self.powers
