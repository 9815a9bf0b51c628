"""One live case, dates in order, dependants behind a permit: held by the database, across workspaces."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from cases.models import FamilyLink
from centers.scope import acting_for
from tests.make import everywhere, make_client, make_dependant, make_pool, make_visa_case, place
from tests.support import ask, refused_by, run, settle
from visas.models import RuleException, VisaCase, VisaProgramme

pytestmark = pytest.mark.django_db
DAY = date(2025, 3, 3)
BEFORE = DAY - timedelta(days=1)
AFTER = DAY + timedelta(days=1)

# A date, and those that may not lie after it.
NOT_BEFORE = {
    "recommended_on": ["received_on"],
    "submitted_on": ["received_on", "recommended_on"],
    "granted_on": ["received_on", "recommended_on", "submitted_on"],
    "refused_on": ["received_on", "recommended_on", "submitted_on"],
    "ineligible_on": ["received_on"],
    "withdrawn_on": ["received_on"],
    "lapsed_on": ["received_on"],
    "settled_on": ["granted_on"],
    "left_on": ["granted_on", "settled_on"],
}
PAIRS = [(later, earlier) for later, all_earlier in NOT_BEFORE.items() for earlier in all_earlier]


def dates(later: str, earlier: str) -> dict[str, date]:
    """A case whose ``later`` lies a day before its ``earlier``, and all else in order."""
    found = {"received_on": DAY - timedelta(days=30), earlier: DAY, later: BEFORE}
    if later in {"settled_on", "left_on"}:
        found.setdefault("granted_on", DAY - timedelta(days=9))
    return found


class OrderOfDatesTests:
    @pytest.mark.parametrize(("later", "earlier"), PAIRS)
    def test_a_step_does_not_lie_before_the_one_it_follows(self, later, earlier):
        with refused_by("visa_case_dates_in_order"):
            make_visa_case(**dates(later, earlier))

    @pytest.mark.parametrize(("later", "earlier"), PAIRS)
    def test_the_same_day_and_the_day_after_are_in_order(self, later, earlier):
        for day in (DAY, AFTER):
            make_visa_case(**(dates(later, earlier) | {later: day}))

    @pytest.mark.parametrize(("later", "earlier"), PAIRS)
    def test_a_recorded_exception_lets_history_stand(self, later, earlier):
        with everywhere():
            exception = RuleException.objects.create(rule="visa_case_dates_in_order", reason="old.xlsx")
        make_visa_case(order_exception=exception, **dates(later, earlier))

    @pytest.mark.parametrize("step", ["settled_on", "left_on"])
    def test_nobody_settles_or_leaves_without_a_permit(self, step):
        with refused_by("visa_case_dates_in_order"):
            make_visa_case(**{step: DAY})

    def test_a_change_is_held_to_the_same_order(self):
        case = make_visa_case(recommended_on=DAY)
        with refused_by("visa_case_dates_in_order"), everywhere():
            VisaCase.objects.filter(pk=case.pk).update(submitted_on=BEFORE)

    def test_nobody_is_granted_and_refused(self):
        with refused_by("visa_case_granted_or_refused"):
            make_visa_case(granted_on=DAY, refused_on=DAY)


class OneLiveCaseTests:
    def setup_method(self):
        self.client = make_client("52140-office")
        self.elsewhere = make_client("52190-office", person=self.client.person_id)
        self.case = make_visa_case(client=self.client)

    def test_there_is_no_second_in_another_workspace(self):
        with refused_by("visa_case_one_live"):
            make_visa_case(client=self.elsewhere)

    @pytest.mark.parametrize("end", ["refused_on", "withdrawn_on", "lapsed_on", "ineligible_on"])
    def test_an_ended_case_makes_room(self, end):
        with everywhere():
            VisaCase.objects.filter(pk=self.case.pk).update(**{end: DAY})
        make_visa_case(client=self.elsewhere)
        with refused_by("visa_case_one_live"), everywhere():
            VisaCase.objects.filter(pk=self.case.pk).update(**{end: None})

    @pytest.mark.parametrize("end", ["completed_on", "left_on", "cancelled_on", "moved_on"])
    def test_nor_does_one_stand_in_the_way_whose_permit_has_ended(self, end):
        with everywhere():
            days = {"recommended_on": DAY, "granted_on": DAY, "settled_on": DAY, end: DAY}
            VisaCase.objects.filter(pk=self.case.pk).update(**days)
        again = make_visa_case(client=self.elsewhere)
        assert not again.has_ended

    def test_a_place_that_is_not_given_back_is_the_only_one_of_the_person_in_its_quota(self):
        with everywhere():
            days = {"recommended_on": DAY, "granted_on": DAY, "left_on": DAY}
            VisaCase.objects.filter(pk=self.case.pk).update(**days)
        again = make_visa_case("E-7-4", client=self.elsewhere)
        with refused_by("visa_case_one_place"), everywhere():
            VisaCase.objects.filter(pk=again.pk).update(recommended_on=DAY)
        VisaProgramme.objects.filter(pk="E-7-4R").update(seat_given_back_by=["left"])
        with everywhere():
            VisaCase.objects.filter(pk=again.pk).update(recommended_on=DAY)
        with refused_by("visa_case_one_live_of_quota"), everywhere():
            VisaCase.objects.filter(pk=self.case.pk).update(left_on=None)

    def test_there_is_no_second_in_a_programme_that_shares_the_quota(self):
        with refused_by("visa_case_one_live_of_quota"):
            make_visa_case("E-7-4", client=self.elsewhere)
        make_visa_case("E-7-4", client=self.elsewhere, received_on=date(2024, 3, 3))
        make_visa_case(client=self.elsewhere, received_on=date(2024, 3, 3))

    def test_nor_in_the_year_after_while_no_quota_says_otherwise(self):
        after = date(2026, 2, 3)
        make_visa_case("E-7-4", client=self.elsewhere, received_on=after)
        with refused_by("visa_case_one_live_of_quota"):
            make_visa_case(
                "E-7-4R", client=make_client("52180-office", person=self.client.person_id), received_on=after
            )
        year = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
        make_pool("E-7-4", **year), make_pool("E-7-4R", **year)
        make_visa_case(client=self.client, received_on=after)

    def test_another_programme_and_another_period_are_others(self):
        make_visa_case("F-4-R", client=self.elsewhere)
        make_visa_case(client=self.elsewhere, received_on=date(2024, 3, 3))

    def test_joining_two_people_with_a_live_case_each_is_refused_and_changes_nothing(self):
        other = make_client("52190-office")
        make_visa_case(client=other)
        with refused_by("visa_case_one_live"), everywhere():
            run("SELECT wall.join_persons(%s, %s)", self.client.person_id, other.person_id)
        with everywhere():
            other.refresh_from_db()
            assert other.person_id != self.client.person_id
            assert VisaCase.objects.filter(person_id=other.person_id).count() == 1


class ForeignClientTests:
    """A record never hangs on the client of another workspace, and the refusal does not tell whether there is one."""

    def test_a_foreign_client_and_none_at_all_are_refused_alike(self):
        theirs = make_client("52190-office")
        here = place("52140-office")
        for client, person in ((theirs.pk, theirs.person_id), (10**9, theirs.person_id), (theirs.pk, 10**9)):
            with refused_by("visas_visacase_client_id_is_of_the_workspace"), acting_for([here.pk]):
                VisaCase.objects.create(
                    workspace=here, client_id=client, person_id=person, programme_id="E-7-4", received_on=DAY
                )


class DependantTests:
    """A dependant settles only with a principal who has a permit by then. Looked at when all is written."""

    def setup_method(self):
        self.principal = make_client("52140-office")
        self.link = make_dependant(self.principal)

    def settle_on(self, day: date | None) -> None:
        with everywhere():
            FamilyLink.objects.filter(pk=self.link.pk).update(settled_on=day)

    def test_without_a_permit_nobody_settles(self):
        with refused_by("dependant_settles_with_a_permit"):
            self.settle_on(DAY)

    @pytest.mark.parametrize(("granted", "good"), [(BEFORE, True), (DAY, True), (AFTER, False)])
    def test_the_permit_is_there_on_the_day(self, granted, good):
        make_visa_case(client=self.principal, granted_on=granted, received_on=BEFORE)
        if good:
            self.settle_on(DAY)
            settle()
        else:
            with refused_by("dependant_settles_with_a_permit"):
                self.settle_on(DAY)

    def test_both_may_be_written_in_one_transaction_in_any_order(self):
        with transaction.atomic():
            self.settle_on(DAY)
            make_visa_case(client=self.principal, granted_on=DAY)
            settle()

    def test_a_permit_in_another_workspace_counts(self):
        elsewhere = make_client("52190-office", person=self.principal.person_id)
        make_visa_case(client=elsewhere, granted_on=DAY)
        self.settle_on(DAY)
        settle()

    @pytest.mark.parametrize("change", [{"granted_on": None}, {"granted_on": AFTER}])
    def test_the_permit_does_not_go_from_under_a_settled_dependant(self, change):
        case = make_visa_case(client=self.principal, granted_on=DAY)
        self.settle_on(DAY)
        settle()
        with refused_by("dependant_settles_with_a_permit"), everywhere():
            VisaCase.objects.filter(pk=case.pk).update(**change)

    def test_parting_identities_does_not_take_the_permit_away(self):
        other = make_client("52190-office")
        make_visa_case(client=other, granted_on=DAY)
        with everywhere():
            joined = ask("SELECT wall.join_persons(%s, %s)", other.person_id, self.principal.person_id)
        self.settle_on(DAY)
        settle()
        with refused_by("dependant_settles_with_a_permit"), everywhere():
            run("SELECT wall.part_persons(%s)", joined)

    def test_a_dependant_does_not_hang_on_a_household_of_another_workspace(self):
        client = make_client("52190-office")
        with refused_by("family_link_is_of_the_workspace"), everywhere():
            FamilyLink.objects.create(
                workspace_id=client.workspace_id,
                household=self.link.household,
                client=client,
                person_id=client.person_id,
                relation_id="spouse",
            )
