"""A quota is never overrun: not by two workspaces at once, not by two hundred, not through the ledger."""

from datetime import date, timedelta
from functools import partial
from itertools import cycle, islice

import psycopg
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from centers.refusals import sentence
from centers.scope import acting_for
from tests.make import everywhere, make_client, make_entry, make_user, make_visa_case, place
from tests.support import as_owner, ask, book, crowd, forbidden, refused_by, rule, run, run_together, settle, waits_for
from visas.models import QuotaPool, QuotaShare, RuleException, VisaCase
from visas.services.quota import Move, write_entry

POOL, OTHER_POOL = "e74-2025", "d2-2025-2026"
DAY = date(2025, 12, 5)
OFFICES = ("52140-office", "52190-office")


def make_quota(owner: psycopg.Connection, places: int | None, pool: str = POOL) -> None:
    """Give a pool so many places and no cases. Run again, it starts anew."""
    owner.execute("TRUNCATE visas_visacase, visas_visacaseevent CASCADE")
    for table in ("visas_quotaline", "visas_quotaentry"):
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
    owner.execute(
        "DELETE FROM visas_quotaline WHERE entry_id IN (SELECT entry_id FROM visas_quotaline WHERE pool_id = %s)",
        [pool],
    )
    owner.execute(
        "DELETE FROM visas_quotaentry e WHERE NOT EXISTS (SELECT FROM visas_quotaline WHERE entry_id = e.id)"
    )
    owner.execute("DELETE FROM visas_quotashare WHERE pool_id = %s", [pool])
    for table in ("visas_quotaline", "visas_quotaentry"):
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")
    owner.execute(
        "UPDATE visas_quotapool SET taken = 0, excepted = 0, allocated = 0, taken_in_shares = 0, capacity = NULL,"
        " closed_at = NULL WHERE code = %s",
        [pool],
    )
    if places is not None:
        book(owner, pool, places)


def make_claimants(owner: psycopg.Connection, number: int) -> list[tuple[int, int, int]]:
    """(workspace, client, person) of so many people, by turns in two workspaces."""
    people = []
    for office in islice(cycle([place(code).pk for code in OFFICES]), number):
        person = owner.execute("INSERT INTO cases_person DEFAULT VALUES RETURNING id").fetchone()[0]
        client = owner.execute(
            "INSERT INTO cases_client (workspace_id, person_id, ref, shared_with)"
            " VALUES (%s, %s, '', '{}') RETURNING id",
            [office, person],
        ).fetchone()[0]
        people.append((office, client, person))
    return people


def claim(claimant: tuple[int, int, int], municipality: str | None = None) -> str:
    """Recommend somebody in a transaction of its own, as their workspace. Answers with what came of it."""
    workspace, client, person = claimant
    try:
        with acting_for([workspace]):
            VisaCase.objects.create(
                workspace_id=workspace,
                client_id=client,
                person_id=person,
                programme_id="E-7-4" if person % 2 else "E-7-4R",
                municipality_id=municipality,
                received_on=DAY,
                recommended_on=DAY,
            )
    except IntegrityError as error:
        assert sentence(error) and rule(error) not in sentence(error), "it is told in words"
        return rule(error)
    return "taken"


def state(code: str = POOL) -> tuple[int, int | None]:
    pool = QuotaPool.objects.get(code=code)
    return pool.taken, pool.capacity


