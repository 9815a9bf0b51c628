"""Students of a university: the list, a student's page, and what is entered of them."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cases.access import get_client_or_404
from cases.employment import works_of
from cases.models import Client
from centers.models import Workspace, WorkspaceKind
from centers.models.codes import kept_names
from centers.prepared import prepared
from centers.querysets import get_visible_or_404
from centers.refusals import rule_of, sentence
from centers.selectors import may
from centers.views.listing import show
from visas.access import require_university
from visas.decisions import Versions
from visas.forms.student import ChangeForm, EnrolmentForm, ReasonForm, ReportForm
from visas.models import Enrolment, KoreanResult, Reference, StatusChange, StudyPermit, StudyStatus
from visas.services.enrolment import change_status, edit_enrolment, enrol, report_change, withdraw_change
from visas.student_listings import REPORTS, STUDENTS, status_badge
from visas.students import REPORT_BADGES, REPORT_STATES, case_that_goes_on, told_days

WORK = "work_clients"


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    require_university(request.user)
    return show(request, STUDENTS)


@never_cache
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """What the immigration office has to be told, and by when."""
    require_university(request.user)
    return show(request, REPORTS)


@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_student(request, pk)
    changes = list(StatusChange.objects.visible_to(request.user).filter(enrolment=row).order_by("happened_on", "pk"))
    today = timezone.localdate()
    permits = of_student(StudyPermit, request, row).select_related("kind", "enrolment").order_by("-starts_on", "-pk")
    korean = list(of_student(KoreanResult, request, row).order_by("-held_on", "-pk"))
    context = {
        "row": row,
        "state": kept_names(StudyStatus).get(standing_of(changes)),
        "badge": status_badge(standing_of(changes)),
        "changes": [_shown(change) for change in changes if not change.withdrawn_on],
        "withdrawn": [change for change in changes if change.withdrawn_on],
        "permits": [(held, held.runs_on(today), level_for(held, korean)) for held in _as_given(permits)],
        "goes_on": case_that_goes_on(row),
        "korean": korean,
        "since": next((change.happened_on for change in reversed(changes) if not change.withdrawn_on), None),
        "works": works_of([row.client_id], request.user),
        "waiting": [_shown(change) for change in changes if change.days_left is not None],
        "may_work": may(request.user, WORK, row.workspace_id),
    }
    return render(request, "visas/student.html", context)


def of_student(model, request: HttpRequest, row: Enrolment) -> QuerySet:
    """The rows on a student that hold."""
    return model.objects.visible_to(request.user).standing().filter(enrolment=row)


def _as_given(permits: Iterable[StudyPermit]) -> Iterator[StudyPermit]:
    """The permissions, each with its kind as it was on the day on which it began."""
    kinds = Versions(Reference.PERMITS)
    for permit in permits:
        permit.kind = kinds.held(permit.kind, permit.starts_on)
        yield permit


def level_for(permit: StudyPermit, korean: list[KoreanResult]) -> KoreanResult | None:
    """By what the student had reached the level of Korean that a permission asks for when it began; none where nothing
    on record says so. The kinds and their levels are reference data; people judge.
    """
    asked = permit.kind.korean_level
    reached = (one for one in korean if one.passed and one.held_on <= permit.starts_on and one.level >= (asked or 0))
    return next(reached, None) if asked else None


def standing_of(changes: list[StatusChange]) -> str:
    """The status that the last of a student's changes says."""
    return next((change.kind_id for change in reversed(changes) if not change.withdrawn_on), "")


