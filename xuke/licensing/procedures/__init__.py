"""The procedures, one file each. To add one, copy the nearest sibling and add its line here."""

from xuke.licensing.procedures.food import first
from xuke.licensing.procedures.form import Procedure

PROCEDURES: tuple[Procedure, ...] = (first.PROCEDURE,)

_BY_CODE = {procedure.code: procedure for procedure in PROCEDURES}


def procedure(code: str) -> Procedure:
    """The procedure of that code, such as ``food.first``."""
    return _BY_CODE[code]
