"""Universities: from when to when each takes part, its majors, and all of them side by side."""

from datetime import date

import pytest

from centers.models import Major, Role, UniversityPeriod
from tests.make import DAY, make_major, make_period, make_user, make_visa_case, place
from tests.support import refused_by

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
        row = next(row for row in answer.context["rows"] if row["place"] == place("jbnu"))
        assert (row["cases"].taken, row["places"]) == (2, None)
        assert len(client.get("/visas/cases/?workspace=jbnu&place=taken").context["shown"].page) == 2
