"""What an import brings in, for whom, and that the same again changes nothing."""

import pytest
from django.db import connection

from cases.models import Activity, Client, ClientName, FamilyLink, Identifier, Session, SessionIssue, Stay
from cases.secrecy import decrypt
from tests.make import make_number
from tests.make import place as at
from tests.workbook.files import ACTIVITY, CASE, PERSON, SESSION, STAY, VOUCHER, counts, errors, warnings
from visas.models import QuotaPool, VisaCase, Voucher

pytestmark = pytest.mark.django_db


class EverySheetTests:
    def test_each_row_becomes_its_record(self, load):
        second = {**PERSON, "번호": "2", "로마자이름": "DEMO TRAN", "성별": "여"}
        outcome = load(
            사람=[PERSON, second],
            동반가족=[
                {"주신청자번호": 1, "번호": 2, "관계": "배우자", "입국일": "2025-04-01", "정착일": "2025-05-01"}
            ],
            비자추천=[{**CASE, "추천일": "2025-03-01", "허가일": "2025-04-01", "정착일": "2025-04-02"}],
            승급지원금=[{**VOUCHER, "지급일": "2025-05-05"}],
            쉼터=[STAY],
            상담=[{**SESSION, "사람번호": 1, "부유형": "퇴직금;산재", "소요분": 30, "내용": "=그대로"}],
            활동=[{**ACTIVITY, "센터": "52140-c1", "증빙": "문서-1", "참여인원": 12}],
        )
        assert counts(outcome) == (8, 0, 0)
        case, voucher = VisaCase.objects.get(), Voucher.objects.get()
        assert (case.workspace, case.pool_id, case.period) == (at("52140-office"), "e74-2025", "e74-2025")
        assert QuotaPool.objects.get(pk="e74-2025").taken == 1
        assert (voucher.amount_won, voucher.workspace) == (300_000, at("52140-office"))
        assert voucher.registered_by_file == "1.xlsx"
        session = Session.objects.get()
        assert (session.minutes, session.clients, session.programme_id, session.note) == (
            30,
            1,
            "one-centre",
            "=그대로",
        )
        assert set(SessionIssue.objects.values_list("topic_id", flat=True)) == {"labour.severance", "labour.accident"}
        link = FamilyLink.objects.get()
        assert (link.workspace, link.household.principal.person_id) == (at("52140-office"), case.person_id)
        activity = Activity.objects.get()
        assert (activity.approved_by_file, activity.approved_on is None) == ("1.xlsx", False)
        assert Stay.objects.get().person_id == case.person_id
        # A readable file in each workspace that refers to the person, and nowhere else.
        places = Client.objects.filter(person=case.person_id).values_list("workspace__code", flat=True)
        assert sorted(places) == ["52110-s1", "52140-c1", "52140-office"]

    def test_english_keys_and_any_order_of_columns_are_read(self, load):
        outcome = load(
            people=[{"municipality": "52140", "korean_name": "데모", "ref": "A"}],
            sessions=[
                {
                    "topic": "labour.wages", "ref": 7, "channel": "phone", "language": "중국어",
                    "held_on": "2025-03-04", "center": "52140-c1", "person_ref": "A",
                }
            ],
        )  # fmt: skip
        assert counts(outcome) == (2, 0, 0)
        assert Session.objects.get().language_id == "zh"

    def test_a_session_at_the_worker_support_centre_is_of_its_programme(self, load):
        load(상담=[{**SESSION, "센터": "52-c1"}])
        assert Session.objects.get().programme_id == "worker-settlement"

    def test_an_activity_without_a_centre_is_the_provinces(self, load):
        load(활동=[ACTIVITY])
        assert Activity.objects.get().workspace == at("52-office")
        assert Activity.objects.get().approved_on is None

    def test_centres_may_all_number_from_one(self, load):
        outcome = load(상담=[SESSION, {**SESSION, "센터": "52110-c1"}])
        assert counts(outcome) == (2, 0, 0)

    def test_a_registration_number_is_kept_encrypted(self, load):
        load(사람=[{**PERSON, "외국인등록번호": "900101-5000000"}])
        identifier = Identifier.objects.get()
        assert decrypt(identifier.ciphertext) == "9001015000000"
        with connection.cursor() as cursor:
            cursor.execute("SELECT content::text FROM workbook_importedrow")
            assert "9001015" not in cursor.fetchone()[0]

    def test_first_recorded_is_the_recording_day_and_else_the_row_was_always_known(self, load):
        load(상담=[{**SESSION, "최초입력일": "2025-04-01"}, {**SESSION, "번호": 2}])
        assert {row.ref: str(row.recorded_on) for row in Session.objects.all()} == {"1": "2025-04-01", "2": "None"}


