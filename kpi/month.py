"""The month so far of one centre in numbers, kept as long as nothing that they were counted from has changed.

Where a centre has tens of thousands of sessions in a month, counting them took most of its manager's start page.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from cases.listings.session import RECORDED_LATE, WITHOUT_SUMMARY
from cases.models import Session, SessionClient
from centers.models import Workspace
from centers.prepared import counted, prepared

FIGURES = {
    "session": Count("pk"),
    "clients": Coalesce(Sum("clients"), 0),
    "minutes": Coalesce(Sum("minutes"), 0),
}
MOST = 6  # counsellors, and languages

Stamp = tuple[int, ...]


@dataclass(frozen=True)
class MonthSoFar:
    """What a centre did from the first of a month up to ``day``, and ``before`` it in the same days of the month
    before, in sessions.

    ``figures`` are those of the sheet by their names. ``by_counsellor`` gives the sessions of the busiest by the id
    of the person, or none and the name that a workbook gave, and the first of these sessions; ``by_language`` those
    of the commonest by code.
    """

    day: date
    figures: dict[str, int]
    before: int
    without_summary: int
    late: int
    by_counsellor: tuple[tuple[int | None, str, int, int], ...]
    by_language: tuple[tuple[str, int], ...]


def month_so_far(viewer: User, place: Workspace, day: date) -> MonthSoFar:
    """For somebody who reads the sessions of the centre; everybody who does gets the same."""
    stamp = _stamp(place.pk, day)
    known, month = _kept.get(place.pk, (None, None))
    if month and month.day == day and stamp and known == stamp:
        return month
    month = _counted(viewer, place.pk, day)
    if stamp:
        _kept[place.pk] = (stamp, month)
    return month


def same_day_before(day: date) -> date:
    """The same day of the month before, or its last."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


_kept: dict[int, tuple[Stamp, MonthSoFar]] = {}


def _stamp(place: int, day: date) -> Stamp:
    """Which recount the monthly counts of both months are from; none while a change waits to be counted.

    Each recount writes them anew, and each change of a session leaves a mark until then (``DirtyMonth``). So what was
    counted under a stamp holds as long as the stamp does.
    """
    months = [day.replace(day=1), same_day_before(day).replace(day=1)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM kpi_monthlyactivity WHERE workspace_id = %(place)s AND month = ANY (%(months)s)"
            " AND kind = 'session' AND dimension = ''"
            " AND NOT EXISTS (SELECT FROM kpi_dirtymonth WHERE workspace_id = %(place)s) ORDER BY month",
            {"place": place, "months": months},
        )
        return tuple(row for (row,) in cursor.fetchall())


def _counted(viewer: User, place: int, day: date) -> MonthSoFar:
    month = {"place": place, "first": day.replace(day=1), "last": day}
    last = same_day_before(day)
    numbers = _numbers(viewer, **month)
    so_many = _number(viewer, place=place, first=last.replace(day=1), last=last)["number"]
    held, first = Counter(), {}
    for staff, written, number, session in _counsellors(viewer, **month):
        who = staff, "" if staff else written
        held[who] += number
        first[who] = min(session, first.get(who, session))
    return MonthSoFar(
        day,
        {name: numbers[name] for name in FIGURES} | {"person": _persons(viewer, **month)},
        so_many,
        numbers["without_summary"],
        numbers["late"],
        tuple((*who, number, first[who]) for who, number in held.most_common(MOST)),
        tuple(_languages(viewer, **month)),
    )


def _sessions(viewer: User, place: int, first: date, last: date) -> QuerySet[Session]:
    """Those that the list behind the figures shows, for its filters of the same names."""
    rows = Session.objects.visible_to(viewer).filter(workspace=place, voided_at=None)
    return rows.filter(held_on__gte=first, held_on__lte=last).order_by()


def _persons(viewer: User, *, place: int, first: date, last: date) -> int:
    """Each person once, whether a session was theirs or another's whom they came with."""
    alone = _sessions(viewer, place, first, last).exclude(person=None).values_list("person")
    others = SessionClient.objects.visible_to(viewer).filter(workspace=place, session__voided_at=None)
    return alone.union(others.filter(held_on__gte=first, held_on__lte=last).values_list("person")).count()


@counted
def _numbers(viewer: User, *, place: int, first: date, last: date) -> tuple[QuerySet, dict]:
    return _sessions(viewer, place, first, last), {
        **FIGURES,
        "without_summary": Count("pk", filter=WITHOUT_SUMMARY),
        "late": Count("pk", filter=Q(RECORDED_LATE)),
    }


@counted
def _number(viewer: User, *, place: int, first: date, last: date) -> tuple[QuerySet, dict]:
    return _sessions(viewer, place, first, last), {"number": Count("pk")}


@prepared
def _counsellors(viewer: User, *, place: int, first: date, last: date) -> QuerySet:
    rows = _sessions(viewer, place, first, last).values_list("counsellor", "counsellor_name")
    return rows.annotate(number=Count("pk"), first=Min("pk"))


@prepared
def _languages(viewer: User, *, place: int, first: date, last: date) -> QuerySet:
    rows = _sessions(viewer, place, first, last).values_list("language").annotate(number=Count("pk"))
    return rows.order_by("-number", "language")[:MOST]
