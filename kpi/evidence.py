"""The rows behind a figure: as many as the figure says, for every reader.

A row that the reader may not open shows month, workspace, programme and kind and nothing else, but is never left out.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from django.db import connection

from centers.models import SupportProgramme
from kpi.models import CountingRule
from kpi.window import Window

VISA_KINDS = {f"visa_{stage}" for stage in ("received", "recommended", "granted", "refused", "settled", "left")}
# What a figure counts, and what one row of its evidence stands for.
FIGURES: dict[str, tuple[tuple[str, ...], str]] = {
    "session": (("session",), "record"),
    "person": (("session",), "person"),
    "activity": (("activity",), "record"),
    "voucher": (("voucher_paid",), "record"),
    "stay": (("night",), "stay"),
    "night": (("night",), "record"),
    "shelter_person": (("night",), "person"),
    "dependant_settled": (("dependant_settled",), "person"),
    "seat": (("seat",), "record"),
    "programme": (("session", "activity", "night", "voucher_paid"), "programme"),
    **{kind: ((kind,), "record") for kind in sorted(VISA_KINDS)},
    **{kind.replace("visa_", "visa_person_"): ((kind,), "person") for kind in sorted(VISA_KINDS)},
}
DIMENSIONS = {
    "", "month", "workspace", "language", "channel", "topic", "nationality", "programme", "visa_programme",
    "municipality", "identity", "indicator", "pool",
}  # fmt: skip
KEY = re.compile(
    r"(?P<year>\d{4})(?:-(?P<day>\d{4}))?\.(?P<figure>[a-z_]+)(?:\.(?P<dimension>[a-z_]+)\.(?P<value>[\w.,-]+))?"
)
PAGE = 50


class Evidence(NamedTuple):
    """One row: ``source_id`` is there only where the reader may open the record."""

    token: str
    month: date
    workspace_id: int
    programme: str | None
    kind: str
    source: str
    source_id: int | None


@dataclass(frozen=True)
class Figure:
    """A figure of a year that can be opened. ``key`` names it in an address: codes and days, nothing of a person.

    ``2025.session``, ``2025-0630.session.topic.labour.wages``, ``2025.seat.pool.e74-2025``,
    ``2025.visa_person_recommended.indicator.visa-recruitment``.
    """

    year: int
    name: str
    dimension: str = ""
    value: str = ""
    as_of: date | None = None

    @property
    def key(self) -> str:
        day = f"-{self.as_of:%m%d}" if self.as_of else ""
        split = f".{self.dimension}.{self.value}" if self.dimension else ""
        return f"{self.year:04}{day}.{self.name}{split}"

    @classmethod
    def of(cls, key: str) -> "Figure":
        """Raises ValueError for what is no figure."""
        found = KEY.fullmatch(key)
        if not found or found["figure"] not in FIGURES or (found["dimension"] or "") not in DIMENSIONS:
            raise ValueError(f"no figure has the key {key!r}")
        year, day = int(found["year"]), found["day"]
        as_of = date(year, int(day[:2]), int(day[2:])) if day else None
        return cls(year, found["figure"], found["dimension"] or "", found["value"] or "", as_of)

    def at(self, dimension: str, value: str) -> "Figure":
        """The same figure, of one code of a split."""
        return replace(self, dimension=dimension, value=value)


def of_indicator(code: str, year: int, as_of: date | None = None) -> Figure | None:
    """The evidence of an indicator by its default rule; none where the figure is entered by hand."""
    names = {"visa-recruitment": "visa_person_recommended", "settlement-support": "programme"}
    return Figure(year, names[code], "indicator", code, as_of) if code in names else None


def evidence(figure: Figure, *, after: str = "", limit: int = PAGE) -> list[Evidence]:
    """A page of the rows, newest first; ``after`` is the token of the last row of the page before.

    Read under the reader's own scope: without the permission on figures anywhere there are no rows.
    """
    window = Window.of(figure.year, figure.as_of)
    kinds, per = FIGURES[figure.name]
    first, last = window.first, window.as_of if figure.name == "seat" else window.last
    dimension, codes = _condition(figure)
    if dimension == "month":
        first, last = _month(figure.value, window)
        dimension, codes = "", []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM wall.evidence(%s, %s, %s, %s, %s, %s, %s, %s)",
            [list(kinds), first, last, dimension, codes, per, _token(after), limit],
        )
        return [Evidence(*row) for row in cursor.fetchall()]


def all_evidence(figure: Figure) -> Iterator[Evidence]:
    """Every row, page by page."""
    page = evidence(figure, limit=1000)
    while page:
        yield from page
        page = evidence(figure, after=page[-1].token, limit=1000)


def _condition(figure: Figure) -> tuple[str, list[str]]:
    if figure.dimension == "indicator":
        return _of_rule(figure.value)
    if figure.dimension == "pool":
        return "", [figure.value]
    return figure.dimension, [figure.value]


def _of_rule(indicator: str) -> tuple[str, list[str]]:
    """What the default rule of an indicator counts over."""
    if indicator == "settlement-support":
        return "programme", list(SupportProgramme.objects.filter(settlement=True).values_list("code", flat=True))
    return "visa_programme", CountingRule.objects.get(indicator=indicator, default=True).parameters["programmes"]


def _month(value: str, window: Window) -> tuple[date, date]:
    first = date.fromisoformat(f"{value}-01")
    return max(first, window.first), min(first.replace(day=monthrange(first.year, first.month)[1]), window.last)


def _token(text: str) -> str:
    """Raises ValueError for what no page ended with."""
    if text and not re.fullmatch("[sanvcd][0-9a-f]{16}", text):
        raise ValueError("no row has this token")
    return text
