"""The table of points of a programme as an applicant fills it in, and what its lines come to."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from accounts.models import User
from visas.models import CasePoint, Decision, PointItem, VisaCase


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
    """A table as far as it is filled in. ``renewable``: another version holds for its day and may take its place."""

    lines: list[Line]
    renewable: bool = False

    @property
    def is_begun(self) -> bool:
        return any(line.entered for line in self.lines)

    @property
    def total(self) -> int:
        return sum(line.entered.points for line in self.lines if line.entered)

    @property
    def decision(self) -> Decision | None:
        """The document that its version of the table is of; none where it came with the reference data."""
        return self.lines[0].item.decision if self.lines else None

    @property
    def begins_on(self) -> date | None:
        """The day from which its version of the table holds."""
        return max((line.item.valid_from for line in self.lines), default=None)

    @property
    def has_open_lines(self) -> bool:
        """Whether nobody has entered yet what some line gives."""
        return any(not line.item.given for line in self.lines)


def items_on(programme: str, day: date) -> list[PointItem]:
    """The lines of the version of the table that holds on a day."""
    left = Q(replaced_by=None) | Q(replaced_by__from_on__gt=day)
    return list(_lines_of(programme, day).filter(left))


def _lines_of(programme: str, day: date) -> QuerySet[PointItem]:
    rows = PointItem.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), programme=programme, valid_from__lte=day)
    return rows.select_related("decision").order_by("pk")


def sheet_of(case: VisaCase, viewer: User, *, anew: bool = False) -> PointSheet:
    """The table by which a sheet was begun, as far as it is filled in; one that was not, or is to be filled in
    ``anew``, has the table that holds for the day of reception.
    """
    held = items_on(case.programme_id, case.received_on)
    rows = CasePoint.objects.visible_to(viewer).filter(case=case).select_related("item__decision", "actor")
    rows = list(rows.order_by("pk"))
    if not rows:
        return PointSheet([Line(item) for item in held])
    version = rows[-1].item.decision_id
    renewable = version not in {item.decision_id for item in held} and case.recommended_on is None
    if anew and renewable and case.ineligible_on is None:
        return PointSheet([Line(item) for item in held])
    entered = {row.item: row for row in rows if row.item.decision_id == version}
    items = _lines_of(case.programme_id, case.received_on).filter(decision=version)
    lines = dict.fromkeys([*items, *entered])
    return PointSheet([Line(item, entered.get(item)) for item in lines], renewable)
