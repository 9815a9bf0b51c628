"""Whether a quota will fill: the even pace, and what the pipeline's own conversion and lag lead to expect."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Avg, Count, F, Q, QuerySet
from django.db.models.functions import TruncQuarter

from visas.models import QuotaPool, VisaCase
from visas.quotas import capacities, held, with_seat

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
    share: float
    lag: float


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


def forecast(cases: QuerySet[VisaCase], pool: QuotaPool, day: date) -> Forecast | None:
    """None where no number of places is known, or the period does not hold the day."""
    capacity = capacities(day).get(pool.pk)
    if not capacity or not pool.starts_on <= day <= pool.ends_on:
        return None
    days = (pool.ends_on - pool.starts_on).days + 1
    taken = held(cases.filter(pool=pool), day).count()
    mine = cases.filter(programme__pools=pool)
    cohorts = cohorts_of(mine, day)
    waiting = _waiting(mine, day)
    even = capacity * ((day - pool.starts_on).days + 1) / days
    found = Forecast(pool, day, capacity, taken, even, waiting, cohorts)
    return _projected(found) if len(cohorts) >= FEWEST_COHORTS else found


def cohorts_of(cases: QuerySet[VisaCase], day: date) -> list[Cohort]:
    """The quarters of reception whose cases have had time for an answer, the oldest first."""
    ripe = day - timedelta(days=RIPE)
    last = ripe.replace(month=(ripe.month - 1) // 3 * 3 + 1, day=1)  # whole quarters only
    rows = with_seat(cases).filter(received_on__lt=last, received_on__gte=day - timedelta(days=LOOKED_BACK))
    took = Q(seat_on__lte=day) & (Q(given_back_on=None) | Q(given_back_on__gt=day))
    quarters = (
        rows.order_by()
        .annotate(quarter=TruncQuarter("received_on"))
        .values("quarter")
        .annotate(
            received=Count("pk"), took=Count("pk", filter=took), lag=Avg(F("seat_on") - F("received_on"), filter=took)
        )
        .order_by("quarter")
    )
    return [
        Cohort(row["quarter"], row["received"], row["took"] / row["received"], _days(row["lag"]))
        for row in quarters
        if row["received"] >= FEWEST_CASES
    ]


def _days(lag) -> float:
    return lag.total_seconds() / 86400 if isinstance(lag, timedelta) else float(lag or 0)


def _waiting(cases: QuerySet[VisaCase], day: date) -> int:
    """The cases received that hold no place yet and have not ended."""
    ended = Q()
    for end in ("refused", "withdrawn", "lapsed", "ineligible"):
        ended |= Q(**{f"{end}_on__lte": day})
    rows = with_seat(cases).filter(received_on__lte=day).exclude(ended)
    return rows.filter(Q(seat_on=None) | Q(seat_on__gt=day)).count()


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
