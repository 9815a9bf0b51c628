"""At the same moment: one person through two municipalities, and two batches with the same cases."""

from datetime import date
from importlib import import_module

import pytest
from django.db import IntegrityError, transaction
from psycopg.errors import RaiseException

from centers.models import Municipality, Role
from centers.scope import acting_for, set_scope
from centers.selectors import scope_of
from tests.make import everywhere, make_client, make_person, make_user, make_visa_case
from tests.support import as_owner, crowd, rule
from tests.visas.test_case_step import START, TODAY, make_case, walk
from visas.models import CaseStep, VisaCase, VisaProgramme
from visas.services.case import take_in, take_steps

pytestmark = pytest.mark.committed
ROUNDS = 5


def hand_in(asked: tuple) -> str:
    """Take a case in from a centre of its own, in a transaction of its own. Answers with what came of it."""
    client, municipality, programme = asked
    try:
        with acting_for([client.workspace_id]):
            take_in(
                client=client,
                programme=VisaProgramme.objects.get(pk=programme),
                municipality=Municipality.objects.get(pk=municipality),
                received_on=START,
                consented=True,
            )
    except IntegrityError as error:
        return rule(error)
    return "taken in"


def twice_at_once(at_once, one: str, other: str) -> tuple[list[str], int]:
    """The same person through two municipalities: the answers, and how many cases there are."""
    person = make_person()
    files = [make_client(at, person=person) for at in ("52110-c1", "52-jobs")]
    answers = at_once(hand_in, list(zip(files, ("52180", "52190"), (one, other), strict=True)))
    with everywhere():
        return sorted(answers), VisaCase.objects.filter(person=person).count()


class RaceTests:
    def test_one_person_through_two_municipalities_at_once_has_one_case(self, committed):
        with crowd(2) as at_once:
            for _ in range(ROUNDS):
                refused = {"visa_case_one_live", "visa_case_one_live_of_quota"}
                (said, went_in), number = twice_at_once(at_once, "F-2-R", "F-2-R")
                assert (said in refused or went_in in refused) and number == 1

    def test_nor_has_one_person_two_in_the_programmes_that_share_a_quota(self, committed):
        with crowd(2) as at_once:
            for _ in range(ROUNDS):
                answers, number = twice_at_once(at_once, "E-7-4", "E-7-4R")
                assert (answers, number) == (["taken in", "visa_case_one_live_of_quota"], 1)

    def test_it_is_the_index_that_holds_it(self, committed):
        with as_owner(committed) as owner:
            owner.execute("DROP INDEX visa_case_one_live_of_quota")
        with crowd(2) as at_once:
            answers, number = twice_at_once(at_once, "E-7-4", "E-7-4R")
        assert (answers, number) == (["taken in", "taken in"], 2)

    @pytest.mark.parametrize(
        ("migration", "period"), [("0021_quota_notices", "v.period"), ("0026_places_and_moves", "")]
    )
    def test_the_migration_says_which_cases_stand_beside_each_other(self, committed, migration, period):
        check = import_module(f"visas.migrations.{migration}").NONE_DOUBLED
        check = check.format(period) if period else check
        with as_owner(committed) as owner:
            owner.execute(check)
            for index in ("visa_case_one_live", "visa_case_one_live_of_quota", "visa_case_one_place"):
                owner.execute(f"DROP INDEX {index}")
            days = {"received_on": date(2025, 3, 3), "recommended_on": date(2025, 3, 3)}
            client = make_client("52140-office")
            made = [make_visa_case("E-7-4R", client=client, **days) for _ in range(2)]
            with pytest.raises(RaiseException, match=", ".join(str(case.pk) for case in made)):
                owner.execute(check)

    def test_two_batches_with_the_same_cases_take_each_step_once_and_do_not_wait_for_each_other(self, committed):
        users = [make_user(Role.PROVINCE_STAFF, "52-office") for _ in range(2)]
        cases = [walk(make_case("E-7-4"), "checked") for _ in range(6)]

        def review(asked: tuple):
            user, mine = asked
            with transaction.atomic():
                set_scope(scope_of(user))
                return len(take_steps(actor=user, cases=mine, kind="reviewed", happened_on=TODAY, note="x").done)

        with crowd(2) as at_once:
            done = at_once(review, [(users[0], cases), (users[1], cases[::-1])])
        assert sorted(done) == [0, 6]
        with everywhere():
            assert CaseStep.objects.filter(kind="reviewed").count() == 6
