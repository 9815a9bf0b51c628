"""Universities side by side, and what the province enters on each: periods and majors."""

from io import BytesIO
from tempfile import TemporaryDirectory

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from centers.access import require_anywhere, require_everywhere
from centers.exports.sheets import Percent, XlsxSheet
from centers.models import ExportFormat, Major, Standing, UniversityPeriod, Workspace, WorkspaceKind
from centers.selectors import scope_of
from centers.services.university import end_period, enter_period, keep_major, withdraw_period
from visas.access import universities_of
from visas.forms.student import ReasonForm
from visas.forms.university import MajorForm, OnForm, PeriodEndForm, PeriodForm
from visas.models import QuotaShare
from visas.obligations import FEW
from visas.quotas import FIGURES, TAKEN
from visas.students import STUDENT_VISA, ReportCounts, report_counts
from visas.universities import UniversityLine, lines_of
from visas.views.quota import links
from visas.views.university_students import numbers_of

READ, ENTER = "view_visa_cases", "review_visa_cases"
BADGES = {Standing.ELIGIBLE: "good", Standing.RESTRICTED: "bad"}


def readable(user: User) -> QuerySet[Workspace]:
    """The universities that the person reads: the province all, a university itself."""
    if READ in scope_of(user).everywhere:
        return Workspace.objects.filter(kind=WorkspaceKind.UNIVERSITY)
    return universities_of(user)


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All universities and the province on a day: how each stands, its places and cases, and what is evaluated."""
    require_everywhere(request.user, READ)
    form = OnForm(request.GET or None)
    today = form.day == timezone.localdate()
    reports = report_counts() if today else {}
    context = {
        "form": form,
        "day": form.day,
        "today": today,
        "rows": [_row(request.user, line, form, reports) for line in _lines(request.user, form)],
        "few": FEW,
        "taken": TAKEN,
    }
    return render(request, "visas/universities.html", context, status=400 if form.errors else 200)


def _lines(user: User, form: OnForm) -> list[UniversityLine]:
    return lines_of(user, readable(user), form.day)


def _row(user: User, line: UniversityLine, form: OnForm, reports: dict[str, ReportCounts]) -> dict:
    of = {"programme": STUDENT_VISA} | ({"workspace": line.place.code} if line.place else {})
    figures = dict(zip(FIGURES, links(user, line.count, form.of_cases, **of), strict=True))
    return {
        "line": line,
        "badge": BADGES.get(line.period.standing) if line.period else "",
        "figures": [figures[name][1] for name in ("taken", "granted", "settled")],
        "granted": figures["granted"][1],
        "ledger": _ledger(line, form),
        "numbers": numbers_of(line.evaluated, line.place, form.day),
        "reports": reports.get(line.place.code, ReportCounts()) if line.place else None,
    }


def _ledger(line: UniversityLine, form: OnForm) -> str:
    """Where the lines lie whose sum the places of a university's shares are."""
    asked = {"university": line.place.code, **form.asked} if line.place else form.asked
    return f"{reverse('visas:quota_lines')}?{urlencode(asked)}"


@never_cache
@require_safe
def xlsx(request: HttpRequest) -> HttpResponse:
    """The same table as a workbook: figures only, and few of those who departed as few."""
    require_everywhere(request.user, READ)
    form = OnForm(request.GET or None)
    if form.errors:
        raise BadRequest(form.errors.as_text())
    headings = [
        _("University"), _("As of"), _("Eligibility"), _("Majors"), _("Places"), str(TAKEN), _("Granted"),
        _("Settled"), _("Fill of"), _("Fill (%)"), _("Admitted"), _("In class"), _("Departed"), _("Departed (%)"),
        _("In KIIP"), _("In KIIP (%)"), _("Graduated"), _("At work in the province"),
    ]  # fmt: skip
    out = BytesIO()
    with TemporaryDirectory() as folder:
        sheet = XlsxSheet(out, headings, folder, _("Universities"))
        sheet.write(_cells(line, form) for line in _lines(request.user, form))
        sheet.close()
    headers = {"Content-Disposition": f'attachment; filename="universities-{form.day:%Y%m%d}.xlsx"'}
    return HttpResponse(out.getvalue(), content_type=ExportFormat.XLSX.media_type, headers=headers)


def _cells(line: UniversityLine, form: OnForm) -> list:
    of, told = line.evaluated, line.evaluated.told
    departed = of.departed if told["departed"].replace(",", "") == str(of.departed) else told["departed"]
    name = str(line.place) if line.place else _("Province in total")
    return [
        name, form.day, str(line.period.get_standing_display()) if line.period else "", line.majors, line.places,
        line.count.taken, line.count.granted, line.count.settled, line.size,
        None if line.fill is None else Percent(line.fill / 100), of.admitted, of.in_class, departed, of.departure,
        of.attending, of.participation, of.graduated, of.employed,
    ]  # fmt: skip