class UnderFireTests:
    def test_two_hundred_claims_on_fifty_places_fill_exactly_fifty(self, committed):
        with as_owner(committed) as owner, crowd(200) as at_once:
            claimants = make_claimants(owner, 200)
            for _again in range(20):
                make_quota(owner, 50)
                answers = at_once(claim, claimants)
                assert {str(answer) for answer in answers} == {"taken", "quota_not_exceeded"}
                assert answers.count("taken") == 50
                assert state() == (50, 50)
                assert owner.execute("SELECT count(*) FROM visas_visacase").fetchone() == (50,)

    def test_each_share_fills_exactly_and_so_does_the_rest(self, committed):
        sizes = {"52140": 10, "52190": 5, None: 15}
        with as_owner(committed) as owner, crowd(75) as at_once:
            claimants = make_claimants(owner, 75)
            make_quota(owner, 30)
            for municipality in ("52140", "52190"):
                share = QuotaShare.objects.create(pool_id=POOL, municipality_id=municipality)
                moves = [Move(POOL, -sizes[municipality]), Move(POOL, sizes[municipality], share.pk)]
                write_entry({"kind": "reallocation", "effective_on": DAY}, moves)
            places = list(islice(cycle(sizes), 75))
            answers = at_once(lambda given: claim(*given), list(zip(claimants, places, strict=True)))
            for place_, size in sizes.items():
                mine = [answer for answer, where in zip(answers, places, strict=True) if where == place_]
                assert mine.count("taken") == size
            assert set(map(str, answers)) <= {
                "taken", "quota_not_exceeded", "quota_share_not_exceeded", "quota_rest_not_exceeded",
            }  # fmt: skip
            assert state() == (30, 30)

    def test_it_is_the_check_that_holds_it(self, committed):
        with as_owner(committed) as owner, crowd(80) as at_once:
            claimants = make_claimants(owner, 80)
            make_quota(owner, 50)
            owner.execute("ALTER TABLE visas_quotapool DROP CONSTRAINT quota_not_exceeded")
            assert at_once(claim, claimants).count("taken") > 50

    def test_counting_what_the_caller_sees_would_give_each_workspace_the_whole_quota(self, committed):
        with as_owner(committed) as owner, crowd(80) as at_once:
            claimants = make_claimants(owner, 80)
            make_quota(owner, 30)
            owner.execute("DROP TRIGGER take_seats_insert ON visas_visacase")
            owner.execute(NAIVE)
            assert at_once(claim, claimants).count("taken") > 30

    def test_two_quotas_claimed_in_opposite_order_do_not_lock_each_other_out(self, committed):
        with as_owner(committed) as owner:
            claimants = make_claimants(owner, 40)
        rows = [
            {"workspace_id": workspace, "client_id": client, "person_id": person, "received_on": DAY}
            for workspace, client, person in claimants
        ]

        def both(programmes: tuple[str, str], part: list[dict]) -> None:
            with everywhere():
                VisaCase.objects.bulk_create(
                    VisaCase(programme_id=programme, recommended_on=DAY, **row)
                    for programme, row in zip(cycle(programmes), part, strict=False)
                )

        for step in range(0, 40, 8):
            one, other = rows[step : step + 4], rows[step + 4 : step + 8]
            answers = run_together(partial(both, ("E-7-4", "D-2"), one), partial(both, ("D-2", "E-7-4"), other))
            assert answers == [None, None]
        assert state()[0] + state(OTHER_POOL)[0] == 40


# What postgres.md warns of: it counts the rows that row security shows to whoever inserts.
NAIVE = """
CREATE FUNCTION naive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM visas_visacase WHERE pool_id = NEW.pool_id) > 30 THEN
    RAISE EXCEPTION 'full' USING ERRCODE = '23514', CONSTRAINT = 'quota_not_exceeded', TABLE = 'visas_quotapool';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER naive AFTER INSERT ON visas_visacase FOR EACH ROW EXECUTE FUNCTION naive();
GRANT EXECUTE ON FUNCTION naive TO PUBLIC
"""


class LedgerAgainstClaimsTests:
    """One transaction is stopped after its change and before its commit, the other comes in between."""

    @pytest.fixture(autouse=True)
    def quota(self, committed):
        with as_owner(committed) as owner:
            make_quota(owner, 2)
            self.claimants = make_claimants(owner, 4)

    def test_a_claim_that_waited_for_a_reduction_is_held_against_it(self, committed):
        claim(self.claimants[0])
        with as_owner(committed) as owner, owner.transaction():
            add_to_ledger(owner, -1)
            waiting = waits_for(owner, lambda: claim(self.claimants[1]))
        assert waiting() == "quota_not_exceeded"
        assert state() == (1, 1)

    def test_a_claim_that_waited_for_a_supplement_gets_its_place(self, committed):
        claim(self.claimants[0]), claim(self.claimants[1])
        with as_owner(committed) as owner, owner.transaction():
            add_to_ledger(owner, 1)
            waiting = waits_for(owner, lambda: claim(self.claimants[2]))
        assert waiting() == "taken"
        assert state() == (3, 3)

    def test_a_claim_that_waited_for_the_closing_is_refused(self, committed):
        staff = make_user()
        with as_owner(committed) as owner, owner.transaction():
            owner.execute(
                "INSERT INTO visas_quotaclosing (pool_id, closed, reason, entered_by_id) VALUES (%s, true, 'x', %s)",
                [POOL, staff.pk],
            )
            waiting = waits_for(owner, lambda: claim(self.claimants[0]))
        assert waiting() == "quota_closed"
        assert state() == (0, 2)

    def test_a_claim_that_waited_for_a_share_takes_its_place_in_it(self, committed):
        with as_owner(committed) as owner, owner.transaction():
            owner.execute(
                "INSERT INTO visas_quotashare (pool_id, municipality_id, semester) VALUES (%s, '52140', '')", [POOL]
            )
            waiting = waits_for(owner, lambda: claim(self.claimants[0], "52140"))
        assert waiting() == "taken"
        assert QuotaShare.objects.get().taken == 1

    def test_two_lines_of_the_ledger_written_at_once_both_count(self, committed):
        def add(amount):
            with as_owner(committed) as mine:
                add_to_ledger(mine, amount)

        with as_owner(committed) as owner, owner.transaction():
            add_to_ledger(owner, 10)
            waiting = waits_for(owner, lambda: add(5))
        assert waiting() is None
        assert state() == (0, 17)


