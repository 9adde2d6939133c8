"""Which passwords are taken. Django's own words for the length exist in English only."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from xuke.accounts.models import User


class LongEnough:
    """Length is what counts (NIST SP 800-63B); nobody is made to mix characters."""

    def __init__(self, least: int = 10) -> None:
        self.least = least

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise when the password is too short."""
        if len(password) < self.least:
            raise ValidationError(self.get_help_text())

    def get_help_text(self) -> str:
        """What Django tells beside the field."""
        return f"密码至少{self.least}位。"
