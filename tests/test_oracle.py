"""The oracle against small workbooks whose figures are worked out by hand."""

from datetime import date

import pytest
import xlsxwriter

from tests.oracle import expected_rollup, load_codes

YEAR_END = date(2025, 12, 31)


def make_workbook(path, **sheets):
    """A workbook of these rows, each a mapping of column to cell; columns as they first appear."""
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        columns = list(dict.fromkeys(column for row in rows for column in row))
        sheet.write_row(0, 0, columns)
        for line, row in enumerate(rows, 1):
            for column, value in row.items():
                sheet.write(line, columns.index(column), value)
    book.close()
    return path


def make_people(count, **cells):
    """So many persons P1, P2 …, alike but for their number."""
    return [{"번호": f"P{number}", "로마자이름": f"DEMO {number}", **cells} for number in range(1, count + 1)]


def make_session(number, **cells):
    """A session of an anonymous client at Iksan on 1 May, unless the cells say otherwise."""
    usual = {"센터": "52140-c1", "상담일": date(2025, 5, 1), "언어": "vi", "경로": "visit", "주유형": "labour.wages"}
    return {"번호": number, **usual, **cells}


def make_case(number, programme="E-7-4R", **days):
    """A visa case of person P<number> in Iksan, received on 2 January."""
    row = {"번호": number, "사람번호": f"P{number}", "유형": programme, "시군": "52140", "접수일": date(2025, 1, 2)}
    return row | days


def make_voucher(number, paid_on, **cells):
    """A voucher of person P<number> in Iksan, of the usual amount unless the cells say otherwise."""
    changed_on, applied_on = date(2024, 12, 2), date(2024, 12, 20)
    row = {
        "번호": number,
        "사람번호": f"P{number}",
        "시군": "52140",
        "체류자격변경일": changed_on,
        "신청일": applied_on,
    }
    return row | {"지급일": paid_on} | cells


def make_stay(number, person, checked_in_on, checked_out_on=None):
    """A stay in a bed of its own."""
    row = {"번호": number, "사람번호": person, "쉼터": "52110-s1", "방": "1", "침대": str(number)}
    return row | {"입소일": checked_in_on, "퇴소일": checked_out_on}


@pytest.fixture
def rollup(tmp_path):
    """Figures of a workbook of these sheets; the cells hold codes, so no reference file is needed."""

    def figures(year=2025, as_of=YEAR_END, today=None, codes=None, **sheets):
        path = make_workbook(tmp_path / "small.xlsx", **sheets)
        return expected_rollup(path, year, as_of=as_of, today=today, codes=codes or {})

    return figures


def test_an_empty_workbook_has_every_key_with_zeros(rollup):
    figures = rollup(사람=make_people(1))
    assert figures["total_score"] == 0.0
    assert figures["weight_evaluated"] == 70
    assert figures["complete"] is False
    assert [row["code"] for row in figures["programmes"] if row["carried_out"]] == []
    assert len(figures["programmes"]) == 8
    assert figures["shelter"]["occupancy_percent"] == 0.0
    assert figures["visas"]["by_programme"] == {}


def test_as_of_is_today_until_the_year_is_over(rollup):
    assert rollup(as_of=None, today=date(2025, 3, 4), 사람=[])["as_of"] == "2025-03-04"
    assert rollup(as_of=None, today=date(2026, 3, 4), 사람=[])["as_of"] == "2025-12-31"


def test_centres_operate_from_the_day_they_count(rollup):
    assert rollup(year=2024, as_of=date(2024, 12, 31))["centres"] == {"designated": 14, "operating": 0}
    assert rollup(as_of=date(2025, 1, 1))["centres"] == {"designated": 14, "operating": 14}


def recruitment_of(rollup, count, **options):
    cases = [make_case(number, 추천일=date(2025, 4, 1)) for number in range(1, count + 1)]
    figures = rollup(사람=make_people(count), 비자추천=cases, **options)
    return figures["indicators"][0]


