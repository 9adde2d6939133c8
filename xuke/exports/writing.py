"""Rows into files: CSV that a spreadsheet opens without running what is in it, and XLSX in constant memory."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

import xlsxwriter

from xuke.exports.columns import COLUMNS, Column, Kind, readable
from xuke.exports.reading import Rows

BOM = "\ufeff".encode()
"""Says that it is UTF-8: without it, Excel reads Chinese as GBK and shows nonsense."""
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LONG = 12
"""Digits beyond which a spreadsheet rounds a number, or shows it with an exponent."""
ROWS_OF_A_SHEET = 1_048_576
"""What one sheet holds, its heading included."""


def csv_pieces(pieces: Iterable[Rows]) -> Iterator[tuple[bytes, int]]:
    """The heading, then each piece, as bytes with the number of its rows."""
    yield BOM + _lines([[column.title for column in COLUMNS]]), 0
    for rows in pieces:
        yield (
            _lines([[cell(value, column) for value, column in zip(row, COLUMNS, strict=True)] for row in rows]),
            len(rows),
        )


def _lines(rows: Iterable[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def cell(value: Any, column: Column) -> str:
    """A value as one cell of a CSV: text stays text, whatever it begins with (OWASP: CSV injection)."""
    told = readable(value, column)
    if told is None:
        return ""
    if isinstance(told, datetime):
        return told.isoformat(" ")
    if isinstance(told, date):
        return told.isoformat()
    text = str(told)
    if text.startswith(_DANGEROUS):
        return f"'{text}"
    if column.kind is Kind.NUMBER and text.isdigit() and len(text) >= _LONG:
        return f"\t{text}"  # Spreadsheets take it for text and do not show it.
    return text


class Writer(Protocol):
    """Writes pieces of rows into a file."""

    def write(self, rows: Rows) -> None: ...
    def close(self) -> None: ...


class CsvFile:
    """A CSV on disk."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._file.write(BOM + _lines([[column.title for column in COLUMNS]]))

    def write(self, rows: Rows) -> None:
        """Add rows."""
        lines = [[cell(value, column) for value, column in zip(row, COLUMNS, strict=True)] for row in rows]
        self._file.write(_lines(lines))

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class XlsxFile:
    """A workbook whose rows leave memory when the next one begins; a sheet that is full is followed by another."""

    def __init__(self, path: Path, *, rows_of_a_sheet: int = ROWS_OF_A_SHEET) -> None:
        self._parts = path.with_name(f"{path.name}.parts")
        """Where rows lie that have left memory: under the name of the half file, by which it is swept."""
        self._parts.mkdir(mode=0o700)
        options = {
            "constant_memory": True,
            "tmpdir": str(self._parts),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(str(path), options)
        self._bold = self._book.add_format({"bold": True})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._most = rows_of_a_sheet
        self._sheets = 0
        self._begin()

    def _begin(self) -> None:
        self._sheets += 1
        self._sheet = self._book.add_worksheet("清单" if self._sheets == 1 else f"清单（{self._sheets}）")
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(COLUMNS):
            self._sheet.set_column(place, place, column.width)
            self._sheet.write_string(0, place, column.title, self._bold)
        self._row = 1

    def write(self, rows: Rows) -> None:
        """Add rows: texts as texts, days as days."""
        for row in rows:
            if self._row == self._most:
                self._begin()
            for place, (value, column) in enumerate(zip(row, COLUMNS, strict=True)):
                self._write(place, readable(value, column))
            self._row += 1

    def _write(self, place: int, value: Any) -> None:
        if isinstance(value, datetime):
            self._sheet.write_datetime(self._row, place, value, self._moment)
        elif isinstance(value, date):
            self._sheet.write_datetime(self._row, place, value, self._day)
        elif value is not None:
            self._sheet.write_string(self._row, place, str(value))

    def close(self) -> None:
        """Put the sheets together."""
        try:
            self._book.close()
        finally:
            shutil.rmtree(self._parts, ignore_errors=True)


WRITERS = {"csv": CsvFile, "xlsx": XlsxFile}
