"""The tables of the public: nothing in them is private, and the public role sees no others."""

from xuke.publication.models.cases import Announcement, Progress, PublicFigure
from xuke.publication.models.register import PublishedEvent, PublishedLicence

__all__ = ["Announcement", "Progress", "PublicFigure", "PublishedEvent", "PublishedLicence"]
