"""What visa cases and vouchers bring to the start page."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Count, Model, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.listings.people import read_clients
from centers.listing import listed
from centers.listing.filters import between
from centers.models import WorkspaceKind
from centers.prepared import counted, prepared
from centers.selectors import own_workspaces, scope_of
from config.panels import Panel
from visas.access import know_files
from visas.dependants import QUESTION_BADGES, QUESTION_STATES
from visas.lapse import running_out
from visas.listings import VOUCHERS
from visas.models import (
    CaseStep,
    Closing,
    DependantQuestion,
    Finding,
    ObligationCheck,
    StatusChange,
    VisaCase,
    Voucher,
)
from visas.models.obligation import SecondLook
from visas.obligations import CHECK_BADGES, CHECK_STATES, SOON, state_of_check
from visas.stages import CASE_STATES, INNER, VOUCHER_STATES, in_stage, in_state
from visas.students import NEAR, REPORT_BADGES, REPORT_STATES, told_days

SHOWN = 8  # rows of a panel
WAITING = ("received", *INNER, "recommended", "submitted")  # stages in which somebody waits for the next step


def panels(request: HttpRequest) -> list[Panel]:
    """The files of all panels are read at once."""
    shown, of_clients, cases = [], [], []
    for panel, rows in _with_rows(request):
        shown.append(panel)
        (cases if rows and isinstance(rows[0], VisaCase) else of_clients).extend(rows)
    read_clients([*of_clients, *cases], request.user)
    know_files(cases, request.user)
    return shown


Shown = tuple[Panel, Sequence[Model]]  # a part, and its rows whose clients are still to be read


def _with_rows(request: HttpRequest) -> Iterator[Shown]:
    scope = scope_of(request.user)
    working = own_workspaces(request.user, "work_visa_cases")
    at_a_university = any(place.kind == WorkspaceKind.UNIVERSITY for place in working)
    if at_a_university:
        yield _reports(request)
        yield _cases(request, _("Students by stage")), ()
        yield _latest(request)
    elif scope.of("review_visa_cases") and "review_visa_cases" not in scope.everywhere:
        yield _cases(request, _("Visa cases by stage")), ()
        yield _waiting(request)
    if (at_a_university or scope.of("review_visa_cases")) and "review_visa_cases" not in scope.everywhere:
        yield from _letters(request)
        yield _checks(request)
        yield from _questions(request)
    if "review_visa_cases" in scope.everywhere:
        yield from _handed(request)
    if scope.of("approve_vouchers"):
        yield _vouchers(request)


@counted
def _by_stage(viewer: User) -> tuple[QuerySet, dict]:
    stages = {state: Count("pk", filter=in_state(state)) for state in CASE_STATES}
    return VisaCase.objects.visible_to(viewer), stages


def _cases(request: HttpRequest, title: str) -> Panel:
    """How many cases stand where, of all years; each number opens to its rows."""
    numbers = _by_stage(request.user)
    rows = [
        {"name": name, "number": numbers[stage], "url": _address("visas:cases", stage=stage)}
        for stage, name in CASE_STATES.items()
    ]
    shown = {"rows": rows, "total": sum(numbers.values()), "day": timezone.localdate()}
    return Panel(title, "visas/landing/cases.html", shown)


@prepared
def _longest_waiting(viewer: User) -> QuerySet[VisaCase]:
    waiting = reduce(or_, (in_state(state) for state in WAITING))
    inner = CaseStep.objects.visible_to(viewer).standing().filter(case=OuterRef("pk"), kind__in=INNER).order_by("-pk")
    since = Coalesce("submitted_on", "recommended_on", Subquery(inner.values("happened_on")[:1]), "received_on")
    cases = VisaCase.objects.visible_to(viewer).filter(waiting).annotate(waits_since=since)
    return cases.order_by("waits_since", "pk")[:SHOWN]


def _waiting(request: HttpRequest) -> Shown:
    """The cases that have waited longest for their next step."""
    cases, today = _longest_waiting(request.user), timezone.localdate()
    shown = {"rows": [_in_its_state(case, case.waits_since, today) for case in cases], "waiting": True}
    return Panel(_("Waiting longest"), "visas/landing/case_rows.html", shown), cases


@prepared
def _received_last(viewer: User) -> QuerySet[VisaCase]:
    return VisaCase.objects.visible_to(viewer).order_by("-received_on", "-pk")[:SHOWN]


def _latest(request: HttpRequest) -> Shown:
    """The cases that were recorded last."""
    cases = _received_last(request.user)
    shown = {"rows": _in_their_stages(cases, request.user)}
    return Panel(_("Latest students"), "visas/landing/case_rows.html", shown), cases


@prepared
def _open_checks(viewer: User, *, until: date) -> QuerySet[ObligationCheck]:
    rows = ObligationCheck.objects.visible_to(viewer).open().filter(due_on__lte=until)
    return rows.select_related("obligation__rule").order_by("due_on", "pk")[:SHOWN]


def _checks(request: HttpRequest) -> Shown:
    """The checks of duties that are overdue or due within 30 days, the longest overdue first."""
    rows = _open_checks(request.user, until=timezone.localdate() + SOON)
    shown = [
        (row, CHECK_STATES[state], CHECK_BADGES.get(state, "").removeprefix("badge--"))
        for row in rows
        for state in [state_of_check(row)]
    ]
    return Panel(_("Checks of duties"), "visas/landing/checks.html", {"rows": shown}), rows


@prepared
def _open_questions(viewer: User) -> QuerySet[DependantQuestion]:
    rows = DependantQuestion.objects.visible_to(viewer).open().select_related("reason")
    return rows.order_by("due_on", "pk")[:SHOWN]


def _questions(request: HttpRequest) -> Iterator[Shown]:
    """What is to be found out about dependants, the longest overdue first; no panel where nothing is."""
    rows = _open_questions(request.user)
    shown = [(row, QUESTION_STATES[row.state], QUESTION_BADGES[row.state]) for row in rows]
    if shown:
        yield Panel(_("Checks of dependants"), "visas/landing/questions.html", {"rows": shown}), rows


@prepared
def _to_report(viewer: User, *, until: date) -> QuerySet[StatusChange]:
    rows = StatusChange.objects.visible_to(viewer).to_report().filter(due_on__lte=until)
    return rows.order_by("due_on", "pk")[:SHOWN]


def _reports(request: HttpRequest) -> Shown:
    """The changes of status to be reported within fifteen days, those that are overdue first."""
    rows = _to_report(request.user, until=timezone.localdate() + NEAR)
    shown = [(row, REPORT_STATES[row.report_state], REPORT_BADGES[row.report_state], told_days(row)) for row in rows]
    title = _("To be reported to the immigration office")
    return Panel(title, "visas/landing/reports.html", {"rows": shown}), rows


@prepared
def _inner_steps(viewer: User, *, cases: list[int]) -> QuerySet:
    """The steps within the offices, which leave no day on their case, in the order in which they were taken."""
    steps = CaseStep.objects.visible_to(viewer).standing().filter(case__in=cases, kind__in=INNER)
    return steps.order_by("pk").values_list("case", "happened_on")


def _in_their_stages(cases: list[VisaCase], viewer: User) -> list[dict]:
    today = timezone.localdate()
    since = dict(_inner_steps(viewer, cases=[case.pk for case in cases]))
    return [_in_its_state(case, case.state_on or since.get(case.pk, case.received_on), today) for case in cases]


def _in_its_state(case: VisaCase, since: date, today: date) -> dict:
    return {"case": case, "stage": CASE_STATES[case.state], "since": since, "days": (today - since).days}


@prepared
def _handed_findings(viewer: User) -> QuerySet[Finding]:
    return _of_the_province(Finding, viewer)


@prepared
def _handed_closings(viewer: User) -> QuerySet[Closing]:
    return _of_the_province(Closing, viewer)


def _of_the_province(model: type[SecondLook], viewer: User) -> QuerySet:
    rows = model.objects.visible_to(viewer).waiting_for_the_province().select_related("workspace")
    return rows.order_by("handed_on", "pk")[:SHOWN]


def _handed(request: HttpRequest) -> Iterator[Shown]:
    """What offices have handed to the province for a second look; no panel where nothing waits."""
    findings, closings = _handed_findings(request.user), _handed_closings(request.user)
    rows = [*((row, "finding") for row in findings), *((row, "closing") for row in closings)]
    if rows:
        yield Panel(_("Second looks handed to the province"), "visas/landing/handed.html", {"rows": rows}), ()


@prepared
def _letters_that_end(viewer: User, *, today: date) -> QuerySet[VisaCase]:
    return running_out(viewer, today)[:SHOWN]


def _letters(request: HttpRequest) -> Iterator[Shown]:
    """The letters that run out soon or did, the nearest first; no panel where none does."""
    rows = _letters_that_end(request.user, today=timezone.localdate())
    if rows:
        yield Panel(_("Letters that run out"), "visas/landing/letters.html", {"rows": rows}), rows


UNDECIDED = in_stage("applied", VOUCHER_STATES)
VOUCHERS_COUNTED = gettext_lazy(
    "One application counts once, in the state in which it is on this day. Those that wait for a decision are of all "
    "years, what is paid is of the year of its payment, and all others are of the year in which they were made. The "
    "won are the amounts of these applications."
)


@counted
def _by_state(viewer: User, *, first: date, last: date) -> tuple[QuerySet, dict]:
    """Those that wait, of whatever year, and what became of the others in this one."""
    numbers = {}
    for state in VOUCHER_STATES:
        day = "paid_on" if state == "paid" else "applied_on"
        theirs = UNDECIDED if state == "applied" else in_stage(state, VOUCHER_STATES) & between(day, first, last)
        numbers[state] = Count("pk", filter=theirs)
        numbers[f"{state}_won"] = Coalesce(Sum("amount_won", filter=theirs), 0)
    in_time = between("applied_on", first, last) | between("paid_on", first, last)
    return Voucher.objects.visible_to(viewer).filter(in_time | UNDECIDED), numbers


@prepared
def _undecided(viewer: User) -> QuerySet[Voucher]:
    """Those that wait for a decision, the oldest first: they were applied for first."""
    rows = Voucher.objects.visible_to(viewer).filter(UNDECIDED)
    return rows.order_by("applied_on", "pk")[:SHOWN]


def _vouchers(request: HttpRequest) -> Shown:
    """The vouchers of the year by state, and the won that go with them; those that wait, of all years."""
    day = timezone.localdate()
    year = day.year
    numbers = _by_state(request.user, first=date(year, 1, 1), last=date(year, 12, 31))
    latest = _undecided(request.user)
    shown = {
        "day": day,
        "definitions": [(_("Upgrade vouchers"), VOUCHERS_COUNTED)],
        "year": year,
        "states": [_state(state, name, year, numbers) for state, name in VOUCHER_STATES.items()],
        "latest": latest,
        "waiting": listed(VOUCHERS, request.user, state="applied", sort="applied"),
        "more": numbers["applied"] - len(latest),
    }
    return Panel(_("Upgrade vouchers"), "visas/landing/vouchers.html", shown), latest


def _state(state: str, name: str, year: int, numbers: dict[str, int]) -> dict:
    narrowed = {} if state == "applied" else {"year": str(year)}
    url = _address("visas:vouchers", state=state, **narrowed)
    name = _("Waiting for a decision, all years") if state == "applied" else name
    return {"name": name, "number": numbers[state], "won": numbers[f"{state}_won"], "url": url}


def _address(route: str, **filters: str) -> str:
    return f"{reverse(route)}?{urlencode(filters)}"
