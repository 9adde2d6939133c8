"""Who acts before anybody is known."""

from __future__ import annotations

from dataclasses import dataclass

from xuke.foundation.scope import NOTHING, Scope


@dataclass(frozen=True)
class Stranger:
    """Somebody at the login page who has not proved who they are."""

    code: str = "stranger"
    label: str = "未登录的人"
    scope: Scope = NOTHING


STRANGER = Stranger()
