"""The semester list of a university: brought in, looked at, and written or left."""

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.access import give_reason
from cases.attachments import MEDIA_TYPES
from cases.models import Client
from centers.refusals import sentence
from visas.access import require_university, universities_of
from visas.models import Enrolment
from workbook.forms import FilledListForm, SemesterForm
from workbook.models import ListState, SemesterList
from workbook.problems import FileRefused
from workbook.semester.filled import present_students, take_list
from workbook.semester.plan import CHANGED, CORRECTED, NEW, Entry, Plan
from workbook.semester.sheet import SHEET, list_of
from workbook.semester.writing import OtherThanSeen, bring_list, leave_list, plan_again, write_list

WORK = "work_clients"
SHOWN = 300  # rows of each kind on the page; the counts are of all
LATEST = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Bring a list in; those that were brought in before."""
    require_university(request.user, WORK)
    places = universities_of(request.user, WORK)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form, plan = SemesterForm(*sent, places=places), None
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            told = {"workspace": form.place, "name": file.name, "content": file.read()}
            kept, plan = bring_list(actor=request.user, **told)
        except FileRefused as refused:
            form.add_error("file", str(refused))
        else:
            if kept is not None:
                return redirect(kept)
    rows = SemesterList.objects.visible_to(request.user).select_related("brought_by", "workspace")
    context = {
        "form": form,
        "plan": plan,
        "problems": plan.problems[:SHOWN] if plan else [],
        "columns": SHEET.columns,
        "rows": rows.order_by("-brought_at", "-pk")[:LATEST],
    }
    bad = form.errors or plan is not None
    return render(request, "workbook/semesters.html", context, status=400 if bad else 200)


@never_cache
@require_safe
def empty(request: HttpRequest) -> HttpResponse:
    """A workbook with the header of the list, to fill in."""
    require_university(request.user, WORK)
    return _file(list_of(()), "semester.xlsx")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def filled(request: HttpRequest) -> HttpResponse:
    """The list with the present students in it, to change and bring in; a reason is asked for and put on record."""
    require_university(request.user, WORK)
    places = universities_of(request.user, WORK)
    semesters = present_students(request.user, places).order_by("-semester").values_list("semester", flat=True)
    sent = request.POST if request.method == "POST" else None
    form = FilledListForm(sent, places=places, semesters=semesters.distinct())
    if form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("semester", "reason")}
        try:
            content = take_list(actor=request.user, workspace=form.place, **told)
        except FileRefused as refused:
            form.add_error(None, str(refused))
        else:
            give_reason(told["reason"])
            return _file(content, f"semester-{form.place.code}-{told['semester'] or timezone.localdate()}.xlsx")
    return render(request, "workbook/semester_filled.html", {"form": form}, status=400 if form.errors else 200)


def _file(content: bytes, name: str) -> HttpResponse:
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=MEDIA_TYPES[".xlsx"], headers=named)


@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What a waiting list would change, or what became of one."""
    row = _list(request, pk)
    if row.state == ListState.WAITING:
        return _preview(request, row, plan_again(row))
    return render(request, "workbook/semester_ended.html", {"row": row})


@never_cache
@require_POST
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what was looked at, or say that it would be something else by now."""
    row = _list(request, pk)
    try:
        written = write_list(row, actor=request.user, seen=request.POST.get("seen", ""))
    except SemesterList.DoesNotExist:
        messages.info(request, _("The list was written or left already."))
        return redirect(row)
    except OtherThanSeen:
        return _preview(request, row, plan_again(row), other=True, status=409)
    except IntegrityError as error:
        return _preview(request, row, plan_again(row), refusal=sentence(error), status=400)
    told = written.counts | written.written
    messages.success(
        request,
        _(
            "Written: %(new)d new, %(changed)d changed, %(corrected)d corrected, %(checks)d checks made. "
            "%(students)d students are as listed."
        )
        % told,
    )
    return redirect(written)


@never_cache
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    row = _list(request, pk)
    try:
        leave_list(row, actor=request.user)
    except SemesterList.DoesNotExist:
        messages.info(request, _("The list was written or left already."))
        return redirect(row)
    messages.success(request, _("The list is left. Nothing of it was written."))
    return redirect("workbook:semesters")


def _list(request: HttpRequest, pk: int) -> SemesterList:
    require_university(request.user, WORK)
    rows = SemesterList.objects.visible_to(request.user).select_related("workspace", "brought_by")
    return get_object_or_404(rows, pk=pk)


def _preview(request: HttpRequest, row: SemesterList, plan: Plan, *, status: int = 200, **told) -> HttpResponse:
    groups = (
        (NEW, _("New students")),
        (CHANGED, _("Changes of status")),
        (CORRECTED, _("Corrections")),
    )
    shown = [(kind, title, [entry for entry in plan.entries if kind in entry.kinds]) for kind, title in groups]
    absent = plan.absent
    context = {
        "row": row,
        "plan": plan,
        "seen": plan.fingerprint,
        "problems": plan.problems[:SHOWN],
        "groups": [
            (kind, title, _whose(request, entries[:SHOWN]), len(entries)) for kind, title, entries in shown if entries
        ],
        "absent": absent.select_related("major", "client").prefetch_related("client__names")[:SHOWN],
        "absent_count": absent.count(),
        **told,
    }
    return render(request, "workbook/semester.html", context, status=status)


def _whose(request: HttpRequest, entries: list[Entry]) -> list[tuple[Entry, Enrolment | None, Client | None]]:
    """Each entry with its student and the file of it: those who are shown, and nobody else, are read."""
    students = Enrolment.objects.visible_to(request.user).in_bulk([entry.held.pk for entry in entries if entry.held])
    files = {entry.held.client if entry.held else entry.client for entry in entries} - {None}
    clients = Client.objects.visible_to(request.user).prefetch_related("names").in_bulk(files)
    return [
        (
            entry,
            students.get(entry.held.pk) if entry.held else None,
            clients.get(entry.held.client if entry.held else entry.client),
        )
        for entry in entries
    ]
