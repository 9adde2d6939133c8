"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig

from xuke.knowledge import pointing
from xuke.web import laws


class KnowledgeConfig(AppConfig):
    """The library of laws, and its pages."""

    name = "xuke.knowledge"
    label = "knowledge"

    def ready(self) -> None:
        """Answer the tag `{% law %}` from now on."""
        laws.answered_by(pointing.cited)
