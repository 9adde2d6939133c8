"""What the frame shows of the rest of the product. The context processor in `config` fills it; `web` only draws it.

Names in the context, all optional: `nav` (list of `NavItem`), `foot` (list of `NavItem`, the links of the footer),
`foot_note` (a sentence), `who` (`Who`) and `search_url` (where the search field of the officers' bar leads).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NavItem:
    """One entry of the header or the rail."""

    label: str
    url: str
    icon: str = ""
    """A name from `xuke.web.icons`; the rail shows it, the header does not."""
    count: int | str | None = None
    """A figure, or where counting ended: 999+."""
    current: bool = False
    group: str = ""
    """The heading it stands under in the rail: 办理, 证后, 管理."""
    told: str = ""
    """What waits there, as a sentence at the top of the inbox; empty where nothing does."""
    key: str = ""
    """The second key after G that leads here: I for the inbox."""


@dataclass(frozen=True)
class Who:
    """The person at the screen, as the frame names them."""

    name: str
    place: str = ""
    """The roles and the authority, or the enterprise and the capacity."""