def test_achievement_is_rounded_half_up_and_the_score_from_the_unrounded_one(rollup):
    # 2026 asks for 220. One of 220 is 0.4545… % and 35 x 0.004545… = 0.1590…; 0.5 % would have given 0.18.
    cases = [make_case(1, 추천일=date(2026, 4, 1))]
    row = rollup(year=2026, as_of=date(2026, 12, 31), 사람=make_people(1), 비자추천=cases)["indicators"][0]
    assert (row["target"], row["actual"], row["achievement_percent"], row["score"]) == (220, 1, 0.5, 0.16)


def test_an_exact_half_goes_up(rollup):
    # 3 of 200 are 1.5 %, and 35 x 0.015 = 0.525, which a rounding to even would make 0.52.
    row = recruitment_of(rollup, 3)
    assert (row["achievement_percent"], row["score"]) == (1.5, 0.53)


def test_the_score_is_capped_and_the_achievement_is_not(rollup):
    row = recruitment_of(rollup, 201)
    assert (row["achievement_percent"], row["score"]) == (100.5, 35.0)


def test_a_target_of_zero_gives_neither_achievement_nor_score(rollup):
    figures = rollup(year=2024, as_of=date(2024, 12, 31), 사람=make_people(1))
    assert [row["achievement_percent"] for row in figures["indicators"]] == [None, None, None]
    assert figures["weight_evaluated"] == 0


def test_a_person_is_recruited_once_and_d2_never(rollup):
    cases = [
        make_case(1, 추천일=date(2025, 4, 1), 불허일=date(2025, 5, 1)),
        {**make_case(2, "F-2-R", 추천일=date(2025, 6, 1)), "사람번호": "P1"},
        make_case(3, "D-2", 추천일=date(2025, 6, 1)),
        make_case(4, 추천일=date(2024, 12, 31)),
    ]
    figures = rollup(사람=make_people(4), 비자추천=cases)
    assert figures["indicators"][0]["actual"] == 1
    assert figures["visas"]["recommended"] == 3


def test_a_session_belongs_to_its_centre_s_programme_unless_it_names_one(rollup):
    sessions = [
        make_session(1),
        make_session(1, 센터="52-c1"),
        make_session(2, 센터="52-c1", 사업="overseas-koreans"),
    ]
    programmes = {row["code"]: row for row in rollup(상담=sessions)["programmes"]}
    assert programmes["one-centre"]["records"]["session"] == 1
    assert programmes["worker-settlement"]["records"]["session"] == 1
    assert programmes["overseas-koreans"]["records"]["session"] == 1


def test_only_the_six_settlement_programmes_make_the_indicator(rollup):
    activity = {"활동일": date(2025, 6, 1), "활동명": "시연"}
    figures = rollup(
        사람=make_people(2),
        상담=[make_session(1)],
        승급지원금=[make_voucher(1, date(2025, 2, 3))],
        쉼터=[make_stay(1, "P2", date(2025, 2, 1), date(2025, 2, 2))],
        활동=[
            {"번호": 1, "사업": "visa-transition", **activity, "참여인원": 30},
            {"번호": 2, "사업": "civil-groups", **activity, "참여인원": 12},
            {"번호": 3, "사업": "civil-groups", **activity},
            {"번호": 4, "사업": "resident-support-system", **activity, "활동일": date(2026, 1, 1)},
        ],
    )
    # one-centre, the voucher, the shelter and civil-groups: four of six, where five are asked for: 80 %, 28 of 35.
    row = figures["indicators"][1]
    assert (row["actual"], row["achievement_percent"], row["score"]) == (4, 80.0, 28.0)
    programmes = {row["code"]: row for row in figures["programmes"]}
    assert programmes["civil-groups"]["participants"] == 12
    assert programmes["civil-groups"]["records"] == {"session": 0, "activity": 2, "stay": 0, "voucher": 0}
    assert programmes["visa-transition"]["carried_out"] is True
    assert programmes["resident-support-system"]["carried_out"] is False


