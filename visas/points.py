"""The table of points of a programme as an applicant fills it in, and what its lines come to."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from accounts.models import User
from visas.models import CasePoint, PointItem, VisaCase


@dataclass(frozen=True)
class Line:
    """One line of the table, with what was last entered in it."""

    item: PointItem
    entered: CasePoint | None = None

    @property
    def is_short(self) -> bool:
        """Whether the line stays below what has to be reached in it."""
        return bool(self.entered and self.item.at_least is not None and self.entered.points < self.item.at_least)


@dataclass(frozen=True)
class PointSheet:
    lines: list[Line]

    @property
    def is_begun(self) -> bool:
        return any(line.entered for line in self.lines)

    @property
    def total(self) -> int:
        return sum(line.entered.points for line in self.lines if line.entered)


def items_on(programme: str, day: date) -> list[PointItem]:
    """The lines of the version of the table that holds on a day."""
    rows = PointItem.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), programme=programme, valid_from__lte=day)
    return list(rows.order_by("pk"))


def sheet_of(case: VisaCase, viewer: User) -> PointSheet:
    """The table of the day of reception as far as it is filled in, and lines of other versions that were entered."""
    entered = {}
    rows = CasePoint.objects.visible_to(viewer).filter(case=case).select_related("item", "actor").order_by("pk")
    for row in rows:
        entered[row.item] = row
    items = dict.fromkeys([*items_on(case.programme_id, case.received_on), *entered])
    return PointSheet([Line(item, entered.get(item)) for item in items])