class WhoseRowsTests:
    def test_a_person_nobody_refers_to_is_kept_at_home(self, load):
        load(사람=[PERSON, {**PERSON, "번호": 2, "시군": None}])
        assert {client.ref: client.workspace.code for client in Client.objects.select_related("workspace")} == {
            "1": "52140-office",
            "2": "52-office",
        }

    def test_with_a_workspace_people_are_its_clients(self, load):
        load(사람=[PERSON], 상담=[{**SESSION, "사람번호": 1}], 비자추천=[CASE], workspace=at("52140-c1"))
        assert sorted(Client.objects.values_list("workspace__code", flat=True)) == ["52140-c1", "52140-office"]

    def test_with_a_workspace_a_session_of_another_centre_is_an_error(self, load):
        outcome = load(상담=[SESSION], workspace=at("52110-c1"), refused=True)
        assert errors(outcome) == [("상담", 2, "센터")]

    def test_a_later_file_refers_to_people_of_an_earlier_one(self, load):
        load(사람=[{**PERSON, "외국인등록번호": "900101-5000000"}])
        load(상담=[{**SESSION, "사람번호": 1}])
        file = Client.objects.get(workspace__code="52140-c1")
        assert ClientName.objects.get(client=file).text == "DEMO NGUYEN"
        assert decrypt(Identifier.objects.get(client=file).ciphertext) == "9001015000000"
        assert Client.objects.values("person").distinct().count() == 1

    def test_people_of_a_workspace_are_not_people_of_the_province(self, load):
        load(사람=[PERSON], workspace=at("52140-c1"))
        outcome = load(상담=[{**SESSION, "사람번호": 1}], refused=True)
        assert errors(outcome) == [("상담", 2, "사람번호")]

    def test_one_registration_number_is_one_identity_across_files_and_workspaces(self, load):
        person = {**PERSON, "외국인등록번호": "900101-5000000"}
        load(사람=[person], workspace=at("52140-c1"))
        outcome = load(사람=[{**person, "번호": 9}], workspace=at("52110-c1"))
        assert Client.objects.values("person").distinct().count() == 1
        assert warnings(outcome) == []  # nothing tells of the other centre

    def test_two_numbers_of_one_person_stay_two_files_and_are_told(self, load):
        person = {**PERSON, "외국인등록번호": "900101-5000000"}
        outcome = load(사람=[person, {**person, "번호": 2}], workspace=at("52140-c1"))
        assert Client.objects.count() == 2
        assert Client.objects.values("person").distinct().count() == 1
        assert ("사람", 3, "외국인등록번호") in warnings(outcome)

    def test_two_numbers_of_one_person_are_told_across_files_too(self, load):
        person = {**PERSON, "외국인등록번호": "900101-5000000"}
        load(사람=[person], workspace=at("52140-c1"))
        outcome = load(사람=[{**person, "번호": 2}], workspace=at("52140-c1"))
        assert warnings(outcome) == [("사람", 2, "외국인등록번호")]

    def test_a_dependant_hangs_on_the_earliest_permit(self, load):
        second = {**PERSON, "번호": 2}
        load(
            사람=[PERSON, second],
            비자추천=[
                {**CASE, "유형": "F-2-R", "시군": "정읍시", "허가일": "2025-05-01"},
                {**CASE, "번호": 2, "유형": "E-7-4R", "허가일": "2025-04-01"},
            ],
            동반가족=[{"주신청자번호": 1, "번호": 2, "관계": "자녀"}],
        )
        assert FamilyLink.objects.get().workspace == at("52140-office")

    def test_a_dependant_without_a_permit_hangs_on_the_latest_reception(self, load):
        load(
            사람=[PERSON, {**PERSON, "번호": 2}],
            비자추천=[CASE, {**CASE, "번호": 2, "유형": "F-2-R", "시군": "정읍시", "접수일": "2025-06-01"}],
            동반가족=[{"주신청자번호": 1, "번호": 2, "관계": "자녀"}],
        )
        assert FamilyLink.objects.get().workspace == at("52180-office")

    def test_a_dependant_without_a_case_hangs_on_the_principals_file(self, load):
        load(
            사람=[PERSON, {**PERSON, "번호": 2}],
            상담=[{**SESSION, "사람번호": 1}],
            동반가족=[{"주신청자번호": 1, "번호": 2, "관계": "자녀"}],
        )
        assert FamilyLink.objects.get().workspace == at("52140-c1")


