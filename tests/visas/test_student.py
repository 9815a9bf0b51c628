"""Students of a university: how they stand, what has to be reported by when, and who learns of it."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cases.models import Client
from centers.models import Role
from centers.scope import acting_for
from centers.selectors import scope_of
from tests.make import (
    DAY,
    everywhere,
    make_change,
    make_client,
    make_major,
    make_student,
    make_user,
    make_visa_case,
    place,
)
from tests.support import forbidden, refused_by
from visas.models import Enrolment, StatusChange, StudyStatus
from visas.models.enrolment import in_semester
from visas.services.enrolment import change_status, enrol, report_change, withdraw_change
from visas.students import ReportCounts, report_counts

JBNU = "jbnu"
LEFT = DAY + timedelta(days=30)


def ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


@pytest.fixture
def coordinator(client):
    user = make_user(Role.UNIVERSITY_COORDINATOR, JBNU, official=False)
    client.force_login(user)
    return user


@pytest.fixture
def here():
    with acting_for([place(JBNU).pk]):
        yield


def states(student: Enrolment, *days: date) -> list[str]:
    return [Enrolment.objects.as_of(day).filter(pk=student.pk).values_list("state", flat=True).first() for day in days]


@pytest.mark.django_db
class StandingTests:
    def test_is_that_of_the_last_change_on_any_day(self, here):
        student = make_student()
        make_change(student, "leave", on=LEFT)
        make_change(student, "returned", on=LEFT + timedelta(days=100))
        days = (DAY - timedelta(days=1), DAY, LEFT, LEFT + timedelta(days=100))
        assert states(student, *days) == [None, "enrolled", "leave", "returned"]

    def test_of_two_changes_on_a_day_the_later_entered_holds(self, here):
        student = make_student()
        make_change(student, "absent", on=LEFT)
        make_change(student, "expelled", on=LEFT)
        assert states(student, LEFT) == ["expelled"]

    def test_what_was_withdrawn_holds_no_more(self, here):
        student = make_student()
        change = make_change(student, "leave", on=LEFT)
        withdraw_change(change, actor=None, reason="다른 학생")
        assert states(student, LEFT) == ["enrolled"]


@pytest.mark.django_db
class FollowTests:
    """Which status comes after which is data, and the database holds it, in whatever order rows come."""

    @pytest.mark.parametrize(("first", "then"), [("expelled", "graduated"), ("graduated", "leave"), ("", "returned")])
    def test_what_cannot_follow_is_refused(self, here, first, then):
        student = make_student()
        if first:
            make_change(student, first, on=LEFT)
        with refused_by("status_change_follows"):
            make_change(student, then, on=LEFT + timedelta(days=1))

    def test_a_change_between_two_has_to_fit_both(self, here):
        student = make_student()
        make_change(student, "graduated", on=LEFT + timedelta(days=9))
        make_change(student, "leave", on=LEFT)
        with refused_by("status_change_follows"):
            make_change(student, "expelled", on=LEFT + timedelta(days=1))

    def test_the_admission_stays(self, here):
        student = make_student()
        with refused_by("status_change_follows"):
            withdraw_change(StatusChange.objects.get(enrolment=student), actor=None, reason="x")

    def test_a_student_without_an_admission_is_refused(self, here):
        client = make_client(JBNU)
        with refused_by("status_change_follows"):
            Enrolment.objects.create(
                workspace_id=client.workspace_id, client=client, person_id=client.person_id, ref="1",
                major=make_major(), semester="2025-1", admitted_on=DAY,
            )  # fmt: skip

    def test_the_second_admission_is_refused(self, here):
        student = make_student()
        with refused_by("status_change_follows"):
            make_change(student, "enrolled", on=LEFT)

    def test_every_status_of_the_reference_data_can_come(self):
        rows = {row.pk: row for row in StudyStatus.objects.all()}
        reached, found = {pk for pk, row in rows.items() if not row.follows}, True
        while found:
            found = {pk for pk, row in rows.items() if reached & set(row.follows)} - reached
            reached |= found
        assert reached == set(rows)


@pytest.mark.django_db
class ClockTests:
    @pytest.mark.parametrize("kind", ["leave", "absent", "withdrew", "expelled", "graduated"])
    def test_fifteen_days_from_the_day_it_was_learned(self, here, kind):
        student, status = make_student(), StudyStatus.objects.get(pk=kind)
        made = change_status(
            student, actor=None, kind=status, happened_on=LEFT, known_on=LEFT + timedelta(days=4), note="x"
        )
        assert made.due_on == LEFT + timedelta(days=19)

    def test_what_was_known_before_runs_from_the_change(self, here):
        student, status = make_student(), StudyStatus.objects.get(pk="graduated")
        made = change_status(student, actor=None, kind=status, happened_on=LEFT, known_on=DAY)
        assert made.due_on == LEFT + timedelta(days=15)

    def test_nothing_is_due_where_no_source_asks_for_it(self, here):
        student = make_student()
        make_change(student, "leave", on=LEFT)
        assert make_change(student, "returned", on=LEFT + timedelta(days=9)).due_on is None

    def test_a_later_rule_moves_no_clock_that_runs(self, here):
        change = make_change()
        with refused_by("status_change_stays"):
            StatusChange.objects.filter(pk=change.pk).update(due_on=DAY)

    @given(st.integers(-40, 40))
    def test_in_words_it_counts_down_and_up(self, days):
        row = StatusChange(due_on=timezone.localdate() + timedelta(days=days))
        assert row.days_left == days
        assert row.report_state == ("overdue" if days < 0 else "due")

    def test_reported_late_is_said(self, here):
        change = make_change(on=LEFT)
        report_change(change, actor=make_user(), reported_on=LEFT + timedelta(days=15), document="국제-1")
        change.refresh_from_db()
        assert change.report_state == "reported"
        report_change(change, actor=make_user(), reported_on=LEFT + timedelta(days=16), document="국제-2")
        change.refresh_from_db()
        assert (change.report_state, change.days_left) == ("late", None)

    def test_not_before_the_change_nor_tomorrow(self, here):
        change = make_change(on=LEFT)
        with refused_by("status_report_after_the_change"):
            report_change(change, actor=None, reported_on=LEFT - timedelta(days=1), document="x")
        with refused_by("not_in_the_future"):
            report_change(change, actor=None, reported_on=ago(-1), document="x")

    def test_a_report_has_a_document(self, here):
        change = make_change(on=LEFT)
        with refused_by("status_report_has_a_document"):
            report_change(change, actor=None, reported_on=LEFT, document="")

    @pytest.mark.parametrize("change", [{"kind": "expelled"}, {"happened_on": DAY}, {"known_on": DAY}, {"note": "y"}])
    def test_what_was_entered_stays(self, here, change):
        row = make_change(on=LEFT)
        with refused_by("status_change_stays"):
            StatusChange.objects.filter(pk=row.pk).update(**change)

    def test_withdrawn_once(self, here):
        row = make_change(on=LEFT)
        withdraw_change(row, actor=None, reason="x")
        with refused_by("status_change_stays"):
            StatusChange.objects.filter(pk=row.pk).update(withdrawn_on=None, withdrawn_why="")
        with pytest.raises(StatusChange.DoesNotExist):
            report_change(row, actor=None, reported_on=LEFT, document="x")


@pytest.mark.django_db
class BoundTests:
    """A student hangs on one university, with all that belongs to it."""

    def test_a_number_is_one_students(self, here):
        make_student(ref="20250001")
        with refused_by("enrolment_number_once"):
            make_student(ref="20250001")

    def test_another_university_has_numbers_of_its_own(self):
        make_student(ref="20250001")
        assert make_student("wku", ref="20250001").pk

    def test_the_major_of_another_university_is_refused(self):
        client = make_client(JBNU)
        with acting_for([client.workspace_id]), refused_by("enrolment_major_of_the_university"):
            enrol(actor=None, client=client, ref="1", major=make_major("wku"), semester="2025-1", admitted_on=DAY)

    def test_the_case_of_another_university_is_refused(self):
        client, case = make_client(JBNU), make_visa_case("D-2", "wku")
        with everywhere(), refused_by("enrolment_case_of_the_university"):
            enrol(
                actor=None, client=client, ref="1", major=make_major(), semester="2025-1", admitted_on=DAY, case=case
            )

    def test_a_center_has_no_students(self):
        with refused_by("of_a_university"):
            make_major("52110-c1")

    @pytest.mark.parametrize("semester", ["2025", "2025-3", "25-1", ""])
    def test_a_semester_has_a_year_and_a_number(self, here, semester):
        with refused_by("enrolment_in_a_semester"):
            make_student(semester=semester)


@pytest.mark.django_db
class WhoTests:
    @pytest.mark.parametrize(
        ("role", "at"),
        [
            (Role.PROVINCE_STAFF, "52-office"),
            (Role.UNIVERSITY_COORDINATOR, "wku"),
            (Role.COUNSELLOR, "52110-c1"),
            (Role.CITY_OFFICER, "52110-office"),
            (Role.PRIVACY_OFFICER, "52-office"),
        ],
    )
    def test_nobody_else_learns_how_a_student_stands(self, client, role, at):
        student = make_student()
        change = make_change(student, "absent", on=LEFT, note="NOT SEEN")
        make_client(at, person=student.person_id)
        user = make_user(role, at)
        client.force_login(user)
        for page in (f"/visas/students/{student.pk}/", f"/visas/students/changes/{change.pk}/report/"):
            assert client.get(page).status_code == 404
        with acting_for(scope_of(user).of("view_visa_cases"), actor=user):
            for model in (Enrolment, StatusChange):
                assert not model.objects.visible_to(user).exists()
                assert not model.objects.exists()
                assert not model.pgh_event_model.objects.exists()

    def test_another_university_changes_nothing(self):
        change = make_change()
        with acting_for([place("wku").pk]):
            assert StatusChange.objects.update(note="x") == 0
        with acting_for([place("wku").pk]), forbidden():
            StatusChange.objects.create(
                workspace_id=change.workspace_id, enrolment_id=change.enrolment_id, client_id=change.client_id,
                person_id=change.person_id, kind_id="expelled", happened_on=LEFT, known_on=LEFT,
            )  # fmt: skip

    def test_the_province_reads_numbers_and_few_as_few(self, client):
        for _number in range(3):
            make_change(on=ago(60))
        make_change(on=ago(1))
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        page = client.get("/visas/universities/").content.decode()
        with everywhere():
            assert report_counts() == {JBNU: ReportCounts(due="<3", overdue="3")}
        assert "&lt;3" in page

    def test_whoever_works_for_one_place_gets_no_counts(self):
        make_change()
        with acting_for([place("52110-c1").pk]):
            assert report_counts() == {}


@pytest.mark.django_db
class OneUniversityTests:
    """A person's studies go on at one university at most."""

    def test_the_second_is_refused_until_the_first_ended(self):
        student = make_student("wku")
        here = make_client(JBNU, person=student.client.person_id)
        with refused_by("enrolment_one_at_a_time"):
            make_student(client=here)
        ended = make_change(student, "withdrew")
        make_student(client=here)
        with acting_for([place("wku").pk]), refused_by("enrolment_one_at_a_time"):
            withdraw_change(ended, actor=None, reason="x")

    def test_coming_back_counts_as_going_on(self):
        student = make_student("wku")
        make_change(student, "withdrew", on=DAY + timedelta(days=5))
        make_student(client=make_client(JBNU, person=student.client.person_id))
        with refused_by("enrolment_one_at_a_time"):
            make_change(student, "readmitted", on=DAY + timedelta(days=9))

    def test_the_day_of_the_end_is_that_of_the_changes_whatever_is_written(self, here):
        student = make_student()
        Enrolment.objects.filter(pk=student.pk).update(ended_on=DAY)
        student.refresh_from_db()
        assert student.ended_on is None
        change = make_change(student, "graduated", on=DAY + timedelta(days=9))
        student.refresh_from_db()
        assert student.ended_on == change.happened_on
        withdraw_change(change, actor=None, reason="x")
        student.refresh_from_db()
        assert student.ended_on is None

    def test_joined_identities_study_once(self):
        one, other = make_student(), make_student("wku")
        with everywhere(), refused_by("enrolment_one_at_a_time"):
            Client.objects.filter(pk=other.client_id).update(person=one.client.person_id)

    @pytest.mark.parametrize("semester", ["2031-2", "2024-1", "2025-2"])
    def test_the_admission_is_of_its_semester(self, here, semester):
        with refused_by("enrolment_semester_of_the_admission"):
            make_student(semester=semester)
        assert not in_semester(semester, DAY)

    @pytest.mark.parametrize("semester", ["2025-1", "2025-2", "2026-1"])
    def test_the_list_and_the_database_agree_on_every_day(self, semester):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conname = %s",
                ["enrolment_semester_of_the_admission"],
            )
            (rule,) = cursor.fetchone()
            cursor.execute(
                f"SELECT admitted_on, {rule} FROM (SELECT d::date AS admitted_on, %s AS semester"
                " FROM generate_series('2024-01-01'::date, '2027-12-31', interval '1 day') d) x",
                [semester],
            )
            assert [day for day, good in cursor.fetchall() if good != in_semester(semester, day)] == []


