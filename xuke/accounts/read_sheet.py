"""Read the first sheet of a workbook in a process of its own, which may use little memory and little time.

A few kilobytes of workbook can unpack to gigabytes, or claim a cell in the last of a million rows. Whoever sends such a
file ends this process and no other. It is run as a file, not as a module, so that it loads nothing of the product:
`python -I read_sheet.py PATH ROWS COLUMNS` prints the rows as JSON, or one of the words below; a process that was ended
prints nothing.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

DAMAGED, TOO_MUCH = "damaged", "too much"
MEMORY = 512 * 1024 * 1024
"""Bytes of address space, the interpreter's own included."""
SECONDS = 5
"""Of computing."""


def main(path: str, most_rows: int, most_columns: int) -> str:
    """The rows of the first sheet as JSON, or why there are none."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(path) as workbook:
            sheet = workbook.get_sheet_by_index(0)
            if sheet.height > most_rows or sheet.width > most_columns:
                return TOO_MUCH
            rows = sheet.to_python(skip_empty_area=False, nrows=most_rows)
    except MemoryError:
        return TOO_MUCH
    except (CalamineError, OSError, ValueError, IndexError):
        return DAMAGED
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # How the reader says that a file has confused it.
            raise
        return DAMAGED
    return json.dumps([[_text(cell) for cell in row[:most_columns]] for row in rows], ensure_ascii=False)


def _text(cell: Any) -> str:
    """What the cell shows: 420506, not 420506.0."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.write(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