def _shown(change: StatusChange) -> dict:
    state = change.report_state
    return {
        "change": change,
        "report": REPORT_STATES.get(state, ""),
        "badge": REPORT_BADGES.get(state, ""),
        "days": told_days(change),
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a client of the university as a student (``?client=``)."""
    require_university(request.user, WORK)
    client = _client_of(request)
    if client is None:
        return render(request, "visas/student_new.html", {"client": None})
    form = EnrolmentForm(request.POST if request.method == "POST" else None, viewer=request.user, client=client)
    if form.is_valid():
        try:
            made = enrol(actor=request.user, client=client, **form.cleaned_data)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            held = get_student(request, made.pk)
            told = {"number": held.ref, "major": held.major, "semester": held.semester}
            messages.success(request, _("On record: student %(number)s, %(major)s, admitted in %(semester)s.") % told)
            return redirect(held)
    context = {"form": form, "client": client, "majors": form.fields["major"].queryset.exists()}
    return render(request, "visas/student_new.html", context, status=400 if form.errors else 200)


def may_enrol(user, place: Workspace) -> bool:
    """Whether the person enters students in a workspace."""
    return place.kind == WorkspaceKind.UNIVERSITY and may(user, WORK, place.pk)


def studies_of(files: list[int], viewer) -> list[tuple[Enrolment, str, str]]:
    """The studies on these files, each with its status of today in words and as a badge."""
    rows, names = _studies(viewer, files=files, day=timezone.localdate()), kept_names(StudyStatus)
    return [(row, names.get(row.state, ""), status_badge(row.state)) for row in rows]


@prepared
def _studies(viewer, *, files: list[int], day: date) -> QuerySet[Enrolment]:
    rows = Enrolment.objects.visible_to(viewer).filter(client__in=files).as_of(day)
    return rows.select_related("major").order_by("-admitted_on", "-pk")


def _client_of(request: HttpRequest) -> Client | None:
    asked = request.GET.get("client", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdecimal()):
        raise Http404
    client = get_client_or_404(request.user, int(asked), WORK)
    if not may_enrol(request.user, client.workspace):
        raise PermissionDenied(_("Students are entered on the files of a university."))
    return client


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct the number, the major or the semester of a student."""
    row = get_student(request, pk, WORK)
    initial = {name: getattr(row, name) for name in ("ref", "major", "semester", "admitted_on", "case")}
    form = EnrolmentForm(
        request.POST if request.method == "POST" else None, viewer=request.user, client=row.client, initial=initial
    )
    if form.is_valid():
        try:
            edit_enrolment(row, actor=request.user, **form.cleaned_data)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            held = get_student(request, pk)
            told = {"number": held.ref, "major": held.major, "semester": held.semester}
            messages.success(request, _("On record: student %(number)s, %(major)s, admitted in %(semester)s.") % told)
            return redirect(held)
    return form_page(request, form, row, {"title": _("Correct the student record"), "action": _("Save")})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """A student's status changes; the answer says by when it has to be reported."""
    row = get_student(request, pk, WORK)
    changes = StatusChange.objects.visible_to(request.user).filter(enrolment=row).order_by("happened_on", "pk")
    form = ChangeForm(request.POST if request.method == "POST" else None, state=standing_of(list(changes)))
    if form.is_valid():
        try:
            made = change_status(row, actor=request.user, **form.cleaned_data)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            messages.success(request, _told_of(made))
            return redirect(made)
    return form_page(request, form, row, {"title": _("Change of status"), "action": _("Put on record")})


def _told_of(made: StatusChange) -> str:
    held = {"status": made.kind, "day": made.happened_on.isoformat()}
    if made.due_on is None:
        return _("On record: %(status)s from %(day)s. There is nothing to report.") % held
    held["due"] = made.due_on.isoformat()
    return _("On record: %(status)s from %(day)s. Report it to the immigration office by %(due)s.") % held


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter that the immigration office was told, or correct it."""
    row = _change(request, pk)
    if row.due_on is None:
        messages.info(request, _("This change need not be reported."))
        return redirect(row)
    form = ReportForm(request.POST if request.method == "POST" else None, change=row)
    if form.is_valid():
        try:
            report_change(row, actor=request.user, **form.cleaned_data)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            held = _change(request, pk)
            told = {"day": held.reported_on.isoformat(), "document": held.report_document}
            messages.success(request, _("On record: reported on %(day)s, document %(document)s.") % told)
            return redirect(held)
    words = {"title": _("Report to the immigration office"), "action": _("Put on record"), "change": row}
    return form_page(request, form, row.enrolment, words)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """A change that was entered wrongly; it stays in sight and holds no more."""
    row = _change(request, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            withdraw_change(row, actor=request.user, reason=form.cleaned_data["reason"])
        except IntegrityError as error:
            form.add_error(None, sentence(error))
        else:
            messages.success(request, _("The change is withdrawn. It stays in sight and holds no more."))
            return redirect(row.enrolment)
    words = {"title": _("Withdraw this change?"), "action": _("Withdraw"), "change": row, "bad": True}
    return form_page(request, form, row.enrolment, words)


def get_student(request: HttpRequest, pk: int, permission: str = "") -> Enrolment:
    rows = Enrolment.objects.visible_to(request.user).select_related("client", "major", "case")
    row = get_object_or_404(rows.prefetch_related("client__names"), pk=pk)
    if permission and not may(request.user, permission, row.workspace_id):
        raise PermissionDenied
    return row


def _change(request: HttpRequest, pk: int) -> StatusChange:
    """A change that stands, for whoever may work on it."""
    row = get_visible_or_404(StatusChange, request.user, pk, WORK)
    if row.withdrawn_on:
        raise Http404
    return row


def form_page(request: HttpRequest, form, row: Enrolment, words: dict) -> HttpResponse:
    context = {"form": form, "row": row, "client": row.client, **words}
    return render(request, "visas/student_form.html", context, status=400 if form.errors else 200)
