"""The numbers of the trade: what kind a value is, whether it is right, and what to do when it is not.

One module per kind of number; each has `parse(value)`, and those that we issue have `compose(...)`. `identify(value)`
guesses the kind first. Pure: no Django, no database, no clock.
"""

from xuke.foundation.identifiers.identify import identify
from xuke.foundation.identifiers.result import Identification, Kind, Problem

__all__ = ["Identification", "Kind", "Problem", "identify"]
