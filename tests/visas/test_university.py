"""Universities: from when to when each takes part, its majors, and all of them side by side."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import transaction
from django.utils import timezone
from python_calamine import CalamineWorkbook

from centers.models import Major, Role, UniversityPeriod
from centers.scope import set_scope
from centers.selectors import scope_of
from tests.make import (
    DAY,
    make_change,
    make_client,
    make_korean,
    make_major,
    make_period,
    make_student,
    make_user,
    make_visa_case,
    place,
)
from tests.support import refused_by
from visas.cohorts import Evaluated, study_rows, total_of
from visas.models import QuotaPool
from visas.views.university_students import NUMBERS

pytestmark = pytest.mark.django_db
PERIOD = {"standing": "eligible", "starts_on": "2025-01-01", "ends_on": "2026-12-31", "source": "공문"}


@pytest.fixture
def province(client):
    user = make_user(Role.PROVINCE_STAFF, "52-office")
    client.force_login(user)
    return user


class PeriodTests:
    def test_is_entered_ended_and_withdrawn(self, client, province):
        answer = client.post("/visas/universities/jbnu/periods/new/", PERIOD, follow=True)
        assert "2026-12-31" in answer.content.decode()
        row = UniversityPeriod.objects.get()
        client.post(f"/visas/universities/periods/{row.pk}/end/", {"ends_on": "2025-06-30"})
        row.refresh_from_db()
        assert (row.ends_on, row.entered_by) == (date(2025, 6, 30), province)
        answer = client.post(f"/visas/universities/periods/{row.pk}/withdraw/", {"reason": "다른 대학"}, follow=True)
        assert "다른 대학" in answer.content.decode()
        assert not UniversityPeriod.objects.standing().exists()

    def test_two_do_not_run_on_one_day(self, client, province):
        make_period(ends_on=date(2025, 6, 30))
        answer = client.post("/visas/universities/jbnu/periods/new/", PERIOD | {"starts_on": "2025-06-30"})
        assert answer.status_code == 400
        assert (
            client.post("/visas/universities/jbnu/periods/new/", PERIOD | {"starts_on": "2025-07-01"}).status_code
            == 302
        )

    def test_nor_past_the_form(self):
        make_period()
        with refused_by("university_period_one_at_a_time"):
            make_period(standing="restricted", starts_on=DAY)
        make_period("wku", standing="restricted", starts_on=DAY)

    def test_a_withdrawn_one_makes_room(self):
        make_period(withdrawn_on=DAY, withdrawn_why="x")
        assert make_period().pk

    def test_what_is_not_entered_is_not_known(self, client, province):
        assert "입력되지 않음" in client.get("/visas/universities/jbnu/").content.decode()

    @pytest.mark.parametrize(
        "wrong", [{"source": ""}, {"ends_on": "2024-01-01"}, {"standing": "x"}, {"starts_on": "someday"}]
    )
    def test_what_is_wrong_is_not_kept(self, client, province, wrong):
        assert client.post("/visas/universities/jbnu/periods/new/", PERIOD | wrong).status_code == 400
        assert not UniversityPeriod.objects.exists()

    def test_only_the_province_enters(self, client):
        client.force_login(make_user(Role.UNIVERSITY_COORDINATOR, "jbnu"))
        assert client.post("/visas/universities/jbnu/periods/new/", PERIOD).status_code == 403
        assert "기간 입력" not in client.get("/visas/universities/jbnu/").content.decode()
        assert client.get("/visas/universities/wku/").status_code == 404


class MajorTests:
    TOLD = {"name": "스마트팜학과", "degree": "bachelor", "industry": "", "offered_from": "2025-01-01"}

    def test_is_entered_and_changed(self, client, province):
        client.post("/visas/universities/jbnu/majors/new/", self.TOLD)
        row = Major.objects.get()
        client.post(
            f"/visas/universities/majors/{row.pk}/", self.TOLD | {"industry": "농생명", "offered_to": "2026-12-31"}
        )
        row.refresh_from_db()
        assert (row.industry, row.offered_to) == ("농생명", date(2026, 12, 31))

    def test_once_with_a_degree(self, client, province):
        make_major()
        answer = client.post("/visas/universities/jbnu/majors/new/", self.TOLD)
        assert answer.status_code == 400
        assert client.post("/visas/universities/jbnu/majors/new/", self.TOLD | {"degree": "master"}).status_code == 302
        assert client.post("/visas/universities/wku/majors/new/", self.TOLD).status_code == 302


class SideBySideTests:
    def test_figures_open_to_their_cases(self, client, province):
        make_period()
        for number in range(2):
            make_visa_case("D-2", "jbnu", recommended_on=DAY, letter_number=f"J-{number}")
        answer = client.get("/visas/universities/")
        row = next(row for row in answer.context["rows"] if row["line"].place == place("jbnu"))
        assert (row["line"].count.taken, row["line"].places) == (2, None)
        assert len(client.get("/visas/cases/?workspace=jbnu&place=taken").context["shown"].page) == 2

    def test_the_province_stands_last_with_its_fill_of_the_quota_on_any_day(self, client, province):
        for at, granted_on in (("jbnu", DAY), ("jbnu", DAY + timedelta(days=40)), ("wku", None)):
            told = {"recommended_on": DAY, "letter_number": f"J-{at}-{granted_on}", "granted_on": granted_on}
            case = make_visa_case("D-2", at, **told)
            if granted_on:
                make_student(at, client=case.client, case=case, admitted_on=granted_on)
        size = QuotaPool.objects.get(pk="d2-2025-2026").capacity
        rows = client.get("/visas/universities/", {"on": f"{DAY + timedelta(days=10)}"}).context["rows"]
        whole, jbnu = rows[-1]["line"], next(row["line"] for row in rows if row["line"].place == place("jbnu"))
        assert (whole.place, whole.size, whole.count.granted, whole.evaluated.admitted) == (None, size, 1, 1)
        assert (jbnu.size, jbnu.of_quota, f"{jbnu.fill}") == (size, True, f"{100 / size:.1f}")
        for row in rows:
            assert len(client.get(row["granted"].url).context["shown"].page) == row["line"].count.granted
        assert client.get("/visas/universities/").context["rows"][-1]["line"].count.granted == 2

    def test_the_file_has_the_table(self, client, province):
        make_student("jbnu")
        answer = client.get("/visas/universities/xlsx/", {"on": "2025-12-31"})
        book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
        head, *lines = book.get_sheet_by_index(0).to_python()
        assert len(head) == len(lines[-1])
        admitted = 10
        assert sum(line[admitted] for line in lines[:-1]) == lines[-1][admitted] == 1
        assert client.get("/visas/universities/xlsx/", {"on": "x"}).status_code == 400


class RowsTests:
    """What is evaluated opens to its rows for the province: a visa case by its name, all others without one."""

    @pytest.fixture
    def students(self):
        case = make_visa_case("D-2", "jbnu", recommended_on=DAY, letter_number="J-1", granted_on=DAY)
        found = [make_student(client=case.client, case=case, ref="CASE-1")]
        found += [
            make_student(client=make_client("jbnu", name="DEMO NGUYEN VAN AN"), ref=f"NONE-{n}") for n in range(3)
        ]
        make_student("wku", ref="ELSEWHERE")
        return found

    def opened(self, client, mark: str, place="jbnu") -> dict:
        row = next(
            row
            for row in client.get("/visas/universities/").context["rows"]
            if (row["line"].place.code if row["line"].place else "") == place
        )
        number = dict(zip(NUMBERS, row["numbers"], strict=True))[mark]
        return {"number": number["told"], "url": number["url"]}

    def test_each_number_opens_to_as_many(self, client, province, students):
        make_korean(students[0])
        make_korean(students[1])
        make_change(students[2], "graduated")
        of_jbnu = {"admitted": 4, "in_class": 3, "attending": 2, "graduated": 1}
        expected = [("jbnu", *pair) for pair in of_jbnu.items()] + [("", "admitted", 5), ("wku", "admitted", 1)]
        for place_, mark, number in expected:
            found = self.opened(client, mark, place_)
            assert found["number"] == f"{number}"
            assert len(client.get(found["url"]).context["rows"]) == number, (place_, mark)
        assert self.opened(client, "attending", "wku")["url"] == ""

    def test_a_visa_case_is_named_and_nobody_else(self, client, province, students):
        page = client.get(self.opened(client, "admitted")["url"])
        cases = [shown["row"].case for shown in page.context["rows"]]
        assert [case.pk for case in cases if case] == [students[0].case_id]
        assert students[0].case.get_absolute_url() in page.content.decode()
        assert "DEMO NGUYEN VAN AN" not in page.content.decode()
        assert {shown["row"].ref for shown in page.context["rows"]} == {"CASE-1", "NONE-0", "NONE-1", "NONE-2"}

    def test_whose_whereabouts_are_not_known_is_told_of_nobody_without_a_case(self, client, province, students):
        for student in students[1:3]:
            make_change(student, "absent")
        assert self.opened(client, "departed") == {"number": "<3", "url": ""}
        url = "/visas/universities/students/?mark=departed&university=jbnu"
        assert client.get(url).context["rows"] == []
        make_change(students[0], "absent")
        found = self.opened(client, "departed")
        rows = [shown["row"] for shown in client.get(found["url"]).context["rows"]]
        assert (found["number"], len(rows)) == ("3", 3)
        assert sorted((bool(row.case), row.ref, row.major is None) for row in rows) == [
            (False, "", True), (False, "", True), (True, "CASE-1", False)
        ]  # fmt: skip
        assert client.get("/visas/universities/students/?mark=departed").context["rows"] == []
        everybody = client.get(self.opened(client, "admitted")["url"]).context["rows"]
        assert sum(shown["row"].ref == "" for shown in everybody) == 2

    def test_the_database_gives_rows_to_the_province_alone(self, client, students):
        coordinator = make_user(Role.UNIVERSITY_COORDINATOR, "jbnu")
        for viewer, number in ((coordinator, 0), (make_user(Role.PROVINCE_STAFF, "52-office"), 4)):
            with transaction.atomic():
                set_scope(scope_of(viewer))
                assert len(study_rows(viewer, timezone.localdate(), "admitted", "jbnu", first=0, page=50)) == number

    @pytest.mark.parametrize("wrong", ["", "?mark=x", "?mark=admitted&university=nowhere", "?mark=admitted&first=-1"])
    def test_what_is_not_understood_is_said(self, client, province, wrong):
        assert client.get(f"/visas/universities/students/{wrong}").status_code == 400


class EvaluatedTests:
    def test_a_total_does_not_give_away_the_one_that_is_few(self):
        parts = [Evaluated(admitted=20, departed=5), Evaluated(admitted=9, departed=1), Evaluated(admitted=9)]
        whole = total_of(parts)
        assert (whole.told["departed"], whole.departure, whole.admitted) == ("≥ 5", "", 38)
        two = total_of([*parts, Evaluated(admitted=4, departed=2)])
        assert (two.told["departed"], two.departure) == ("8", "19.0%")
        alone = total_of(parts[1:])
        assert alone.told["departed"] == "<3"
