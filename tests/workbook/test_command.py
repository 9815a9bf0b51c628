"""The command as an outsider drives it."""

import os
import subprocess
import sys
from pathlib import Path

import openpyxl

from tests import databases
from tests.workbook.files import PERSON, SESSION, workbook

ROOT = Path(__file__).parents[2]


def run(database: str, *arguments, **environment) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", "import_workbook", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": databases.url(database), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


class ImportWorkbookCommandTests:
    def test_only_the_result_goes_to_standard_output(self, committed, tmp_path):
        path = workbook(tmp_path / "a.xlsx", 사람=[PERSON], 상담=[{**SESSION, "사람번호": 1}])
        dry = run(committed, path, "--dry-run")
        assert (dry.returncode, dry.stdout) == (0, "2 new, 0 changed, 0 unchanged\n")
        first = run(committed, path)
        assert (first.returncode, first.stdout) == (0, "2 new, 0 changed, 0 unchanged\n")
        assert first.stderr
        again = run(committed, path)
        assert (again.returncode, again.stdout) == (0, "0 new, 0 changed, 2 unchanged\n")

    def test_every_bad_cell_in_the_readers_language_and_marked_in_the_report(self, committed, tmp_path):
        path = workbook(tmp_path / "a.xlsx", 상담=[{**SESSION, "상담일": "2025-13-01", "언어": "클링온"}])
        korean = run(committed, path, "--report", tmp_path / "out.xlsx")
        assert (korean.returncode, korean.stdout) == (1, "")
        assert (
            "오류: 상담 시트 2행, 상담일 “2025-13-01”: "
            "날짜가 아닙니다. 엑셀 날짜로 넣거나 2025-03-01처럼 적으십시오." in korean.stderr
        )
        assert "오류: 상담 시트 2행, 언어 “클링온”: 알 수 없는 코드나 이름입니다." in korean.stderr
        assert "오류가 2건 있어 아무것도 저장하지 않았습니다." in korean.stderr
        assert "Error: " not in korean.stderr.replace("CommandError: ", "")
        english = run(committed, path, LANGUAGE_CODE="en")
        assert "Error: 상담, row 2, 상담일 “2025-13-01”: This is not a day." in english.stderr
        assert english.stderr != korean.stderr
        marked = openpyxl.load_workbook(tmp_path / "out.xlsx")["상담"]
        commented = {cell.value for row in marked.iter_rows() for cell in row if cell.comment}
        assert commented == {"2025-13-01", "클링온"}

    def test_a_wrong_call_is_told(self, committed, tmp_path):
        path = workbook(tmp_path / "a.xlsx", 상담=[SESSION])
        assert run(committed, path, "--nonsense").returncode == 2
        nowhere = run(committed, path, "--workspace", "99999-c1")
        assert (nowhere.returncode, nowhere.stdout) == (1, "")
        assert "99999-c1" in nowhere.stderr
        none = run(committed, tmp_path / "none.xlsx")
        assert none.returncode == 1
        assert "Traceback" not in none.stderr
