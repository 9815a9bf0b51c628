"""Where and when things happen: how large a place is, and on which days an office or a centre is open."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from random import Random

PROVINCE_CENTRE = "52-c1"
MONDAY_TO_FRIDAY = (1, 2, 3, 4, 5)

# Where people live and work, roughly; only the order of size is meant to be believable.
RESIDENTS = {
    "52110": 22, "52130": 22, "52140": 20, "52180": 9, "52190": 5, "52210": 12, "52710": 10, "52720": 2, "52730": 2,
    "52740": 2, "52750": 4, "52770": 4, "52790": 7, "52800": 7,
}  # fmt: skip

# A centre's share of all sessions, by its code: the province's worker centre first, a small county last.
SHARES = {
    PROVINCE_CENTRE: 20, "52110-c1": 11, "52130-c1": 12, "52140-c1": 13, "52180-c1": 8, "52190-c1": 5, "52210-c1": 8,
    "52710-c1": 5, "52720-c1": 2, "52730-c1": 2, "52740-c1": 2, "52750-c1": 3, "52770-c1": 3, "52790-c1": 4,
    "52800-c1": 4,
}  # fmt: skip

FIXED_HOLIDAYS = ((1, 1), (3, 1), (5, 1), (5, 5), (6, 6), (8, 15), (10, 3), (10, 9), (12, 25))
# By the lunar calendar, in lieu of a weekend, or election days; a year without an entry has the fixed ones alone.
OTHER_HOLIDAYS = {
    2024: "02-09 02-10 02-11 02-12 04-10 05-06 05-15 09-16 09-17 09-18",
    2025: "01-27 01-28 01-29 01-30 03-03 05-06 06-03 10-05 10-06 10-07 10-08",
    2026: "02-16 02-17 02-18 03-02 05-24 05-25 06-03 08-17 09-24 09-25 09-26 10-05",
    2027: "02-06 02-07 02-08 02-09 05-13 08-16 09-14 09-15 09-16 10-04 10-11 12-27",
}


@cache
def holidays(year: int) -> frozenset[date]:
    fixed = {date(year, month, day) for month, day in FIXED_HOLIDAYS}
    return frozenset(fixed | {date.fromisoformat(f"{year}-{day}") for day in OTHER_HOLIDAYS.get(year, "").split()})


def is_workday(day: date) -> bool:
    return day.weekday() < 5 and day not in holidays(day.year)


def open_days(weekdays: Iterable[int], first: date, last: date) -> list[date]:
    """The days, both ends included, on which a centre receives people; ISO weekdays, Monday to Friday where none."""
    wanted = set(weekdays or MONDAY_TO_FRIDAY)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if day.isoweekday() in wanted and day not in holidays(day.year)]


def weighted(rng: Random, weights: dict):
    """One key of the mapping, as often as its weight says."""
    return rng.choices(list(weights), weights=list(weights.values()))[0]


def day_between(rng: Random, first: date, last: date) -> date:
    """Any day of the span, both ends included."""
    return first + timedelta(days=rng.randint(0, (last - first).days))


def workday_between(rng: Random, first: date, last: date) -> date:
    """A day of the span on which offices are open, where there is one within reach."""
    day = day_between(rng, first, last)
    while day > first and not is_workday(day):
        day -= timedelta(days=1)
    return day


def after(rng: Random, day: date, soonest: int, latest: int, last: date) -> date:
    """A workday so many days after the given one, never later than ``last``."""
    earliest = min(day + timedelta(days=soonest), last)
    return workday_between(rng, earliest, min(day + timedelta(days=latest), last))
