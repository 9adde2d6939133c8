"""A licence as its holder sees it: whether it stands, how much of it has passed, whether the file is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xuke.certificates import queries
from xuke.certificates.models import CertificateVersion
from xuke.parties.applicants import Applicant


@dataclass(frozen=True)
class Holding:
    """The current version of one licence."""

    version: CertificateVersion
    standing: str
    tone: str
    share: float
    """How much of its validity has passed."""

    @property
    def passed(self) -> str:
        """The same in words, for screen readers."""
        return f"有效期已过{self.share:.0%}"

    @property
    def issued_on(self) -> date:
        """发证日期, as the certificate prints it: of a change, the day on which that was decided."""
        return date.fromisoformat(self.version.content["issued_on"])

    @property
    def first_issued_on(self) -> date | None:
        """首次发证: the day of the first decision, where the certificate prints another; else None."""
        first = self.version.licence.granted_on
        return None if first == self.issued_on else first

    @property
    def categories(self) -> str:
        """食品类别, as the certificate prints them."""
        return "、".join(self.version.content.get("food_categories", ()))


def holdings(applicant: Applicant, *, today: date) -> list[Holding]:
    """The licences of the applicant's enterprise, newest first."""
    return [_holding(version, today) for version in queries.held_by(applicant)]


def _holding(version: CertificateVersion, today: date) -> Holding:
    licence = version.licence
    code, words = queries.standing(licence, today=today)
    whole = (licence.valid_to - licence.granted_on).days
    share = min(max((today - licence.granted_on).days / whole, 0.0), 1.0)
    return Holding(version, words, "ok" if code == "in_force" else "off", share)
