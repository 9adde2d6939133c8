"""The tables of `foundation`, one file per noun."""

from xuke.foundation.models.calendar import CalendarDay
from xuke.foundation.models.division import Division
from xuke.foundation.models.file import KeptFile, StoredFile
from xuke.foundation.models.journal import Entry, Follower, Handled, Head, Leaf, Unhandled
from xuke.foundation.models.journalled import Journalled
from xuke.foundation.models.sequence import Counter

__all__ = [
    "CalendarDay",
    "Counter",
    "Division",
    "Entry",
    "Follower",
    "Handled",
    "Head",
    "Journalled",
    "KeptFile",
    "Leaf",
    "StoredFile",
    "Unhandled",
]
