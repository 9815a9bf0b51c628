"""Rates, which have no rows of their own: they open with the rows that are counted in them."""

from dataclasses import dataclass, replace

from django.db.models import Sum

from centers.listing.filters import left_out
from kpi.beds import offers
from kpi.evidence import OFFERED, Figure, total
from kpi.meanings import RATES
from kpi.numbers import percent


@dataclass(frozen=True)
class Rate:
    """What a rate says: so many of so many."""

    name: str
    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        return percent(self.part, self.whole)

    @property
    def label(self) -> str:
        return RATES[self.name][0]

    @property
    def meaning(self) -> str:
        return RATES[self.name][1]


def rate_of(figure: Figure) -> Rate | None:
    """The rate that leads to the rows of this figure: of nights slept the occupancy, of the sessions that were not
    held in some languages their share of all. None of any other figure, and of nothing.

    Both numbers are read under the reader's own scope, as the rows are.
    """
    if figure.name == "night" and {name for name, _code in figure.where} <= {"workspace", "month"}:
        whole = offers(replace(figure, name=OFFERED)).aggregate(amount=Sum("nights", default=0))["amount"]
        return _rate("occupancy", total(figure).amount, whole)
    if figure.name == "session" and any(left_out(code) for code in figure.codes_of("language")):
        everything = tuple(part for part in figure.where if part[0] != "language")
        return _rate("foreign", total(figure).number, total(replace(figure, where=everything)).number)
    return None


def _rate(name: str, part: int, whole: int) -> Rate | None:
    return Rate(name, part, whole) if whole else None
