"""Who hears which news: the handlers of all apps, in one visible list."""

from __future__ import annotations

from xuke.documents import handlers as documents
from xuke.foundation.news import On
from xuke.licensing import handlers as licensing
from xuke.proceedings import handlers as proceedings
from xuke.publication import handlers as publication
from xuke.verifiers import handlers as verifiers

HANDLERS: tuple[On, ...] = (
    *documents.HANDLERS,
    *verifiers.HANDLERS,
    *licensing.HANDLERS,
    *proceedings.HANDLERS,
    *publication.HANDLERS,
)