def test_counts_rows_visits_and_minutes_up_to_as_of(rollup):
    sessions = [
        make_session(1, 인원=5, 소요분=30),
        make_session(2, 소요분=15),
        make_session(3, 상담일=date(2025, 7, 1)),
        make_session(4, 상담일="2025-06-30"),
        make_session(5, 상담일=date(2024, 12, 31)),
    ]
    counselling = rollup(as_of=date(2025, 6, 30), 상담=sessions)["counselling"]
    assert (counselling["sessions"], counselling["client_visits"], counselling["minutes"]) == (3, 7, 45)
    assert counselling["by_month"] == {"2025-05": 2, "2025-06": 1}


def test_rows_with_one_registration_number_are_one_person(rollup):
    people = make_people(4)
    people[0]["외국인등록번호"] = "900101-5123456"
    people[1]["외국인등록번호"] = "9001015123456"
    sessions = [make_session(number, 사람번호=f"P{number}") for number in (1, 2, 3)]
    counselling = rollup(사람=people, 상담=[*sessions, make_session(4)])["counselling"]
    assert (counselling["unique_persons"], counselling["anonymous_sessions"]) == (2, 1)


def test_nationality_is_the_person_s_else_the_session_s_own_else_unknown(rollup):
    people = [*make_people(1, 국적="VN"), {"번호": "P2", "한글이름": "데모"}]
    sessions = [
        make_session(1, 사람번호="P1", 국적="NP"),
        make_session(2, 사람번호="P2", 국적="NP"),
        make_session(3, 국적="NP"),
        make_session(4),
    ]
    assert rollup(사람=people, 상담=sessions)["counselling"]["by_nationality"] == {"NP": 2, "VN": 1, "unknown": 1}


def test_numbers_typed_as_numbers_are_references_too(rollup):
    people = [{"번호": "1", "한글이름": "데모", "국적": "KH"}]
    counselling = rollup(사람=people, 상담=[make_session(1, 사람번호=1)])["counselling"]
    assert (counselling["unique_persons"], counselling["by_nationality"]) == (1, {"KH": 1})


def test_names_and_codes_meet_in_one_figure(rollup, tmp_path):
    folder = tmp_path / "cases" / "reference"
    folder.mkdir(parents=True)
    (folder / "languages.csv").write_text("code,name_ko,aliases\nzh,중국어,중국;zh-CN\n", encoding="utf-8")
    sessions = [make_session(number, 언어=name) for number, name in enumerate(("zh", "중국어", "중국", "ZH-cn"), 1)]
    assert rollup(codes=load_codes(tmp_path), 상담=sessions)["counselling"]["by_language"] == {"zh": 4}


def test_a_visa_programme_may_be_given_by_its_name(rollup):
    codes = {"visa_programme": {"숙련기능인력": "E-7-4"}}
    case = make_case(1, "숙련기능인력", 추천일=date(2025, 4, 1))
    visas = rollup(codes=codes, 사람=make_people(1), 비자추천=[case])["visas"]
    assert list(visas["by_programme"]) == ["E-7-4"]


def test_an_unknown_name_is_told(rollup):
    with pytest.raises(ValueError, match="language"):
        rollup(codes={"language": {"zh": "zh"}}, 상담=[make_session(1)])


def test_each_date_counts_for_itself(rollup):
    cases = [
        make_case(1, 접수일=date(2024, 11, 1), 추천일=date(2025, 1, 1), 허가일=date(2025, 2, 1)),
        make_case(2, 추천일=date(2025, 3, 1), 허가일=date(2025, 4, 1), 정착일=date(2025, 7, 1)),
        make_case(3, 추천일=date(2025, 3, 1), 불허일=date(2025, 6, 30)),
    ]
    visas = rollup(as_of=date(2025, 6, 30), 사람=make_people(3), 비자추천=cases)["visas"]
    counted = {stage: visas[stage] for stage in ("received", "recommended", "granted", "refused", "settled")}
    assert counted == {"received": 2, "recommended": 3, "granted": 2, "refused": 1, "settled": 0}
    assert visas["by_municipality"]["52140"] == {"received": 2, "recommended": 3, "granted": 2, "settled": 0}


