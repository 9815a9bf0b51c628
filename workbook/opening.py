"""Opening a file that anybody may have sent: what it is, how large it grows, and what Excel hides in it.

The library that reads the cells shows values only, so formulas and merged cells are found in the sheet's
own XML; the same pass measures what the archive really unpacks to and where its cells really stand.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import python_calamine
from django.utils.translation import gettext as _

from workbook.problems import FileRefused

LARGEST_FILE = 200 * 1024**2  # bytes on disk; 100,000 sessions take 7 MiB
LARGEST_CONTENT = 1536 * 1024**2  # bytes unpacked
LARGEST_GRID = 60_000_000  # cells between the first and the last filled one of a sheet
MOST_PARTS = 2000
CHUNK = 1024 * 1024
OVERLAP = 4096  # bytes kept from the chunk before, so that a tag cut in two is seen whole

# Patterns begin with plain text: the search then skips from one such place to the next.
_ROW = re.compile(rb'row [^<>]*?\br="(\d+)"')
_WIDE = re.compile(rb' r="[A-Z]{2,3}\d')
_TOO_WIDE = re.compile(rb' r="[A-Z]{3}\d')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_FORMULA_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+)(\d+)"[^>]*>\s*<(?:\w+:)?f[\s/>]')
_BROKEN = re.compile(rb'<(?:\w+:)?c\b[^>]*\bt="e"')
_BROKEN_CELL = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]+)(\d+)"')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]+)(\d+):[A-Z]+\d+"')


@dataclass
class Hidden:
    """What the values do not show: places (column letters, row) of formulas, broken cells and merged cells."""

    formulas: list[tuple[str, int]] = field(default_factory=list)
    broken: list[tuple[str, int]] = field(default_factory=list)  # cells that show #N/A and its like
    merged: list[tuple[str, int]] = field(default_factory=list)


@dataclass
class OpenedSheet:
    name: str
    hidden: Hidden
    _sheet: object

    def rows(self) -> Iterator[tuple[int, list]]:
        """Each row with its number as Excel shows it. Empty cells are ``""``."""
        return enumerate(self._sheet.iter_rows(), start=1)

    @property
    def first_column(self) -> int:
        return self._sheet.start[1] if self._sheet.start else 0

    @property
    def height(self) -> int:
        return self._sheet.total_height


def open_workbook(path: Path) -> list[OpenedSheet]:
    """The sheets of an XLSX file. Raises FileRefused with a sentence for anything else."""
    _check_file(path)
    hidden = _look_inside(path)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        names = [sheet.name for sheet in book.sheets_metadata if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet]
        parts = _sheet_parts(path)
        return [
            OpenedSheet(name, hidden.get(parts.get(name, ""), Hidden()), book.get_sheet_by_name(name))
            for name in names
        ]
    except (python_calamine.CalamineError, OSError, KeyError, ValueError) as error:
        raise FileRefused(
            _("The file is damaged or not an XLSX workbook: open it in Excel and save it anew.")
        ) from error


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise FileRefused(_("There is no file %s: check its name and folder.") % path)
    if path.stat().st_size > LARGEST_FILE:
        raise FileRefused(
            _("The file has %(size)d MB; at most %(most)d MB are read. Split it by month or by sheet.")
            % {"size": path.stat().st_size // 1024**2, "most": LARGEST_FILE // 1024**2}
        )
    try:
        with open(path, "rb") as file:
            start = file.read(8)
    except OSError as error:
        raise FileRefused(_("The file %s cannot be read: check who may open it.") % path) from error
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused(_("This is an old .xls file or one with a password: save it as .xlsx without a password."))
    if not zipfile.is_zipfile(path):
        raise FileRefused(_("This is not an XLSX file: save it from Excel as .xlsx."))


def _look_inside(path: Path) -> dict[str, Hidden]:
    hidden, total = {}, 0
    try:
        with zipfile.ZipFile(path) as archive:
            parts = [part for part in archive.infolist() if part.filename.endswith((".xml", ".rels"))]
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_CONTENT:
                raise _bomb()
            for part in parts:
                is_sheet = part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml")
                found, size = _scan(archive, part, is_sheet, LARGEST_CONTENT - total)
                total += size
                if is_sheet:
                    hidden[part.filename] = found
    # Of zipfile, the last two are a compression it does not know and a part with a password.
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise FileRefused(
            _("The file is damaged or not an XLSX workbook: open it in Excel and save it anew.")
        ) from error
    return hidden


def _scan(archive: zipfile.ZipFile, part: zipfile.ZipInfo, is_sheet: bool, room: int) -> tuple[Hidden, int]:
    """Read a part once, in pieces, counting what it really holds."""
    found, size, last_row, width, tail = Hidden(), 0, 0, 26, b""
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            if size == 0 and b"<!DOCTYPE" in chunk[:OVERLAP]:
                raise FileRefused(
                    _("The file defines a document type, which no spreadsheet does: save it anew from Excel.")
                )
            size += len(chunk)
            if size > room:
                raise _bomb()
            if is_sheet:
                window = tail + chunk
                _note_hidden(window, found)
                last_row = max(last_row, max(map(int, _ROW.findall(window)), default=0))
                if _WIDE.search(window):
                    width = max(width, 16_384 if _TOO_WIDE.search(window) else 702)
                tail = window[-OVERLAP:]
    if last_row * width > LARGEST_GRID:
        raise FileRefused(_("A cell stands far from all others: delete the empty rows and columns around the table."))
    return found, size


def _note_hidden(window: bytes, found: Hidden) -> None:
    if (b"<f" in window or b":f" in window) and _FORMULA.search(window):
        # A cell need not say where it stands; then the sheet is told as a whole.
        _add(found.formulas, _FORMULA_CELL.findall(window) or [(b"", b"0")])
    if b't="e"' in window and _BROKEN.search(window):
        _add(found.broken, _BROKEN_CELL.findall(window) or [(b"", b"0")])
    if b"mergeCell " in window:
        _add(found.merged, _MERGED.findall(window))


def _add(places: list[tuple[str, int]], more) -> None:
    known = set(places)
    places.extend(place for letters, row in more if (place := (letters.decode(), int(row))) not in known)


def _bomb() -> FileRefused:
    return FileRefused(
        _("The file unpacks to more than %d MB and is not read: split it by month or by sheet.")
        % (LARGEST_CONTENT // 1024**2)
    )


def _sheet_parts(path: Path) -> dict[str, str]:
    """Sheet names and the parts of the archive that hold them."""
    from defusedxml.ElementTree import fromstring

    with zipfile.ZipFile(path) as archive:
        book = fromstring(archive.read("xl/workbook.xml"))
        links = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    parts = {}
    for element in book.iter():
        if element.tag.endswith("}sheet"):
            link = next((value for name, value in element.attrib.items() if name.endswith("}id")), "")
            target = targets.get(link, "")
            parts[element.get("name")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return parts


def column_letters(index: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
