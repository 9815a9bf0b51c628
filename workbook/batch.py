"""A workbook on its way in: its rows, read and turned into values, and everything found wrong with them."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import orjson
from django.utils.translation import gettext as _

from cases.secrecy import digest
from workbook.cells import BadCell, Reader, Readers, shown
from workbook.opening import OpenedSheet, column_letters
from workbook.problems import FileRefused, Problem, Problems
from workbook.sheets import PEOPLE, SHEET, SHEETS, Column, Sheet, sheet_named

NEW, CHANGED, UNCHANGED = "new", "changed", "unchanged"
PROGRESS_EVERY = 2000  # rows
MOST_REMEMBERED = 50_000  # cells of a column
TRUTH = type("Truth", (), {"__str__": lambda self: "TRUE / FALSE"})()  # stands for both in a row
NAMES = ("roman_name", "korean_name", "native_name")

Progress = Callable[[str, int, int], None]


class Row:
    """One row of a sheet. What it refers to and what it became is filled in step by step.

    ``namespace`` is the workspace within which its number is unique (0: people of the whole province),
    ``workspace`` the one its record hangs on. ``before`` is what the number last brought in, if that differs.
    """

    __slots__ = (
        "before",
        "digest",
        "exceptions",
        "imported_id",
        "json",
        "line",
        "namespace",
        "person",
        "record_id",
        "ref",
        "sheet",
        "sound",
        "state",
        "unread",
        "values",
        "workspace",
    )

    def __init__(self, sheet: str, line: int, values: dict):
        self.sheet, self.line, self.values = sheet, line, values
        self.ref = values.get("ref")
        self.sound = True
        self.unread: set[str] = set()
        self.namespace = self.workspace = self.person = self.record_id = self.imported_id = None
        self.before = None
        self.digest = b""
        self.json = ""
        self.state = NEW
        self.exceptions: set[str] = set()  # the rules that history lets it break

    def __getitem__(self, key: str):
        return self.values.get(key)

    @property
    def counts(self) -> bool:
        """Whether the row brings something that the rules have to look at, as far as its cells could be read."""
        return self.state != UNCHANGED

    def has(self, *columns: str) -> bool:
        """Whether these cells are filled and could be read."""
        return all(self.values.get(column) is not None for column in columns)

    def content(self) -> dict:
        """What the row brings in, as it is compared and kept; a registration number as its keyed hash."""
        values = self.values
        if values.get("registration_number"):
            values = {**values, "registration_number": digest("registration", values["registration_number"]).hex()}
        return values

    def seal(self) -> None:
        """Fix what the row brings in, for comparing it and for keeping it."""
        encoded = orjson.dumps(self.content(), option=orjson.OPT_SORT_KEYS)
        self.digest = hashlib.blake2b(encoded, digest_size=16).digest()
        self.json = encoded.decode()


@dataclass
class Batch:
    """All rows of a file by sheet, with the headers as the file has them."""

    sheets: tuple[Sheet, ...] = SHEETS
    problems: Problems = field(default_factory=Problems)
    rows: dict[str, list[Row]] = field(init=False)
    headers: dict[str, dict[str, str]] = field(init=False)
    titles: dict[str, str] = field(init=False)
    read: dict[tuple[str, str], dict] = field(
        default_factory=dict
    )  # of a column of codes: its cells and what they say

    def __post_init__(self):
        self.rows = {sheet.key: [] for sheet in self.sheets}
        self.headers = {sheet.key: {} for sheet in self.sheets}
        self.titles = {sheet.key: sheet.name for sheet in self.sheets}

    def error(self, row: Row, column: str, message: str, value: str | None = None) -> None:
        """Note a bad cell. What else is wrong with the row is looked for all the same."""
        row.sound = False
        self._note(row, column, message, value, warning=False)

    def warn(self, row: Row, column: str, message: str, value: str | None = None) -> None:
        self._note(row, column, message, value, warning=True)

    def _note(self, row: Row, key: str, message: str, value: str | None, *, warning: bool) -> None:
        sheet = next(sheet for sheet in self.sheets if sheet.key == row.sheet)
        column = next((column for column in sheet.columns if column.key == key), None)
        if value is None:
            value = "" if column is None else _as_typed(self.as_written(row.sheet, key, row[key]), column)
        header = self.headers[row.sheet].get(key) or (column.name if column else "")
        self.problems.add(Problem(self.titles[row.sheet], row.line, header, value, message, warning))

    def as_written(self, sheet: str, key: str, value):
        """A code by the word that the file has for it, so that a message shows what stands in the cell."""
        cells = self.read.get((sheet, key), {})
        return next((cell for cell, code in cells.items() if code == value), value)

    def looked_at(self, sheet: str, *columns: str) -> list[Row]:
        """Rows of a sheet that a rule has to look at: those that bring something, with these cells to go by."""
        return [row for row in self.rows[sheet] if row.counts and row.has(*columns)]

    def total(self, state: str) -> int:
        return sum(row.state == state for rows in self.rows.values() for row in rows)


def _as_typed(value, column: Column) -> str:
    if isinstance(value, list):
        value = ";".join(map(str, value))
    return shown(value.isoformat() if isinstance(value, date) else value, column)


def read_batch(opened: list[OpenedSheet], readers: Readers, progress: Progress) -> Batch:
    """Read every known sheet. Raises FileRefused where there is none; bad cells are noted and reading goes on."""
    batch = Batch()
    known: dict[str, OpenedSheet] = {}
    for sheet_in_file in opened:
        sheet = sheet_named(sheet_in_file.name)
        if sheet is None:
            batch.problems.add(
                _of_sheet(
                    sheet_in_file.name,
                    _("This sheet is not one of the seven and is left out: check its name."),
                    warning=True,
                )
            )
        elif sheet.key in known:
            message = _("The file has this sheet twice (%s): put the rows into one.") % known[sheet.key].name
            batch.problems.add(_of_sheet(sheet_in_file.name, message))
        else:
            known[sheet.key] = sheet_in_file
    if not known:
        names = ", ".join(sheet.name for sheet in SHEETS)
        raise FileRefused(_("The file has none of the sheets %s: name the sheets so.") % names)
    total = sum(sheet_in_file.height for sheet_in_file in known.values())
    done = 0
    for key, sheet_in_file in known.items():
        batch.titles[key] = sheet_in_file.name
        done = read_sheet(batch, SHEET[key], sheet_in_file, readers, progress, done, total)
    progress("read", total, total)
    return batch


def _of_sheet(name: str, message: str, *, line: int = 0, column: str = "", warning: bool = False) -> Problem:
    return Problem(name, line, column, "", message, warning)


def read_sheet(
    batch: Batch, sheet: Sheet, opened: OpenedSheet, readers: Readers, progress: Progress, done: int, total: int
) -> int:
    """Read the rows of one sheet into the batch; how many rows of the file are read by then."""
    _note_hidden(batch, opened)
    columns, complete = None, False
    formulas = {line for _letters, line in (*opened.hidden.formulas, *opened.hidden.broken)}
    for line, cells in opened.rows():
        done += 1
        if done % PROGRESS_EVERY == 0:
            progress("read", done, total)
        if not any(cell != "" and (not isinstance(cell, str) or cell.strip()) for cell in cells):
            continue
        if columns is None:
            columns = _read_header(batch, sheet, opened, cells, line, readers)
            complete = all(not column.required or column.key in batch.headers[sheet.key] for column in sheet.columns)
            continue
        row = _read_row(batch, sheet, columns, cells, line)
        if line in formulas or not complete:
            row.sound = False
        batch.rows[sheet.key].append(row)
    return done


def _note_hidden(batch: Batch, opened: OpenedSheet) -> None:
    for places, message in (
        (opened.hidden.formulas, _("The cell %s holds a formula: paste its value instead.")),
        (opened.hidden.broken, _("The cell %s shows an error of Excel: type its value instead.")),
        (opened.hidden.merged, _("The cell %s is merged with others: unmerge it and fill each row.")),
    ):
        for letters, line in places:
            where = f"{letters}{line}" if line else opened.name
            batch.problems.add(_of_sheet(opened.name, message % where, line=line, column=letters))


def _read_header(batch, sheet: Sheet, opened: OpenedSheet, cells: list, line: int, readers: Readers) -> list:
    """Which cell of a row holds which column: (place, column, reader, cells read so far), in the file's order."""
    columns, seen = [], {}
    for place, cell in enumerate(cells):
        header = str(cell).strip()
        if not header:
            continue
        letters = column_letters(opened.first_column + place)
        column = sheet.column(header)
        if column is None:
            message = _("The column “%s” is not known and is left out: check its name.") % header
            batch.problems.add(_of_sheet(opened.name, message, line=line, column=letters, warning=True))
        elif column.key in seen:
            message = _("The column “%s” stands there twice: keep one of them.") % header
            batch.problems.add(_of_sheet(opened.name, message, line=line, column=letters))
        else:
            seen[column.key] = header
            columns.append((place, column, readers.of(column), {}))
            if column.reads == "topics" or column.reads in readers.sets:
                batch.read[sheet.key, column.key] = columns[-1][3]
    for column in sheet.columns:
        if column.required and column.key not in seen:
            message = _("The column “%s” is missing: add it and fill every row.") % column.name
            batch.problems.add(_of_sheet(opened.name, message, line=line))
    batch.headers[sheet.key] = seen
    return columns


