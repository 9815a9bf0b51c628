"""How many sessions a centre holds on which day."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from math import pi, sin
from random import Random

from demo.synthetic.known import Known, Site
from demo.synthetic.places import SHARES, open_days

SMALL = 3  # the share of a centre not named among the shares
STATEMENT = 200_000  # sessions written in one go
WEEKDAYS = (1.15, 1.0, 0.95, 1.0, 1.05, 0.9, 1.4)  # Monday first; a centre open on Sunday has its crowd then
CLOSED_WEEK = 0.35  # of the centres are closed for a week of a year


class NoOpenCentre(Exception):
    """No centre is open on any day of the span."""


@dataclass(frozen=True)
class Cell:
    """So many sessions of one centre on one day; ``signed_in``: all held by those who can sign in."""

    site: Site
    day: date
    sessions: int
    signed_in: bool = False


def share_out(
    rng: Random, known: Known, span: tuple[date, date], sessions: int, today_at: dict[str, int]
) -> list[list[Cell]]:
    """All sessions, centre by centre and day by day, in parts that are written one at a time.

    ``today_at`` are centres that hold at least so many on the last day, open or not, as part of the whole.
    Raises NoOpenCentre.
    """
    opened = {site.code: days for site in known.centers() if (days := _days(rng, site, span))}
    extra = [
        Cell(known.sites[code], known.today, number, signed_in=True)
        for code, number in today_at.items()
        if known.sites[code].span(known.today, known.today)
    ]
    left = sessions - sum(cell.sessions for cell in extra)
    if left < 0:
        extra, left = [], sessions
    if left and not opened:
        raise NoOpenCentre
    cells = list(extra)
    for code, number in _numbers(opened, left).items():
        days, weights = opened[code], [_weight(day) for day in opened[code]]
        held = Counter(rng.choices(days, weights=weights, k=number))
        cells += [Cell(known.sites[code], day, held[day]) for day in days if held[day]]
    return list(_parts(cells))


def _days(rng: Random, site: Site, span: tuple[date, date]) -> list[date]:
    running = site.span(*span)
    if running is None:
        return []
    days = open_days(site.weekdays, *running)
    for year in range(running[0].year, running[1].year + 1):
        if rng.random() < CLOSED_WEEK:
            closed = date(year, 1, 1) + timedelta(days=7 * rng.randint(2, 50))
            days = [day for day in days if not closed <= day < closed + timedelta(days=7)] or days
    return days


def _weight(day: date) -> float:
    """Busier on Mondays, and in spring and autumn."""
    return WEEKDAYS[day.weekday()] * (1 + 0.12 * sin(4 * pi * day.timetuple().tm_yday / 365))


def _numbers(opened: dict[str, list[date]], sessions: int) -> dict[str, int]:
    """Sessions of each centre by its share and the days it was open; what rounding leaves goes to the largest."""
    parts = {code: SHARES.get(code, SMALL) * len(days) for code, days in opened.items()}
    total = sum(parts.values())
    numbers = {code: sessions * part // total for code, part in parts.items()}
    if numbers:
        numbers[max(parts, key=parts.get)] += sessions - sum(numbers.values())
    return numbers


def _parts(cells: list[Cell]):
    part, size = [], 0
    for cell in cells:
        part.append(cell)
        size += cell.sessions
        if size >= STATEMENT:
            yield part
            part, size = [], 0
    if part:
        yield part
