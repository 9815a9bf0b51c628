"""The demo workbook keeps the hard rules that an import enforces, and belongs to nobody."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from demo.synthetic.names import valid_check_digits
from demo.synthetic.permits import furthest
from tests.data.demo_workbook.places import LAST, MUNICIPALITIES, OFFERED_IN
from tests.data.demo_workbook.workbook import write
from tests.oracle import Workbook, expected_rollup

CENTRES = Path(__file__).parent / "data" / "centres.xlsx"
CODES_BY_NAME = {name: code for code, name in MUNICIPALITIES.items()}


@pytest.fixture(scope="module")
def book():
    """The stored workbook with its cells as they stand."""
    return Workbook(CENTRES, {})


def municipality_of(row):
    """The five digits of a row's 시군, however it was written."""
    return CODES_BY_NAME.get(row["municipality"], row["municipality"])


def test_the_stored_file_is_what_the_script_writes(book, tmp_path):
    write(tmp_path / "again.xlsx")
    assert Workbook(tmp_path / "again.xlsx", {}).sheets == book.sheets


def test_the_script_writes_the_same_bytes_twice(tmp_path):
    write(tmp_path / "one.xlsx", sessions=50)
    write(tmp_path / "two.xlsx", sessions=50)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_every_registration_number_fails_its_check_digit(book):
    numbers = [row["registration_number"].replace("-", "") for row in book["사람"] if "registration_number" in row]
    assert len(numbers) > 1000
    assert [number for number in numbers if int(number[12]) in valid_check_digits(number[:12])] == []


def test_the_check_digits_are_those_of_the_official_algorithm():
    # 2x9 + 3x0 + 4x0 + 5x1 + 6x0 + 7x1 + 8x5 + 9x1 + 2x2 + 3x3 + 4x4 + 5x5 = 133, which leaves 1 when divided by 11.
    assert valid_check_digits("900101512345") == {2, 0}


def test_names_and_telephones_say_that_they_are_invented(book):
    for row in book["사람"]:
        assert "DEMO" in row.get("로마자이름", "DEMO")
        assert row.get("한글이름", "데모").startswith("데모")
        assert row.get("전화번호", "010-0000-").startswith("010-0000-")


def test_dates_of_visa_cases_are_in_order(book):
    for case in book["비자추천"]:
        steps = ("received_on", "recommended_on", "출입국신청일", "granted_on", "settled_on", "left_on")
        days = [as_day(case[step]) for step in steps if step in case]
        assert days == sorted(days)
        assert "granted_on" not in case or "refused_on" not in case
        assert "settled_on" not in case or "granted_on" in case
        assert all(case["received_on"] <= case[end] for end in ENDS if end in case)
        assert "refused_on" not in case or as_day(case["출입국신청일"]) <= case["refused_on"]


ENDS = ("refused_on", "withdrawn_on", "lapsed_on", "ineligible_on")


def as_day(cell):
    """A day, whichever way the cell holds it."""
    return cell if isinstance(cell, date) else date.fromisoformat(str(cell)[:10])


def test_a_stay_ends_as_far_off_as_the_status_lets_it(book):
    ends = defaultdict(list)
    for row in book["사람"]:
        ends[row["체류자격"]] += [(as_day(row["체류만료일"]) - LAST).days] if "체류만료일" in row else []
    assert [status for status, days in ends.items() if not days] == ["F-5"]
    assert {status: max(days) for status, days in ends.items() if days and max(days) > furthest(status)} == {}
    assert max(ends["C-3"]) <= 90


def test_programmes_are_offered_where_they_are_recommended(book):
    for case in book["비자추천"]:
        if case["programme"] != "D-2":
            assert municipality_of(case) in OFFERED_IN[case["programme"]]


def test_one_live_case_per_person_and_programme(book):
    live = Counter(
        (book.identity(case), case["programme"]) for case in book["비자추천"] if not any(end in case for end in ENDS)
    )
    assert max(live.values()) == 1


