"""Whether a quota will fill: the even pace, and what the pipeline's own conversion and lag lead to expect."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, QuerySet

from visas.known import as_known
from visas.models import QuotaPool, VisaCase
from visas.quotas import capacities, held, on_basis

FEWEST_COHORTS = 2
FEWEST_CASES = 10  # a cohort of fewer says nothing of a share
RIPE = 120  # days after which most of a quarter's cases have their answer
DAYS_OF_A_QUARTER = 91.3
LOOKED_BACK = 3 * 366  # days


@dataclass(frozen=True)
class Cohort:
    """The cases received in a quarter: how many, the share that took a place and kept it, and after how many days."""

    first: date
    received: int
    took: int
    share: float
    lag: float

    @property
    def last(self) -> date:
        return _quarter_of(self.first + timedelta(days=95)) - timedelta(days=1)


@dataclass(frozen=True)
class Forecast:
    """How a quota stands against an even pace on a day, and what it may hold on its last.

    ``lowest``, ``likely`` and ``highest`` are places taken at the deadline, never more than the capacity; None where
    fewer than two cohorts tell of conversion and lag.
    """

    pool: QuotaPool
    day: date
    capacity: int
    taken: int
    even: float
    waiting: int
    cohorts: list[Cohort]
    lowest: int | None = None
    likely: int | None = None
    highest: int | None = None

    @property
    def unused(self) -> tuple[int, int, int] | None:
        """Places that are likely to stay unused at the deadline: at least, likely, at most."""
        if self.likely is None:
            return None
        return self.capacity - self.highest, self.capacity - self.likely, self.capacity - self.lowest


def forecast(cases: QuerySet[VisaCase], pool: QuotaPool, day: date, *, then: bool = False) -> Forecast | None:
    """None where no number of places is known, or the period does not hold the day; ``then``: as it was known."""
    capacity = capacities(day, then=then).get(pool.pk)
    if not capacity or not pool.starts_on <= day <= pool.ends_on:
        return None
    days = (pool.ends_on - pool.starts_on).days + 1
    parts = as_known(cases, day if then else None)
    taken = sum(held(part.filter(pool=pool), day).count() for part in parts)
    mine = [part.filter(programme__in=pool.programmes.all()) for part in parts]
    cohorts = cohorts_of(mine, day)
    waiting = sum(on_basis(part, "waiting", day).count() for part in mine)
    even = capacity * ((day - pool.starts_on).days + 1) / days
    found = Forecast(pool, day, capacity, taken, even, waiting, cohorts)
    return _projected(found) if len(cohorts) >= FEWEST_COHORTS else found


def cohorts_of(parts: list[QuerySet], day: date) -> list[Cohort]:
    """The quarters of reception whose cases have had time for an answer, the oldest first."""
    ripe = day - timedelta(days=RIPE)
    last = _quarter_of(ripe)  # whole quarters only
    first = _quarter_after(day - timedelta(days=LOOKED_BACK))
    sums: dict[date, list] = defaultdict(lambda: [0, 0, timedelta()])
    for part in parts:
        rows = part.filter(received_on__lt=last, received_on__gte=first).order_by()
        took = on_basis(rows, "seated", day).values_list("received_on", "seat_on")
        for received, number in rows.values_list("received_on").annotate(number=Count("pk")):
            sums[_quarter_of(received)][0] += number
        for received, seat in took:
            of = sums[_quarter_of(received)]
            of[1], of[2] = of[1] + 1, of[2] + (seat - received)
    return [
        Cohort(quarter, received, took, took / received, lag.days / max(took, 1))
        for quarter, (received, took, lag) in sorted(sums.items())
        if received >= FEWEST_CASES
    ]


def _quarter_of(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def _quarter_after(day: date) -> date:
    return day if day == _quarter_of(day) else _quarter_of(_quarter_of(day) + timedelta(days=95))


def _projected(found: Forecast) -> Forecast:
    """Those who wait, and those who will come until a lag before the deadline, at the share of each cohort."""
    left = (found.pool.ends_on - found.day).days
    recent = found.cohorts[-4:]
    answers = sorted(
        found.taken
        + cohort.share * found.waiting * min(1.0, left / max(cohort.lag, 1.0))
        + cohort.share * cohort.received / DAYS_OF_A_QUARTER * max(0.0, left - cohort.lag)
        for cohort in recent
    )
    lowest, highest = answers[0], answers[-1]
    likely = sum(answers) / len(answers)
    low, mid, high = (max(found.taken, min(found.capacity, round(value))) for value in (lowest, likely, highest))
    return Forecast(
        found.pool, found.day, found.capacity, found.taken, found.even, found.waiting, recent, low, mid, high
    )
