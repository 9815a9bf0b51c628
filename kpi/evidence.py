"""The rows behind a figure: as many as the figure says, for every reader.

A row that the reader may not open shows month, workspace, programme and kind and nothing else, but is never left out.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from django.db import connection

from cases.models import Language
from centers.listing.filters import BUT, left_out
from centers.models import Workspace
from kpi.models import CountingRule
from kpi.readings import asked_by
from kpi.window import Window


class Counting(NamedTuple):
    """What a figure counts: kinds of record, what one row stands for, and what a row adds where it is a sum."""

    kinds: tuple[str, ...]
    per: str = "record"
    amount: str = ""


STAGES = ("received", "recommended", "granted", "refused", "settled", "left")
FIGURES: dict[str, Counting] = {
    "session": Counting(("session",)),
    "clients": Counting(("session",), amount="quantity"),
    "minutes": Counting(("session",), amount="minutes"),
    "person": Counting(("session", "session_other"), "person"),
    "activity": Counting(("activity",)),
    "participants": Counting(("activity",), amount="quantity"),
    "voucher": Counting(("voucher_paid",)),
    "won": Counting(("voucher_paid",), amount="quantity"),
    "province_won": Counting(("voucher_paid",), amount="province_won"),
    "municipality_won": Counting(("voucher_paid",), amount="municipality_won"),
    "stay": Counting(("night",), "stay"),
    "night": Counting(("night",), "stay", "nights"),
    "shelter_person": Counting(("night",), "person"),
    "dependant_settled": Counting(("dependant_settled",), "person"),
    **{f"visa_{stage}": Counting((f"visa_{stage}",)) for stage in STAGES},
}
# Places of a quota: those taken until then, as the programme says when, and not given back, also of a year before.
SEATS = ("seat", "seat_granted", "seat_settled")
OFFERED = "offered"  # nights that the beds in service offer; its rows are beds
READING = "reading"  # what a counting rule gives, by the code of the rule
NAMES = {*FIGURES, *SEATS, OFFERED, READING}
DIMENSIONS = {
    "month", "workspace", "language", "channel", "topic", "nationality", "programme", "visa_programme",
    "municipality", "university", "identity",
}  # fmt: skip
# What a figure is narrowed to at once. More would tell of one masked row what it may not show; a row that is masked
# shows its workspace and its month, so that they tell nothing new of it.
TOGETHER = ({"workspace", "month"}, {"workspace", "language"})
KEY = re.compile(r"(?P<year>\d{4})(?:-(?P<day>\d{4}))?\.(?P<name>[a-z_]+)(?:\.(?P<where>[\w.,~-]+))?", re.ASCII)
CASES = re.compile("visa_|seat")
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
PAGE = 50
# What a figure counts by its kinds, and the tables its rows stand in.
SOURCES_OF = {"night": "stay", "voucher_paid": "voucher", "dependant_settled": "dependant"}
Narrowed = Mapping[str, str]  # by what every reader is shown of a row: month, workspace, programme, source
NOTHING: Narrowed = MappingProxyType({})


class Evidence(NamedTuple):
    """One row. The last three are there only where the reader may open the record."""

    token: str
    month: date
    workspace_id: int
    programme: str | None
    kind: str
    source: str
    source_id: int | None
    happened_on: date | None
    amount: int | None


class Total(NamedTuple):
    """How many rows there are, and what they add up to."""

    number: int
    amount: int


@dataclass(frozen=True)
class Figure:
    """A figure of a year that can be opened. ``key`` names it in an address: codes and days, nothing of a person.

    ``2025.session``, ``2025-0630.session.topic.labour.wages``, ``2025.session.workspace.52110-c1~month.2025-03``,
    ``2025.seat.pool.e74-2025``, ``2025.reading.rule.granted-persons``.
    """

    year: int
    name: str
    where: tuple[tuple[str, str], ...] = ()
    as_of: date | None = None

    @property
    def key(self) -> str:
        day = f"-{self.as_of:%m%d}" if self.as_of else ""
        split = "~".join(f"{dimension}.{value}" for dimension, value in self.where)
        return f"{self.year:04}{day}.{self.name}{split and '.'}{split}"

    @classmethod
    def of(cls, key: str) -> "Figure":
        """Raises ValueError for what is no figure."""
        found = KEY.fullmatch(key)
        if not found or found["name"] not in NAMES:
            raise ValueError(f"no figure has the key {key!r}")
        year, day = int(found["year"]), found["day"]
        as_of = date(year, int(day[:2]), int(day[2:])) if day else None
        parts = [part.partition(".") for part in found["where"].split("~")] if found["where"] else []
        figure = cls(year, found["name"], tuple((dimension, value) for dimension, _dot, value in parts), as_of)
        figure._check()
        return figure

    def codes_of(self, dimension: str) -> list[str]:
        """What the figure is narrowed to in one way of splitting it; nothing where it is not."""
        return [value for name, value in self.where if name == dimension]

    def at(self, dimension: str, value: str) -> "Figure":
        """The same figure, of one code of a split."""
        return replace(self, where=(*self.where, (dimension, value)))

    @property
    def is_sum(self) -> bool:
        """Whether the figure is what its rows add up to, and not how many they are."""
        if self.name == READING:
            return bool(self.asked()["amount"])
        return self.name == OFFERED or (self.name in FIGURES and bool(FIGURES[self.name].amount))

    @property
    def sources(self) -> list[str]:
        """The tables in which its rows may stand. Raises ValueError as ``asked`` does."""
        kinds = self.asked()["kinds"]
        return list(dict.fromkeys("visa_case" if CASES.match(kind) else SOURCES_OF.get(kind, kind) for kind in kinds))

    @property
    def window(self) -> Window:
        return Window.of(self.year, self.as_of)

    def asked(self) -> dict:
        """What ``wall.evidence`` is asked for. Raises ValueError where a rule is not there or counts no records."""
        where = {dimension: _codes(value) for dimension, value in self.where}
        days = {"first": self.window.first.isoformat(), "last": self.window.last.isoformat(), "least": 1}
        if self.name == READING:
            return days | asked_by(_rule(where["rule"][0]), self.window)
        if self.name in SEATS:
            days["last"] = self.window.as_of.isoformat()
            return days | {"kinds": [self.name], "per": "record", "amount": "", "where": where}
        kinds, per, amount = FIGURES[self.name]
        return days | {"kinds": kinds, "per": per, "amount": "" if per == "stay" else amount, "where": where}

    def _check(self) -> None:
        allowed = {READING: {"rule"}, OFFERED: {"workspace", "month"}}.get(
            self.name, {"pool"} if self.name in SEATS else DIMENSIONS
        )
        named = [dimension for dimension, _value in self.where]
        if not allowed.issuperset(named) or len(set(named)) < len(named) or not all(value for _, value in self.where):
            raise ValueError(f"{self.name} is not split by {named}")
        if self.name == READING and not named:
            raise ValueError("a reading is one of a rule")
        if len(named) > 1 and set(named) not in TOGETHER:
            raise ValueError("a figure is split one way, or by workspace and month or language")
        for dimension, value in self.where:
            if value.startswith(BUT) and (dimension != "language" or value == BUT):
                raise ValueError(f"{dimension} is narrowed to a code")
            if dimension == "month" and (not MONTH.fullmatch(value) or not value.startswith(f"{self.year:04}-")):
                raise ValueError("a month is one of the year")


def total(figure: Figure, narrowed: Narrowed = NOTHING) -> Total:
    """Read under the reader's own scope, as ``evidence``: none without the permission on figures anywhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM wall.evidence_total(%s)", [json.dumps(figure.asked() | {"narrowed": {**narrowed}})]
        )
        return Total(*(cursor.fetchone() or (0, 0)))


