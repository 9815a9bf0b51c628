"""Hard rules keep the whole file out and name each bad cell; soft rules are told and let it in."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from cases.models import Session
from cases.services.month import close_month
from centers.models import Role
from tests.make import everywhere, make_user, place
from tests.support import as_owner, book
from tests.workbook.files import CASE, PERSON, SESSION, STAY, VOUCHER, errors, warnings
from visas.models import QuotaPool, RuleException, VisaCase, VoucherBudget

PEOPLE = [{**PERSON, "번호": number} for number in range(1, 6)]
WOMAN = {**PERSON, "번호": 9, "성별": "여"}


class VisaCaseTests:
    @pytest.mark.parametrize(
        ("dates", "column"),
        [
            ({"추천일": "2025-01-31"}, "추천일"),
            ({"추천일": "2025-03-01", "출입국신청일": "2025-02-28"}, "출입국신청일"),
            ({"출입국신청일": "2025-03-01", "허가일": "2025-02-28"}, "허가일"),
            ({"출입국신청일": "2025-03-01", "불허일": "2025-02-28"}, "불허일"),
            ({"정착일": "2025-05-01"}, "정착일"),
            ({"허가일": "2025-05-02", "정착일": "2025-05-01"}, "정착일"),
            ({"허가일": "2025-05-01", "정착일": "2025-05-03", "이탈일": "2025-05-02"}, "이탈일"),
            ({"이탈일": "2025-05-02"}, "이탈일"),
            ({"부적격일": "2025-01-31"}, "부적격일"),
            ({"철회일": "2025-01-31"}, "철회일"),
            ({"실효일": "2025-01-31"}, "실효일"),
        ],
    )
    def test_dates_out_of_order(self, load, dates, column):
        outcome = load(사람=PEOPLE, 비자추천=[{**CASE, **dates}], refused=True)
        assert errors(outcome) == [("비자추천", 2, column)]
        load(사람=PEOPLE, 비자추천=[{**CASE, **dates}], historic=True, name="역사.xlsx")
        assert VisaCase.objects.get().order_exception.reason == "역사.xlsx"

    def test_a_permit_and_a_refusal_never_stand_together(self, load):
        row = {**CASE, "허가일": "2025-05-01", "불허일": "2025-05-01"}
        assert errors(load(사람=PEOPLE, 비자추천=[row], historic=True, refused=True)) == [("비자추천", 2, "불허일")]

    def test_one_live_case_in_a_period(self, load):
        outcome = load(사람=PEOPLE, 비자추천=[CASE, {**CASE, "번호": 2}], refused=True)
        assert errors(outcome) == [("비자추천", 3, "사람번호")]
        load(사람=PEOPLE, 비자추천=[{**CASE, "철회일": "2025-02-02"}, {**CASE, "번호": 2}])

    def test_a_case_that_has_ended_makes_room_and_keeps_its_place(self, load):
        left = {**CASE, "추천일": "2025-03-03", "허가일": "2025-04-01", "이탈일": "2025-05-01"}
        again = {**CASE, "번호": 2, "접수일": "2025-06-01"}
        placed = again | {"추천일": "2025-07-01"}
        assert errors(load(사람=PEOPLE, 비자추천=[left, placed], refused=True)) == [("비자추천", 3, "사람번호")]
        load(사람=PEOPLE, 비자추천=[left])
        assert errors(load(비자추천=[placed], refused=True)) == [("비자추천", 2, "사람번호")]
        load(비자추천=[again])

    def test_one_live_case_across_files_and_offices(self, load):
        load(사람=PEOPLE, 비자추천=[CASE])
        outcome = load(비자추천=[{**CASE, "시군": "정읍시"}], refused=True)
        assert errors(outcome) == [("비자추천", 2, "사람번호")]

    def test_one_live_case_of_the_programmes_that_share_a_quota(self, load):
        skilled = {**CASE, "유형": "E-7-4"}
        rows = [skilled, {**skilled, "번호": 2, "유형": "E-7-4R"}]
        assert errors(load(사람=PEOPLE, 비자추천=rows, refused=True)) == [("비자추천", 3, "사람번호")]
        load(사람=PEOPLE, 비자추천=[skilled])
        outcome = load(비자추천=[{**skilled, "번호": 2, "유형": "E-7-4R", "시군": "정읍시"}], refused=True)
        assert errors(outcome) == [("비자추천", 2, "사람번호")]

    def test_a_letter_is_one_person_s_in_a_file_and_across_files(self, load):
        row = {**CASE, "유형": "F-2-R", "추천일": "2025-03-03", "추천번호": "외국인-7"}
        rows = [row, {**row, "번호": 2, "사람번호": 2}]
        assert errors(load(사람=PEOPLE, 비자추천=rows, refused=True)) == [("비자추천", 3, "추천번호")]
        load(사람=PEOPLE, 비자추천=[row])
        other = {**row, "번호": 3, "사람번호": 3, "시군": "정읍시"}
        assert errors(load(비자추천=[other], refused=True)) == [("비자추천", 2, "추천번호")]
        skilled = {"유형": "E-7-4", "추천번호": "외국인-8"}
        load(비자추천=[{**row, **skilled, "번호": number, "사람번호": number} for number in (4, 5)])

    def test_a_programme_needs_its_office_or_university(self, load):
        rows = [{**CASE, "시군": None}, {**CASE, "번호": 2, "사람번호": 2, "유형": "D-2", "시군": None}]
        assert errors(load(사람=PEOPLE, 비자추천=rows, refused=True)) == [
            ("비자추천", 2, "시군"),
            ("비자추천", 3, "대학"),
        ]

    def test_soft_rules_are_told(self, load):
        row = {**CASE, "유형": "F-2-R", "추천일": "2023-05-01", "접수일": "2023-04-01", "허가일": "2023-06-01"}
        found = warnings(load(사람=PEOPLE, 비자추천=[row]))
        assert {column for _sheet, _line, column in found} == {"시군", "추천일", "허가일"}


class VoucherTests:
    def test_once_in_all_municipalities_and_years(self, load):
        rows = [VOUCHER, {**VOUCHER, "번호": 2, "시군": "완주군", "신청일": "2026-01-05"}]
        assert errors(load(사람=PEOPLE, 승급지원금=rows, refused=True)) == [("승급지원금", 3, "사람번호")]
        load(사람=PEOPLE, 승급지원금=[{**VOUCHER, "취소일": "2025-03-02"}, rows[1]])

    def test_once_for_two_files_of_one_identity(self, load):
        people = [{**PERSON, "번호": number, "외국인등록번호": "900101-5000000"} for number in (1, 2)]
        rows = [VOUCHER, {**VOUCHER, "번호": 2, "사람번호": 2}]
        assert errors(load(사람=people, 승급지원금=rows, refused=True)) == [("승급지원금", 3, "사람번호")]

    @pytest.mark.parametrize(
        ("dates", "column"),
        [
            ({"지급일": "2025-02-28"}, "지급일"),
            ({"지급일": "2025-03-01", "취소일": "2025-03-01"}, "취소일"),
            ({"지급일": "2025-03-01", "부적격일": "2025-03-01"}, "부적격일"),
        ],
    )
    def test_days_that_exclude_each_other(self, load, dates, column):
        outcome = load(사람=PEOPLE, 승급지원금=[{**VOUCHER, **dates}], refused=True)
        assert errors(outcome) == [("승급지원금", 2, column)]


class StayTests:
    def test_a_bed_and_a_person_once_a_night(self, load):
        rows = [STAY, {**STAY, "번호": 2, "사람번호": 2, "입소일": "2025-03-04"}, {**STAY, "번호": 3, "침대": "2"}]
        outcome = load(사람=PEOPLE, 쉼터=rows, refused=True)
        assert errors(outcome) == [("쉼터", 3, "침대"), ("쉼터", 4, "사람번호")]

    def test_a_bed_is_free_on_the_day_of_leaving(self, load):
        load(
            사람=PEOPLE,
            쉼터=[STAY, {**STAY, "번호": 2, "사람번호": 2, "입소일": "2025-03-05", "퇴소일": "2025-03-06"}],
        )

    def test_an_open_stay_holds_the_bed(self, load):
        load(사람=PEOPLE, 쉼터=[{**STAY, "퇴소일": None}])
        later = {**STAY, "번호": 2, "사람번호": 2, "입소일": "2026-01-01", "퇴소일": "2026-01-02"}
        assert errors(load(쉼터=[later], refused=True)) == [("쉼터", 2, "침대")]

    @pytest.mark.parametrize(
        ("stay", "column"),
        [
            ({"방": "2"}, "방"),
            ({"방": "7"}, "방"),
            ({"침대": "9"}, "침대"),
            ({"입소일": "2021-01-01", "퇴소일": "2021-01-02"}, "침대"),
            ({"퇴소일": "2025-02-01"}, "퇴소일"),
        ],
    )
    def test_where_nobody_sleeps(self, load, stay, column):
        outcome = load(사람=PEOPLE, 쉼터=[{**STAY, **stay}], refused=True)
        assert errors(outcome) == [("쉼터", 2, column)]

    def test_the_third_room_holds_one_sex_or_one_household(self, load):
        people = [*PEOPLE, WOMAN]
        rows = [{**STAY, "방": "3"}, {**STAY, "번호": 2, "사람번호": 9, "방": "3", "침대": "2"}]
        outcome = load(사람=people, 쉼터=rows, refused=True)
        assert errors(outcome) == [("쉼터", 3, "방")]
        load(사람=people, 쉼터=rows, 동반가족=[{"주신청자번호": 1, "번호": 9, "관계": "배우자"}])


class SessionTests:
    def test_not_into_a_month_that_its_centre_has_closed(self, load):
        first = {**SESSION, "언어": "ko"}
        load(상담=[first])
        with everywhere(), transaction.atomic():
            close_month(actor=make_user(Role.MANAGER), workspace=place(first["센터"]), month=date(2025, 3, 1))
        again = {**first, "번호": 2}
        assert errors(load(상담=[first, again], refused=True, name="나.xlsx")) == [("상담", 3, "상담일")]

    def test_not_before_the_centre_counts_and_not_in_the_future(self, load):
        tomorrow = timezone.localdate() + timedelta(days=1)
        rows = [
            {**SESSION, "상담일": "2024-12-31"},
            {**SESSION, "번호": 2, "상담일": tomorrow},
            {**SESSION, "번호": 3, "센터": "52-c1", "상담일": "2024-03-31"},
            {**SESSION, "번호": 4, "다음상담일": tomorrow},
        ]
        assert errors(load(상담=rows, refused=True)) == [
            ("상담", 3, "상담일"),
            ("상담", 2, "상담일"),
            ("상담", 4, "상담일"),
        ]

    def test_a_closed_day_and_a_doubtful_status_are_told(self, load):
        person = {**PERSON, "체류만료일": "2025-01-31", "국적": "네팔"}
        row = {**SESSION, "사람번호": 1, "센터": "52130-c1", "상담일": "2025-03-03", "국적": "베트남"}
        found = warnings(load(사람=[person], 상담=[row]))
        assert {column for _sheet, _line, column in found} == {"상담일", "국적", "사람번호"}

    def test_a_message_shows_the_word_of_the_cell_and_not_its_code(self, load):
        outcome = load(
            사람=[{**PERSON, "국적": "베트남"}],
            상담=[{**SESSION, "사람번호": 1, "국적": "네팔", "부유형": "임금체불"}],
        )
        said = {problem.column: (problem.value, problem.message) for problem in outcome.problems.warnings}
        assert said["국적"][0] == "네팔"
        assert "(베트남)" in said["국적"][1]
        assert said["부유형"][0] == "임금체불"


class PeopleTests:
    def test_another_sex_may_not_put_a_person_into_a_room_of_the_other(self, load):
        load(사람=PEOPLE, 쉼터=[STAY])
        outcome = load(사람=[{**PERSON, "성별": "여"}], update=True, refused=True)
        assert errors(outcome) == [("사람", 2, "성별")]

    def test_eligibility_and_months_are_told(self, load):
        person = {**PERSON, "체류자격": "C-3", "체류만료일": "2025-01-01"}
        found = warnings(load(사람=[person], 비자추천=[CASE], 승급지원금=[{**VOUCHER, "신청일": "2025-02-20"}]))
        assert [one for one in found if one[0] == "비자추천"] == [("비자추천", 2, "사람번호")] * 2
        assert {("승급지원금", 2, "신청일"), ("승급지원금", 2, "사람번호")} <= set(found)


class DependantTests:
    def test_a_permit_under_a_settled_dependant_stays(self, load):
        link = {"주신청자번호": 1, "번호": 2, "관계": "배우자", "정착일": "2025-05-01"}
        load(사람=PEOPLE, 비자추천=[{**CASE, "허가일": "2025-04-01"}], 동반가족=[link])
        assert errors(load(비자추천=[CASE], update=True, refused=True)) == [("비자추천", 2, "허가일")]

    def test_settling_needs_a_permit_on_or_before_the_day(self, load):
        link = {"주신청자번호": 1, "번호": 2, "관계": "배우자", "정착일": "2025-05-01"}
        case = {**CASE, "허가일": "2025-05-02"}
        outcome = load(사람=PEOPLE, 비자추천=[case], 동반가족=[link], refused=True)
        assert errors(outcome) == [("동반가족", 2, "정착일")]
        load(사람=PEOPLE, 비자추천=[case], 동반가족=[{**link, "정착일": "2025-05-02"}])

    def test_nobody_depends_on_themselves_and_ages_are_told(self, load):
        outcome = load(사람=PEOPLE, 동반가족=[{"주신청자번호": 1, "번호": 1, "관계": "기타"}], refused=True)
        assert errors(outcome) == [("동반가족", 2, "주신청자번호")]
        people = [
            {**PERSON, "생년월일": "1990-01-01"},
            {**PERSON, "번호": 2, "생년월일": "1980-01-01", "시군": "완주군"},
        ]
        found = warnings(load(사람=people, 동반가족=[{"주신청자번호": 1, "번호": 2, "관계": "자녀"}]))
        assert {column for _sheet, _line, column in found} == {"관계", "번호"}


class WholeFileTests:
    def test_one_bad_cell_hides_no_other(self, load):
        case = {**CASE, "추천일": "2025-01-01", "출입국신청일": "어제", "사람번호": 99}
        voucher = {**VOUCHER, "지급일": "2025-02-01", "지급액": "많이"}
        found = errors(
            load(
                사람=PEOPLE,
                비자추천=[case],
                승급지원금=[voucher],
                상담=[{**SESSION, "센터": "?", "사람번호": 99}],
                refused=True,
            )
        )
        assert set(found) == {
            ("비자추천", 2, "추천일"), ("비자추천", 2, "출입국신청일"), ("비자추천", 2, "사람번호"),
            ("승급지원금", 2, "지급일"), ("승급지원금", 2, "지급액"), ("상담", 2, "센터"), ("상담", 2, "사람번호"),
        }  # fmt: skip

    def test_a_bad_stay_does_not_speak_against_a_good_one(self, load):
        rows = [STAY, {**STAY, "번호": 2, "사람번호": 9, "침대": "2"}]
        assert errors(load(사람=[*PEOPLE, WOMAN], 쉼터=rows, refused=True)) == [("쉼터", 3, "방")]

    def test_every_bad_cell_is_told_and_nothing_is_written(self, load):
        rows = [
            {**SESSION, "센터": "없는센터", "상담일": "2025-13-01", "소요분": -1},
            {**SESSION, "번호": 2, "언어": "클링온어", "인원": 0, "사람번호": 99},
            {**SESSION, "번호": 3},
            {**SESSION, "번호": 3},
        ]
        found = errors(load(사람=[{**PERSON, "국적": "ZZ", "로마자이름": None}], 상담=rows, refused=True))
        assert sorted(found) == sorted(
            [
                ("사람", 2, "국적"),
                ("상담", 2, "센터"), ("상담", 2, "상담일"), ("상담", 2, "소요분"),
                ("상담", 3, "언어"), ("상담", 3, "인원"), ("상담", 3, "사람번호"),
                ("상담", 5, "번호"),
            ]
        )  # fmt: skip
        assert Session.objects.count() == 0


class PotTests:
    """What runs dry is held against what the owner of the installation entered."""

    def test_a_quota_is_not_exceeded(self, committed, bring):
        with as_owner(committed) as owner:
            book(owner, "e74-2025", -478)
        rows = [{**CASE, "번호": n, "사람번호": n, "추천일": f"2025-03-0{n}"} for n in (3, 1, 2)]
        outcome = bring(사람=PEOPLE, 비자추천=rows, refused=True)
        assert errors(outcome) == [("비자추천", 2, "추천일")]  # the latest recommendation finds no place
        bring(사람=PEOPLE, 비자추천=[*rows[1:], {**rows[0], "불허일": "2025-04-01"}])
        more = {**CASE, "번호": 4, "사람번호": 4, "추천일": "2025-03-04"}
        bring(비자추천=[more], refused=True)
        bring(비자추천=[more], historic=True)
        with everywhere():
            assert VisaCase.objects.get(ref="4").quota_exception is not None
            assert QuotaPool.objects.get(pk="e74-2025").taken == 3
            assert RuleException.objects.get().rule == "quota"
        # The place of a case that changes is free for it again.
        bring(비자추천=[{**rows[1], "허가일": "2025-04-01"}], update=True)

    def test_a_budget_is_not_exceeded_and_its_lack_is_told(self, committed, bring):
        outcome = bring(사람=PEOPLE, 승급지원금=[VOUCHER])
        assert ("승급지원금", 2, "시군") in warnings(outcome)
        with as_owner(committed) as owner:
            owner.execute(
                "INSERT INTO visas_voucherbudget (municipality_id, year, amount_won, source) "
                "VALUES ('52140', 2025, 600000, '')"
            )
        rows = [{**VOUCHER, "번호": number, "사람번호": number} for number in (2, 3)]
        assert errors(bring(승급지원금=rows, refused=True)) == [("승급지원금", 3, "지급액")]
        bring(승급지원금=rows[:1])
        assert VoucherBudget.objects.get().committed_won == 600_000