def add_to_ledger(owner: psycopg.Connection, amount: int) -> None:
    book(owner, POOL, amount, "2025-01-02")


@pytest.mark.django_db
class PlaceTests:
    """A place is taken with the recommendation and given back exactly once."""

    def setup_method(self):
        self.before = state()[0]

    def used(self) -> int:
        return state()[0] - self.before

    def case(self, **fields) -> VisaCase:
        return make_visa_case("E-7-4", "52140-office", received_on=DAY, **({"recommended_on": DAY} | fields))

    def change(self, case: VisaCase, **fields) -> None:
        with everywhere():
            VisaCase.objects.filter(pk=case.pk).update(**fields)

    def test_a_case_takes_it_with_its_recommendation(self):
        case = self.case(recommended_on=None)
        assert self.used() == 0
        self.change(case, recommended_on=DAY)
        assert self.used() == 1

    @pytest.mark.parametrize("end", ["refused_on", "withdrawn_on", "lapsed_on", "ineligible_on"])
    def test_each_end_gives_it_back_once(self, end):
        case = self.case()
        self.change(case, **{end: DAY})
        self.change(case, **{end: DAY + timedelta(days=1)})
        self.change(case, ref="touched")
        assert self.used() == 0

    def test_two_ends_give_it_back_once(self):
        case = self.case()
        self.change(case, refused_on=DAY)
        self.change(case, withdrawn_on=DAY)
        self.change(case, refused_on=None)
        assert self.used() == 0
        self.change(case, withdrawn_on=None)
        assert self.used() == 1

    def test_leaving_after_the_permit_does_not_give_it_back(self):
        case = self.case(granted_on=DAY)
        self.change(case, left_on=DAY)
        assert self.used() == 1

    def test_an_ended_case_takes_none(self):
        self.case(withdrawn_on=DAY)
        assert self.used() == 0

    def test_a_case_is_not_deleted(self):
        case = self.case()
        with forbidden(), everywhere():
            VisaCase.objects.filter(pk=case.pk)._raw_delete("default")
        assert self.used() == 1

    def test_both_programmes_take_from_the_one_quota(self):
        self.case()
        make_visa_case("E-7-4R", received_on=DAY, recommended_on=DAY)
        assert self.used() == 2

    def test_a_case_that_changes_its_quota_takes_its_place_along(self):
        case, others = self.case(), state(OTHER_POOL)[0]
        self.change(case, programme_id="D-2")
        assert (self.used(), state(OTHER_POOL)[0] - others) == (0, 1)

    @pytest.mark.parametrize("field", ["pool_id", "period"])
    def test_nobody_takes_a_case_out_of_its_quota_by_hand(self, field):
        case = self.case()
        self.change(case, **{field: None if field == "pool_id" else "another"})
        with everywhere():
            assert VisaCase.objects.values_list("pool_id", "period").get(pk=case.pk) == (POOL, POOL)
        assert self.used() == 1

    def test_a_temporary_table_does_not_stand_in_for_the_quotas(self):
        with everywhere():
            run("CREATE TEMPORARY TABLE visas_poolprogramme (pool_id text, programme_id text) ON COMMIT DROP")
        assert self.case() and self.used() == 1

    def test_the_application_does_not_count_for_itself(self):
        for statement in (
            "UPDATE visas_quotapool SET taken = 0",
            "DELETE FROM visas_poolprogramme",
            "DELETE FROM visas_quotapool",
            "UPDATE visas_ruleexception SET reason = 'x'",
        ):
            with forbidden(), everywhere():
                run(statement)


