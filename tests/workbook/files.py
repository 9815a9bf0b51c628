"""Workbooks of a few rows, for the tests of the import."""

from datetime import date, datetime
from pathlib import Path

import xlsxwriter

from workbook.sheets import SHEETS, Sheet, sheet_named

# A row of each sheet that is right; a test says only what it is about.
PERSON = {"번호": 1, "로마자이름": "DEMO NGUYEN", "국적": "베트남", "성별": "남", "시군": "익산시", "언어": "베트남어"}
SESSION = {"번호": 1, "센터": "52140-c1", "상담일": "2025-03-04", "언어": "vi", "경로": "내방", "주유형": "임금체불"}
LINK = {"주신청자번호": 1, "번호": 2, "관계": "배우자"}
CASE = {"번호": 1, "사람번호": 1, "유형": "E-7-4R", "시군": "익산시", "접수일": "2025-02-01"}
VOUCHER = {"번호": 1, "사람번호": 1, "시군": "익산시", "체류자격변경일": "2025-02-01", "신청일": "2025-03-01"}
STAY = {
    "번호": 1,
    "사람번호": 1,
    "쉼터": "52110-s1",
    "방": "1",
    "침대": "1",
    "입소일": "2025-03-01",
    "퇴소일": "2025-03-05",
}
ACTIVITY = {"번호": 1, "사업": "one-centre", "활동일": "2025-05-05", "활동명": "데모 한국어 교실"}


def workbook(path: Path, **sheets: list[dict]) -> Path:
    """Write a file of these sheets. Columns are those any row names, in the order of the format."""
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False})
    for name, rows in sheets.items():
        _write(book, name, rows)
    book.close()
    return path


def _write(book, name: str, rows: list[dict]) -> None:
    sheet = book.add_worksheet(name)
    known: Sheet = sheet_named(name) or SHEETS[0]
    used = {key for row in rows for key in row}
    headers = [column.name for column in known.columns if column.name in used]
    headers += [key for key in used if key not in headers]
    sheet.write_row(0, 0, headers)
    for line, row in enumerate(rows, start=1):
        for place, header in enumerate(headers):
            _put(sheet, line, place, row.get(header))


def _put(sheet, line: int, place: int, value) -> None:
    if value is None:
        return
    if isinstance(value, date | datetime):
        sheet.write_datetime(line, place, value)
    elif isinstance(value, str):
        sheet.write_string(line, place, value)
    else:
        sheet.write(line, place, value)


def counts(outcome) -> tuple[int, int, int]:
    return outcome.new, outcome.changed, outcome.unchanged


def errors(outcome) -> list[tuple[str, int, str]]:
    return [(problem.sheet, problem.line, problem.column) for problem in outcome.problems.errors]


def warnings(outcome) -> list[tuple[str, int, str]]:
    return [(problem.sheet, problem.line, problem.column) for problem in outcome.problems.warnings]
