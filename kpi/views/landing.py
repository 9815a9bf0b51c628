"""What figures bring to the start page: the province's, and the month so far of one's own centre or shelter."""

from collections.abc import Callable, Iterator
from datetime import date

from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.listings import SESSIONS
from cases.models import Language
from centers.listing import ListedFigure, listed
from centers.listing.filters import all_but
from centers.models import Bed, Shelter, Workspace, WorkspaceKind
from centers.models.codes import kept_rows
from centers.prepared import prepared
from centers.scope import WHOLE_PROVINCE, acting_for
from centers.selectors import own_workspaces, scope_of
from config.panels import Panel
from kpi import sheet
from kpi.beds import with_nights
from kpi.evidence import nights_slept
from kpi.models import MonthlyActivity
from kpi.month import MonthSoFar, month_so_far, same_day_before
from kpi.numbers import likely, percent
from kpi.rollup import kept_answer, roll_up
from kpi.window import Window
from visas.quotas import TAKEN

KOREAN = "ko"
FIGURES_OF_A_MONTH = {
    "session": gettext_lazy("Sessions (cases)"),
    "clients": gettext_lazy("Clients in sessions (visits)"),
    "person": gettext_lazy("Distinct persons"),
    "minutes": gettext_lazy("Minutes"),
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
    yield Panel(
        _("Quotas"), "kpi/_quotas.html", shown | {"quotas": sheet.quota_lines(answer), "taken": TAKEN}, wide=True
    )
    lines = sheet.results(answer)
    rules = [(line.indicator, line.rule.text) for line in lines if line.rule]
    yield Panel(
        _("Performance indicators"), "kpi/landing/indicators.html", shown | {"lines": lines, "definitions": rules}
    )
    yield Panel(_("Vouchers and shelter"), "kpi/landing/money.html", shown)
    centers = {
        "centers": _side_by_side(request.user, answer, today),
        "month": f"{today:%Y-%m}",
        "other_languages": all_but([KOREAN]),
    }
    yield Panel(_("Centres side by side"), "kpi/landing/centers.html", shown | centers, wide=True)


def answer_of(year: int, request: HttpRequest) -> dict:
    """The year's figures; what was worked out before and still holds is read without entering the whole province."""
    kept = kept_answer(Window.of(year), "")
    if kept is not None:
        return kept
    with acting_for(WHOLE_PROVINCE, actor=request.user, reason="start page"):
        return roll_up(year)


def _side_by_side(viewer: User, answer: dict, today: date) -> list[dict]:
    """Each centre with its sessions of the year and the month, and how many were held in another language than Korean.

    The rate stands with its 95 % interval, since a small county's few sessions say less than a city's many.
    """
    sums = {
        place: numbers
        for place, *numbers in _sums(viewer, first=date(today.year, 1, 1), last=today, month=today.replace(day=1))
    }
    lines = []
    for center in _centers(viewer):
        whole, month, korean = (number or 0 for number in sums.get(center.pk, (0, 0, 0)))
        foreign = whole - korean  # a session is held in one language
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
    """Of each workspace the sessions of the days, of the month, and of the days those in Korean."""
    rows = MonthlyActivity.objects.filter(kind="session", month__gte=first, month__lte=last)
    rows = rows.filter(dimension__in=("", "language"), value__in=("", KOREAN)).order_by().values_list("workspace_id")
    whole = Q(dimension="")
    return rows.annotate(
        whole=Sum("records", filter=whole),
        this_month=Sum("records", filter=whole & Q(month=month)),
        korean=Sum("records", filter=~whole),
    )


# One centre.


def _month_so_far(request: HttpRequest, place: Workspace) -> Panel:
    """The month up to today beside the same days of the month before; each number opens to its rows."""
    today = timezone.localdate()
    user, first, before = request.user, today.replace(day=1), same_day_before(today)
    here = {"workspace": place.code, "from_": f"{first}", "to": f"{today}"}
    month = month_so_far(user, place, today)
    month_before = listed(SESSIONS, user, workspace=place.code, from_=f"{before.replace(day=1)}", to=f"{before}")
    shown = {
        "place": place,
        "year": today.year,
        "as_of": today,
        "figures": [
            {"name": name, "label": label, "number": month.figures[name]} for name, label in FIGURES_OF_A_MONTH.items()
        ],
        "month": f"{first:%Y-%m}",
        "before": month_before.counted(month.before),
        "without_summary": listed(SESSIONS, user, **here, summary="missing").counted(month.without_summary),
        "late": listed(SESSIONS, user, **here, late="1").counted(month.late),
        "by_counsellor": _by_counsellor(user, month, here),
        "by_language": _by_language(user, month, here),
    }
    return Panel(_("The month so far"), "kpi/landing/month.html", shown, wide=True)


@prepared
def _staff(viewer: None, *, ids: list[int]) -> QuerySet[User]:
    return User.objects.filter(pk__in=ids)


Part = tuple[str, int, ListedFigure]  # a name and a number, with the list of its rows


def _by_counsellor(user: User, month: MonthSoFar, here: dict) -> list[Part]:
    """Sessions by who held them: staff, and names that a workbook gave."""
    ids = [staff for staff, *_rest in month.by_counsellor if staff]
    names = {person.pk: str(person) for person in _staff(None, ids=ids)}
    parts, shown = [], []
    for staff, written, number, session in month.by_counsellor:
        who = "me" if staff == user.pk else str(staff or f"as-{session}")
        name = names[staff] if staff else written or _("Not told")
        shown.append(who)
        parts.append((name, number, listed(SESSIONS, user, **here, counsellor=who)))
    return [*parts, *_the_others(parts, month, lambda: listed(SESSIONS, user, **here, counsellor=all_but(shown)))]


def _by_language(user: User, month: MonthSoFar, here: dict) -> list[Part]:
    names = kept_rows(Language)
    parts = [
        (str(names[code]), number, listed(SESSIONS, user, **here, language=code)) for code, number in month.by_language
    ]
    shown = [code for code, _number in month.by_language]
    return [*parts, *_the_others(parts, month, lambda: listed(SESSIONS, user, **here, language=all_but(shown)))]


def _the_others(parts: list[Part], month: MonthSoFar, whole: Callable[[], ListedFigure]) -> list[Part]:
    """What the parts that are shown leave of the sessions, so that they add up; ``whole`` is the list of them."""
    rest = month.figures["session"] - sum(number for _name, number, _figure in parts)
    return [(_("Others"), rest, whole())] if rest else []


# One shelter.


@prepared
def _offered(viewer: User, *, place: int, first: date, last: date) -> QuerySet:
    return with_nights(Bed.objects.filter(room__workspace=place), first, last).values_list("nights", flat=True)


@prepared
def _confirmed(viewer: User, *, place: int) -> QuerySet:
    return Shelter.objects.filter(workspace=place).values_list("capacity_confirmed", flat=True)


def _nights_so_far(viewer: User, place: Workspace) -> Panel:
    """How many of the nights that the shelter offers were slept, this month up to tonight."""
    today = timezone.localdate()
    first = today.replace(day=1)
    offered = sum(_offered(viewer, place=place.pk, first=first, last=today))
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
