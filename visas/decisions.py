"""What rows of reference data said on a day, where the province has since decided otherwise."""

import json
from copy import copy
from datetime import date, datetime
from typing import TypeVar

from django.db import connection
from django.db.models import Model

from centers.models import Municipality
from visas.models import Decision, ProgrammeArea, Reference

Row = TypeVar("Row", bound=Model)
ALL = "all"  # the key of a book that a document says as a whole


def said_now(book: Reference, key: str) -> dict | None:
    """All that is decided of a row, as it stands; none where there is no such row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wall.reference(%s, %s)::text", [book, key])
        (found,) = cursor.fetchone()
    return json.loads(found) if found else None


class Versions:
    """What the rows of a book said on a day, as it was known at a moment. The decisions are read once."""

    def __init__(self, book: Reference):
        self._decisions: dict[str, list[Decision]] = {}
        for decision in Decision.objects.filter(book=book).order_by("pk"):
            self._decisions.setdefault(decision.key, []).append(decision)

    def told(self, key: str, day: date, *, known: datetime | None = None) -> dict | None:
        """What a row said; none where it was never decided otherwise."""
        rows = self._decisions.get(key, [])
        held = [row for row in rows if row.from_on <= day and (known is None or row.entered_at <= known)]
        if held:
            return held[-1].told
        return rows[0].before if rows else None

    def held(self, row: Row, day: date, *, known: datetime | None = None) -> Row:
        """The row as it was: a copy, where it was ever decided otherwise."""
        told = self.told(row.pk, day, known=known)
        if told is None:
            return row
        held = copy(row)
        for name, value in told.items():
            setattr(held, name, value)
        return held


def areas_of(programme: str, day: date) -> set[str]:
    """The municipalities in which a programme was offered on a day; none where it is offered everywhere."""
    told = Versions(Reference.AREAS).told(programme, day)
    if told is not None:
        return set(told["municipalities"])
    return set(ProgrammeArea.objects.filter(programme=programme).values_list("municipality_id", flat=True))


def class_on(municipality: Municipality, day: date) -> str:
    """How the state classed a municipality on a day (``Decline``)."""
    told = Versions(Reference.CLASSES).told(ALL, day)
    return municipality.decline if told is None else told.get(municipality.pk, "")
