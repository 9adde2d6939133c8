"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class PublicationConfig(AppConfig):
    """The public register, and what everybody may know about items and their rules."""

    name = "xuke.publication"
    label = "publication"

    def ready(self) -> None:
        """Tell the law library what rests on its articles."""
        # Models may not be imported before all apps are known, and what is gathered here reads some.
        from xuke.knowledge import uses
        from xuke.publication import law_uses

        uses.told_by(law_uses.in_use)
