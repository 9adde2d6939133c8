"""The applicant at the moment of acting: a person acting for one enterprise."""

from __future__ import annotations

from dataclasses import dataclass

from xuke.foundation.scope import Scope


@dataclass(frozen=True)
class AtCounter:
    """The visitor at the counter in whose name an officer files."""

    visit: int
    officer: str
    authority_name: str
    visitor: str
    document: str
    """The kind of document that was shown, in words."""
    capacity: str
    """What the visitor is to the enterprise. The officer has no more than an agent's powers, whoever came."""


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
    counter: AtCounter | None = None
    """The visit, when an officer files for a visitor (窗口); `user_id` is the officer's then."""

    @property
    def code(self) -> str:
        return f"officer:{self.user_id}" if self.counter else f"applicant:{self.user_id}"

    @property
    def label(self) -> str:
        if self.counter:
            return f"{self.counter.visitor}（{self.enterprise_name}），{self.counter.authority_name}窗口{self.name}代办"
        return f"{self.name}（{self.enterprise_name}）"

    @property
    def scope(self) -> Scope:
        return Scope(enterprise_id=str(self.enterprise_id), user_id=str(self.user_id))

    def may(self, power: str) -> bool:
        """Whether the mandate covers this."""
        return power in self.powers
