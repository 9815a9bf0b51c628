"""The waiting list of a quota: its order, its reasons, and who would come up."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from centers.models import Role
from centers.scope import WHOLE_PROVINCE, acting_for
from tests.make import DAY, everywhere, make_entry, make_pool, make_user, make_visa_case
from tests.support import refused_by
from visas.forms.programme import SETTINGS
from visas.models import CaseFact, QuotaPool, StepKind, VisaCase, VisaProgramme, WaitingMove
from visas.services.case import OUT_OF_TURN, take_step, take_steps
from visas.services.programme import set_programme
from visas.services.quota import close, open_share
from visas.services.waiting import move
from visas.waiting import Waiting, waiting_list

OFFICE, POOL = "52140-office", "e74-2025"
LATER = DAY + timedelta(days=20)


def reviewed(days: int, *, received: int = 0, programme: str = "E-7-4", **fields) -> VisaCase:
    """A case that was reviewed so many days after ``DAY``."""
    case = make_visa_case(programme, OFFICE, received_on=DAY + timedelta(days=received), **fields)
    with everywhere():
        for kind in (StepKind.CHECKED, StepKind.REVIEWED):
            take_step(actor=None, case=case, kind=kind, happened_on=DAY + timedelta(days=days), note="x")
    return case


def everywhere_as(user):
    return acting_for(WHOLE_PROVINCE, actor=user, reason="test")


def listed(**options) -> list[Waiting]:
    with everywhere():
        pool = QuotaPool.objects.get(pk=POOL)
        return waiting_list(VisaCase.objects.all(), pool, **({"day": LATER} | options))


def places(**options) -> list[int]:
    return [row.case.pk for row in listed(**options)]


def offered() -> list[int]:
    return [row.case.pk for row in listed() if row.offered]


def up(opening: int) -> list[int]:
    return [row.case.pk for row in listed(opening=opening) if row.comes_up]


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
def test_a_city_is_told_its_place_among_all(client):
    """What it may not open it does not read: of another city's case it learns that it is there."""
    elsewhere = make_visa_case("E-7-4", "52110-office", received_on=DAY)
    with everywhere():
        for kind in (StepKind.CHECKED, StepKind.REVIEWED):
            take_step(actor=None, case=elsewhere, kind=kind, happened_on=DAY + timedelta(days=1), note="x")
    own, officer = reviewed(2), make_user(Role.CITY_OFFICER, OFFICE)
    with acting_for([own.workspace_id], actor=officer):
        rows = waiting_list(VisaCase.objects.visible_to(officer), QuotaPool.objects.get(pk=POOL), day=LATER)
    assert [(row.place, row.case, bool(row.because)) for row in rows] == [(1, None, False), (2, own, True)]
    with acting_for([], actor=officer):
        assert waiting_list(VisaCase.objects.none(), QuotaPool.objects.get(pk=POOL), day=LATER) == []


def own_quota(amount: int, *, share: int = 0) -> None:
    """The quota with so many places, of which 전주 (52110) has a share."""
    held = QuotaPool.objects.get(pk=POOL)
    make_entry(POOL, amount - held.capacity, on=date(2025, 12, 1))  # when all that was given is there
    if share:
        told = {"effective_on": DAY, "document": "x", "actor": make_user(Role.PROVINCE_STAFF, "52-office")}
        with everywhere():
            open_share(pool=held, amount=share, municipality_id="52140", **told)


def taken(**fields) -> VisaCase:
    return make_visa_case("E-7-4", OFFICE, recommended_on=DAY, letter_number="L", **fields)


