"""What figures bring to the start page: the province's, and the month so far of one's own centre or shelter."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.listings import SESSIONS
from cases.listings.session import RECORDED_LATE, WITHOUT_SUMMARY
from cases.models import Language, Session
from centers.listing import ListedFigure, listed
from centers.models import Bed, Shelter, Workspace, WorkspaceKind
from centers.models.codes import kept_rows
from centers.prepared import counted, prepared
from centers.scope import WHOLE_PROVINCE, acting_for
from centers.selectors import own_workspaces, scope_of
from config.panels import Panel
from kpi import sheet
from kpi.evidence import nights_slept
from kpi.models import MonthlyActivity
from kpi.numbers import likely, percent
from kpi.rollup import kept_answer, roll_up
from kpi.window import Window

SHOWN = 6  # rows of a table
FIGURES_OF_A_MONTH = {
    "session": (gettext_lazy("Sessions (cases)"), Count("pk")),
    "clients": (gettext_lazy("Clients in sessions (visits)"), Coalesce(Sum("clients"), 0)),
    "person": (gettext_lazy("Distinct persons"), Count("person", distinct=True)),
    "minutes": (gettext_lazy("Minutes"), Coalesce(Sum("minutes"), 0)),
}


def panels(request: HttpRequest) -> Iterator[Panel]:
    scope = scope_of(request.user)
    if "view_figures" in scope.everywhere:
        yield from _of_the_province(request)
        return
    signing = set(scope.of("accept_activities")) & set(scope.of("view_sessions"))
    for place in own_workspaces(request.user, "view_figures"):
        if place.kind == WorkspaceKind.CENTER and place.pk in signing:
            yield _month_so_far(request, place)
        elif place.kind == WorkspaceKind.SHELTER:
            yield _nights_so_far(request.user, place)


# The province.


def _of_the_province(request: HttpRequest) -> Iterator[Panel]:
    today = timezone.localdate()
    year = today.year
    answer = answer_of(year, request)
    shown = {"year": year, "as_of": today, "answer": answer}
    yield Panel(_("Quotas"), "kpi/_quotas.html", shown | {"quotas": sheet.quota_lines(answer)}, wide=True)
    lines = sheet.plan_lines(answer, sheet.plan_years())
    yield Panel(_("Performance indicators"), "kpi/landing/indicators.html", shown | {"lines": lines})
    yield Panel(_("Vouchers and shelter"), "kpi/landing/money.html", shown)
    centers = {"centers": _side_by_side(request.user, answer, today), "month": f"{today:%Y-%m}"}
    yield Panel(_("Centres side by side"), "kpi/landing/centers.html", shown | centers, wide=True)


def answer_of(year: int, request: HttpRequest) -> dict:
    """The year's figures; what was worked out before and still holds is read without entering the whole province."""
    kept = kept_answer(Window.of(year), "")
    if kept is not None:
        return kept
    with acting_for(WHOLE_PROVINCE, actor=request.user, reason="start page"):
        return roll_up(year)


def _side_by_side(viewer: User, answer: dict, today: date) -> list[dict]:
    """Each centre with its sessions of the year and the month, and how many were held in another language.

    The rate stands with its 95 % interval, since a small county's few sessions say less than a city's many.
    """
    sums = {
        place: numbers
        for place, *numbers in _sums(viewer, first=date(today.year, 1, 1), last=today, month=today.replace(day=1))
    }
    lines = []
    for center in _centers(viewer):
        whole, month, foreign = (number or 0 for number in sums.get(center.pk, (0, 0, 0)))
        lines.append(
            {
                "center": center,
                "year": answer["counselling"]["by_center"].get(center.code, 0),
                "month": month,
                "foreign": percent(foreign, whole) if whole else None,
                "likely": likely(foreign, whole),
            }
        )
    return lines


@prepared
def _centers(viewer: User) -> QuerySet[Workspace]:
    return Workspace.objects.filter(kind=WorkspaceKind.CENTER).order_by("code")


@prepared
def _sums(viewer: User, *, first: date, last: date, month: date) -> QuerySet:
    """Of each workspace the sessions of the days, of the month, and of the days those in another language."""
    rows = MonthlyActivity.objects.filter(kind="session", month__gte=first, month__lte=last)
    rows = rows.filter(dimension__in=("", "language")).order_by().values_list("workspace_id")
    whole = Q(dimension="")
    return rows.annotate(
        whole=Sum("records", filter=whole),
        this_month=Sum("records", filter=whole & Q(month=month)),
        foreign=Sum("records", filter=Q(dimension="language") & ~Q(value="ko")),
    )


# One centre.


def _sessions(viewer: User, place: int, first: date, last: date) -> QuerySet[Session]:
    """Those that the list behind the figures shows, for its filters of the same names."""
    rows = Session.objects.visible_to(viewer).filter(workspace=place, voided_at=None)
    return rows.filter(held_on__gte=first, held_on__lte=last)


