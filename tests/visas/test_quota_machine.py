"""The quotas against a plain model: whatever is done in whatever order, the database counts as the model does."""

from datetime import date, timedelta
from itertools import count

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from centers.models import Role
from tests.make import everywhere, make_client, make_pool, make_user, make_visa_case
from tests.support import rule as rule_of
from visas.models import EntryKind, QuotaLine, QuotaPool, QuotaShare, StepKind, VisaCase
from visas.services import quota
from visas.services.case import take_step
from visas.services.quota import Move, write_entry
from visas.waiting import waiting_list

pytestmark = pytest.mark.django_db
DAY = date(2025, 12, 5)
POOLS = {"E-7-4": "e74-2025", "D-2": "d2-2025-2026"}
LATE = "f4r-2025"  # which opens meanwhile
SKILLED = ("E-7-4", "E-7-4R")  # which share a quota, and its waiting list
ENDS = ("refused_on", "withdrawn_on", "lapsed_on", "ineligible_on")
PLACES = ("52180", "52190")
SMALL = 3  # places of each quota at the beginning


class Model:
    """What each quota holds, and by whom, in numbers and sets alone. A place is (quota, municipality or rest)."""

    def __init__(self):
        self.size = {(pool, None): SMALL for pool in POOLS.values()}
        self.held: dict[int, tuple] = {}
        self.closed: set[str] = set()
        self.waiting: dict[int, tuple[int, tuple]] = {}  # by the case: the day of its review, and its place
        self.person: dict[int, tuple[int, str]] = {}  # by the live case: the person, and the quota it counts in
        self.loose: dict[int, int] = {}  # by the case that stands in no quota: its person

    def place(self, pool: str, municipality: str) -> tuple:
        return (pool, municipality) if (pool, municipality) in self.size else (pool, None)

    def free(self, place: tuple) -> int:
        return self.size[place] - list(self.held.values()).count(place)

    def queue(self, pool: str) -> list[int]:
        """Who waits for a place of the quota: by the day of the review, then as they came."""
        waiting = {case: day for case, (day, (of, _place)) in self.waiting.items() if of == pool}
        return sorted(waiting, key=lambda case: (waiting[case], case))

    def places(self, pool: str, opening: int) -> tuple[list[int], list[int]]:
        """Who of them has a free place, and who more would come up if so many opened that no share has."""
        left = {place: 0 if pool in self.closed else self.free(place) for place in self.size if place[0] == pool}
        offered, up = [], []
        for case in self.queue(pool):
            place = self.place(*self.waiting[case][1])
            if left[place] > 0:
                left[place] -= 1
                offered.append(case)
            elif place[1] is None and len(up) < opening and pool not in self.closed:
                up.append(case)
        return offered, up

    def lives_in(self, pool: str, person: int) -> bool:
        return (person, pool) in self.person.values()

    def total(self, pool: str) -> int:
        return sum(size for (of, _place), size in self.size.items() if of == pool)