class LedgerTests:
    @pytest.fixture(autouse=True)
    def quota(self, committed):
        self.database = committed
        with as_owner(committed) as owner:
            make_quota(owner, 2)
            self.claimants = make_claimants(owner, 4)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE visas_quotaline SET amount = 99",
            "DELETE FROM visas_quotaline",
            "UPDATE visas_quotaentry SET document = 'x'",
            "DELETE FROM visas_quotaentry",
        ],
    )
    def test_it_is_only_added_to(self, statement):
        with refused_by("append_only"), everywhere():
            run(statement)

    def test_it_is_not_reduced_below_what_is_taken(self):
        claim(self.claimants[0]), claim(self.claimants[1])
        with refused_by("quota_not_exceeded"), everywhere():
            make_entry(POOL, -1, on=DAY)
        assert state() == (2, 2)

    def test_a_place_that_is_free_can_be_taken_away(self):
        claim(self.claimants[0])
        make_entry(POOL, -1, on=DAY)
        assert state() == (1, 1)
        assert claim(self.claimants[1]) == "quota_not_exceeded"

    def test_an_entry_of_tomorrow_does_not_count_today(self):
        tomorrow = timezone.localdate() + timedelta(days=1)
        self.run_until(tomorrow)
        make_entry(POOL, 10, on=tomorrow)
        assert [claim(claimant) for claimant in self.claimants[:3]] == ["taken", "taken", "quota_not_exceeded"]

    def run_until(self, day: date) -> None:
        """Nothing is granted from a day after the quota's end."""
        with as_owner(self.database) as owner:
            owner.execute("UPDATE visas_quotapool SET ends_on = %s WHERE code = %s", [day, POOL])

    def test_an_entry_of_today_counts(self):
        self.run_until(timezone.localdate())
        make_entry(POOL, 1, on=timezone.localdate())
        assert [claim(claimant) for claimant in self.claimants[:3]] == ["taken"] * 3

    def test_an_unknown_capacity_refuses_nobody(self):
        with as_owner(self.database) as owner:
            make_quota(owner, None)
        assert [claim(claimant) for claimant in self.claimants] == ["taken"] * 4
        assert state() == (4, None)

    def test_what_history_let_in_is_counted_apart_and_refuses_the_next(self):
        claim(self.claimants[0]), claim(self.claimants[1])
        workspace, client, person = self.claimants[2]
        with everywhere():
            exception = RuleException.objects.create(rule="quota_not_exceeded", reason="old.xlsx")
            VisaCase.objects.create(
                workspace_id=workspace, client_id=client, person_id=person, programme_id="E-7-4",
                received_on=DAY, recommended_on=DAY, quota_exception=exception,
            )  # fmt: skip
        assert state() == (3, 2)
        assert claim(self.claimants[3]) == "quota_not_exceeded"
        with refused_by("quota_not_exceeded"), everywhere():
            VisaCase.objects.filter(person_id=person).update(quota_exception=None)

    def test_a_quota_that_becomes_known_late_takes_in_the_cases_that_are_there(self):
        with as_owner(self.database) as owner:
            owner.execute("DELETE FROM visas_poolprogramme WHERE pool_id = %s", [POOL])
            assert [claim(claimant) for claimant in self.claimants] == ["taken"] * 4
            assert state() == (0, 2)
            add = "INSERT INTO visas_poolprogramme (pool_id, programme_id) VALUES (%s, %s)"
            with pytest.raises(psycopg.errors.CheckViolation, match="quota_not_exceeded"), owner.transaction():
                owner.execute(add, [POOL, "E-7-4"])
                owner.execute(add, [POOL, "E-7-4R"])
            add_to_ledger(owner, 2)
            owner.execute(add, [POOL, "E-7-4"])
            owner.execute(add, [POOL, "E-7-4R"])
        assert state() == (4, 4)

    def test_a_changed_period_counts_anew(self):
        claim(self.claimants[0])
        with as_owner(self.database) as owner:
            owner.execute("UPDATE visas_quotapool SET ends_on = '2025-11-30' WHERE code = %s", [POOL])
        assert state() == (0, 2)
        with everywhere():
            assert VisaCase.objects.get().period == "2025 E-7-4", "the programmes that shared the last quota"


@pytest.mark.django_db
class RefusalTests:
    def test_the_sentence_tells_nothing_of_other_cases(self):
        with everywhere():
            run("SELECT 1")
        pool = QuotaPool.objects.get(code=POOL)
        free = pool.capacity - pool.taken
        client = make_client("52140-office")
        with everywhere():
            make_entry(POOL, -free, on=DAY)
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            make_visa_case("E-7-4", client=client, received_on=DAY, recommended_on=DAY)
        assert rule(caught.value) == "quota_not_exceeded"
        said = sentence(caught.value)
        assert said and not any(sign.isdigit() for sign in said)
        settle()
        assert ask("SELECT taken FROM visas_quotapool WHERE code = %s", POOL) == pool.taken
