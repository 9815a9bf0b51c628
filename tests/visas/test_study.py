"""Leave to work, Korean and cohorts of students: what the database holds, and what the province learns of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from centers.models import Role
from centers.scope import acting_for
from tests.make import (
    DAY,
    everywhere,
    make_change,
    make_employer,
    make_employment,
    make_korean,
    make_student,
    make_study_permit,
    make_user,
    place,
)
from tests.support import refused_by
from visas.cohorts import Evaluated, cohorts_of, evaluated
from visas.models import KoreanResult, StudyPermit
from visas.services.enrolment import edit_enrolment
from visas.services.study import withdraw_record

JBNU = "jbnu"
LATER = timedelta(days=10)

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    with acting_for([place(JBNU).pk]):
        yield


@pytest.fixture
def coordinator(client):
    user = make_user(Role.UNIVERSITY_COORDINATOR, JBNU, official=False)
    client.force_login(user)
    return user


class PermitTests:
    def test_has_no_more_hours_than_its_kind(self, here):
        student = make_student()
        make_study_permit(student, hours=30)
        with refused_by("study_permit_within_hours"):
            make_study_permit(student, hours=31, place="OTHER FARM")
        make_study_permit(student, kind="internship", hours=40)

    def test_says_its_hours_where_its_kind_has_a_limit(self, here):
        with refused_by("study_permit_says_its_hours"):
            make_study_permit(hours=None)
        make_study_permit(kind="internship", hours=None)

    def test_those_of_one_day_are_together_within_what_they_allow(self, here):
        student = make_student()
        first = make_study_permit(student, hours=20)
        with refused_by("study_permits_within_hours_together"):
            make_study_permit(student, hours=11, place="OTHER FARM")
        make_study_permit(student, hours=10, place="OTHER FARM")
        with refused_by("study_permits_within_hours_together"):
            make_study_permit(student, "work_35", hours=6, place="THIRD FARM", starts_on=first.ends_on)
        make_study_permit(student, "work_35", hours=5, place="THIRD FARM", starts_on=first.ends_on)
        after = first.ends_on + timedelta(days=1)
        make_study_permit(student, hours=30, place="FOURTH FARM", starts_on=after, ends_on=after + LATER)
        with refused_by("study_permits_within_hours_together"):
            make_study_permit(student, hours=1, starts_on=first.ends_on + LATER, ends_on=after + LATER, place="FIFTH")

    def test_begins_within_the_studies(self, here):
        student = make_student()
        with refused_by("study_permit_within_the_studies"):
            make_study_permit(student, starts_on=DAY - timedelta(days=1))
        make_study_permit(student)
        make_change(student, "withdrew", on=DAY + LATER)
        with refused_by("study_permit_within_the_studies"):
            make_study_permit(student, starts_on=DAY + 2 * LATER, place="OTHER FARM")

    def test_no_admission_is_moved_behind_one(self, here):
        student = make_student()
        make_study_permit(student)
        with refused_by("study_permit_within_the_studies"):
            edit_enrolment(student, actor=None, admitted_on=DAY + LATER)

    def test_ends_with_the_studies(self, client, coordinator):
        today = timezone.localdate()
        permit = make_study_permit(ends_on=today + LATER)
        assert permit.runs_on(today)
        make_change(permit.enrolment, "withdrew")
        page = client.get(f"/visas/students/{permit.enrolment_id}/")
        ((held, runs, _level),) = page.context["permits"]
        assert (runs, held.ended_with_studies_on) == (False, DAY + timedelta(days=30))

    def test_is_given_once_for_a_day_and_a_place(self, here):
        student = make_student()
        first = make_study_permit(student)
        with refused_by("study_permit_once_a_day"):
            make_study_permit(student, starts_on=DAY + LATER)
        make_study_permit(student, starts_on=DAY + LATER, place="OTHER FARM")
        withdraw_record(first, actor=None, reason="x")
        make_study_permit(student, starts_on=DAY + LATER)

    def test_does_not_end_before_it_begins(self, here):
        with refused_by("study_permit_ends_after_it_starts"):
            make_study_permit(ends_on=DAY - timedelta(days=1))

    def test_is_withdrawn_and_never_changed(self, here):
        permit = make_study_permit()
        with refused_by("study_record_stays"):
            StudyPermit.objects.filter(pk=permit.pk).update(place="x")
        withdraw_record(permit, actor=None, reason="다른 학생")
        with pytest.raises(StudyPermit.DoesNotExist):
            withdraw_record(permit, actor=None, reason="x")


class KoreanTests:
    @pytest.mark.parametrize(("test", "level", "passed"), [("topik", 0, True), ("topik", 3, False), ("kiip", 6, True)])
    def test_has_the_levels_of_its_test(self, here, test, level, passed):
        with refused_by("korean_level_is_one_of_the_test"):
            make_korean(test=test, level=level, passed=passed)

    def test_does_not_lie_in_the_future(self, here):
        with refused_by("not_in_the_future"):
            make_korean(held_on=timezone.localdate() + timedelta(days=2))

    def test_is_on_record_once(self, here):
        student = make_student()
        make_korean(student)
        with refused_by("korean_result_once"):
            make_korean(student)


class CohortTests:
    @pytest.fixture
    def students(self):
        """Two in class, one of them in KIIP and with leave to work; one departed; three graduated."""
        students = [make_student(admitted_on=DAY) for _number in range(6)]
        make_korean(students[0])
        make_study_permit(students[0], ends_on=timezone.localdate())
        make_change(students[2], "absent")
        for student in students[3:]:
            make_change(student, "graduated")
        return students

    def test_each_number_opens_to_its_students(self, client, coordinator, students):
        page = client.get("/visas/students/cohorts/")
        (cohort,) = page.context["rows"]
        assert (cohort.semester, cohort.admitted) == ("2025-1", 6)
        marks = {"in_class": 2, "graduated": 3, "departed": 1, "attending": 1, "permitted": 1}
        assert dict(cohort.marks) == marks
        for mark, number in marks.items():
            rows = client.get(f"/visas/students/?semester=2025-1&major={cohort.major.pk}&mark={mark}").context["shown"]
            assert len(rows.page.rows) == number, mark

    def test_the_list_asks_for_nothing_and_has_all(self, client, coordinator, students):
        page = client.get("/visas/students/")
        assert not page.context["shown"].form.errors
        assert len(page.context["shown"].page.rows) == 6

    def test_of_another_university_nothing(self, students):
        user = make_user(Role.UNIVERSITY_COORDINATOR, "wku", official=False)
        with acting_for([place("wku").pk]):
            assert cohorts_of(user) == []
            assert evaluated() == {}


class EvaluationTests:
    def test_is_counted_by_the_database_for_the_province(self):
        students = [make_student() for _number in range(5)]
        make_korean(students[0])
        make_change(students[1], "absent")
        make_change(students[2], "graduated")
        for student in students[1:3]:
            make_employment(student.client, employer=make_employer(JBNU, municipality_id="52110"))
        make_employment(students[0].client)
        with everywhere():
            assert evaluated() == {JBNU: Evaluated(5, 3, 1, 1, 1, 1)}

    def test_few_are_told_as_few_and_have_no_rate(self):
        few = Evaluated(admitted=10, in_class=9, departed=1, attending=4)
        assert (few.told["departed"], few.departure, few.participation) == ("<3", "", "44.4%")
        assert Evaluated(admitted=10, departed=8).departure == ""

    def test_the_province_sees_numbers_and_no_student(self, client):
        student = make_student(ref="20259999-S")
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        page = client.get("/visas/universities/")
        row = next(row for row in page.context["rows"] if row["line"].place and row["line"].place.code == JBNU)
        assert row["line"].evaluated.told["in_class"] == "1"
        assert student.ref not in page.content.decode()


class PageTests:
    def test_a_permission_is_entered_read_again_and_withdrawn(self, client, coordinator):
        student = make_student()
        address = f"/visas/students/{student.pk}/permits/new/"
        told = {"kind": "work_30", "place": "TEST FARM", "starts_on": "2026-01-01", "ends_on": "2026-06-30"}
        answer = client.post(address, told | {"hours": "31"})
        assert answer.status_code == 400
        assert "hours" in answer.context["form"].errors
        answer = client.post(address, told | {"hours": "30"}, follow=True)
        assert answer.redirect_chain == [(f"/visas/students/{student.pk}/", 302)]
        assert "TEST FARM" in answer.content.decode()
        with acting_for([student.workspace_id]):
            permit = StudyPermit.objects.get()
        address = f"/visas/students/permits/{permit.pk}/withdraw/"
        assert client.post(address, {"reason": ""}).status_code == 400
        assert "TEST FARM" not in client.post(address, {"reason": "x"}, follow=True).content.decode()
        assert client.get(address).status_code == 404

    def test_an_internship_says_which_level_of_korean_it_asks_for_and_whether_it_is_on_record(
        self, client, coordinator
    ):
        student = make_student()
        permit = make_study_permit(student, "internship")
        make_study_permit(student, "work_30")
        make_korean(student, "topik", 3, held_on=permit.starts_on)
        make_korean(student, "topik", 4, held_on=permit.starts_on + timedelta(days=1))

        def reached():
            rows = client.get(f"/visas/students/{student.pk}/").context["permits"]
            return {held.kind_id: level for held, _runs, level in rows}

        assert reached() == {"internship": None, "work_30": None}
        in_time = make_korean(student, "kiip", 4, held_on=permit.starts_on)
        assert reached() == {"internship": in_time, "work_30": None}

    def test_a_level_of_korean_is_entered(self, client, coordinator):
        student = make_student()
        address = f"/visas/students/{student.pk}/korean/new/"
        told = {"test": "kiip", "level": "2", "passed": "no", "held_on": "2025-09-01"}
        assert client.post(address, told | {"level": "6"}).status_code == 400
        client.post(address, told)
        with acting_for([student.workspace_id]):
            assert KoreanResult.objects.get().passed is False
