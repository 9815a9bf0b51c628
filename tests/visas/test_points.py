"""The self-assessment by lines: its sum is worked out, a line has its table's points, and the least is checked."""

from datetime import date

import pytest
from django.urls import reverse

from centers.models import Role
from tests.make import everywhere, make_user, make_visa_case
from tests.support import forbidden, refused_by
from visas.eligibility import MET, NOT_MET, advice_on
from visas.models import CaseFact, CasePoint, PointItem, VisaCase
from visas.points import sheet_of
from visas.services.points import enter_points

pytestmark = pytest.mark.django_db
DAY = date(2025, 6, 2)


@pytest.fixture
def case() -> VisaCase:
    return make_visa_case("E-7-4R", received_on=DAY, municipality_id="52180", at="52180-office")


@pytest.fixture
def officer(client):
    user = make_user(Role.CITY_OFFICER, "52180-office")
    client.force_login(user)
    return user


def line(code: str, programme: str = "E-7-4R") -> PointItem:
    return PointItem.objects.get(programme=programme, code=code)


def enter(case: VisaCase, **points: int) -> None:
    with everywhere():
        enter_points(actor=None, case=case, lines={line(code): (number, "-") for code, number in points.items()})


def of_points(case: VisaCase):
    with everywhere():
        return next(one for one in advice_on(case).conditions if one.rule.kind == "points")


class SumTests:
    def test_the_sum_is_worked_out_of_the_last_rows(self, case):
        enter(case, income=120, korean=50, age=10, province=50)
        assert (of_points(case).fact.value, of_points(case).outcome) == (230, MET)
        enter(case, age=0, record=-40)
        assert (of_points(case).fact.value, of_points(case).outcome) == (180, NOT_MET)
        with everywhere():
            assert CasePoint.objects.filter(case=case).count() == 6

    def test_a_line_below_its_least_is_not_made_up_by_the_others(self, case):
        enter(case, income=150, korean=49, province=50)
        assert (of_points(case).fact.value, of_points(case).outcome) == (249, NOT_MET)
        enter(case, korean=50)
        assert of_points(case).outcome == MET

    def test_less_than_nothing_counts_as_nothing(self, case):
        enter(case, record=-10)
        assert of_points(case).fact.value == 0


class RuleTests:
    def test_a_line_has_the_points_of_its_table(self, case):
        with refused_by("case_point_fits_its_line"):
            enter(case, province=30)
        with everywhere():
            assert not CaseFact.objects.filter(case=case).exists()

    def test_a_line_of_another_programme_is_none_of_the_case(self, case):
        with everywhere(), refused_by("case_point_fits_its_line"):
            enter_points(actor=None, case=case, lines={line("age", "E-7-4"): (10, "")})

    def test_what_was_entered_stays(self, case):
        enter(case, age=10)
        with forbidden(), everywhere():
            CasePoint.objects.filter(case=case).update(points=11)


class PageTests:
    def address(self, case):
        return reverse("visas:case_points", args=[case.pk])

    def test_what_is_typed_is_on_record_and_told_with_its_sum(self, client, officer, case):
        told = {f"points_{line('income').pk}": "100", f"evidence_{line('income').pk}": "소득금액증명원",
                f"points_{line('province').pk}": "50"}  # fmt: skip
        answer = client.post(self.address(case), told, follow=True)
        page = answer.content.decode()
        assert "150" in page
        assert "소득금액증명원" in page
        with everywhere():
            assert sheet_of(case, officer).total == 150
        before = client.get(self.address(case)).context["form"]
        assert before[f"points_{line('income').pk}"].value() == 100

    def test_what_did_not_change_is_not_written_again(self, client, officer, case):
        told = {f"points_{line('income').pk}": "100", f"evidence_{line('income').pk}": ""}
        for _time in range(2):
            assert client.post(self.address(case), told).status_code == 302
        with everywhere():
            assert CasePoint.objects.filter(case=case).count() == 1

    @pytest.mark.parametrize(("code", "typed"), [("income", "301"), ("income", "x"), ("province", "30")])
    def test_what_is_wrong_is_told_at_its_field_and_nothing_is_written(self, client, officer, case, code, typed):
        answer = client.post(self.address(case), {f"points_{line(code).pk}": typed, f"points_{line('age').pk}": "10"})
        assert answer.status_code == 400
        assert f"points_{line(code).pk}" in answer.context["form"].errors
        with everywhere():
            assert not CasePoint.objects.exists()

    def test_the_sum_is_not_typed(self, client, officer, case):
        form = client.get(reverse("visas:case_fact", args=[case.pk])).context["form"]
        assert "points" not in dict(form.fields["kind"].choices)

    def test_another_office_finds_nothing(self, client, case):
        client.force_login(make_user(Role.CITY_OFFICER, "52190-office"))
        assert client.get(self.address(case)).status_code == 404
