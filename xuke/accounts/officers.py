"""The officer at the moment of acting: a person in one authority with the roles held there."""

from __future__ import annotations

from dataclasses import dataclass

from xuke.accounts.roles import ADMINISTRATORS, HANDS, READERS, THREE_ADMINISTRATORS, TITLES, Role
from xuke.foundation.scope import Scope

__all__ = ["ADMINISTRATORS", "HANDS", "READERS", "THREE_ADMINISTRATORS", "TITLES", "Officer", "Role"]


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

    def acts_for(self, person: int | None) -> bool:
        """Whether what this person has in hand is this officer's to go on with: one's own, or an absent colleague's."""
        return person == self.user_id or person in self.stands_in_for

    @property
    def desk(self) -> tuple[str, str]:
        """Where this officer's work lies: the words and the address of the way back there."""
        if Role.AUDITOR in self.roles:
            return "回到日志", "/office/audit/"
        return ("回到等我办理", "/office/") if self.reads_cases else ("回到机构", "/office/admin/")

    def has(self, role: str) -> bool:
        """Whether one of the postings carries this role."""
        return role in self.roles
