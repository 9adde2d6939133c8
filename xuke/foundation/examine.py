"""Count the pages of a PDF in a process of its own, which may use little memory and little time.

Two kilobytes of PDF can unpack to gigabytes. Whoever sends such a file ends this process and no other. It is run as a
file, not as a module, so that it loads nothing of the product: `python -I examine.py PATH` prints the number of pages
or one of the words below; a process that was ended prints nothing.
"""

from __future__ import annotations

import resource
import sys

LOCKED, DAMAGED, TOO_MUCH = "locked", "damaged", "too much"
MEMORY = 512 * 1024 * 1024
"""Bytes of address space, the interpreter's own included."""
SECONDS = 5
"""Of computing."""


def main(path: str) -> str:
    """The number of pages, or why there is none."""
    import pikepdf

    try:
        with pikepdf.open(path) as pdf:
            return str(len(pdf.pages))
    except pikepdf.PasswordError:
        return LOCKED
    except MemoryError:
        return TOO_MUCH
    except (pikepdf.PdfError, ValueError, RuntimeError, RecursionError):
        return DAMAGED


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.write(main(sys.argv[1]))
