"""The semester list of a university: what it says it would change is what it changes, all of it or nothing."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audit.access import gathering
from audit.models import Action, AuditEntry
from cases.models import Client, ClientName, Identifier, NameKind
from cases.secrecy import decrypt, digest
from cases.services.client import Told, edit_client
from centers.models import Role
from centers.scope import acting_for
from tests.make import (
    DAY,
    make_change,
    make_check,
    make_client,
    make_major,
    make_student,
    make_user,
    make_visa_case,
    place,
)
from tests.workbook.files import workbook
from visas.models import Enrolment, StatusChange
from workbook.models import ListState, SemesterList
from workbook.problems import FileRefused
from workbook.semester.sheet import SHEET, list_of, read_list
from workbook.semester.writing import OtherThanSeen, bring_list, leave_list, purge_lists, write_list

JBNU = "jbnu"
LEFT = DAY + timedelta(days=40)
BORN = date(2001, 5, 5)
SECOND = date(2025, 9, 1)
NUMBER = "010505-5000001"

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    make_major(JBNU)
    with acting_for([place(JBNU).pk]):
        yield


@pytest.fixture
def content(tmp_path):
    def content(*rows: dict, sheet: str = "유학생") -> bytes:
        return workbook(tmp_path / "list.xlsx", **{sheet: list(rows)}).read_bytes()

    return content


@pytest.fixture
def bring(here, content):
    def bring(*rows: dict):
        return bring_list(actor=None, workspace=place(JBNU), name="2025-1.xlsx", content=content(*rows))

    return bring


def listed(ref: str = "20250001", **cells) -> dict:
    told = {"학번": ref, "로마자이름": "NGUYEN VAN A", "생년월일": BORN, "전공": "스마트팜학과", "입학학기": "2025-1"}
    return told | {"입학일": DAY, "학적": "재학"} | cells


def as_listed(student: Enrolment, **cells) -> dict:
    return (
        listed(student.ref, 로마자이름=None, 생년월일=None, 입학학기=student.semester, 입학일=student.admitted_on)
        | cells
    )


def of_file(client: Client, name: str = "NGUYEN VAN A", born: date = BORN) -> Client:
    ClientName.objects.create(workspace_id=client.workspace_id, client=client, kind=NameKind.ROMAN, text=name)
    client.birth_date = born
    client.save(update_fields=["birth_date"])
    return client


def of_number(client: Client, number: str = NUMBER) -> Client:
    with acting_for([client.workspace_id]):
        return edit_client(client, told=Told(numbers={"registration": number}))


def told(plan) -> list[tuple[str, int, str]]:
    return [(problem.column, problem.line, problem.value) for problem in plan.problems]


class PlanTests:
    def test_tells_new_changed_corrected_and_same_apart_and_writes_none(self, bring):
        same, leaves, moved = make_student(), make_student(), make_student()
        _row, plan = bring(
            listed("1"),
            as_listed(same),
            as_listed(leaves, 학적="휴학", 변동일=LEFT, 인지일=LEFT),
            as_listed(moved, 입학학기="2025-2", 입학일=SECOND),
        )
        assert plan.problems == []
        assert plan.counts == {"new": 1, "changed": 1, "corrected": 1, "same": 1, "files": 1, "checks": 0}
        assert plan.entries[2].due_on == LEFT + timedelta(days=15)
        assert plan.entries[3].before == {"semester": "2025-1", "admitted_on": DAY}
        assert Enrolment.objects.count() == 3
        assert list(plan.absent) == []

    def test_a_change_of_status_needs_the_number_and_the_status_alone(self, bring):
        student = make_student()
        _row, plan = bring(
            as_listed(student, 전공=None, 입학학기=None, 입학일=None, 학적="휴학", 변동일=LEFT, 인지일=LEFT)
        )
        assert plan.problems == [] and plan.entries[0].kinds == {"changed"}

    def test_a_new_student_is_found_among_the_files_by_name_and_day_of_birth(self, bring):
        file = of_file(make_client(JBNU))
        case = make_visa_case("D-2", JBNU, client=file)
        row, plan = bring(listed(로마자이름="Van A, NGUYEN"))
        assert (plan.entries[0].client, plan.entries[0].case, plan.counts["files"]) == (file.pk, case.pk, 0)
        write_list(row, actor=None, seen=plan.fingerprint)
        student = Enrolment.objects.get()
        assert (student.client_id, student.case_id, student.ref) == (file.pk, case.pk, "20250001")

    def test_two_files_that_may_be_the_student_are_for_a_person_to_tell(self, bring):
        of_file(make_client(JBNU)), of_file(make_client(JBNU))
        _row, plan = bring(listed())
        assert told(plan) == [("학번", 2, "20250001")]

    def test_those_who_are_not_listed_are_named_unless_they_have_left(self, bring):
        stays, gone = make_student(), make_student()
        make_change(gone, "graduated", on=LEFT)
        _row, plan = bring(listed("1"))
        assert list(plan.absent) == [stays]

    def test_who_is_compared_and_not_shown_goes_on_no_access_log(self, bring):
        of_file(make_client(JBNU), "OTHER")
        student = make_student()
        with gathering() as shown:
            bring(listed("1"), as_listed(student, 학적="휴학", 변동일=LEFT, 인지일=LEFT))
        assert shown.files == {}


class RefusalTests:
    """A bad row is told with its place, and with one bad row nothing is kept and nothing written."""

    @pytest.mark.parametrize(
        ("cells", "column"),
        [
            ({"대학": "wku"}, "대학"),
            ({"전공": "없는 학과"}, "전공"),
            ({"전공": None}, "전공"),
            ({"입학학기": None}, "입학학기"),
            ({"입학학기": "봄"}, "입학학기"),
            ({"입학학기": "2031-2"}, "입학학기"),
            ({"학적": "놀고 있음"}, "학적"),
            ({"학적": "복학", "변동일": LEFT}, "학적"),
            ({"학적": "휴학"}, "변동일"),
            ({"학적": "휴학", "변동일": LEFT}, "인지일"),
            ({"학적": "휴학", "변동일": DAY - timedelta(days=1), "인지일": LEFT}, "변동일"),
            ({"입학일": None}, "입학일"),
            ({"로마자이름": None}, "로마자이름"),
            ({"생년월일": "5월"}, "생년월일"),
            ({"입학일": timezone.localdate() + timedelta(days=2)}, "입학일"),
        ],
    )
    def test_of_a_new_student(self, bring, cells, column):
        row, plan = bring(listed("1"), listed("2", **{"로마자이름": "TRAN B"} | cells))
        assert row is None
        assert [(column_, line) for column_, line, _value in told(plan)] == [(column, 3)]
        assert not SemesterList.objects.exists()
        assert not Enrolment.objects.exists()

    def test_another_universitys_students_and_a_number_twice(self, bring):
        _row, plan = bring(
            listed("1", 대학="원광대학교", 로마자이름="LE C"), listed("2"), listed("2", 로마자이름="TRAN B")
        )
        assert told(plan) == [("대학", 2, "원광대학교"), ("학번", 4, "2")]

    def test_a_number_of_somebody_else(self, bring):
        student = make_student(client=of_file(make_client(JBNU), "KIM CHUL"))
        _row, plan = bring(as_listed(student, 로마자이름="NGUYEN VAN A", 생년월일=BORN + timedelta(days=1)))
        assert told(plan) == [("생년월일", 2, "2001-05-06")]
        _row, plan = bring(as_listed(student, 로마자이름="NGUYEN VAN A"))
        assert told(plan) == [("학번", 2, student.ref)]

    @pytest.mark.parametrize("sheets", [{"가": [{"x": 1}], "나": [{"x": 1}]}])
    def test_several_sheets_without_a_name(self, tmp_path, sheets):
        with pytest.raises(FileRefused, match="유학생"):
            read_list(workbook(tmp_path / "a.xlsx", **sheets).read_bytes())

    def test_what_is_no_workbook(self):
        with pytest.raises(FileRefused):
            read_list(b"%PDF-1.7 and more")

    def test_the_empty_list_has_the_header_and_asks_for_rows(self):
        with pytest.raises(FileRefused):
            read_list(list_of(()))


class OnePersonTests:
    """Nobody studies under two numbers at once, at one university or at two; where else is not told."""

    def test_who_studies_elsewhere_is_refused_by_the_row_and_nothing_says_where(self, bring):
        student = make_student("wku", client=of_number(make_client("wku")))
        row, plan = bring(listed("1", 로마자이름="TRAN B"), listed("2", 외국인등록번호=NUMBER))
        assert row is None
        assert told(plan) == [("학번", 3, "2")]
        assert "wku" not in (sentence := plan.problems[0].message) and "원광" not in sentence
        make_change(student, "withdrew", on=LEFT)
        _row, plan = bring(listed("2", 외국인등록번호=NUMBER))
        assert plan.problems == []

    def test_the_file_of_somebody_who_studies_elsewhere_is_known_by_the_person(self, bring):
        other = make_student("wku").client
        of_file(make_client(JBNU, person=other.person_id))
        _row, plan = bring(listed("2"))
        assert told(plan) == [("학번", 2, "2")]

    def test_a_number_that_makes_a_student_one_who_studies_elsewhere_is_refused(self, bring):
        make_student("wku", client=of_number(make_client("wku")))
        student = make_student()
        _row, plan = bring(as_listed(student, 외국인등록번호=NUMBER))
        assert told(plan) == [("학번", 2, student.ref)]

    @pytest.mark.parametrize("cells", [{}, {"외국인등록번호": NUMBER}, {"로마자이름": "A VAN, nguyen"}])
    def test_one_person_twice_in_a_list(self, bring, cells):
        _row, plan = bring(listed("1", 외국인등록번호=NUMBER), listed("2", **cells))
        assert told(plan) == [("학번", 3, "2")]
        assert "2" in plan.problems[0].message

    def test_two_of_one_name_and_birth_have_other_numbers(self, bring):
        _row, plan = bring(listed("1", 외국인등록번호=NUMBER), listed("2", 외국인등록번호="010505-5000002"))
        assert plan.problems == []

    def test_a_student_under_another_number_is_named_by_it(self, bring):
        student = make_student(client=of_file(make_client(JBNU)))
        _row, plan = bring(listed("2"))
        assert told(plan) == [("학번", 2, "2")]
        assert student.ref in plan.problems[0].message

    def test_who_ends_one_number_begins_another_with_the_same_list(self, bring):
        student = make_student(client=of_file(make_client(JBNU)))
        ends = as_listed(student, 학적="자퇴", 변동일=LEFT, 인지일=LEFT)
        row, plan = bring(listed("2", 입학학기="2025-2", 입학일=SECOND), ends)
        assert plan.problems == []
        write_list(row, actor=None, seen=plan.fingerprint)
        assert list(Enrolment.objects.order_by("ended_on").values_list("ended_on", flat=True)) == [LEFT, None]


class NumberTests:
    """A registration number that the file lacks is kept; one that differs is for a person to look at."""

    def test_is_a_correction_that_shows_no_more_than_its_first_half(self, bring):
        student = make_student()
        row, plan = bring(as_listed(student, 외국인등록번호=NUMBER))
        assert (plan.counts["corrected"], plan.entries[0].masked_number) == (1, "010505-*******")
        assert "5000001" not in str(plan.entries[0].mark())
        write_list(row, actor=None, seen=plan.fingerprint)
        kept = Identifier.objects.get(client=student.client)
        assert decrypt(kept.ciphertext) == NUMBER.replace("-", "")
        assert b"5000001" not in bytes(kept.ciphertext)
        _row, plan = bring(as_listed(student, 외국인등록번호=NUMBER))
        assert plan.counts["same"] == 1

    def test_of_a_new_student_whose_file_lacks_it(self, bring):
        file = of_file(make_client(JBNU))
        row, plan = bring(listed("1", 외국인등록번호=NUMBER))
        write_list(row, actor=None, seen=plan.fingerprint)
        assert Identifier.objects.get(client=file).digest == digest("registration", NUMBER)

    def test_another_number_or_one_of_another_file_is_refused(self, bring):
        student, other = make_student(client=of_number(make_client(JBNU))), make_student()
        _row, plan = bring(
            as_listed(student, 외국인등록번호="010505-5000002"), as_listed(other, 외국인등록번호=NUMBER)
        )
        assert {(column, line) for column, line, _value in told(plan)} >= {
            ("외국인등록번호", 2),
            ("외국인등록번호", 3),
        }


class WritingTests:
    def test_writes_what_was_looked_at_and_reads_it_again(self, bring):
        leaves, moved = make_student(), make_student(semester="2024-2", admitted_on=date(2025, 2, 20))
        row, plan = bring(
            listed("1"),
            as_listed(leaves, 학적="휴학", 변동일=LEFT, 인지일=LEFT),
            as_listed(moved, 입학학기="2025-1"),
        )
        row = write_list(row, actor=None, seen=plan.fingerprint)
        assert (row.state, row.content, row.counts) == (ListState.WRITTEN, None, plan.counts)
        assert row.written == {"students": 3, "otherwise": 0, "changes": 2, "checks": 0}
        change = StatusChange.objects.get(enrolment=leaves, kind="leave")
        assert (change.happened_on, change.due_on) == (LEFT, LEFT + timedelta(days=15))
        moved.refresh_from_db()
        assert moved.semester == "2025-1"
        assert set(Client.objects.get(enrolments__ref="1").names.values_list("text", flat=True)) == {"NGUYEN VAN A"}

    def test_it_makes_the_checks_of_enrolment_of_this_semester_for_whoever_is_in_class(self, bring):
        today = timezone.localdate()
        students, checks = [], []
        for due in (today, today, today - timedelta(days=250)):
            permit = {"recommended_on": DAY, "letter_number": f"{len(students)}", "granted_on": DAY}
            case = make_visa_case("D-2", JBNU, **permit)
            students.append(make_student(client=case.client, case=case))
            checks.append(make_check(case, kind="semester", due_on=due))
        here, leaves, earlier = students
        row, plan = bring(
            as_listed(here), as_listed(leaves, 학적="휴학", 변동일=LEFT, 인지일=LEFT), as_listed(earlier)
        )
        row = write_list(row, actor=None, seen=plan.fingerprint)
        for check in checks:
            check.refresh_from_db()
        assert [check.result for check in checks] == ["kept", "", ""]
        assert (checks[0].document, row.written["checks"]) == ("2025-1.xlsx", 1)

    def test_a_list_that_only_makes_checks_has_something_to_write(self, bring):
        permit = {"recommended_on": DAY, "letter_number": "1", "granted_on": DAY}
        case = make_visa_case("D-2", JBNU, **permit)
        check = make_check(case, kind="semester", due_on=timezone.localdate())
        student = make_student(client=case.client, case=case)
        row, plan = bring(as_listed(student))
        assert (plan.counts["same"], plan.counts["checks"], plan.does) == (1, 1, True)
        write_list(row, actor=None, seen=plan.fingerprint)
        check.refresh_from_db()
        assert check.result == "kept"
        row, plan = bring(as_listed(student))
        assert (plan.checks, plan.does) == ([], False)

    def test_the_same_list_again_changes_nothing(self, bring):
        rows = [listed("1"), listed("2", 로마자이름="TRAN B", 학적="휴학", 변동일=LEFT, 인지일=LEFT)]
        row, plan = bring(*rows)
        write_list(row, actor=None, seen=plan.fingerprint)
        _row, plan = bring(*rows)
        assert plan.counts == {"new": 0, "changed": 0, "corrected": 0, "same": 2, "files": 0, "checks": 0}

    def test_other_than_seen_is_not_written(self, bring):
        student = make_student()
        row, plan = bring(as_listed(student, 학적="휴학", 변동일=LEFT, 인지일=LEFT))
        make_change(student, "leave", on=LEFT)
        with pytest.raises(OtherThanSeen):
            write_list(row, actor=None, seen=plan.fingerprint)
        assert SemesterList.objects.get().state == ListState.WAITING

    def test_is_written_once(self, bring):
        row, plan = bring(listed("1"))
        write_list(row, actor=None, seen=plan.fingerprint)
        with pytest.raises(SemesterList.DoesNotExist):
            write_list(row, actor=None, seen=plan.fingerprint)

    def test_what_is_left_keeps_no_file(self, bring):
        row, _plan = bring(listed("1"))
        leave_list(row, actor=None)
        row.refresh_from_db()
        assert (row.state, row.content) == (ListState.LEFT, None)
        assert not Enrolment.objects.exists()

    def test_what_waits_too_long_is_left(self, bring):
        old, _plan = bring(listed("1"))
        bring(listed("2"))
        SemesterList.objects.filter(pk=old.pk).update(brought_at=timezone.now() - timedelta(days=8))
        assert purge_lists() == 1
        assert {row.pk: row.state for row in SemesterList.objects.all()}[old.pk] == ListState.LEFT

    def test_the_file_is_kept_encrypted(self, bring):
        row, _plan = bring(listed("1"))
        row.refresh_from_db()
        assert b"PK" not in bytes(row.content)[:4]


class PageTests:
    @pytest.fixture
    def coordinator(self, client, here):
        user = make_user(Role.UNIVERSITY_COORDINATOR, JBNU, official=False)
        client.force_login(user)
        return user

    def send(self, client, content: bytes, **options):
        return client.post("/visas/semesters/", {"file": SimpleUploadedFile("2025-1.xlsx", content)}, **options)

    def test_is_looked_at_and_written(self, client, coordinator, content):
        page = self.send(client, content(listed("1")), follow=True)
        (row,) = SemesterList.objects.all()
        assert page.redirect_chain == [(f"/visas/semesters/{row.pk}/", 302)]
        assert page.context["plan"].counts["new"] == 1
        answer = client.post(f"/visas/semesters/{row.pk}/write/", {"seen": page.context["seen"]}, follow=True)
        assert answer.context["row"].written["students"] == 1
        entry = AuditEntry.objects.get(action=Action.SEMESTER_WRITTEN)
        assert (entry.actor, entry.data["new"]) == (coordinator, 1)
        again = client.post(f"/visas/semesters/{row.pk}/write/", {"seen": page.context["seen"]}, follow=True)
        assert Enrolment.objects.count() == 1
        assert again.status_code == 200

    def test_bad_rows_are_named_and_nothing_is_kept(self, client, coordinator, content):
        answer = self.send(client, content(listed("1", 학적="휴학")))
        assert answer.status_code == 400
        assert "변동일" in answer.content.decode()
        assert not SemesterList.objects.exists()

    def test_records_that_changed_meanwhile_are_shown_anew(self, client, coordinator, content):
        student = make_student()
        page = self.send(client, content(as_listed(student, 학적="휴학", 변동일=LEFT, 인지일=LEFT)), follow=True)
        make_change(student, "leave", on=LEFT)
        row = SemesterList.objects.get()
        answer = client.post(f"/visas/semesters/{row.pk}/write/", {"seen": page.context["seen"]})
        assert answer.status_code == 409
        assert answer.context["plan"].counts["same"] == 1

    def test_another_university_knows_nothing_of_it(self, client, coordinator, content):
        other = make_user(Role.UNIVERSITY_COORDINATOR, "wku", official=False)
        self.send(client, content(listed("1")))
        row = SemesterList.objects.get()
        client.force_login(other)
        assert client.get(f"/visas/semesters/{row.pk}/").status_code == 404
        assert client.post(f"/visas/semesters/{row.pk}/write/", {"seen": "x"}).status_code == 404

    def test_the_empty_list_has_the_columns(self, client, coordinator):
        answer = client.get("/visas/semesters/empty.xlsx")
        assert answer.content.startswith(b"PK")
        assert SHEET.column("학번").required