@counted
def _numbers(viewer: User, *, place: int, first: date, last: date) -> tuple[QuerySet, dict]:
    return _sessions(viewer, place, first, last), {
        **{name: number for name, (_label, number) in FIGURES_OF_A_MONTH.items()},
        "without_summary": Count("pk", filter=WITHOUT_SUMMARY),
        "late": Count("pk", filter=RECORDED_LATE),
    }


@counted
def _number(viewer: User, *, place: int, first: date, last: date) -> tuple[QuerySet, dict]:
    return _sessions(viewer, place, first, last), {"number": Count("pk")}


def _month_so_far(request: HttpRequest, place: Workspace) -> Panel:
    """The month up to today beside the same days of the month before; each number opens to its rows."""
    today = timezone.localdate()
    first = today.replace(day=1)
    before = _same_day_before(today)
    user = request.user
    here = {"workspace": place.code, "from_": f"{first}", "to": f"{today}"}
    month = {"place": place.pk, "first": first, "last": today}
    numbers = _numbers(user, **month)
    so_many = _number(user, place=place.pk, first=before.replace(day=1), last=before)["number"]
    month_before = listed(SESSIONS, user, workspace=place.code, from_=f"{before.replace(day=1)}", to=f"{before}")
    shown = {
        "place": place,
        "year": today.year,
        "as_of": today,
        "figures": [
            {"name": name, "label": label, "number": numbers[name]}
            for name, (label, _counted) in FIGURES_OF_A_MONTH.items()
        ],
        "month": f"{first:%Y-%m}",
        "before": month_before.counted(so_many),
        "without_summary": listed(SESSIONS, user, **here, summary="missing").counted(numbers["without_summary"]),
        "late": listed(SESSIONS, user, **here, late="1").counted(numbers["late"]),
        "by_counsellor": _by_counsellor(user, month, here),
        "by_language": _by_language(user, month, here),
    }
    return Panel(_("The month so far"), "kpi/landing/month.html", shown, wide=True)


def _same_day_before(day: date) -> date:
    """The same day of the month before, or its last."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


@prepared
def _counsellors(viewer: User, *, place: int, first: date, last: date) -> QuerySet:
    rows = _sessions(viewer, place, first, last).order_by()
    return rows.values_list("counsellor", "counsellor__name", "counsellor_name").annotate(Count("pk"))


def _by_counsellor(user: User, month: dict, here: dict) -> list[tuple[str, int, ListedFigure | None]]:
    """Sessions by who held them: staff with the way to their rows, and names that a workbook gave without one."""
    sums: Counter = Counter()
    for staff, name, written, number in _counsellors(user, **month):
        sums[staff, name or written or _("Not told")] += number
    return [
        (name, number, listed(SESSIONS, user, **here, counsellor="me" if staff == user.pk else f"{staff}"))
        if staff
        else (name, number, None)
        for (staff, name), number in sums.most_common(SHOWN)
    ]


@prepared
def _languages(viewer: User, *, place: int, first: date, last: date) -> QuerySet:
    rows = _sessions(viewer, place, first, last).order_by().values_list("language").annotate(number=Count("pk"))
    return rows.order_by("-number", "language")[:SHOWN]


def _by_language(user: User, month: dict, here: dict) -> list[tuple[Language, ListedFigure]]:
    names = kept_rows(Language)
    return [
        (names[code], listed(SESSIONS, user, **here, language=code).counted(number))
        for code, number in _languages(user, **month)
    ]


# One shelter.


@prepared
def _beds(viewer: User, *, place: int) -> QuerySet[Bed]:
    return Bed.objects.filter(room__workspace=place)


@prepared
def _confirmed(viewer: User, *, place: int) -> QuerySet:
    return Shelter.objects.filter(workspace=place).values_list("capacity_confirmed", flat=True)


def _nights_so_far(viewer: User, place: Workspace) -> Panel:
    """How many of the nights that the shelter offers were slept, this month up to tonight."""
    today = timezone.localdate()
    first = today.replace(day=1)
    offered = sum(_nights_of(bed, first, today) for bed in _beds(viewer, place=place.pk))
    slept, persons = nights_slept(place, first, today)
    shown = {
        "place": place,
        "year": today.year,
        "as_of": today,
        "month": f"{today:%Y-%m}",
        "nights": slept,
        "persons": persons,
        "offered": offered,
        "occupancy": percent(slept, offered),
        "confirmed": all(_confirmed(viewer, place=place.pk)),
    }
    return Panel(_("Nights of this month"), "kpi/landing/nights.html", shown)


def _nights_of(bed: Bed, first: date, last: date) -> int:
    begin, end = max(bed.in_service_from, first), last + timedelta(days=1)
    return max(0, (min(bed.in_service_to or end, end) - begin).days)