class AgainTests:
    def test_the_same_file_again_changes_nothing(self, load):
        sheets = {"사람": [PERSON], "상담": [{**SESSION, "사람번호": 1}], "비자추천": [CASE], "쉼터": [STAY]}
        load(**sheets)
        assert counts(load(**sheets)) == (0, 0, 4)
        assert Session.objects.count() == VisaCase.objects.count() == Stay.objects.count() == 1

    def test_a_code_and_its_name_are_the_same_content(self, load):
        load(상담=[SESSION])
        assert counts(load(상담=[{**SESSION, "언어": "베트남어", "주유형": "labour.wages", "경로": "visit"}])) == (
            0,
            0,
            1,
        )

    @pytest.mark.parametrize("again", ["VNM", "Vietnamese", "베트남인", "Socialist Republic of Viet Nam"])
    def test_a_country_by_any_of_its_names_is_the_same_content(self, load, again):
        load(사람=[PERSON])
        assert counts(load(사람=[{**PERSON, "국적": again}])) == (0, 0, 1)

    @pytest.mark.parametrize(("told", "code"), [("NGA", "NG"), ("Nga", "RU"), ("nga", "RU")])
    def test_a_code_of_three_letters_in_capitals_is_not_another_countrys_name(self, load, told, code):
        load(사람=[{**PERSON, "국적": told}])
        assert Client.objects.get().nationality_id == code

    def test_other_content_is_an_error_that_shows_before_and_after(self, load):
        load(상담=[SESSION])
        outcome = load(상담=[{**SESSION, "상담일": "2025-03-05"}], refused=True)
        assert "상담일 2025-03-04 → 2025-03-05" in str(outcome.problems.errors[0])
        assert str(Session.objects.get().held_on) == "2025-03-04"

    def test_update_changes_the_record_and_leaves_history(self, load):
        load(사람=[PERSON], 상담=[{**SESSION, "사람번호": 1, "부유형": "산재"}])
        changed = {**SESSION, "사람번호": 1, "상담일": "2025-03-05", "부유형": "퇴직금"}
        assert counts(load(상담=[changed], update=True)) == (0, 1, 0)
        session = Session.objects.get()
        assert str(session.held_on) == "2025-03-05"
        assert [str(event.held_on) for event in session.events.all()] == ["2025-03-04"]
        assert [issue.topic_id for issue in session.issues.all()] == ["labour.severance"]
        assert counts(load(상담=[changed])) == (0, 0, 1)

    def test_update_of_a_person_changes_the_files_it_opened(self, load):
        load(사람=[PERSON], 상담=[{**SESSION, "사람번호": 1}], 비자추천=[CASE])
        load(사람=[{**PERSON, "로마자이름": "DEMO PHAM", "국적": "네팔"}], update=True)
        assert set(ClientName.objects.values_list("text", flat=True)) == {"DEMO PHAM"}
        assert set(Client.objects.values_list("nationality_id", flat=True)) == {"NP"}

    @pytest.mark.parametrize(
        ("told", "left"),
        [
            ("910101-5000000", {("registration", "9101015000000", False), ("registration", "8801015000000", True)}),
            ("880101-5000000", {("registration", "8801015000000", False)}),
            (None, {("registration", "8801015000000", True)}),
        ],
    )
    def test_update_of_a_person_leaves_what_no_workbook_tells(self, load, told, left):
        """Former numbers that a merge kept, and passports; a former one that is told again is in use again."""
        load(사람=[{**PERSON, "외국인등록번호": "900101-5000000"}], workspace=at("52140-c1"))
        file = Client.objects.get()
        for kind, number, former in (("registration", "8801015000000", True), ("passport", "M12345678", False)):
            make_number(file, kind, number, former=former)
        load(사람=[{**PERSON, "외국인등록번호": told}], workspace=at("52140-c1"), update=True)
        numbers = {(row.kind, decrypt(row.ciphertext), row.former) for row in Identifier.objects.all()}
        assert numbers == left | {("passport", "M12345678", False)}

    def test_a_number_given_later_joins_the_identity_that_holds_it(self, load):
        load(사람=[{**PERSON, "외국인등록번호": "900101-5000000"}], workspace=at("52140-c1"))
        load(사람=[PERSON], workspace=at("52110-c1"))
        assert Client.objects.values("person").distinct().count() == 2
        load(사람=[{**PERSON, "외국인등록번호": "900101-5000000"}], workspace=at("52110-c1"), update=True)
        assert Client.objects.values("person").distinct().count() == 1

    def test_two_rows_that_gain_one_number_become_one_person(self, load):
        people = [PERSON, {**PERSON, "번호": 2}]
        vouchers = [VOUCHER, {**VOUCHER, "번호": 2, "사람번호": 2}]
        load(사람=people)
        named = [{**person, "외국인등록번호": "900101-5000000"} for person in (*people, {**PERSON, "번호": 3})]
        assert errors(load(사람=named, 승급지원금=vouchers, update=True, refused=True)) == [
            ("승급지원금", 3, "사람번호")
        ]
        load(사람=named, update=True)
        assert Client.objects.values("person").distinct().count() == 1

    def test_a_number_taken_back_parts_the_persons(self, load):
        people = [{**PERSON, "번호": number, "외국인등록번호": "900101-5000000"} for number in (1, 2)]
        load(사람=people)
        load(사람=[{**people[1], "외국인등록번호": None}], update=True)
        assert Client.objects.values("person").distinct().count() == 2

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (
                {"승급지원금": [VOUCHER]},
                {"승급지원금": [{**VOUCHER, "취소일": "2025-03-02"}, {**VOUCHER, "번호": 2, "시군": "완주군"}]},
            ),
            ({"비자추천": [CASE]}, {"비자추천": [{**CASE, "철회일": "2025-03-02"}, {**CASE, "번호": 2}]}),
            (
                {"쉼터": [{**STAY, "퇴소일": None}]},
                {"쉼터": [STAY, {**STAY, "번호": 2, "사람번호": 2, "입소일": "2025-03-05", "퇴소일": None}]},
            ),
            (
                {"쉼터": [STAY, {**STAY, "번호": 2, "사람번호": 2, "침대": "2"}]},
                {"쉼터": [{**STAY, "침대": "2"}, {**STAY, "번호": 2, "사람번호": 2}]},
            ),
        ],
    )
    def test_what_one_row_frees_another_takes_in_the_same_file(self, load, before, after):
        load(사람=[PERSON, {**PERSON, "번호": 2}], **before)
        load(**after, update=True)

    def test_a_paid_voucher_refuses_to_change(self, load):
        paid = {**VOUCHER, "지급일": "2025-04-01"}
        load(사람=[PERSON], 승급지원금=[paid])
        outcome = load(승급지원금=[{**paid, "지급액": 200000}], update=True, refused=True)
        assert errors(outcome) == [("승급지원금", 2, "지급일")]

    def test_a_dry_run_counts_and_writes_nothing(self, load):
        assert counts(load(사람=[PERSON], 상담=[SESSION], dry_run=True)) == (2, 0, 0)
        assert Session.objects.count() == Client.objects.count() == 0
