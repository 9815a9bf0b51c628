"""What visa cases and vouchers bring to the start page."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Count, Model, QuerySet, Sum, Window
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.listings.people import read_clients
from centers.listing import ListedFigure, listed
from centers.listing.filters import between
from centers.models import WorkspaceKind
from centers.prepared import counted, prepared
from centers.selectors import own_workspaces, scope_of
from config.addresses import page_of
from config.panels import Panel
from visas.access import know_files
from visas.dependant_listings import QUESTIONS
from visas.dependants import QUESTION_BADGES, QUESTION_STATES
from visas.lapse import running_out
from visas.listings import CASES, CHECKS, VOUCHERS, with_last_step
from visas.models import (
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
from visas.stages import CASE_STATES, VOUCHER_STATES, in_stage, in_state, is_waiting
from visas.student_listings import REPORTS
from visas.students import NEAR, REPORT_BADGES, REPORT_STATES, told_days

SHOWN = 8  # rows of a panel


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
    cases = VisaCase.objects.visible_to(viewer).filter(is_waiting())
    return _some(with_last_step(cases, viewer).order_by("waits_since", "pk"))


def _some(rows: QuerySet) -> QuerySet:
    """The first of them, each with how many they all are."""
    return rows.annotate(number=Window(Count("pk")))[:SHOWN]


def _of_list(rows: list, whole: ListedFigure) -> dict:
    """What a panel says of the list behind its rows: the figure of all, and how many are not shown."""
    number = rows[0].number if rows else 0
    return {"whole": whole.counted(number), "more": number - len(rows)}


def _waiting(request: HttpRequest) -> Shown:
    """The cases that have waited longest for their next step."""
    cases, today = _longest_waiting(request.user), timezone.localdate()
    shown = {"rows": [_in_its_state(case, case.waits_since, today) for case in cases], "waiting": True}
    shown |= _of_list(cases, listed(CASES, request.user, stage="waiting", sort="waiting"))
    return Panel(_("Waiting longest"), "visas/landing/case_rows.html", shown), cases


@prepared
def _received_last(viewer: User) -> QuerySet[VisaCase]:
    return _some(VisaCase.objects.visible_to(viewer).order_by("-received_on", "-pk"))


def _latest(request: HttpRequest) -> Shown:
    """The cases that were received last."""
    cases, today = _received_last(request.user), timezone.localdate()
    shown = {"rows": [_in_its_state(case, case.received_on, today) for case in cases]}
    shown |= _of_list(cases, listed(CASES, request.user))
    return Panel(_("Latest students"), "visas/landing/case_rows.html", shown), cases


@prepared
def _open_checks(viewer: User, *, until: date) -> QuerySet[ObligationCheck]:
    rows = ObligationCheck.objects.visible_to(viewer).open().filter(due_on__lte=until)
    return _some(rows.select_related("obligation__rule").order_by("due_on", "pk"))


def _checks(request: HttpRequest) -> Shown:
    """The checks of duties that are overdue or due within 30 days, the longest overdue first."""
    rows = _open_checks(request.user, until=timezone.localdate() + SOON)
    shown = [
        (row, CHECK_STATES[state], CHECK_BADGES.get(state, "").removeprefix("badge--"))
        for row in rows
        for state in [state_of_check(row)]
    ]
    told = {"rows": shown} | _of_list(rows, listed(CHECKS, request.user, state="due"))
    return Panel(_("Checks of duties"), "visas/landing/checks.html", told), rows


@prepared
def _open_questions(viewer: User) -> QuerySet[DependantQuestion]:
    rows = DependantQuestion.objects.visible_to(viewer).open().select_related("reason")
    return _some(rows.order_by("due_on", "pk"))


def _questions(request: HttpRequest) -> Iterator[Shown]:
    """What is to be found out about dependants, the longest overdue first; no panel where nothing is."""
    rows = _open_questions(request.user)
    shown = [(row, QUESTION_STATES[row.state], QUESTION_BADGES[row.state]) for row in rows]
    if shown:
        told = {"rows": shown} | _of_list(rows, listed(QUESTIONS, request.user, state="waiting"))
        yield Panel(_("Checks of dependants"), "visas/landing/questions.html", told), rows


@prepared
def _to_report(viewer: User, *, until: date) -> QuerySet[StatusChange]:
    rows = StatusChange.objects.visible_to(viewer).to_report().filter(due_on__lte=until)
    return _some(rows.order_by("due_on", "pk"))


def _reports(request: HttpRequest) -> Shown:
    """The changes of status to be reported within fifteen days, those that are overdue first."""
    rows = _to_report(request.user, until=timezone.localdate() + NEAR)
    shown = [(row, REPORT_STATES[row.report_state], REPORT_BADGES[row.report_state], told_days(row)) for row in rows]
    title = _("To be reported to the immigration office")
    told = {"rows": shown} | _of_list(rows, listed(REPORTS, request.user, state="near"))
    return Panel(title, "visas/landing/reports.html", told), rows


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
    return rows.order_by("handed_on", "pk")


def _handed(request: HttpRequest) -> Iterator[Shown]:
    """What offices have handed to the province for a second look; no panel where nothing waits."""
    findings, closings = _handed_findings(request.user), _handed_closings(request.user)
    handed = [*((row, "finding") for row in findings), *((row, "closing") for row in closings)]
    rows = sorted(handed, key=lambda told: told[0].handed_on)
    if rows:
        shown = {"rows": rows[:SHOWN], "further": rows[SHOWN:], "number": len(rows)}
        yield Panel(_("Second looks handed to the province"), "visas/landing/handed.html", shown), ()


@prepared
def _letters_that_end(viewer: User, *, today: date) -> QuerySet[VisaCase]:
    return _some(running_out(viewer, today))


def _letters(request: HttpRequest) -> Iterator[Shown]:
    """The letters that run out soon or did, the nearest first; no panel where none does."""
    rows = _letters_that_end(request.user, today=timezone.localdate())
    if rows:
        told = {"rows": rows} | _of_list(rows, listed(CASES, request.user, letter="1", sort="letter"))
        yield Panel(_("Letters that run out"), "visas/landing/letters.html", told), rows


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
    return f"{page_of(route)}?{urlencode(filters)}"
