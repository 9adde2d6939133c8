"""A whole province as a sheet: Hubei with its prefectures and counties, made from the published divisions."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import xlsxwriter

from xuke.accounts.plans import COLUMNS
from xuke.config.demonstration.people import number_of
from xuke.foundation import divisions

TODAY = date(2026, 9, 7)
HUBEI = "420000"


def province(code: str = HUBEI, own: str = "湖北省") -> list[list[str]]:
    """The rows of a province, itself first; counties directly below it too (仙桃 and the like)."""
    rows = [_row(code, own, "省", "", 0)]
    for group in divisions.children(code, TODAY):
        if group.level == 2:
            rows.append(_row(group.code, group.name, "市", code, len(rows)))
            rows += [
                _row(county.code, f"{group.name}{county.name}", "县", group.code, len(rows) + place)
                for place, county in enumerate(divisions.children(group.code, TODAY))
            ]
        else:
            rows.append(_row(group.code, group.name, "县", code, len(rows)))
    return rows


def _row(code: str, name: str, level: str, above: str, place: int) -> list[str]:
    return [
        code,
        f"{name}市场监督管理局",
        f"鄂市监{code[2:]}" if code != HUBEI else "鄂市监",
        level,
        above,
        number_of(70000 + place, code, registrar="11"),
        f"{name}人民政府",
        f"{name}人民法院",
        f"{name}政务中心",
        "12315",
    ]


def as_xlsx(rows: Sequence[Sequence[object]], headings: Sequence[str] = tuple(COLUMNS.values())) -> bytes:
    """The rows as a workbook, under a title as people make them."""
    made = io.BytesIO()
    workbook = xlsxwriter.Workbook(made, {"in_memory": True})
    sheet = workbook.add_worksheet("Sheet1")
    sheet.write(0, 0, "湖北省市场监督管理机构表")
    for number, row in enumerate([headings, *rows], start=1):
        for at, value in enumerate(row):
            sheet.write(number, at, value)
    workbook.close()
    return made.getvalue()


def as_csv(rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig", comma: str = ",") -> bytes:
    """The rows as text."""
    return "\r\n".join(comma.join(row) for row in [list(COLUMNS.values()), *rows]).encode(encoding)


def saved(place: Path, content: bytes, name: str = "机构.xlsx") -> Path:
    """A file with this content."""
    path = place / name
    path.write_bytes(content)
    return path
