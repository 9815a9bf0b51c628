"""The workbook that thirteen centres keep: its seven sheets and their columns, exactly as agreed.

Each column has its Korean header, the English key that is accepted too, and how its cells are read
(``workbook/cells.py``). Columns may stand in any order; one that is not required may be missing.
"""

import unicodedata
from dataclasses import dataclass

PEOPLE = "people"
DEPENDANTS = "dependants"
VISA_CASES = "visa_cases"
VOUCHERS = "vouchers"
STAYS = "stays"
SESSIONS = "sessions"
ACTIVITIES = "activities"


@dataclass(frozen=True)
class Column:
    """``reads``: text, note, ref, past (a day up to today), day (any day), count, minutes, won, number, or a
    set of codes (``cells.code_sets``)."""

    name: str
    key: str
    reads: str = "text"
    required: bool = False
    longest: int = 200


@dataclass(frozen=True)
class Sheet:
    """``key`` in English, ``name`` in Korean, and the columns in the order in which they are spoken of."""

    key: str
    name: str
    columns: tuple[Column, ...]

    def column(self, header: str) -> Column | None:
        return self._by_header.get(normal(header))

    @property
    def _by_header(self) -> dict[str, Column]:
        return {normal(word): column for column in self.columns for word in (column.name, column.key)}


def normal(word: str) -> str:
    """A header or name as it is compared: composed (NFC), without blanks, stars and case."""
    return "".join(unicodedata.normalize("NFC", word).split()).replace("*", "").casefold()


def must(name: str, key: str, reads: str = "text", **options) -> Column:
    return Column(name, key, reads, required=True, **options)


def may(name: str, key: str, reads: str = "text", **options) -> Column:
    return Column(name, key, reads, **options)


_FIRST_RECORDED = may("최초입력일", "first_recorded_on", "past")

SHEETS = (
    Sheet(
        PEOPLE,
        "사람",
        (
            must("번호", "ref", "ref"),
            may("로마자이름", "roman_name"),
            may("한글이름", "korean_name"),
            may("본국이름", "native_name"),
            may("국적", "nationality", "country"),
            may("생년월일", "birth_date", "past"),
            may("성별", "sex", "sex"),
            may("체류자격", "status", "status"),
            may("체류만료일", "status_expires_on", "day"),
            may("외국인등록번호", "registration_number", "number"),
            may("전화번호", "phone", "phone", longest=100),
            may("언어", "language", "language"),
            may("시군", "municipality", "municipality"),
            _FIRST_RECORDED,
        ),
    ),
    Sheet(
        DEPENDANTS,
        "동반가족",
        (
            must("주신청자번호", "principal_ref", "ref"),
            must("번호", "ref", "ref"),
            must("관계", "relation", "relation"),
            may("체류자격", "status", "status"),
            may("입국일", "entered_on", "past"),
            may("정착일", "settled_on", "past"),
            _FIRST_RECORDED,
        ),
    ),
    Sheet(
        VISA_CASES,
        "비자추천",
        (
            must("번호", "ref", "ref"),
            must("사람번호", "person_ref", "ref"),
            must("유형", "programme", "visa_programme"),
            may("시군", "municipality", "municipality"),
            may("대학", "university", "university"),
            must("접수일", "received_on", "past"),
            may("추천일", "recommended_on", "past"),
            may("추천번호", "letter_number", longest=60),
            may("출입국신청일", "submitted_on", "past"),
            may("허가일", "granted_on", "past"),
            may("불허일", "refused_on", "past"),
            may("부적격일", "ineligible_on", "past"),
            may("철회일", "withdrawn_on", "past"),
            may("실효일", "lapsed_on", "past"),
            may("정착일", "settled_on", "past"),
            may("이탈일", "left_on", "past"),
            _FIRST_RECORDED,
        ),
    ),
    Sheet(
        VOUCHERS,
        "승급지원금",
        (
            must("번호", "ref", "ref"),
            must("사람번호", "person_ref", "ref"),
            must("시군", "municipality", "municipality"),
            must("체류자격변경일", "status_changed_on", "past"),
            must("신청일", "applied_on", "past"),
            may("부적격일", "ineligible_on", "past"),
            may("취소일", "cancelled_on", "past"),
            may("지급일", "paid_on", "past"),
            may("지급액", "amount_won", "won"),
            _FIRST_RECORDED,
        ),
    ),
    Sheet(
        STAYS,
        "쉼터",
        (
            must("번호", "ref", "ref"),
            must("사람번호", "person_ref", "ref"),
            must("쉼터", "shelter", "shelter"),
            must("방", "room", "ref"),
            must("침대", "bed", "ref"),
            must("입소일", "checked_in_on", "past"),
            may("퇴소일", "checked_out_on", "past"),
            may("사유", "reason", "stay_reason"),
            _FIRST_RECORDED,
        ),
    ),
    Sheet(
        SESSIONS,
        "상담",
        (
            must("번호", "ref", "ref"),
            must("센터", "center", "center"),
            must("상담일", "held_on", "past"),
            may("사람번호", "person_ref", "ref"),
            may("상담원", "counsellor", longest=100),
            must("언어", "language", "language"),
            must("경로", "channel", "channel"),
            must("주유형", "topic", "topic"),
            may("부유형", "other_topics", "topics"),
            may("소요분", "minutes", "minutes"),
            may("인원", "clients", "count"),
            may("의뢰인", "caller", "caller"),
            may("통역", "interpretation", "interpretation"),
            may("국적", "nationality", "country"),
            may("체류자격", "status", "status"),
            may("성별", "sex", "sex"),
            may("사업", "programme", "programme"),
            may("내용", "note", "note"),
            may("요지", "summary", "note"),
            may("결과", "outcome", "outcome"),
            may("다음상담일", "follow_up_on", "day"),
            _FIRST_RECORDED,
        ),
    ),
    Sheet(
        ACTIVITIES,
        "활동",
        (
            must("번호", "ref", "ref"),
            must("사업", "programme", "programme"),
            may("센터", "center", "center"),
            must("활동일", "held_on", "past"),
            must("활동명", "title", longest=300),
            may("참여인원", "participants", "minutes"),
            may("언어", "language", "language"),
            may("증빙", "evidence", longest=300),
            _FIRST_RECORDED,
        ),
    ),
)

SHEET = {sheet.key: sheet for sheet in SHEETS}


def sheet_named(name: str) -> Sheet | None:
    """The sheet that goes by this Korean name or English key."""
    return next((sheet for sheet in SHEETS if normal(name) in {normal(sheet.name), sheet.key}), None)
