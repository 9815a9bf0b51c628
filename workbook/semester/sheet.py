"""The sheet of a semester list and the reading of its file."""

import io
import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import xlsxwriter
from django.utils.translation import gettext as _

from centers.exports.sheets import demonstration_mark
from workbook.batch import Batch, read_sheet
from workbook.cells import Readers
from workbook.opening import open_workbook
from workbook.problems import FileRefused
from workbook.sheets import Sheet, may, must

BIGGEST = 10 * 1024 * 1024  # bytes
MOST = 3000  # rows: the students of the largest university, and more
STUDENTS = "students"
SHEET = Sheet(
    STUDENTS,
    "유학생",
    (
        must("학번", "ref", "ref", longest=30),
        may("로마자이름", "roman_name"),
        may("한글이름", "korean_name"),
        may("본국이름", "native_name"),
        may("생년월일", "birth_date", "past"),
        may("국적", "nationality", "country"),
        may("성별", "sex", "sex"),
        may("외국인등록번호", "registration_number", "number"),
        may("대학", "university", "university"),
        may("전공", "major"),
        may("학위", "degree"),
        may("입학학기", "semester", longest=6),
        may("입학일", "admitted_on", "past"),
        must("학적", "status", "study_status"),
        may("변동일", "happened_on", "past"),
        may("인지일", "known_on", "past"),
    ),
)
NAMES = ("roman_name", "korean_name", "native_name")


def read_list(content: bytes) -> Batch:
    """The rows of a semester list. Raises FileRefused for what is no workbook, or has no such sheet.

    A file with one sheet may call it as it likes.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "list.xlsx")
        path.write_bytes(content)
        opened = open_workbook(path)
        named = [sheet for sheet in opened if sheet.name in {SHEET.name, SHEET.key}] or opened
        if len(named) != 1:
            raise FileRefused(_("The file has several sheets: name the one with the students “%s”.") % SHEET.name)
        if named[0].height > MOST + 1:
            raise FileRefused(_("The list has more than %d rows: divide it, by college for instance.") % MOST)
        batch = Batch(sheets=(SHEET,))
        batch.titles[STUDENTS] = named[0].name
        read_sheet(batch, SHEET, named[0], Readers.of_today(), lambda *_told: None, 0, named[0].height)
    if not batch.rows[STUDENTS] and not batch.problems.errors:
        raise FileRefused(_("The list has no rows under its header."))
    return batch


def list_of(rows: Iterable[dict]) -> bytes:
    """A workbook in the form of the list, with rows by the keys of its columns; of no rows, one to fill in.

    What a demonstration says of its people is in the head of the printed page: the first row is the header.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet(SHEET.name)
        must_have, plain = book.add_format({"bold": True, "bg_color": "#dbeafe"}), book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for place, column in enumerate(SHEET.columns):
            page.write_string(0, place, column.name, must_have if column.required else plain)
            is_text = column.reads in {"ref", "number"} or column.key == "semester"
            page.set_column(
                place,
                place,
                16,
                day if column.reads == "past" else book.add_format({"num_format": "@"}) if is_text else None,
            )
        for line, row in enumerate(rows, start=1):
            for place, column in enumerate(SHEET.columns):
                _put(page, line, place, row.get(column.key))
        page.freeze_panes(1, 1)
        if mark := demonstration_mark():
            page.set_header(f"&C{mark}")
    return out.getvalue()


def _put(page, line: int, place: int, value) -> None:
    """A day as a day, all else as text: a student number keeps its zeros, and nothing is taken for a formula."""
    if isinstance(value, date):
        page.write_datetime(line, place, value)
    elif value:
        page.write_string(line, place, value)