def test_a_student_stands_under_the_province_and_the_university(rollup):
    student = make_case(1, "D-2", 대학="전북대", 추천일=date(2025, 5, 2))
    del student["시군"]
    codes = {"university": {"전북대": "전북대학교"}}
    visas = rollup(codes=codes, 사람=make_people(1), 비자추천=[student])["visas"]
    counted = {"received": 1, "recommended": 1, "granted": 0, "settled": 0}
    assert visas["by_municipality"] == {"52": counted}
    assert visas["by_university"] == {"전북대학교": counted}


def test_a_dependant_under_two_numbers_settles_once(rollup):
    people = make_people(4)
    people[1]["외국인등록번호"] = people[2]["외국인등록번호"] = "150101-7123456"
    dependants = [
        {"주신청자번호": "P1", "번호": f"P{number}", "관계": "자녀", "정착일": date(2025, 9, number)}
        for number in (2, 3)
    ]
    dependants.append({"주신청자번호": "P1", "번호": "P4", "관계": "배우자"})
    assert rollup(사람=people, 동반가족=dependants)["visas"]["dependants_settled"] == 1


def quota_of(figures, code):
    (row,) = [row for row in figures["quotas"] if row["code"] == code]
    return row


@pytest.mark.parametrize(
    ("as_of", "capacity"),
    [
        (date(2025, 6, 30), 160),
        (date(2025, 7, 1), 433),
        (date(2025, 11, 30), 433),
        (date(2025, 12, 1), 480),
    ],
)
def test_capacity_is_the_ledger_up_to_as_of(rollup, as_of, capacity):
    assert quota_of(rollup(as_of=as_of), "e74-2025")["capacity"] == capacity


def test_two_programmes_share_a_pool_and_a_refusal_gives_back(rollup):
    recommended = {"추천일": date(2025, 3, 3)}
    cases = [
        make_case(1, "E-7-4", **recommended, 허가일=date(2025, 4, 1), 정착일=date(2025, 5, 1)),
        make_case(2, "E-7-4R", **recommended, 허가일=date(2025, 4, 1)),
        make_case(3, "E-7-4R", **recommended, 불허일=date(2025, 5, 2)),
        make_case(4, "E-7-4R", **recommended, 실효일=date(2025, 5, 2)),
        make_case(5, "E-7-4R", 추천일=date(2024, 12, 31)),
    ]
    sheets = {"사람": make_people(5), "비자추천": cases}
    before = quota_of(rollup(as_of=date(2025, 5, 1), **sheets), "e74-2025")
    # 4 of 160 are 2.5 %; after the refusal and the lapse 2 of 160 are 1.25 %, half up 1.3 %.
    assert (before["taken"], before["granted"], before["settled"], before["fill_percent"]) == (4, 2, 1, 2.5)
    later = quota_of(rollup(as_of=date(2025, 5, 2), **sheets), "e74-2025")
    assert (later["taken"], later["remaining"], later["fill_percent"]) == (2, 158, 1.3)


def test_an_unknown_capacity_leaves_rest_and_share_unknown(rollup):
    cases = [make_case(1, "F-2-R", 추천일=date(2025, 3, 3))]
    row = quota_of(rollup(사람=make_people(1), 비자추천=cases), "f2r-2025-2026")
    assert (row["capacity"], row["taken"], row["remaining"], row["fill_percent"]) == (None, 1, None, None)


def test_a_pool_of_two_years_keeps_what_the_first_year_took(rollup):
    cases = [
        make_case(1, "D-2", 추천일=date(2025, 5, 2)),
        make_case(2, "D-2", 추천일=date(2026, 5, 2)),
    ]
    figures = rollup(year=2026, as_of=date(2026, 12, 31), 사람=make_people(2), 비자추천=cases)
    assert [row["code"] for row in figures["quotas"]] == ["d2-2025-2026", "f2r-2025-2026"]
    assert quota_of(figures, "d2-2025-2026")["taken"] == 2
    assert figures["visas"]["recommended"] == 1


