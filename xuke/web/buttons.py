"""What somebody may do next. A closed step is shown with its reason; a button that a colleague has is never hidden."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a button looks. At most one primary button to a view; risk is for what cannot be taken back."""

    PRIMARY = "btn-primary"
    PLAIN = "xk-ghost"
    RISK = "xk-risk"


@dataclass(frozen=True)
class Button:
    """One step somebody may take, or the reason why not."""

    label: str
    url: str
    reason: str = ""
    """Why it cannot be pressed; empty when it can."""
    kind: Kind = Kind.PLAIN
    hint: str = ""
    """What pressing it does, in one sentence."""
    needs_form: bool = False
    """Leads to a page that asks more (GET); otherwise pressing it does the step (POST)."""
    fields: tuple[tuple[str, str], ...] = ()
    """Sent along with the press, such as the version of the case that the page was drawn from."""
    icon: str = ""