def test_no_day_takes_more_skilled_workers_than_the_ledger_held(book):
    skilled = [case for case in book["비자추천"] if case["programme"].startswith("E-7-4") and "recommended_on" in case]
    for day in {case["recommended_on"] for case in skilled}:
        held = 160 + 273 * (day >= date(2025, 7, 1)) + 47 * (day >= date(2025, 12, 1))
        taken = [case for case in skilled if case["recommended_on"] <= day]
        assert len([case for case in taken if not any(case.get(end, day) < day for end in ENDS)]) <= held


def test_dependants_settle_on_or_after_a_permit_of_their_principal(book):
    permits = {case["person_ref"]: case["granted_on"] for case in book["비자추천"] if "granted_on" in case}
    for row in book["동반가족"]:
        if "settled_on" in row:
            assert permits[row["principal_ref"]] <= row["settled_on"]


def test_one_live_voucher_per_person_and_none_paid_before_it_was_applied_for(book):
    live = [row for row in book["승급지원금"] if "ineligible_on" not in row and "cancelled_on" not in row]
    assert max(Counter(book.identity(row) for row in live).values()) == 1
    for row in book["승급지원금"]:
        ends = [row[end] for end in ("paid_on", "ineligible_on", "cancelled_on") if end in row]
        assert len(ends) <= 1
        assert all(as_day(row["체류자격변경일"]) <= as_day(row["신청일"]) <= end for end in ends)


def test_no_bed_and_nobody_is_booked_twice_on_a_night(book):
    stays = defaultdict(list)
    for stay in book["쉼터"]:
        span = (stay["checked_in_on"], stay.get("checked_out_on", date.max))
        assert span[0] < span[1]
        stays[stay["방"], stay["침대"]].append(span)
        stays[book.identity(stay)].append(span)
    for spans in stays.values():
        assert all(first[1] <= second[0] for first, second in pairwise(sorted(spans)))


def test_a_room_holds_the_sex_it_is_for_or_one_household(book):
    families = {row["ref"]: row["principal_ref"] for row in book["동반가족"]}
    nights = defaultdict(set)
    for stay in book["쉼터"]:
        ref = stay["person_ref"]
        sex = book.people[ref]["성별"].replace("M", "남").replace("F", "여")
        assert stay["방"] == "3" or sex == {"1": "남", "2": "여"}[stay["방"]]
        night = stay["checked_in_on"]
        while stay["방"] == "3" and night < stay.get("checked_out_on", date(2026, 2, 1)):
            nights[night].add((sex, families.get(ref, ref)))
            night += timedelta(days=1)
    for guests in nights.values():
        assert len({sex for sex, _ in guests}) == 1 or len({family for _, family in guests}) == 1
    assert any(len({sex for sex, _ in guests}) > 1 for guests in nights.values())


def test_nothing_happened_after_the_year_and_no_session_before_its_centre_counts(book):
    for name, rows in book.sheets.items():
        for row in rows:
            happened = [day for key, day in row.items() if key.endswith("_on")]
            assert max(happened, default=date.min) <= date(2025, 12, 31), (name, row)
    for row in book["상담"]:
        assert row["held_on"] >= (date(2024, 4, 1) if row["center"] == "52-c1" else date(2025, 1, 1))


def test_numbers_start_anew_in_each_centre_and_thirteen_of_them_report(book):
    numbers = defaultdict(list)
    for row in book["상담"]:
        numbers[row["center"]].append(int(row["ref"]))
    assert len(numbers) == 14
    assert "52740-c1" not in numbers
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


def test_the_totals_repeat_what_was_published():
    figures = expected_rollup(CENTRES, 2025, as_of=date(2025, 12, 31))
    assert figures["indicators"][0]["actual"] == 611
    assert sum(figures["visas"]["by_programme"][code]["settled"] for code in OFFERED_IN) == 611
    assert figures["visas"]["dependants_settled"] == 808
    assert figures["vouchers"]["province_won"] == 54_990_000
    assert all(row["carried_out"] for row in figures["programmes"])
