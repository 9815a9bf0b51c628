"""The rows of a list as a file that a spreadsheet opens: a value is written as what it is, and never as a formula."""

import csv
import unicodedata
from collections.abc import Iterable
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from centers.exports.sealed import SealedWriter
from centers.models import ExportFormat

SHEET_ROWS = 1_048_576  # of a sheet, its heading among them
CELL = 32_767  # characters of a cell
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet takes for the beginning of one
WIDTH = 18
BOM = "\ufeff".encode()


class Sheet(Protocol):
    def write(self, rows: Iterable[list]) -> None: ...

    def close(self) -> None: ...


class Percent(float):
    """A part of a whole, 0.5 for the half of it, which a spreadsheet shows in percent with one decimal."""


def demonstration_mark() -> str:
    """What a file of a demonstration says of its figures; nothing on any other installation."""
    if not settings.DEMO:
        return ""
    return _("Demonstration: all people are synthetic, and figures are illustrative but for those that are published.")


class CsvSheet:
    """Comma-separated, in UTF-8 with a mark that Excel knows it by, lines ended as Excel ends them."""

    def __init__(self, target: SealedWriter, headings: list[str], folder: Path, title: str):
        target.write(BOM)
        self._text = TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
        self._rows = csv.writer(self._text, lineterminator="\r\n")
        self.write([headings])

    def write(self, rows: Iterable[list]) -> None:
        self._rows.writerows([harmless(value) for value in row] for row in rows)

    def close(self) -> None:
        self._text.detach()


class XlsxSheet:
    """A workbook, written row by row; ``folder`` holds what is written until the end puts it together.

    Rows that one sheet cannot hold go on in the next. In a demonstration each sheet says so above its headings.
    """

    def __init__(self, target: SealedWriter, headings: list[str], folder: Path, title: str, *, rows: int = SHEET_ROWS):
        self._book = Workbook(
            target,
            {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "tmpdir": str(folder)},
        )
        self._headings, self._title, self._most = headings, title, rows
        self._mark = demonstration_mark()
        self._head = self._book.add_format({"bold": True, "bottom": 1})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._percent = self._book.add_format({"num_format": "0.0%"})
        self._begin()

    def write(self, rows: Iterable[list]) -> None:
        for row in rows:
            if self._row == self._most:
                self._begin()
            for column, value in enumerate(row):
                self._cell(column, value)
            self._row += 1

    def close(self) -> None:
        self._book.close()

    def _begin(self) -> None:
        number = len(self._book.worksheets()) + 1
        self._sheet = self._book.add_worksheet(self._title if number == 1 else f"{self._title} {number}")
        self._sheet.set_column(0, len(self._headings) - 1, WIDTH)
        above = 1 if self._mark else 0
        if above:
            self._sheet.write_string(0, 0, self._mark)
        self._sheet.freeze_panes(above + 1, 0)
        for column, heading in enumerate(self._headings):
            self._sheet.write_string(above, column, heading, self._head)
        self._row = above + 1

    def _cell(self, column: int, value: Any) -> None:
        if isinstance(value, date):
            self._sheet.write_datetime(self._row, column, value, self._day)
        elif isinstance(value, Percent):
            self._sheet.write_number(self._row, column, value, self._percent)
        elif isinstance(value, int):
            self._sheet.write_number(self._row, column, value)
        elif value not in (None, ""):
            self._sheet.write_string(self._row, column, str(value)[:CELL])


SHEETS = {ExportFormat.CSV: CsvSheet, ExportFormat.XLSX: XlsxSheet}


def harmless(value: Any) -> Any:
    """A text that a spreadsheet could take for a formula, with a sign before it; full-width signs count too."""
    plainly = unicodedata.normalize("NFKC", value).lstrip(" ") if isinstance(value, str) else ""
    if plainly.startswith(FORMULA):
        return f"'{value}"
    return value
