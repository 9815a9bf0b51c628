"""Files that anybody may have sent: each is told from a workbook by a sentence, and nothing of it is kept."""

import unicodedata
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from cases.models import Session
from tests.workbook.files import (
    ACTIVITY,
    CASE,
    LINK,
    PERSON,
    SESSION,
    STAY,
    VOUCHER,
    errors,
    warnings,
    workbook,
)
from workbook import opening
from workbook.marking import write_marked
from workbook.problems import FileRefused
from workbook.services import import_workbook
from workbook.sheets import SHEETS, sheet_named


def refused(path: Path, word: str) -> None:
    with pytest.raises(FileRefused) as caught:
        import_workbook(path)
    assert word in str(caught.value), str(caught.value)


def repack(source: Path, target: Path, change) -> Path:
    """The same archive with each part put through ``change(name, content)``."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
    return target


@pytest.fixture
def good(tmp_path) -> Path:
    return workbook(tmp_path / "good.xlsx", 상담=[SESSION])


@pytest.mark.django_db
class RefusedFileTests:
    def test_no_file_at_all(self, tmp_path):
        refused(tmp_path / "none.xlsx", "none.xlsx")
        refused(tmp_path, "")

    @pytest.mark.parametrize(
        "content", [b"", b"hello", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, b"PK\x03\x04broken"]
    )
    def test_what_is_no_xlsx(self, tmp_path, content):
        path = tmp_path / "a.xlsx"
        path.write_bytes(content)
        refused(path, ".xls")

    def test_an_archive_that_is_no_workbook(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
            archive.writestr("readme.txt", "hello")
        refused(tmp_path / "a.xlsx", "XLSX")

    def test_a_workbook_cut_short(self, good, tmp_path):
        path = tmp_path / "cut.xlsx"
        path.write_bytes(good.read_bytes()[:-400])
        refused(path, "XLSX")

    def test_a_file_of_two_gigabytes_is_not_even_opened(self, good):
        with open(good, "r+b") as file:
            file.truncate(2 * 1024**3)  # sparse: it takes no room
        refused(good, "2048 MB")

    def test_an_archive_that_says_it_unpacks_to_too_much(self, good, tmp_path, monkeypatch):
        monkeypatch.setattr(opening, "LARGEST_CONTENT", 10_000_000)

        def swell(name, content):
            return b" " * (opening.LARGEST_CONTENT + 1) if name == "xl/styles.xml" else content

        refused(repack(good, tmp_path / "bomb.xlsx", swell), "MB")

    def test_an_archive_that_hides_what_it_unpacks_to(self, good, tmp_path, monkeypatch):
        monkeypatch.setattr(opening, "LARGEST_CONTENT", 10_000_000)
        path = repack(
            good, tmp_path / "a.xlsx", lambda name, data: data + b" " * 12_000_000 if "sheet1" in name else data
        )
        # The directory lies about the size; only unpacking tells.
        data = path.read_bytes()
        with zipfile.ZipFile(path) as archive:
            sizes = {part.file_size for part in archive.infolist() if part.file_size > 12_000_000}
        for size in sizes:
            data = data.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
        path.write_bytes(data)
        with pytest.raises(FileRefused):
            import_workbook(path)

    def test_a_document_type_of_its_own(self, good, tmp_path):
        def declare(name, content):
            return content.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY b "b">]>', 1) if "sheet1" in name else content

        refused(repack(good, tmp_path / "a.xlsx", declare), "")

    def test_a_cell_far_from_all_others(self, tmp_path):
        book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
        sheet = book.add_worksheet("상담")
        sheet.write(0, 0, "번호")
        sheet.write(1_048_575, 16_383, "x")
        book.close()
        refused(tmp_path / "a.xlsx", "")

    def test_a_workbook_without_any_of_the_sheets(self, tmp_path):
        refused(workbook(tmp_path / "a.xlsx", 급여=[{"월": 1}]), "사람")


@pytest.mark.django_db
class OddCellTests:
    def test_a_formula_is_an_error_and_text_that_looks_like_one_is_text(self, tmp_path):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "상담"
        sheet.append(["번호", "센터", "상담일", "언어", "경로", "주유형", "내용"])
        sheet.append([1, "52140-c1", "2025-03-04", "vi", "visit", "labour", "=1+1"])
        sheet.append([2, "52140-c1", "2025-03-04", "vi", "visit", "labour", "=그대로"])
        sheet["G3"].data_type = "s"
        book.save(tmp_path / "a.xlsx")
        outcome = import_workbook(tmp_path / "a.xlsx")
        assert errors(outcome) == [("상담", 2, "G")]
        assert "G2" in str(outcome.problems.errors[0])

    def test_an_error_of_excel_is_told(self, tmp_path):
        book = openpyxl.load_workbook(workbook(tmp_path / "a.xlsx", 상담=[{**SESSION, "소요분": 5}]))
        sheet = book["상담"]
        cell = next(cell for cell in sheet[2] if cell.value == 5)
        cell.value, cell.data_type = "#N/A", "e"
        book.save(tmp_path / "b.xlsx")
        assert ("상담", 2, cell.column_letter) in errors(import_workbook(tmp_path / "b.xlsx"))

    def test_names_composed_otherwise_are_the_same(self, tmp_path):
        rows = [{unicodedata.normalize("NFD", key): value for key, value in SESSION.items()}]
        path = workbook(tmp_path / "a.xlsx", **{unicodedata.normalize("NFD", "상담"): rows})
        assert not import_workbook(path).refused

    def test_merged_cells_are_told(self, tmp_path):
        book = openpyxl.load_workbook(workbook(tmp_path / "a.xlsx", 상담=[SESSION, {**SESSION, "번호": 2}]))
        book["상담"].merge_cells("B2:B3")
        book.save(tmp_path / "b.xlsx")
        outcome = import_workbook(tmp_path / "b.xlsx")
        assert ("상담", 2, "B") in errors(outcome)
        write_marked(tmp_path / "b.xlsx", outcome.problems, tmp_path / "out.xlsx")
        assert openpyxl.load_workbook(tmp_path / "out.xlsx")["상담"]["B2"].comment

    def test_a_sheet_twice_and_a_number_twice(self, tmp_path):
        path = workbook(tmp_path / "a.xlsx", 상담=[SESSION, SESSION], sessions=[SESSION])
        found = errors(import_workbook(path))
        assert ("sessions", 0, "") in found
        assert ("상담", 3, "번호") in found

    def test_columns_that_are_missing_unknown_or_twice(self, tmp_path):
        rows = [{key: value for key, value in SESSION.items() if key != "언어"} | {"비고": "x", "center": "52140-c1"}]
        outcome = import_workbook(workbook(tmp_path / "a.xlsx", 상담=rows, 메모=[{"a": 1}]))
        assert len(errors(outcome)) == 2  # 언어 is missing, 센터 stands there twice
        assert len(warnings(outcome)) == 2  # the column 비고, the sheet 메모

    @pytest.mark.parametrize("sheet", [sheet.name for sheet in SHEETS])
    def test_a_sheet_that_lacks_any_one_column_is_told(self, tmp_path, sheet):
        whole = {
            "사람": PERSON, "동반가족": LINK, "비자추천": CASE, "승급지원금": VOUCHER, "쉼터": STAY, "상담": SESSION,
            "활동": ACTIVITY,
        }  # fmt: skip
        for column in (column for column in sheet_named(sheet).columns if column.required):
            rows = {**whole, sheet: {key: value for key, value in whole[sheet].items() if key != column.name}}
            path = workbook(tmp_path / "a.xlsx", **{name: [row] for name, row in rows.items()})
            assert (sheet, 1, "") in errors(import_workbook(path))

    def test_empty_rows_and_an_empty_sheet_are_nothing(self, tmp_path):
        path = workbook(tmp_path / "a.xlsx", 상담=[SESSION, {}, {"번호": "  "}, {**SESSION, "번호": 2}], 사람=[])
        outcome = import_workbook(path)
        assert (outcome.refused, outcome.new) == (False, 2)

    @pytest.mark.parametrize(
        ("cell", "value"),
        [
            ("상담일", 45000), ("상담일", "2025.03.04"), ("상담일", "2025-02-30"), ("상담일", True),
            ("상담일", "2025-W10-1"), ("소요분", 1.5), ("소요분", "열"), ("소요분", "9" * 5000), ("인원", 0),
            ("소요분", 10**12), ("번호", "x" * 201), ("내용", "a\x85b"), ("언어", "클링온"),
            ("부유형", "산재;없는유형"), ("센터", "52110-s1"),
        ],
    )  # fmt: skip
    def test_bad_cells(self, tmp_path, cell, value):
        outcome = import_workbook(workbook(tmp_path / "a.xlsx", 상담=[{**SESSION, cell: value}]))
        assert errors(outcome) == [("상담", 2, cell)]

    @pytest.mark.parametrize("number", ["880202-5", "880202-5******", "A123456789012"])
    def test_a_registration_number_has_thirteen_digits_and_is_not_shown(self, tmp_path, number):
        outcome = import_workbook(workbook(tmp_path / "a.xlsx", 사람=[{**PERSON, "외국인등록번호": number}]))
        assert errors(outcome) == [("사람", 2, "외국인등록번호")]
        assert number not in str(outcome.problems.errors[0])

    def test_a_row_counts_as_excel_counts_it(self, tmp_path):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "활동"
        for place, (header, value) in enumerate(ACTIVITY.items(), start=3):
            sheet.cell(4, place, header)
            sheet.cell(6, place, "없음" if header == "사업" else value)
        book.save(tmp_path / "a.xlsx")
        assert errors(import_workbook(tmp_path / "a.xlsx")) == [("활동", 6, "사업")]
        assert Session.objects.count() == 0
