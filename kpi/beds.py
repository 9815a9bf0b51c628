"""The beds behind the nights that shelters offer."""

from calendar import monthrange
from datetime import date, timedelta

from django.db.models import DateField, F, Func, IntegerField, QuerySet, Value
from django.db.models.functions import Greatest, Least

from centers.models import Bed
from kpi.evidence import Figure


def offers(figure: Figure) -> QuerySet[Bed]:
    """Each bed that offers nights of the figure's days, of all shelters or of those it is narrowed to."""
    beds = with_nights(Bed.objects.select_related("room__workspace"), *days_of(figure))
    codes = figure.codes_of("workspace")
    return beds.filter(room__workspace__code__in=codes) if codes else beds


def days_of(figure: Figure) -> tuple[date, date]:
    """The first and the last day that the figure counts: of its year, or of its month."""
    first, last = figure.window.first, figure.window.last
    for month in figure.codes_of("month"):
        first = date.fromisoformat(f"{month}-01")
        last = min(last, first.replace(day=monthrange(first.year, first.month)[1]))
    return first, last


def with_nights(beds: QuerySet[Bed], first: date, last: date) -> QuerySet[Bed]:
    """Those that offer nights from one day up to and with another, each with their number (``nights``).

    A bed offers the nights on which it is in service: from the day it entered it up to and without the day it left.
    """
    begin = Greatest(F("in_service_from"), Value(first, DateField()))
    end = Least(F("in_service_to"), Value(last + timedelta(days=1), DateField()))  # passes over what is empty
    nights = Func(end, begin, template="(%(expressions)s)", arg_joiner=" - ", output_field=IntegerField())
    return beds.annotate(nights=nights).filter(nights__gt=0)
