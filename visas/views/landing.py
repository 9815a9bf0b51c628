"""What visa cases and vouchers bring to the start page."""

from collections.abc import Iterator

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from cases.listings.people import with_client
from centers.listing.filters import in_year
from centers.models import WorkspaceKind
from centers.selectors import own_workspaces, scope_of
from config.panels import Panel
from visas.dependants import QUESTION_BADGES, QUESTION_STATES
from visas.models import DependantQuestion, ObligationCheck, StatusChange, VisaCase, Voucher
from visas.obligations import CHECK_BADGES, CHECK_STATES, SOON, state_of_check
from visas.stages import CASE_STAGES, VOUCHER_STATES, in_stage, stage_of
from visas.students import NEAR, REPORT_BADGES, REPORT_STATES, told_days

SHOWN = 8  # rows of a panel
WAITING = ("received", "recommended", "submitted")  # stages in which somebody waits for the next step


def panels(request: HttpRequest) -> Iterator[Panel]:
    scope = scope_of(request.user)
    working = own_workspaces(request.user, "work_visa_cases")
    at_a_university = any(place.kind == WorkspaceKind.UNIVERSITY for place in working)
    if at_a_university:
        yield _reports(request)
        yield _cases(request, _("Students by stage"))
        yield _latest(request)
    elif scope.of("review_visa_cases") and "review_visa_cases" not in scope.everywhere:
        yield _cases(request, _("Visa cases by stage"))
        yield _waiting(request)
    if (at_a_university or scope.of("review_visa_cases")) and "review_visa_cases" not in scope.everywhere:
        yield _checks(request)
        yield from _questions(request)
    if scope.of("approve_vouchers"):
        yield _vouchers(request)


def _cases(request: HttpRequest, title: str) -> Panel:
    """How many cases stand where, of all years; each number opens to its rows."""
    stages = {stage: Count("pk", filter=in_stage(stage, CASE_STAGES)) for stage in CASE_STAGES}
    numbers = VisaCase.objects.visible_to(request.user).aggregate(**stages)
    rows = [
        {"name": name, "number": numbers[stage], "url": _address("visas:cases", stage=stage)}
        for stage, name in CASE_STAGES.items()
    ]
    return Panel(title, "visas/landing/cases.html", {"rows": rows, "total": sum(numbers.values())})


def _waiting(request: HttpRequest) -> Panel:
    """The cases that have waited longest for their next step."""
    open_stages = [in_stage(stage, CASE_STAGES) for stage in WAITING]
    cases = _with_names(request).filter(open_stages[0] | open_stages[1] | open_stages[2])
    today = timezone.localdate()
    rows = [_in_its_stage(case, today) for case in cases.order_by("received_on", "pk")[:SHOWN]]
    return Panel(_("Waiting longest"), "visas/landing/case_rows.html", {"rows": rows, "waiting": True})


def _latest(request: HttpRequest) -> Panel:
    """The cases that were recorded last."""
    today = timezone.localdate()
    rows = [_in_its_stage(case, today) for case in _with_names(request).order_by("-received_on", "-pk")[:SHOWN]]
    return Panel(_("Latest students"), "visas/landing/case_rows.html", {"rows": rows})


def _checks(request: HttpRequest) -> Panel:
    """The checks of duties that are overdue or due within 30 days, the longest overdue first."""
    rows = ObligationCheck.objects.visible_to(request.user).open().filter(due_on__lte=timezone.localdate() + SOON)
    rows = rows.select_related("obligation__rule").prefetch_related(*with_client(request.user))
    shown = [
        (row, CHECK_STATES[state], CHECK_BADGES.get(state, "").removeprefix("badge--"))
        for row in rows.order_by("due_on", "pk")[:SHOWN]
        for state in [state_of_check(row)]
    ]
    return Panel(_("Checks of duties"), "visas/landing/checks.html", {"rows": shown})


def _questions(request: HttpRequest) -> Iterator[Panel]:
    """What is to be found out about dependants, the longest overdue first; no panel where nothing is."""
    rows = DependantQuestion.objects.visible_to(request.user).open().select_related("reason")
    rows = list(rows.prefetch_related(*with_client(request.user)).order_by("due_on", "pk")[:SHOWN])
    shown = [(row, QUESTION_STATES[row.state], QUESTION_BADGES[row.state]) for row in rows]
    if shown:
        yield Panel(_("Checks of dependants"), "visas/landing/questions.html", {"rows": shown})


def _reports(request: HttpRequest) -> Panel:
    """The changes of status to be reported within fifteen days, those that are overdue first."""
    rows = StatusChange.objects.visible_to(request.user).to_report().filter(due_on__lte=timezone.localdate() + NEAR)
    rows = rows.prefetch_related(*with_client(request.user)).order_by("due_on", "pk")[:SHOWN]
    shown = [(row, REPORT_STATES[row.report_state], REPORT_BADGES[row.report_state], told_days(row)) for row in rows]
    return Panel(_("To be reported to the immigration office"), "visas/landing/reports.html", {"rows": shown})


def _with_names(request: HttpRequest):
    rows = VisaCase.objects.visible_to(request.user)
    return rows.prefetch_related(*with_client(request.user))


def _in_its_stage(case: VisaCase, today) -> dict:
    stage = stage_of(case, CASE_STAGES)
    since = getattr(case, f"{stage}_on")
    return {"case": case, "stage": CASE_STAGES[stage], "since": since, "days": (today - since).days}


def _vouchers(request: HttpRequest) -> Panel:
    """The vouchers of the year by state, and the won that go with them."""
    year = timezone.localdate().year
    rows = Voucher.objects.visible_to(request.user)
    numbers = {}
    for state in VOUCHER_STATES:
        theirs = in_stage(state, VOUCHER_STATES) & in_year("paid_on" if state == "paid" else "applied_on", year)
        numbers[state] = Count("pk", filter=theirs)
        numbers[f"{state}_won"] = Coalesce(Sum("amount_won", filter=theirs), 0)
    numbers = rows.filter(in_year("applied_on", year) | in_year("paid_on", year)).aggregate(**numbers)
    shown = {
        "year": year,
        "states": [_state(state, name, year, numbers) for state, name in VOUCHER_STATES.items()],
        "latest": _applied_last(rows.prefetch_related(*with_client(request.user))),
    }
    return Panel(_("Upgrade vouchers"), "visas/landing/vouchers.html", shown)


def _state(state: str, name: str, year: int, numbers: dict[str, int]) -> dict:
    url = _address("visas:vouchers", state=state, year=str(year))
    return {"name": name, "number": numbers[state], "won": numbers[f"{state}_won"], "url": url}


def _applied_last(rows):
    """Those that wait for a decision, the oldest first: they were applied for first."""
    return rows.filter(in_stage("applied", VOUCHER_STATES)).order_by("applied_on", "pk")[:SHOWN]


def _address(route: str, **filters: str) -> str:
    return f"{reverse(route)}?{urlencode(filters)}"
