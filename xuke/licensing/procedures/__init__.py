"""The procedures, one file each. To add one, copy the nearest sibling and add its line here."""

from xuke.licensing.procedures.food import (
    cancellation,
    change,
    first,
    reissue,
    renewal,
    renewal_change,
    report,
)
from xuke.licensing.procedures.form import Procedure

PROCEDURES: tuple[Procedure, ...] = (
    first.PROCEDURE,
    change.PROCEDURE,
    report.PROCEDURE,
    renewal.PROCEDURE,
    renewal_change.PROCEDURE,
    cancellation.PROCEDURE,
    reissue.PROCEDURE,
)
"""In the order in which people are offered them."""

_BY_CODE = {procedure.code: procedure for procedure in PROCEDURES}


def procedure(code: str) -> Procedure:
    """The procedure of that code, such as ``food.first``."""
    return _BY_CODE[code]