@never_cache
@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """A university's periods, majors and places; the province also enters them here."""
    require_anywhere(request.user, READ)
    place = get_object_or_404(readable(request.user), code=code)
    periods = list(place.periods.select_related("entered_by"))
    today = timezone.localdate()
    now = place.periods.on(today).first()
    context = {
        "place": place,
        "now": now,
        "badge": BADGES.get(now.standing) if now else "",
        "periods": [(row, BADGES[row.standing]) for row in periods],
        "majors": place.majors.all(),
        "today": today,
        "shares": QuotaShare.objects.filter(university=place).select_related("pool"),
        "may_enter": ENTER in scope_of(request.user).everywhere,
        "crumbs": [(_("Universities"), reverse("visas:universities"))] if _reads_all(request.user) else [],
    }
    return render(request, "visas/university.html", context)


def _reads_all(user: User) -> bool:
    return READ in scope_of(user).everywhere


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def period_new(request: HttpRequest, code: str) -> HttpResponse:
    place = _to_enter(request, code)
    form = PeriodForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = enter_period(actor=request.user, workspace=place, **form.cleaned_data)
        except ValidationError as error:
            _tell(form, error)
        else:
            held = UniversityPeriod.objects.get(pk=made.pk)
            told = {"standing": held.get_standing_display(), "first": held.starts_on, "last": held.ends_on or ""}
            messages.success(request, _("Kept: %(standing)s, %(first)s – %(last)s.") % told)
            return redirect("visas:university", code)
    return _form_page(request, form, place, _("Enter a period"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def period_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a period its last day, or another one."""
    row = _period(request, pk)
    form = PeriodEndForm(
        request.POST if request.method == "POST" else None, initial={"ends_on": row.ends_on or timezone.localdate()}
    )
    if form.is_valid():
        try:
            held = end_period(row, actor=request.user, ends_on=form.cleaned_data["ends_on"])
        except ValidationError as error:
            _tell(form, error)
        else:
            told = {"standing": held.get_standing_display(), "first": held.starts_on, "last": held.ends_on or ""}
            messages.success(request, _("Kept: %(standing)s, %(first)s – %(last)s.") % told)
            return redirect("visas:university", row.workspace.code)
    return _form_page(request, form, row.workspace, _("Last day of the period"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def period_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = _period(request, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        withdraw_period(row, actor=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("The period is withdrawn. It stays in sight and holds no more."))
        return redirect("visas:university", row.workspace.code)
    context = {
        "title": _("Withdraw this period?"),
        "sentence": f"{row.workspace} · {row.get_standing_display()} · {row.starts_on} – {row.ends_on or ''}",
        "form": form,
        "action": _("Withdraw"),
        "back": reverse("visas:university", args=[row.workspace.code]),
        "bad": True,
    }
    return render(request, "confirm.html", context, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def major_new(request: HttpRequest, code: str) -> HttpResponse:
    place = _to_enter(request, code)
    return _keep_major(request, Major(workspace=place), _("Enter a major"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def major_edit(request: HttpRequest, pk: int) -> HttpResponse:
    require_everywhere(request.user, ENTER)
    row = get_object_or_404(Major.objects.select_related("workspace"), pk=pk)
    return _keep_major(request, row, _("Change the major"))


def _keep_major(request: HttpRequest, row: Major, title: str) -> HttpResponse:
    initial = {name: getattr(row, name) for name in MajorForm.base_fields} if row.pk else {}
    form = MajorForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        for name, value in form.cleaned_data.items():
            setattr(row, name, value)
        try:
            held = keep_major(row, actor=request.user)
        except ValidationError as error:
            _tell(form, error)
        else:
            messages.success(request, _("Kept: %(major)s.") % {"major": Major.objects.get(pk=held.pk)})
            return redirect("visas:university", row.workspace.code)
    return _form_page(request, form, row.workspace, title)


def _tell(form, error: ValidationError) -> None:
    """What the records refuse, at its field where the form has it."""
    for field, sentences in error.update_error_dict({}).items():
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, sentence)


def _to_enter(request: HttpRequest, code: str) -> Workspace:
    require_everywhere(request.user, ENTER)
    return get_object_or_404(Workspace.objects.filter(kind=WorkspaceKind.UNIVERSITY), code=code)


def _period(request: HttpRequest, pk: int) -> UniversityPeriod:
    require_everywhere(request.user, ENTER)
    row = get_object_or_404(UniversityPeriod.objects.select_related("workspace"), pk=pk)
    if row.withdrawn_on:
        raise Http404
    return row


def _form_page(request: HttpRequest, form, place: Workspace, title: str) -> HttpResponse:
    context = {"form": form, "place": place, "title": title}
    return render(request, "visas/university_form.html", context, status=400 if form.errors else 200)
