"""Reading what people write in words: required, and not too long — all problems at once.

Nothing is cut silently: these words are printed on notices, and a reason that ends in mid-sentence is not one.
"""

from __future__ import annotations

from xuke.foundation.refusals import Invalid, Problem


class Wording:
    """The texts of one command, and everything that is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def text(self, field: str, text: object, *, label: str, most: int, missing: str = "") -> str:
        """The text without the space around it. `missing` is the sentence for an empty one; without it, it may be."""
        clean = str(text).strip()
        if not clean and missing:
            self.wrong(field, missing)
        elif len(clean) > most:
            self.wrong(field, f"{label}最多{most}个字，现在有{len(clean)}个字。")
        return clean

    def wrong(self, field: str, sentence: str) -> None:
        """Note something that is wrong with a field."""
        self.problems.append(Problem(field, sentence))

    def demand(self) -> None:
        """Raise `Invalid` with everything that was found."""
        if self.problems:
            raise Invalid(*self.problems)
