"""The officer at the moment of acting: a person in one authority with the roles held there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from xuke.foundation.scope import Scope


class Role(StrEnum):
    """What a posting lets a person do: the hands of a case (三分离), supervision, the three administrators (三员)."""

    ACCEPTOR = "acceptor"
    REVIEWER = "reviewer"
    VERIFIER = "verifier"
    DECIDER = "decider"
    SUPERVISOR = "supervisor"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        """The word on the page."""
        return TITLES[self]


TITLES = {
    Role.ACCEPTOR: "受理",
    Role.REVIEWER: "审查",
    Role.VERIFIER: "核查",
    Role.DECIDER: "决定",
    Role.SUPERVISOR: "监督",
    Role.SYSTEM_ADMINISTRATOR: "系统管理",
    Role.SECURITY_ADMINISTRATOR: "安全管理",
    Role.AUDITOR: "审计",
}

THREE_ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR})
"""Nobody combines two of them (三员分立, GB/T 22239-2019)."""
HANDS = frozenset({Role.ACCEPTOR, Role.REVIEWER, Role.VERIFIER, Role.DECIDER, Role.SUPERVISOR})
"""Who handles cases."""
READERS = HANDS | {Role.AUDITOR}
"""Who reads cases: whoever handles them, and the auditor, who changes nothing."""
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR})
"""Who keeps the tree of authorities and the people in it, and reads no case."""


@dataclass(frozen=True)
class Officer:
    """Who acts for an authority. Carries what permissions ask, so that asking costs no statement."""

    user_id: int
    name: str
    authority_id: int
    authority_name: str
    authority_path: str
    roles: frozenset[Role]
    stands_in_for: frozenset[int] = frozenset()
    """User ids of the absent colleagues this officer deputises for today (代理)."""

    @property
    def code(self) -> str:
        return f"officer:{self.user_id}"

    @property
    def label(self) -> str:
        return f"{self.name}（{self.authority_name}）"

    @property
    def scope(self) -> Scope:
        return Scope(
            authority_path=self.authority_path if self.roles & READERS else "",
            user_id=str(self.user_id),
            administers=self.authority_path if self.roles & ADMINISTRATORS else "",
        )

    @property
    def reads_cases(self) -> bool:
        """Whether case files are open to this officer at all."""
        return bool(self.roles & READERS)

    @property
    def titles(self) -> str:
        """The roles in words, in the order of a case: 受理、审查."""
        return "、".join(role.label for role in Role if role in self.roles)

    def has(self, role: str) -> bool:
        """Whether one of the postings carries this role."""
        return role in self.roles
