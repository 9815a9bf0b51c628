"""The waiting list of a quota: its order, its reasons, and who would come up."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centers.models import Role
from centers.scope import WHOLE_PROVINCE, acting_for
from tests.make import DAY, everywhere, make_user, make_visa_case
from tests.support import refused_by
from visas.models import CaseFact, QuotaPool, QuotaShare, StepKind, VisaCase, VisaProgramme, WaitingMove
from visas.services.case import take_step
from visas.services.quota import open_share
from visas.services.waiting import move
from visas.waiting import share_of, waiting_list

OFFICE, POOL = "52140-office", "e74-2025"


def reviewed(days: int, *, received: int = 0, programme: str = "E-7-4", **fields) -> VisaCase:
    """A case that was reviewed so many days after ``DAY``."""
    case = make_visa_case(programme, OFFICE, received_on=DAY + timedelta(days=received), **fields)
    with everywhere():
        for kind in (StepKind.CHECKED, StepKind.REVIEWED):
            take_step(actor=None, case=case, kind=kind, happened_on=DAY + timedelta(days=days))
    return case


def everywhere_as(user):
    return acting_for(WHOLE_PROVINCE, actor=user, reason="test")


def places(**options) -> list[int]:
    with everywhere():
        return [row.case.pk for row in waiting_list(VisaCase.objects.all(), QuotaPool.objects.get(pk=POOL), **options)]


def up(opening: int) -> list[int]:
    with everywhere():
        rows = waiting_list(VisaCase.objects.all(), QuotaPool.objects.get(pk=POOL), opening=opening)
        return [row.case.pk for row in rows if row.comes_up]


def ordered_by(order: str) -> None:
    VisaProgramme.objects.filter(pk__in=["E-7-4", "E-7-4R"]).update(waiting_order=order)


@pytest.mark.django_db
class OrderTests:
    def test_those_who_are_reviewed_wait_and_no_others(self):
        first = reviewed(3)
        make_visa_case("E-7-4", OFFICE)
        reviewed(2)
        done = reviewed(1)
        with everywhere():
            take_step(actor=None, case=done, kind=StepKind.WITHDRAWN, happened_on=DAY + timedelta(days=9))
        assert first.pk in places()
        assert done.pk not in places()
        assert len(places()) == 2

    def test_the_rule_orders_them(self):
        late, early = reviewed(9, received=0), reviewed(5, received=4)
        assert places() == [early.pk, late.pk]
        ordered_by("received")
        assert places() == [late.pk, early.pk]

    def test_by_points_the_most_come_first(self):
        ordered_by("points")
        few, many, none = reviewed(1), reviewed(2), reviewed(3)
        with everywhere():
            for case, value in ((few, 210), (many, 260)):
                CaseFact.objects.create(
                    workspace=case.workspace, case=case, client_id=case.client_id, person_id=case.person_id,
                    kind="points", value=value, found_on=DAY, evidence="x",
                )  # fmt: skip
        assert places() == [many.pk, few.pk, none.pk]

    def test_a_place_by_hand_counts_before_the_rule_and_goes_back(self):
        first, second = reviewed(1), reviewed(2)
        province = make_user(Role.PROVINCE_STAFF, "52-office")
        with everywhere_as(province):
            move(second, actor=province, place=1, reason="고용주 폐업")
        assert places() == [second.pk, first.pk]
        with everywhere_as(province):
            move(second, actor=province, place=None, reason="해결됨")
        assert places() == [first.pk, second.pk]

    def test_no_move_without_a_reason(self):
        case, province = reviewed(1), make_user(Role.PROVINCE_STAFF, "52-office")
        with everywhere_as(province), refused_by("waiting_move_has_a_reason"):
            move(case, actor=province, place=1, reason="")


@pytest.mark.django_db
class OpeningTests:
    def test_so_many_come_up_in_the_order(self):
        cases = [reviewed(day) for day in (1, 2, 3)]
        assert up(0) == []
        assert up(2) == [cases[0].pk, cases[1].pk]
        assert up(9) == [case.pk for case in cases]

    def test_who_has_no_place_in_the_share_is_passed_over_with_the_reason(self, client):
        province = make_user(Role.PROVINCE_STAFF, "52-office")
        full, free = reviewed(1, municipality_id="52140"), reviewed(2, municipality_id="52130")
        with everywhere_as(province):
            pool = QuotaPool.objects.get(pk=POOL)
            open_share(
                pool=pool, amount=1, effective_on=DAY, document="x", actor=province, municipality_id="52140"
            )  # fmt: skip
        make_visa_case("E-7-4", OFFICE, municipality_id="52140", recommended_on=DAY, letter_number="L")
        assert up(1) == [free.pk]
        client.force_login(province)
        page = client.get(f"/visas/quotas/{POOL}/waiting/?places=1").content.decode()
        assert "남은 자리가 없습니다" in page
        assert full.get_absolute_url() in page

    @given(st.integers(0, 3), st.integers(0, 3))
    def test_the_share_that_fits_most_closely_is_taken(self, one, other):
        case = VisaCase(municipality_id="52140", workspace_id=7)
        general = QuotaShare(pk=1, municipality_id="52140")
        close = QuotaShare(pk=2, municipality_id="52140", university_id=7)
        elsewhere = QuotaShare(pk=3, municipality_id="52130")
        shares = [general, close, elsewhere]
        shares = shares[one % 3 :] + shares[: one % 3]
        assert share_of(case, shares[other % 3 :] + shares[: other % 3]) is close
        assert share_of(case, [elsewhere]) is None


@pytest.mark.django_db
class PageTests:
    def test_the_page_of_the_case_says_the_place_and_why(self, client):
        officer = make_user(Role.CITY_OFFICER, OFFICE)
        case = reviewed(4)
        client.force_login(officer)
        page = client.get(case.get_absolute_url()).content.decode()
        assert "2025-03-07 도 심사" in page

    def test_a_place_is_given_on_a_page(self, client):
        province = make_user(Role.PROVINCE_STAFF, "52-office")
        case = reviewed(4)
        client.force_login(province)
        assert client.post(f"/visas/cases/{case.pk}/waiting/", {"place": 1, "reason": ""}).status_code == 400
        client.post(f"/visas/cases/{case.pk}/waiting/", {"place": 1, "reason": "고용주 폐업"})
        assert "고용주 폐업" in client.get(f"/visas/quotas/{POOL}/waiting/").content.decode()
        with everywhere():
            assert WaitingMove.objects.get().actor == province

    @pytest.mark.parametrize("asked", ["-1", "many", "99999999"])
    def test_nonsense_is_told(self, client, asked):
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        assert client.get(f"/visas/quotas/{POOL}/waiting/?places={asked}").status_code == 400