@pytest.mark.django_db
class OpeningTests:
    def test_places_that_are_free_are_offered_in_the_order(self):
        own_quota(2)
        cases = [reviewed(day) for day in (1, 2, 3)]
        assert offered() == [cases[0].pk, cases[1].pk]
        taken()
        assert offered() == [cases[0].pk]

    def test_so_many_more_come_up_after_them(self):
        own_quota(1)
        cases = [reviewed(day) for day in (1, 2, 3, 4)]
        assert (offered(), up(0), up(2)) == ([cases[0].pk], [], [cases[1].pk, cases[2].pk])
        assert up(9) == [case.pk for case in cases[1:]]

    def test_who_has_no_place_in_the_share_is_passed_over_with_the_reason(self):
        own_quota(2, share=1)
        full, free = reviewed(1, municipality_id="52140"), reviewed(2, municipality_id="52130")
        taken(municipality_id="52140")
        assert (offered(), up(3)) == ([free.pk], [])
        rows = {row.case.pk: row for row in listed()}
        assert rows[full.pk].held_up and not rows[free.pk].held_up

    def test_a_free_place_of_a_share_is_offered_to_its_own(self):
        own_quota(1, share=1)
        other, own = reviewed(1, municipality_id="52130"), reviewed(2, municipality_id="52140")
        assert (offered(), up(1)) == ([own.pk], [other.pk])

    def test_places_may_open_in_a_share(self):
        own_quota(1, share=1)
        taken(municipality_id="52140")
        inside, outside = reviewed(2, municipality_id="52140"), reviewed(1, municipality_id="52130")
        share = QuotaPool.objects.get(pk=POOL).shares.get()
        rows = {row.case.pk: row for row in listed(opening=3, opens_in=share.pk)}
        assert [pk for pk, row in rows.items() if row.comes_up] == [inside.pk]
        assert not rows[inside.pk].held_up
        assert up(3) == [outside.pk]

    def test_a_quota_without_a_number_or_closed_offers_none(self):
        case = reviewed(1)
        quota, province = QuotaPool.objects.get(pk=POOL), make_user(Role.PROVINCE_STAFF, "52-office")
        close(pool=quota, closed=True, reason="x", actor=province)
        assert (places(), offered(), up(3)) == ([case.pk], [], [])

    @pytest.mark.parametrize("day", [date(2024, 12, 31), date(2026, 1, 1)])
    def test_nobody_waits_in_a_quota_that_does_not_run(self, day):
        reviewed(1)
        assert places(day=day) == []

    def test_who_was_received_before_waits_in_the_quota_that_runs_now(self):
        case = reviewed(1)
        later = make_pool("E-7-4", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
        with everywhere():
            rows = waiting_list(VisaCase.objects.all(), later, day=date(2026, 2, 1))
        assert [row.case for row in rows] == [case]


@pytest.mark.django_db
class PageTests:
    @pytest.fixture(autouse=True)
    def quota_of_today(self):
        """A quota that runs today, with one place."""
        first = timezone.localdate() - timedelta(days=1)
        self.pool = make_pool("F-4-R", starts_on=first, ends_on=first + timedelta(days=300), amount=1)
        self.address = f"/visas/quotas/{self.pool.pk}/waiting/"

    def case(self) -> VisaCase:
        return reviewed(4, programme="F-4-R")

    def test_the_page_of_the_case_says_the_place_and_why(self, client):
        case = self.case()
        client.force_login(make_user(Role.CITY_OFFICER, OFFICE))
        page = client.get(case.get_absolute_url()).content.decode()
        assert "2025-03-07 도 심사" in page

    def test_a_place_is_given_on_a_page(self, client):
        province = make_user(Role.PROVINCE_STAFF, "52-office")
        case = self.case()
        client.force_login(province)
        assert client.post(f"/visas/cases/{case.pk}/waiting/", {"place": 1, "reason": ""}).status_code == 400
        client.post(f"/visas/cases/{case.pk}/waiting/", {"place": 1, "reason": "고용주 폐업"})
        assert "고용주 폐업" in client.get(self.address).content.decode()
        with everywhere():
            assert WaitingMove.objects.get().actor == province

    def test_a_free_place_is_offered_on_the_page(self, client):
        first, second = self.case(), self.case()
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        rows = client.get(self.address, {"places": "1"}).context["rows"]
        told = [(row.case.pk, row.offered, row.comes_up) for row, _client in rows]
        assert told == [(first.pk, True, False), (second.pk, False, True)]

    def test_places_of_a_share_are_asked_for_on_the_page(self, client):
        province = make_user(Role.PROVINCE_STAFF, "52-office")
        make_entry(self.pool.pk, 1)
        told = {"effective_on": timezone.localdate(), "document": "x", "actor": province}
        with everywhere():
            share = open_share(pool=self.pool, amount=1, municipality_id="52140", **told)
        cases = [reviewed(day, programme="F-4-R", municipality_id="52140") for day in (1, 2)]
        client.force_login(province)
        rows = client.get(self.address, {"places": "1", "share": share.pk}).context["rows"]
        assert [(row.case.pk, row.offered, row.comes_up) for row, _client in rows] == [
            (cases[0].pk, True, False),
            (cases[1].pk, False, True),
        ]
        assert client.get(self.address, {"places": "1", "share": "0"}).status_code == 400

    def test_an_ended_quota_says_so(self, client):
        reviewed(1)
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        page = client.get(f"/visas/quotas/{POOL}/waiting/")
        assert page.context["rows"] == [] and page.context["ended"]

    @pytest.mark.parametrize("asked", ["-1", "many", "99999999"])
    def test_nonsense_is_told(self, client, asked):
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        assert client.get(f"{self.address}?places={asked}").status_code == 400


@pytest.mark.django_db
class TurnTests:
    """Nobody is recommended over who stands before without a reason."""

    @pytest.fixture
    def province(self, client):
        user = make_user(Role.PROVINCE_STAFF, "52-office")
        client.force_login(user)
        return user

    @pytest.fixture
    def waiting(self, province) -> list[VisaCase]:
        """Three who wait for two places of a quota of this year, the first of the list first."""
        today = timezone.localdate()
        year = {"starts_on": today.replace(month=1, day=1), "ends_on": today.replace(month=12, day=31)}
        make_pool("E-7-4", actor=province, amount=2, **year)
        found = []
        for days in (3, 2, 1):
            case = make_visa_case("E-7-4", OFFICE, received_on=today - timedelta(days=9))
            with everywhere():
                for kind in (StepKind.CHECKED, StepKind.REVIEWED):
                    take_step(actor=None, case=case, kind=kind, happened_on=today - timedelta(days=days), note="x")
            found.append(case)
        return found

    def recommend(self, client, case, **more):
        told = {"happened_on": f"{timezone.localdate()}", "document": f"명단-{case.pk}", "against_advice": "확인함"}
        return client.post(f"/visas/cases/{case.pk}/steps/recommended/", told | more)

    def state(self, case) -> bool:
        with everywhere():
            return VisaCase.objects.get(pk=case.pk).recommended_on is not None

    def test_over_others_asks_for_a_reason_and_keeps_it(self, client, waiting):
        first, second, third = waiting
        answer = self.recommend(client, third)
        assert answer.status_code == 400
        assert answer.context["form"].errors.keys() == {"note"}
        assert [row.case.pk for row in answer.context["before"]] == [first.pk, second.pk]
        assert self.recommend(client, third, note="계약 만료 임박").status_code == 302
        assert "계약 만료 임박" in client.get(third.get_absolute_url()).content.decode()

    def test_whose_turn_it_is_needs_none(self, client, waiting):
        first, second, third = waiting
        assert self.recommend(client, second).status_code == 302
        assert self.recommend(client, first).status_code == 302
        full = self.recommend(client, third)
        assert full.status_code == 400
        assert full.context["holders"]["stage"]

    def test_a_full_share_shows_what_holds_it(self, client, waiting, province):
        pool = QuotaPool.objects.get(programmes="E-7-4", starts_on__year=timezone.localdate().year)
        with everywhere():
            VisaCase.objects.filter(pk__in=[case.pk for case in waiting[:2]]).update(municipality_id="52140")
            told = {"effective_on": timezone.localdate(), "document": "x", "actor": province}
            share = open_share(pool=pool, amount=1, municipality_id="52140", **told)
        assert self.recommend(client, waiting[2], note="배분 밖").status_code == 302
        assert self.recommend(client, waiting[0]).status_code == 302
        full = self.recommend(client, waiting[1])
        assert (full.status_code, full.context["share"]) == (400, share)
        assert sum(figure.number for _name, figure in full.context["holders"]["stage"]) == 1
        ((_name, figure),) = full.context["holders"]["municipality"]
        rows = client.get(figure.url).context["shown"].page
        assert [row.pk for row in rows] == [waiting[0].pk]

    def test_many_come_in_its_order_and_go_over_nobody(self, client, waiting, province):
        first, second, third = waiting
        with everywhere_as(province):
            batch = take_steps(
                actor=province, cases=[third, first], kind=StepKind.RECOMMENDED, happened_on=timezone.localdate(),
                document="명단-1",
            )  # fmt: skip
        assert batch.refused == [[third.pk, OUT_OF_TURN]]
        assert (self.state(first), self.state(second), self.state(third)) == (True, False, False)
        receipt = client.get(batch.get_absolute_url()).content.decode()
        assert "순번" in receipt
        with everywhere_as(province):
            rest = take_steps(
                actor=province, cases=[third, second], kind=StepKind.RECOMMENDED, happened_on=timezone.localdate(),
                document="명단-2",
            )  # fmt: skip
        assert rest.refused == [[third.pk, "quota_not_exceeded"]]
        assert self.state(second)

    @pytest.fixture
    def at_the_permit(self, province, waiting) -> QuotaPool:
        """Places of the quota are taken at the permit."""
        programme = VisaProgramme.objects.get(pk="E-7-4")
        told = {name: getattr(programme, name) for name in SETTINGS} | {"seat_taken_at": "permit"}
        with everywhere_as(province):
            set_programme(programme=programme, told=told, document="결정-1", actor=province)
        return QuotaPool.objects.get(programmes="E-7-4", starts_on__year=timezone.localdate().year)

    def test_who_was_recommended_waits_first_for_a_place_of_the_permit(self, client, at_the_permit, waiting):
        first, second, third = waiting
        page = f"/visas/quotas/{at_the_permit.pk}/waiting/"
        assert client.get(page).context["offered"] == 2
        assert self.recommend(client, third, note="계약 만료 임박").status_code == 302
        assert self.recommend(client, first).status_code == 302
        shown = client.get(page).context
        assert [row.case.pk for row, _client in shown["rows"]] == [first.pk, third.pk, second.pk]
        assert (shown["offered"], shown["later"]) == (0, True)
        assert client.get(third.get_absolute_url()).context["waits"][1].place == 2

    @pytest.fixture
    def city(self):
        return make_user(Role.CITY_OFFICER, OFFICE)

    def test_a_permit_that_found_no_place_says_what_holds_them(self, city, client, at_the_permit, waiting):
        first, _second, third = waiting
        assert not client.get(f"/visas/cases/{first.pk}/steps/recommended/").context["no_place"]
        for case in waiting:
            told = client.get(f"/visas/cases/{case.pk}/steps/recommended/").context
            assert self.recommend(client, case).status_code == 302
        assert told["no_place"]
        with everywhere():
            for kind, cases in ((StepKind.SUBMITTED, waiting), (StepKind.GRANTED, waiting[:2])):
                for case in cases:
                    take_step(
                        actor=None, case=case, kind=kind, happened_on=timezone.localdate(), document=f"{case.pk}"
                    )
        client.force_login(city)
        told = {"happened_on": f"{timezone.localdate()}", "document": "허가-3"}
        full = client.post(f"/visas/cases/{third.pk}/steps/granted/", told)
        assert full.status_code == 400
        assert full.context["pool"] == at_the_permit
        assert full.context["holders"]["stage"]
        assert client.get(third.get_absolute_url()).context["waits"][1].place == 1
