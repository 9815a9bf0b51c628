from datetime import date

import pytest

from centers.models import Role
from tests.make import make_user, make_visa_case, make_voucher
from visas.stages import CASE_STAGES, VOUCHER_STATES, stage_of

pytestmark = pytest.mark.django_db
CASES, VOUCHERS = "/visas/cases/", "/visas/vouchers/"
DAYS = {
    "received": {},
    "recommended": {"recommended_on": date(2025, 3, 4)},
    "submitted": {"recommended_on": date(2025, 3, 4), "submitted_on": date(2025, 3, 5)},
    "granted": {"recommended_on": date(2025, 3, 4), "granted_on": date(2025, 3, 6)},
    "settled": {"granted_on": date(2025, 3, 6), "settled_on": date(2025, 3, 7)},
    "refused": {"submitted_on": date(2025, 3, 5), "refused_on": date(2025, 3, 6)},
    "ineligible": {"ineligible_on": date(2025, 3, 6)},
    "withdrawn": {"recommended_on": date(2025, 3, 4), "withdrawn_on": date(2025, 3, 6)},
    "completed": {"granted_on": date(2025, 3, 6), "settled_on": date(2025, 3, 7), "completed_on": date(2025, 3, 8)},
    "cancelled": {"granted_on": date(2025, 3, 6), "cancelled_on": date(2025, 3, 9)},
    "moved": {"granted_on": date(2025, 3, 6), "moved_on": date(2025, 3, 9)},
    "lapsed": {"granted_on": date(2025, 3, 6), "lapsed_on": date(2025, 3, 8)},
    "left": {"granted_on": date(2025, 3, 6), "settled_on": date(2025, 3, 7), "left_on": date(2025, 3, 9)},
}


@pytest.fixture(autouse=True)
def province(client):
    client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))


def rows(browser, address: str, **filters) -> list:
    return list(browser.get(address, filters).context["shown"].page)


class VisaCaseListTests:
    def test_every_case_is_in_the_one_stage_that_its_dates_say(self, client):
        made = {stage: make_visa_case(**days) for stage, days in DAYS.items()}
        assert set(made) == set(CASE_STAGES)
        for stage, case in made.items():
            assert stage_of(case, CASE_STAGES) == stage
            assert rows(client, CASES, stage=stage) == [case], stage

    def test_filters_by_programme_place_and_month(self, client):
        first = make_visa_case(received_on=date(2025, 3, 31), recommended_on=date(2025, 4, 1), municipality_id="52140")
        second = make_visa_case("F-2-R", received_on=date(2025, 4, 1))
        assert rows(client, CASES, programme="F-2-R") == [second]
        assert rows(client, CASES, municipality="52140") == [first]
        assert rows(client, CASES, received="2025-03") == [first]
        assert rows(client, CASES, recommended="2025-04") == [first]
        assert rows(client, CASES, year="2024") == []

    def test_sorts_by_recommendation_with_those_without_one_last(self, client):
        days = (None, date(2025, 3, 4), date(2025, 3, 5))
        never, early, late = (make_visa_case(recommended_on=day) for day in days)
        assert rows(client, CASES, sort="-recommended") == [late, early, never]


class VoucherListTests:
    def test_every_voucher_is_in_one_state(self, client):
        days = {"applied": {}, **{state: {f"{state}_on": date(2025, 4, 1)} for state in list(VOUCHER_STATES)[1:]}}
        made = {state: make_voucher(**fields) for state, fields in days.items()}
        for state, voucher in made.items():
            assert rows(client, VOUCHERS, state=state) == [voucher], state

    def test_the_year_of_a_paid_one_is_that_of_its_payment(self, client):
        late = make_voucher(applied_on=date(2024, 12, 30), paid_on=date(2025, 1, 9))
        open_one = make_voucher(applied_on=date(2025, 12, 30))
        assert rows(client, VOUCHERS, state="paid", year="2025") == [late]
        assert rows(client, VOUCHERS, year="2025") == [open_one]
        assert rows(client, VOUCHERS, year="2024") == [late]