def _read_row(batch: Batch, sheet: Sheet, columns: list, cells: list, line: int) -> Row:
    values, bad = {}, []
    if 1 in cells or 0 in cells:
        cells = [TRUTH if cell.__class__ is bool else cell for cell in cells]  # Python takes True and 1 for one
    for place, column, read, known in columns:
        cell = cells[place]
        try:
            # A column repeats itself: most cells were read before.
            value = known[cell]
        except KeyError:
            try:
                value = known[cell] = _read_cell(column, read, cell)
            except BadCell as error:
                bad.append((column, cell, str(error)))
                continue
            if len(known) > MOST_REMEMBERED:
                known.clear()
        if value is not None:
            values[column.key] = value
    return _finish_row(batch, Row(sheet.key, line, values), bad)


def _finish_row(batch: Batch, row: Row, bad: list[tuple[Column, object, str]]) -> Row:
    for column, cell, message in bad:
        row.unread.add(column.key)
        batch.error(row, column.key, message, shown(cell, column))
    if row.sheet == PEOPLE and not bad and not any(row[name] for name in NAMES):
        batch.error(row, "roman_name", _("A person needs at least one name: roman, Korean or native."))
    return row


def _read_cell(column: Column, read: Reader, cell):
    if cell is TRUTH:
        raise BadCell(_("This cell holds TRUE or FALSE: write text, a number or a day."))
    if cell == "" or (isinstance(cell, str) and not cell.strip()):
        if column.required:
            raise BadCell(_("This cell is empty: fill it."))
        return None
    return read(cell)