def nights_slept(place: Workspace, first: date, last: date) -> tuple[int, int]:
    """Nights and persons of one shelter from one day up to and with another: what ``total`` says of its figures
    ``night`` and ``shelter_person``, by a plan that the database keeps. Nothing without the permission, as there.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nights, persons FROM wall.nights_slept(%s, %s, %s)", [place.pk, first, last])
        return cursor.fetchone() or (0, 0)


def evidence(
    figure: Figure, narrowed: Narrowed = NOTHING, *, upwards: bool = False, after: str = "", limit: int = PAGE
) -> list[Evidence]:
    """A page of the rows, newest first or, ``upwards``, oldest; ``after`` is the token of the row before the page.

    Read under the reader's own scope: without the permission on figures anywhere there are no rows.
    """
    with connection.cursor() as cursor:
        asked = figure.asked() | {"narrowed": {**narrowed}, "upwards": upwards}
        cursor.execute("SELECT * FROM wall.evidence(%s, %s, %s)", [json.dumps(asked), _token(after), limit])
        return [Evidence(*row) for row in cursor.fetchall()]


def all_evidence(figure: Figure) -> Iterator[Evidence]:
    """Every row, page by page."""
    page = evidence(figure, limit=1000)
    while page:
        yield from page
        page = evidence(figure, after=page[-1].token, limit=1000)


def _codes(value: str) -> list[str]:
    """The codes that a figure is narrowed to: one, or all languages but some."""
    others = left_out(value)
    return list(Language.objects.exclude(pk__in=others).values_list("pk", flat=True)) if others else [value]


def _rule(code: str) -> CountingRule:
    rule = CountingRule.objects.filter(code=code).first()
    if rule is None:
        raise ValueError(f"no counting rule has the code {code!r}")
    return rule


def _token(text: str) -> str:
    """Raises ValueError for what no page ended with."""
    if text and not re.fullmatch("[sanvcdo][0-9a-f]{16}", text):
        raise ValueError("no row has this token")
    return text
