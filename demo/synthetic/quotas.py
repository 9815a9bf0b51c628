"""Days on which places of a quota are taken: nearly all of them, and on no day more than the ledger holds by then."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from math import ceil
from random import Random

from demo.synthetic.known import Pool
from demo.synthetic.places import workday_between

FILLED = 0.98  # of what the ledger holds
EAGER = 1.3  # a place that is there is taken sooner rather than later


def seat_days(
    rng: Random, pools: Iterable[Pool], programmes: tuple[str, ...], span: tuple[date, date], wanted: int
) -> list[date]:
    """Up to so many days of recommendation in the span, in order.

    Outside of every quota, and where no number of places is known, nothing limits them.
    """
    mine = [pool for pool in pools if pool.ledger and pool.programmes & set(programmes)]
    taken = {pool.code: pool.used for pool in mine}
    days: list[date] = []
    for first, last in segments(mine, span):
        left = wanted - len(days)
        number = min(left, ceil(EAGER * left * _length(first, last) / _length(first, span[1])))
        if last == span[1]:
            number = left
        pool = next((pool for pool in mine if pool.starts_on <= first <= pool.ends_on), None)
        if pool:
            held = sum(amount for day, amount in pool.ledger if day <= first)
            number = max(0, min(number, int(held * FILLED) - taken[pool.code]))
            taken[pool.code] += number
        days += (workday_between(rng, first, last) for _ in range(number))
    return sorted(days)


def segments(pools: Iterable[Pool], span: tuple[date, date]) -> Iterator[tuple[date, date]]:
    """The span, cut where a quota begins, ends or grows; both ends of each part included."""
    cuts = {span[0]}
    for pool in pools:
        cuts |= {pool.starts_on, pool.ends_on + timedelta(days=1), *(day for day, _amount in pool.ledger)}
    starts = sorted(day for day in cuts if span[0] <= day <= span[1])
    ends = [day - timedelta(days=1) for day in starts[1:]] + [span[1]]
    yield from zip(starts, ends, strict=True)


def _length(first: date, last: date) -> int:
    return (last - first).days + 1
