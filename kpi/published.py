"""What was said of a year beside what its records give: the same, another number, or nothing to compare it with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from kpi.models import Measure, PublishedFigure
from visas.models import QuotaPool


def compared() -> dict[str, str]:
    """What of a roll-up a figure can be compared with, in words by its path; what is of a quota, of each of them."""
    found, pools = {}, list(QuotaPool.objects.all())
    for measure in Measure.objects.all():
        if "*" in measure.path:
            found |= {measure.path.replace("*", pool.pk): f"{measure} · {pool}" for pool in pools}
        else:
            found[measure.path] = str(measure)
    return found


@dataclass(frozen=True)
class Part:
    """What a figure is compared with, or one of several that are added: its name, its number, and the address of the
    rows that it counts; empty where there are none to be shown.
    """

    name: str
    number: Decimal | None
    url: str = ""


@dataclass(frozen=True)
class Said:
    """A published figure beside what is counted now; ``counted`` is none where nothing here means the same. ``parts``
    are what it is compared with, ``on`` for which day it was counted, where that is another than the page's.
    """

    figure: PublishedFigure
    counted: Decimal | None
    parts: list[Part]
    on: date | None = None

    @property
    def difference(self) -> Decimal | None:
        return None if self.counted is None else self.counted - self.figure.value

    @property
    def corrected(self) -> bool:
        return bool(self.figure.corrected_by.all())


def said_beside(
    rows: Iterable[PublishedFigure],
    usual: Callable[[int], date],
    counted_on: Callable[[int, date], dict],
    opened: Callable[[str, int, date, dict], str],
) -> list[Said]:
    """Figures that were published, each beside what its year has up to its own day, or up to the ``usual`` one.

    ``counted_on`` gives the roll-up of a year up to a day, and ``opened`` the address of the rows behind the number to
    which a path leads in it.
    """
    names, found = compared(), []
    answers: dict[tuple[int, date], dict] = {}
    for row in rows:
        day = on = usual(row.year)
        if row.as_of and row.paths:
            day = min(max(row.as_of, date(row.year, 1, 1)), date(row.year, 12, 31), timezone.localdate())
        if row.paths and (row.year, day) not in answers:
            answers[row.year, day] = counted_on(row.year, day)
        answer = answers.get((row.year, day), {})
        addresses = {path: opened(path, row.year, day, answer) for path in row.paths if answer}
        found.append(beside(row, answer, names, addresses, day if day != on else None))
    return found


def beside(
    figure: PublishedFigure, answer: dict, names: dict[str, str], addresses: dict[str, str], on: date | None = None
) -> Said:
    parts = [Part(names.get(path, path), number_at(answer, path), addresses.get(path, "")) for path in figure.paths]
    found = [part.number for part in parts]
    counted = sum(found, Decimal()) if found and None not in found else None
    return Said(figure, counted, parts, on)


def said_of_quotas(
    day: date, counted_on: Callable[[date], list[dict]], opened: Callable[[str, date], str]
) -> list[Said]:
    """The figures that were published of the year of a day, or of a quota that runs on it, each beside what its own
    day has: ``counted_on`` gives the quotas of a day, each with its code and numbers, and ``opened`` the address of
    what is behind the number to which a path leads.
    """
    running = QuotaPool.objects.filter(starts_on__lte=day, ends_on__gte=day)
    beginnings = tuple(f"quotas/{code}/" for code in running.values_list("pk", flat=True))
    answers, names, found = {}, compared(), []
    for figure in PublishedFigure.objects.filter(corrected_by=None).prefetch_related("corrected_by"):
        of_quotas = [path for path in figure.paths if path.startswith("quotas/")]
        if of_quotas and (figure.year == day.year or any(path.startswith(beginnings) for path in of_quotas)):
            on = min(figure.as_of or day, timezone.localdate())
            if on not in answers:
                answers[on] = {"quotas": counted_on(on)}
            addresses = {path: opened(path, on) for path in of_quotas}
            found.append(beside(figure, answers[on], names, addresses, on if on != day else None))
    return found


def number_at(answer: dict, path: str) -> Decimal | None:
    """The number of a roll-up to which a path leads; none where there is none, or it is not known."""
    at = answer
    for name in path.split("/"):
        if isinstance(at, list):
            at = next((row for row in at if row.get("code") == name), None)
        else:
            at = at.get(name) if isinstance(at, dict) else None
    return None if at is None or isinstance(at, dict | list | str) else Decimal(str(at))
