"""Puts the sheets together and writes them row by row, in constant memory and always the same."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import xlsxwriter

from tests.data.demo_workbook.activities import activity_rows
from tests.data.demo_workbook.families import family_rows, make_families, make_student_family
from tests.data.demo_workbook.people import add_others, add_twins, new_register, people_rows
from tests.data.demo_workbook.sessions import session_rows
from tests.data.demo_workbook.shelter import make_stays, stay_rows
from tests.data.demo_workbook.visas import (
    earlier_attempts,
    make_vouchers,
    settled_cases,
    student_cases,
    unsuccessful_cases,
    visa_rows,
    voucher_rows,
)

SEED = 2025
SESSIONS = 2500

COLUMNS = {
    "사람": "번호 로마자이름 한글이름 본국이름 국적 생년월일 성별 체류자격 체류만료일 외국인등록번호 전화번호 언어"
    " 시군 최초입력일",
    "동반가족": "주신청자번호 번호 관계 체류자격 입국일 정착일",
    "비자추천": "번호 사람번호 유형 시군 대학 접수일 추천일 추천번호 출입국신청일 허가일 불허일 부적격일 철회일 실효일"
    " 정착일 이탈일 최초입력일",
    "승급지원금": "번호 사람번호 시군 체류자격변경일 신청일 부적격일 취소일 지급일 지급액",
    "쉼터": "번호 사람번호 쉼터 방 침대 입소일 퇴소일 사유",
    "상담": "번호 센터 상담일 사람번호 상담원 언어 경로 주유형 부유형 소요분 인원 의뢰인 통역 국적 체류자격 성별 사업"
    " 내용 요지 결과 다음상담일 최초입력일",
    "활동": "번호 사업 센터 활동일 활동명 참여인원 언어 증빙",
}


def make_sheets(sessions: int = SESSIONS) -> dict[str, Iterable[dict]]:
    """The rows of all seven sheets; only the sessions are made while they are written."""
    rng = Random(SEED)
    register = new_register(rng)
    others = add_others(register)
    settled = settled_cases(register)
    students = student_cases(register)
    unsuccessful = unsuccessful_cases(register)
    student = next(case for case in students if case.settled_on and not case.left_on and case.person.birth.year < 2001)
    student_family = make_student_family(register, student)
    families = make_families(register, settled) + student_family
    cases = settled + earlier_attempts(rng, settled) + students + unsuccessful
    vouchers = make_vouchers(register, settled)
    stays = make_stays(rng, others, [student.person, *(member.person for member in student_family)])
    add_twins(register, others[100:120] + [case.person for case in settled[:8]], 24)
    return {
        "사람": list(people_rows(rng, register.people)),
        "동반가족": list(family_rows(families)),
        "비자추천": list(visa_rows(rng, cases)),
        "승급지원금": list(voucher_rows(vouchers)),
        "쉼터": list(stay_rows(rng, stays)),
        "활동": list(activity_rows(rng)),
        "상담": session_rows(rng, register.people, sessions),
    }


def write(path: Path, sessions: int = SESSIONS) -> None:
    """Write the demo workbook with so many sessions; the same call gives the same bytes.

    The creation date is fixed because XLSX stores it; rows go out one by one, so that a file of 100,000 sessions needs
    no more memory than a small one.
    """
    sheets = make_sheets(sessions)
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "시연용 통합 문서 (가상 자료)", "created": datetime(2026, 1, 2, tzinfo=UTC)})
    day_format = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, columns in COLUMNS.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, columns.split())
        write_rows(sheet, columns.split(), sheets[name], day_format)
    book.close()


def write_rows(sheet, columns: list[str], rows: Iterable[dict], day_format) -> None:
    """Write the filled cells below the heading; a key that is no column is a mistake of this package."""
    known = {column: number for number, column in enumerate(columns)}
    for line, row in enumerate(rows, 1):
        # Rows must be complete before the next begins, cells in any order.
        for column, value in row.items():
            if isinstance(value, date):
                sheet.write_datetime(line, known[column], value, day_format)
            elif value is not None:
                sheet.write(line, known[column], value)
