"""The universities side by side on a day, and the province in total: places, visa cases, and what is evaluated."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum

from accounts.models import User
from centers.models import Major, UniversityPeriod, Workspace
from visas.cohorts import Evaluated, evaluated, total_of
from visas.models import VisaCase
from visas.quotas import Filled, Tally, capacities, counted, lines_on, pools_on
from visas.students import STUDENT_VISA


@dataclass(frozen=True)
class UniversityLine:
    """One university on a day, or without ``place`` the province in total.

    ``places`` are those of its shares; ``size`` is what its fill is of: its places, or those of the whole quota where
    it has no share (``of_quota``), or None where no number is entered.
    """

    place: Workspace | None
    count: Tally
    evaluated: Evaluated
    size: int | None
    places: int | None = None
    of_quota: bool = False
    period: UniversityPeriod | None = None
    majors: int = 0

    @property
    def fill(self) -> Decimal | None:
        """Visas granted of the places (충원율), in per cent."""
        return Filled(self.size, self.count).percent("granted")


def lines_of(viewer: User, places: QuerySet[Workspace], day: date) -> list[UniversityLine]:
    """The universities as they stood on a day, and last the province in total."""
    periods = {row.workspace_id: row for row in UniversityPeriod.objects.on(day)}
    majors, shares, size = _majors_on(day), _shares_on(day), _quota_on(day)
    cases = counted(VisaCase.objects.visible_to(viewer).filter(programme=STUDENT_VISA), day, "workspace")
    numbers = evaluated(day)
    lines = [
        UniversityLine(
            place=place,
            count=cases.get((place.pk,), Tally()),
            evaluated=numbers.get(place.code, Evaluated()),
            size=shares.get(place.pk, size),
            places=shares.get(place.pk),
            of_quota=place.pk not in shares,
            period=periods.get(place.pk),
            majors=majors[place.pk],
        )
        for place in places.order_by("code")
    ]
    whole = total_of([line.evaluated for line in lines])
    return [*lines, UniversityLine(None, sum(cases.values(), Tally()), whole, size, majors=sum(majors.values()))]


def _majors_on(day: date) -> Counter:
    rows = Major.objects.filter(offered_from__lte=day).exclude(offered_to__lt=day)
    return Counter(rows.values_list("workspace", flat=True))


def _shares_on(day: date) -> dict[int, int]:
    """The places that the ledger has given the shares of each university by the day."""
    lines = lines_on(day).filter(pool__programmes=STUDENT_VISA, share__university__isnull=False)
    found: dict[int, int] = defaultdict(int)
    for university, amount in lines.order_by().values_list("share__university").annotate(held=Sum("amount")):
        found[university] += amount
    return dict(found)


def _quota_on(day: date) -> int | None:
    """The places of the quotas of students that run on the day; None where no number is entered."""
    held = capacities(day)
    known = [held[pool.pk] for pool in pools_on(day).filter(programmes=STUDENT_VISA) if pool.pk in held]
    return sum(known) if known else None
