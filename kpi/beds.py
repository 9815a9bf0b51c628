"""The beds behind the nights that shelters offer."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from centers.models import Bed
from kpi.evidence import Figure


@dataclass(frozen=True)
class Offer:
    bed: Bed
    nights: int


def offers(figure: Figure) -> list[Offer]:
    """Each bed that offers nights of the figure's days, of all shelters or of those it is narrowed to."""
    first, last = days_of(figure)
    beds = Bed.objects.select_related("room__workspace").order_by("room__workspace__code", "room__code", "code")
    for code in figure.codes_of("workspace"):
        beds = beds.filter(room__workspace__code=code)
    offered = (Offer(bed, nights_of(bed, first, last)) for bed in beds)
    return [offer for offer in offered if offer.nights]


def days_of(figure: Figure) -> tuple[date, date]:
    """The first and the last day that the figure counts: of its year, or of its month."""
    first, last = figure.window.first, figure.window.last
    for month in figure.codes_of("month"):
        first = date.fromisoformat(f"{month}-01")
        last = min(last, first.replace(day=monthrange(first.year, first.month)[1]))
    return first, last


def nights_of(bed: Bed, first: date, last: date) -> int:
    """How many nights a bed offers from one day up to and with another: those on which it is in service."""
    begin, end = max(bed.in_service_from, first), last + timedelta(days=1)
    return max(0, (min(bed.in_service_to or end, end) - begin).days)