def test_the_province_s_share_is_rounded_down_voucher_by_voucher(rollup):
    # 30 % of 299,999 is 89,999.7. Two of them make 179,998; rounded down together it would be 179,999.
    vouchers = [make_voucher(number, date(2025, 2, 3), 지급액=299_999) for number in (1, 2)]
    vouchers.append(make_voucher(3, date(2025, 2, 3), 시군="52130"))
    figures = rollup(사람=make_people(3), 승급지원금=vouchers)["vouchers"]
    iksan = figures["by_municipality"]["52140"]
    assert iksan == {"paid": 2, "won": 599_998, "province_won": 179_998, "municipality_won": 420_000}
    gunsan = figures["by_municipality"]["52130"]
    assert gunsan == {"paid": 1, "won": 300_000, "province_won": 90_000, "municipality_won": 210_000}
    assert (figures["paid"], figures["won"], figures["province_won"]) == (3, 899_998, 269_998)


def test_only_payments_of_the_year_up_to_as_of_count(rollup):
    vouchers = [
        make_voucher(1, date(2024, 12, 31)),
        make_voucher(2, date(2025, 1, 1)),
        make_voucher(3, date(2025, 6, 30)),
        make_voucher(4, date(2025, 7, 1)),
        make_voucher(5, None, 취소일=date(2025, 2, 1)),
    ]
    figures = rollup(as_of=date(2025, 6, 30), 사람=make_people(5), 승급지원금=vouchers)
    assert figures["vouchers"]["paid"] == 2


def test_nights_are_half_open_and_cut_at_both_ends_of_the_year(rollup):
    stays = [
        # Eleven nights, of which those before 1 to 4 January are last year's: four count.
        make_stay(1, "P1", date(2024, 12, 25), date(2025, 1, 5)),
        # Still there: 30 and 31 December.
        make_stay(2, "P2", date(2025, 12, 30)),
        # Left on 1 January: the last night was that of 31 December 2024.
        make_stay(3, "P3", date(2024, 12, 20), date(2025, 1, 1)),
        # In and out on one day is no night.
        make_stay(4, "P4", date(2025, 3, 3), date(2025, 3, 3)),
        make_stay(5, "P1", date(2025, 2, 1), date(2025, 2, 11)),
    ]
    shelter = rollup(사람=make_people(4), 쉼터=stays)["shelter"]
    assert (shelter["stays"], shelter["persons"], shelter["bed_nights"]) == (3, 2, 4 + 2 + 10)
    # 16 of 12 x 365 = 4,380 are 0.365…, half up 0.4.
    assert (shelter["capacity_nights"], shelter["occupancy_percent"]) == (4_380, 0.4)


def test_as_of_is_the_last_night_that_counts(rollup):
    stays = [make_stay(1, "P1", date(2025, 1, 30), date(2025, 2, 5))]
    shelter = rollup(as_of=date(2025, 1, 31), 사람=make_people(1), 쉼터=stays)["shelter"]
    assert (shelter["bed_nights"], shelter["capacity_nights"]) == (2, 12 * 31)


def test_beds_have_no_nights_before_they_are_in_service(rollup):
    # August to December 2021 are 153 days.
    assert rollup(year=2021, as_of=date(2021, 12, 31))["shelter"]["capacity_nights"] == 12 * 153
    assert rollup(year=2020, as_of=date(2020, 12, 31))["shelter"]["occupancy_percent"] == 0.0


def test_english_names_and_empty_rows(rollup):
    english = {"ref": 1, "center": "52140-c1", "held_on": "2025-05-01", "language": "vi", "channel": "phone"}
    rows = [english | {"topic": "stay"}, {}, english | {"ref": 2, "topic": "labour"}]
    assert rollup(sessions=rows)["counselling"]["by_topic"] == {"labour": 1, "stay": 1}