@pytest.mark.django_db
class PageTests:
    def test_a_student_is_entered_on_the_file_of_a_client(self, client, coordinator):
        person, major = make_client(JBNU, name="DEMO TRAN"), make_major()
        case = make_visa_case("D-2", client=person)
        assert "재학생으로 등록" in client.get(person.get_absolute_url()).content.decode()
        answer = client.post(
            f"/visas/students/new/?client={person.pk}",
            {"ref": "20250123", "major": major.pk, "semester": "2025-1", "admitted_on": f"{DAY}", "case": case.pk},
            follow=True,
        )
        page = answer.content.decode()
        assert "20250123" in page
        assert "DEMO TRAN" in page
        with everywhere():
            row = Enrolment.objects.get()
            assert (row.case_id, row.client_id) == (case.pk, person.pk)
        assert "스마트팜학과" in client.get(person.get_absolute_url()).content.decode()

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [({"ref": ""}, "ref"), ({"semester": "2025-9"}, "semester"), ({"admitted_on": "2999-01-01"}, "admitted_on"),
         ({"major": "0"}, "major")],
    )  # fmt: skip
    def test_what_is_wrong_is_told_at_its_field(self, client, coordinator, wrong, field):
        person, major = make_client(JBNU), make_major()
        told = {"ref": "1", "major": major.pk, "semester": "2025-1", "admitted_on": f"{DAY}"}
        answer = client.post(f"/visas/students/new/?client={person.pk}", told | wrong)
        assert answer.status_code == 400
        assert field in answer.context["form"].errors

    def test_the_answer_says_by_when_to_report_and_the_start_page_reminds(self, client, coordinator):
        student = make_student()
        answer = client.post(
            f"/visas/students/{student.pk}/change/",
            {"kind": "leave", "happened_on": f"{ago(3)}", "known_on": f"{ago(2)}"},
            follow=True,
        )
        due = ago(2) + timedelta(days=15)
        assert f"{due}" in answer.content.decode()
        home = client.get("/").content.decode()
        assert "13일 남음" in home
        with everywhere():
            change = StatusChange.objects.to_report().get()
        assert f"/visas/students/changes/{change.pk}/report/" in home
        answer = client.post(
            f"/visas/students/changes/{change.pk}/report/",
            {"reported_on": f"{ago(0)}", "document": "국제-77"},
            follow=True,
        )
        assert "국제-77" in answer.content.decode()
        assert "13일 남음" not in client.get("/").content.decode()

    def test_only_what_can_follow_is_offered(self, client, coordinator):
        student = make_student()
        make_change(student, "leave", on=LEFT)
        form = client.get(f"/visas/students/{student.pk}/change/").context["form"]
        assert set(form.fields["kind"].queryset.values_list("pk", flat=True)) == {
            "returned", "absent", "withdrew", "expelled", "graduated",
        }  # fmt: skip

    def test_a_change_that_was_wrong_is_withdrawn_and_stays_in_sight(self, client, coordinator):
        change = make_change(on=LEFT)
        assert client.post(f"/visas/students/changes/{change.pk}/withdraw/", {"reason": ""}).status_code == 400
        answer = client.post(f"/visas/students/changes/{change.pk}/withdraw/", {"reason": "동명이인"}, follow=True)
        assert "동명이인" in answer.content.decode()
        assert client.get(f"/visas/students/changes/{change.pk}/report/").status_code == 404

    def test_the_lists_are_filtered_on_any_day(self, client, coordinator):
        gone, there = make_student(), make_student(semester="2024-2", admitted_on=date(2025, 2, 20))
        make_change(gone, "expelled", on=ago(40))

        def numbers(query: str) -> set[str]:
            return {row.ref for row in client.get(f"/visas/students/?{query}").context["shown"].page}

        assert numbers("") == {gone.ref, there.ref}
        assert numbers("status=enrolled") == {there.ref}
        assert numbers(f"status=enrolled&on={ago(41)}") == {gone.ref, there.ref}
        assert numbers("semester=2024-2") == {there.ref}
        assert numbers("report=overdue") == {gone.ref}
        assert len(client.get("/visas/students/reports/?state=overdue").context["shown"].page) == 1
        assert len(client.get("/visas/students/reports/?state=due").context["shown"].page) == 0

    def test_the_timeline_of_the_client_shows_the_changes(self, client, coordinator):
        student = make_student()
        make_change(student, "leave", on=LEFT)
        page = client.get(f"/clients/{student.client_id}/?kind=study").content.decode()
        assert page.count(f"/visas/students/{student.pk}/#change-") == 2

    def test_a_record_is_corrected(self, client, coordinator):
        student, other = make_student(ref="1"), make_major(name="전기공학과")
        told = {"ref": "2", "major": other.pk, "semester": "2025-2", "admitted_on": f"{DAY}"}
        answer = client.post(f"/visas/students/{student.pk}/edit/", told, follow=True)
        assert "전기공학과" in answer.content.decode()
        told["admitted_on"] = f"{DAY + timedelta(days=1)}"
        answer = client.post(f"/visas/students/{student.pk}/edit/", told)
        assert answer.status_code == 400

    @pytest.mark.parametrize(("kind", "told"), [("withdrew", True), ("absent", True), ("leave", False)])
    def test_that_a_student_left_is_said_on_the_case_and_the_student_page(self, client, coordinator, kind, told):
        province = make_user(Role.PROVINCE_STAFF, "52-office")
        case = make_visa_case("D-2", JBNU, recommended_on=DAY, letter_number="1", granted_on=DAY, settled_on=DAY)
        student = make_student(client=case.client, case=case)
        make_change(student, kind)
        page = client.get(f"/visas/students/{student.pk}/")
        assert bool(page.context["goes_on"]) is told
        assert (f"{LEFT}부터" in page.content.decode()) is told
        page = client.get(f"/visas/cases/{case.pk}/")
        assert bool(page.context["gone"]) is told
        assert (f'/visas/cases/{case.pk}/steps/left/"' in page.content.decode()) or not told
        client.force_login(province)
        page = client.get(f"/visas/cases/{case.pk}/")
        assert page.context["gone"] is None, "how a student stands is the university's to know"

    def test_a_case_that_ended_goes_on_no_more(self, client, coordinator):
        case = make_visa_case("D-2", JBNU, recommended_on=DAY, letter_number="1", granted_on=DAY, left_on=LEFT)
        student = make_student(client=case.client, case=case)
        make_change(student, "withdrew")
        assert client.get(f"/visas/students/{student.pk}/").context["goes_on"] is None
        assert client.get(f"/visas/cases/{case.pk}/").context["gone"] is None