class QuotaMachine(RuleBasedStateMachine):
    cases = Bundle("cases")
    waiting = Bundle("waiting")

    @initialize()
    def begin(self):
        self.model = Model()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.staff, self.documents = make_user(Role.PROVINCE_STAFF, "52-office"), count()
        for pool in POOLS.values():
            held = QuotaPool.objects.get(pk=pool)
            self.enter(held, EntryKind.RETURN, held.capacity - SMALL)

    def teardown(self):
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def enter(self, pool: QuotaPool, kind: EntryKind, amount: int) -> None:
        # What goes back goes when places were given back: on the days before they were taken.
        day = DAY + timedelta(days=4 * (kind == EntryKind.RETURN))
        document = f"시험 {next(self.documents)}"
        quota.enter(kind=kind, pool=pool, amount=amount, effective_on=day, document=document, actor=self.staff)

    def does(self, call, refused: bool) -> bool:
        """Whether it went in; that has to be what the model says."""
        try:
            with transaction.atomic():
                call()
        except (IntegrityError, ValidationError) as error:
            assert refused, f"refused although there is room: {rule_of(error) or error}"
            return False
        assert not refused, "it went in although the model refuses it"
        return True

    @rule(target=cases, programme=st.sampled_from(sorted(POOLS)), place=st.sampled_from(PLACES))
    def claim(self, programme, place):
        return self.claimed(programme, make_client("52180-office"), place)

    @rule(target=cases, case=cases, programme=st.sampled_from(SKILLED))
    def claim_again(self, case, programme):
        """The same person in another municipality, perhaps in a programme that shares the quota."""
        if case not in self.model.person:
            return None
        person = self.model.person[case][0]
        return self.claimed(programme, make_client("52190-office", person=person), PLACES[1])

    def claimed(self, programme, client, place):
        pool = "e74-2025" if programme in SKILLED else POOLS[programme]
        where = self.model.place(pool, place)
        full = self.model.free(where) < 1 or pool in self.model.closed
        made = []
        went_in = self.does(
            lambda: made.append(
                make_visa_case(programme, client=client, municipality_id=place, received_on=DAY, recommended_on=DAY)
            ),
            refused=full or self.model.lives_in(pool, client.person_id),
        )
        if not went_in:
            return None
        self.model.held[made[0].pk] = where
        self.model.person[made[0].pk] = client.person_id, pool
        return made[0].pk

    @rule(target=cases)
    def claim_outside(self):
        """A programme without a quota: nothing limits it, until one opens."""
        if (LATE, None) in self.model.size:
            return None
        case = make_visa_case("F-4-R", "52180-office", received_on=DAY, recommended_on=DAY)
        self.model.loose[case.pk] = case.person_id
        return case.pk

    @rule(amount=st.integers(1, 3))
    def open_quota(self, amount):
        """It begins with the cases that are there, and there is one of a programme on a day."""
        refused = (LATE, None) in self.model.size or amount < len(self.model.loose)
        if self.does(lambda: make_pool("F-4-R", amount=amount, actor=self.staff), refused=refused):
            self.model.size[LATE, None] = amount
            self.model.held |= dict.fromkeys(self.model.loose, (LATE, None))
            self.model.person |= {case: (person, LATE) for case, person in self.model.loose.items()}
            self.model.loose = {}

    @rule(case=cases, end=st.sampled_from(ENDS))
    def give_back(self, case, end):
        if case is not None:
            with everywhere():
                VisaCase.objects.filter(pk=case).update(**{end: DAY})
            for found in (self.model.held, self.model.person, self.model.loose):
                found.pop(case, None)

    @rule(target=waiting, programme=st.sampled_from(SKILLED), place=st.sampled_from(PLACES), day=st.integers(0, 3))
    def review(self, programme, place, day):
        case = make_visa_case(programme, "52180-office", municipality_id=place, received_on=DAY)
        with everywhere():
            for kind in (StepKind.CHECKED, StepKind.REVIEWED):
                take_step(actor=None, case=case, kind=kind, happened_on=DAY + timedelta(days=day), note="x")
        self.model.waiting[case.pk] = day, (POOLS["E-7-4"], place)
        self.model.person[case.pk] = case.person_id, POOLS["E-7-4"]
        return case.pk

    @rule(case=waiting)
    def recommend(self, case):
        """Who waits takes a place as everybody does, and waits no more."""
        if case not in self.model.waiting:
            return
        where = self.model.place(*self.model.waiting[case][1])
        letter = {"document": f"전북-{case}", "happened_on": DAY + timedelta(days=4)}
        with everywhere():
            row = VisaCase.objects.get(pk=case)
            went_in = self.does(
                lambda: take_step(actor=None, case=row, kind=StepKind.RECOMMENDED, **letter),
                refused=self.model.free(where) < 1 or where[0] in self.model.closed,
            )
        if went_in:
            self.model.held[case] = where
            del self.model.waiting[case]

    @rule(case=waiting)
    def withdraw(self, case):
        if self.model.waiting.pop(case, None):
            self.model.person.pop(case)
            with everywhere():
                row = VisaCase.objects.get(pk=case)
                take_step(actor=None, case=row, kind=StepKind.WITHDRAWN, happened_on=DAY + timedelta(days=4))

    @rule(pool=st.sampled_from(sorted(POOLS.values())), amount=st.integers(1, 3))
    def grant(self, pool, amount):
        self.enter(QuotaPool.objects.get(pk=pool), EntryKind.SUPPLEMENT, amount)
        self.model.size[pool, None] += amount

    @rule(pool=st.sampled_from(sorted(POOLS.values())), amount=st.integers(1, 4))
    def reduce(self, pool, amount):
        short = amount > self.model.free((pool, None))
        if self.does(lambda: self.enter(QuotaPool.objects.get(pk=pool), EntryKind.RETURN, amount), refused=short):
            self.model.size[pool, None] -= amount

    @rule(pool=st.sampled_from(sorted(POOLS.values())), place=st.sampled_from(PLACES), amount=st.integers(1, 3))
    def share(self, pool, place, amount):
        """A share begins with the cases that are there, and with places that no share has."""
        if (pool, place) in self.model.size:
            return
        own = [case for case in self.model.held if self.of(case) == (pool, place)]
        rest = self.model.free((pool, None)) + len(own)
        refused = amount > self.model.size[pool, None] or len(own) > amount or rest < amount
        refused = refused or pool in self.model.closed
        if self.does(
            lambda: quota.open_share(
                pool=QuotaPool.objects.get(pk=pool), amount=amount, effective_on=DAY, document="시험",
                actor=self.staff, municipality_id=place,
            ),
            refused=refused,
        ):  # fmt: skip
            self.model.size[pool, place] = amount
            self.model.size[pool, None] -= amount
            self.model.held |= dict.fromkeys(own, (pool, place))

    def of(self, case: int) -> tuple:
        with everywhere():
            return VisaCase.objects.values_list("pool_id", "municipality_id").get(pk=case)

    @rule(data=st.data(), amount=st.integers(1, 3))
    def reallocate(self, data, amount):
        places = sorted(self.model.size, key=str)
        giver, taker = data.draw(st.sampled_from(places)), data.draw(st.sampled_from(places))
        refused = giver == taker or amount > self.model.free(giver) or giver[0] in self.model.closed
        moves = [Move(giver[0], -amount, self.share_of(giver)), Move(taker[0], amount, self.share_of(taker))]
        if self.does(
            lambda: self.write(moves) if giver != taker else self.nothing(), refused=refused or giver[0] != taker[0]
        ):
            self.model.size[giver] -= amount
            self.model.size[taker] += amount

    def write(self, moves: list[Move]) -> None:
        write_entry({"kind": EntryKind.REALLOCATION, "effective_on": DAY, "document": "시험"}, moves)

    def nothing(self) -> None:
        quota.reallocate(
            pool=QuotaPool.objects.first(), giver=None, taker=None, amount=1, effective_on=DAY, document="시험",
            actor=self.staff,
        )  # fmt: skip

    def share_of(self, place: tuple) -> int | None:
        pool, municipality = place
        return QuotaShare.objects.get(pool=pool, municipality_id=municipality).pk if municipality else None

    @rule(pool=st.sampled_from(sorted(POOLS.values())), closed=st.booleans())
    def close(self, pool, closed):
        quota.close(pool=QuotaPool.objects.get(pk=pool), closed=closed, reason="시험", actor=self.staff)
        (self.model.closed.add if closed else self.model.closed.discard)(pool)

    @invariant()
    def the_database_counts_as_the_model_does(self):
        if not hasattr(self, "model"):
            return
        for pool in QuotaPool.objects.filter(pk__in={pool for pool, _place in self.model.size}):
            of_pool = [place for place in self.model.held.values() if place[0] == pool.pk]
            inside = [place for place in of_pool if place[1] is not None]
            assert (pool.capacity, pool.taken) == (self.model.total(pool.pk), len(of_pool))
            assert (pool.taken_in_shares, pool.allocated) == (
                len(inside), self.model.total(pool.pk) - self.model.size[pool.pk, None],
            )  # fmt: skip
        for share in QuotaShare.objects.all():
            place = (share.pool_id, share.municipality_id)
            assert (share.capacity, share.taken) == (
                self.model.size[place], list(self.model.held.values()).count(place),
            )  # fmt: skip

    @invariant()
    def the_waiting_list_stands_as_in_the_model(self):
        if not hasattr(self, "model"):
            return
        with everywhere():
            for pool in QuotaPool.objects.filter(pk__in=POOLS.values()):
                rows = waiting_list(VisaCase.objects.all(), pool, opening=2, day=DAY + timedelta(days=4))
                assert [row.case.pk for row in rows] == self.model.queue(pool.pk)
                found = [row.case.pk for row in rows if row.offered], [row.case.pk for row in rows if row.comes_up]
                assert found == self.model.places(pool.pk, 2)

    @invariant()
    def the_journal_adds_up_to_nothing(self):
        assert sum(QuotaLine.objects.values_list("amount", flat=True)) == 0


def test_the_quotas_do_as_a_plain_model_does():
    run_state_machine_as_test(
        QuotaMachine,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
