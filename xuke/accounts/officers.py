"""The officer at the moment of acting: a person in one authority with the roles held there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from xuke.foundation.scope import Scope


class Role(StrEnum):
    """What a posting lets a person do. The names are the ones of the three-way separation and of administration."""

    ACCEPTOR = "acceptor"
    REVIEWER = "reviewer"
    VERIFIER = "verifier"
    DECIDER = "decider"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
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
    Role.ADMINISTRATOR: "管理",
    Role.AUDITOR: "审计",
}


@dataclass(frozen=True)
class Officer:
    """Who acts for an authority. Carries what permissions ask, so that asking costs no statement."""

    user_id: int
    name: str
    authority_id: int
    authority_name: str
    authority_path: str
    roles: frozenset[Role]

    @property
    def code(self) -> str:
        return f"officer:{self.user_id}"

    @property
    def label(self) -> str:
        return f"{self.name}（{self.authority_name}）"

    @property
    def scope(self) -> Scope:
        return Scope(authority_path=self.authority_path)

    @property
    def titles(self) -> str:
        """The roles in words, in the order of a case: 受理、审查."""
        return "、".join(role.label for role in Role if role in self.roles)

    def has(self, role: str) -> bool:
        """Whether one of the postings carries this role."""
        return role in self.roles
