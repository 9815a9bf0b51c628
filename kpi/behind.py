"""The rows behind a figure. A figure is named by its place in the year's answer: ``counselling/by_language/vi``.

Rows are found for the whole province and carry nothing of a person: day, workspace, programme, kind and the
number of the record. Whoever looks reads the record itself only where their own roles open it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db import connection

from centers.models import SupportProgramme, Workspace
from kpi.models import CountingRule
from kpi.window import Window

ACTIVITY = """
(SELECT happened_on, source, source_id, workspace_id, coalesce(programme, visa_programme) AS programme, kind,
        person_id, municipality, university, visa_programme, language, nationality, channel, topic, quantity, minutes
   FROM kpi_activity WHERE happened_on BETWEEN %(first)s AND %(last)s) a
"""
# Places of a quota are taken until given back, also those of a year before.
SEATS = """
(SELECT recommended_on AS happened_on, 'visa_case' AS source, id AS source_id, workspace_id, programme_id AS programme,
        'visa_recommended' AS kind, person_id, pool_id, granted_on, settled_on
   FROM visas_visacase
  WHERE recommended_on <= %(as_of)s
    AND coalesce(least(refused_on, withdrawn_on, lapsed_on, ineligible_on) > %(as_of)s, true)) a
"""
COLUMNS = "happened_on, source, source_id, workspace_id, programme, kind"


class Row(NamedTuple):
    happened_on: date
    source: str
    source_id: int
    workspace_id: int
    programme: str
    kind: str
    amount: int


@dataclass(frozen=True)
class Selection:
    """What of the records a figure counts. ``once``: each value of the column counts by its first record alone;
    ``amount``: what a row adds to the figure. All three are words of this module, never of a request.
    """

    where: str
    values: dict = field(default_factory=dict)
    once: str = ""
    amount: str = "1"
    table: str = ACTIVITY


@dataclass(frozen=True)
class Evidence:
    """The figure as its rows add up, their number, and one page of them."""

    figure: int
    number: int
    rows: list[Row]
    after: tuple[date, str, int] | None


SESSIONS = "kind = 'session'"
COUNSELLING = {
    "sessions": Selection(SESSIONS),
    "client_visits": Selection(SESSIONS, amount="quantity"),
    "minutes": Selection(SESSIONS, amount="minutes"),
    "anonymous_sessions": Selection(f"{SESSIONS} AND person_id IS NULL"),
    "unique_persons": Selection(f"{SESSIONS} AND person_id IS NOT NULL", once="person_id"),
}
SPLITS = {
    "by_center": "workspace_id = (SELECT id FROM centers_workspace WHERE code = %(code)s)",
    "by_month": "to_char(happened_on, 'YYYY-MM') = %(code)s",
    "by_language": "language = %(code)s",
    "by_channel": "channel = %(code)s",
    "by_topic": "topic = %(code)s",
    "by_nationality": "nationality = %(code)s",
}
STAGES = ("received", "recommended", "granted", "refused", "settled", "left")
VISA_SPLITS = {
    "by_programme": "visa_programme = %(code)s",
    "by_municipality": "municipality = %(code)s",
    "by_university": (
        "university = (SELECT code FROM centers_workspace WHERE name_ko = %(code)s AND kind = 'university')"
    ),
}
SEAT_STAGES = {
    "taken": "true",
    "granted": "granted_on <= %(as_of)s",
    "settled": "settled_on <= %(as_of)s",
}
SHELTER = {
    "stays": Selection("kind = 'night'", once="source_id"),
    "persons": Selection("kind = 'night'", once="person_id"),
    "bed_nights": Selection("kind = 'night'"),
}
RECORDS = {
    "session": Selection(SESSIONS),
    "activity": Selection("kind = 'activity'"),
    "voucher": Selection("kind = 'voucher_paid'"),
    "stay": Selection("kind = 'night'", once="source_id"),
}


def _counselling(name: str, code: str = "") -> Selection:
    if not code:
        return COUNSELLING[name]
    return Selection(f"{SESSIONS} AND {SPLITS[name]}", {"code": code})


def _visas(name: str, code: str = "", stage: str = "") -> Selection:
    if name == "dependants_settled":
        return Selection("kind = 'dependant_settled'", once="person_id")
    if not code:
        return Selection("kind = %(kind)s", {"kind": _visa_kind(name)})
    return Selection(f"kind = %(kind)s AND {VISA_SPLITS[name]}", {"kind": _visa_kind(stage), "code": code})


def _visa_kind(stage: str) -> str:
    return f"visa_{STAGES[STAGES.index(stage)]}"


def _quotas(pool: str, stage: str) -> Selection:
    return Selection(f"pool_id = %(pool)s AND {SEAT_STAGES[stage]}", {"pool": pool}, table=SEATS)


def _vouchers(*path: str) -> Selection:
    if path == ("paid",):
        return RECORDS["voucher"]
    name, code, measure = path
    if (name, measure) != ("by_municipality", "paid"):
        raise LookupError(path)
    return Selection("kind = 'voucher_paid' AND municipality = %(code)s", {"code": code})


def _shelter(name: str) -> Selection:
    return SHELTER[name]


def _programmes(code: str, record: str) -> Selection:
    of = RECORDS[record]
    return Selection(f"{of.where} AND programme = %(code)s", {"code": code}, once=of.once)


def _indicators(code: str) -> Selection:
    """The official reading of an indicator; one row for what counts once."""
    rule = CountingRule.objects.filter(indicator_id=code, default=True).first()
    if rule is None or code not in OFFICIAL:
        raise LookupError(code)
    return OFFICIAL[code](rule)


def _recruited(rule: CountingRule) -> Selection:
    kind = _visa_kind(rule.parameters["stage"])
    where = "kind = %(kind)s AND visa_programme = ANY (%(programmes)s)"
    return Selection(where, {"kind": kind, "programmes": rule.parameters["programmes"]}, once="person_id")


def _carried_out(rule: CountingRule) -> Selection:
    settlement = list(SupportProgramme.objects.filter(settlement=True).values_list("code", flat=True))
    kinds = ["session", "activity", "voucher_paid", "night"]
    where = "kind = ANY (%(kinds)s) AND programme = ANY (%(programmes)s)"
    return Selection(where, {"kinds": kinds, "programmes": settlement}, once="programme")


OFFICIAL: dict[str, Callable[[CountingRule], Selection]] = {
    "visa-recruitment": _recruited,
    "settlement-support": _carried_out,
}
FIGURES: dict[str, Callable[..., Selection]] = {
    "indicators": _indicators,
    "programmes": _programmes,
    "counselling": _counselling,
    "visas": _visas,
    "quotas": _quotas,
    "vouchers": _vouchers,
    "shelter": _shelter,
}


def selection(key: str) -> Selection:
    """What the figure of this key counts. Raises LookupError where no figure has it."""
    first, *rest = key.split("/")
    try:
        return FIGURES[first](*rest)
    except (KeyError, TypeError, ValueError) as error:
        raise LookupError(key) from error


def rows_behind(
    key: str, year: int, as_of: date, *, after: tuple[date, str, int] | None = None, size: int = 100
) -> Evidence:
    """One page of the rows, newest first, and what all of them add up to. Runs for the whole province."""
    chosen = selection(key)
    window = Window.of(year, as_of)
    values = {**chosen.values, "first": window.first, "last": window.last, "as_of": window.as_of, "size": size + 1}
    rows = f"SELECT {COLUMNS}, ({chosen.amount})::bigint AS amount FROM {chosen.table} WHERE {chosen.where}"
    if chosen.once:
        rows = rows.replace("SELECT", f"SELECT DISTINCT ON ({chosen.once})", 1)
        rows += f" ORDER BY {chosen.once}, happened_on, source_id"
    start = ""
    if after:
        values |= {"day": after[0], "source": after[1], "id": after[2]}
        start = "WHERE (happened_on, source, source_id) < (%(day)s, %(source)s, %(id)s)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), coalesce(sum(amount), 0) FROM ({rows}) r", values)
        number, figure = cursor.fetchone()
        page = (
            f"SELECT * FROM ({rows}) r {start} ORDER BY happened_on DESC, source DESC, source_id DESC LIMIT %(size)s"
        )
        cursor.execute(page, values)
        found = [Row(*row) for row in cursor.fetchall()]
    last = found[size - 1] if len(found) > size else None
    return Evidence(int(figure), number, found[:size], last and (last.happened_on, last.source, last.source_id))


def names_of_workspaces(rows: list[Row]) -> dict[int, Workspace]:
    return Workspace.objects.in_bulk({row.workspace_id for row in rows})
