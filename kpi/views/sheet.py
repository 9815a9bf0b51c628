from dataclasses import replace
from datetime import date

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from centers.access import require_anywhere, require_everywhere
from centers.listing import Shown
from centers.models import ExportFormat, Workspace
from centers.scope import WHOLE_PROVINCE, acting_for
from centers.selectors import scope_of
from centers.views.listing import show
from kpi import sheet as lines
from kpi.evidence import OFFERED, Figure
from kpi.forms import AsOfForm, FigureForm
from kpi.listings import listing_of
from kpi.meanings import sentence_of
from kpi.models import Indicator, ManualFigure, PublishedFigure
from kpi.models.indicator import ENTERED
from kpi.numbers import plain
from kpi.opened import rows_behind
from kpi.published import said_beside
from kpi.rates import rate_of
from kpi.rollup import roll_up
from kpi.rows import is_read_by, is_shut
from kpi.services.figure import enter_figure
from kpi.spreadsheet import spreadsheet
from visas.quotas import TAKEN

OLDEST_YEAR = 2000


@never_cache
@require_safe
def sheet(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """The year's indicators in the layout of the plan, with what they rest on."""
    require_everywhere(request.user, "view_figures")
    year = _known_year(year or lines.newest_year_with_records())
    form = AsOfForm(request.GET or None, year=year, initial={"as_of": lines.last_day(year)})
    context = _counted(request, year, _day(form) or lines.last_day(year))
    shown = context | {"form": form, "largest": lines.shown_splits(context["answer"], rows=lines.LARGEST)}
    return render(request, "kpi/sheet.html", shown, status=400 if form.errors else 200)


@never_cache
@require_safe
def counselling(request: HttpRequest, year: int) -> HttpResponse:
    """The counselling of the year in full, of which the sheet shows the largest rows."""
    require_everywhere(request.user, "view_figures")
    form = AsOfForm(request.GET or None, year=_known_year(year), initial={"as_of": lines.last_day(year)})
    as_of = _day(form) or lines.last_day(year)
    with acting_for(WHOLE_PROVINCE, actor=request.user, reason="kpi sheet"):
        answer = roll_up(year, as_of=as_of)
    context = _head(answer, year, as_of) | _counselling(answer, year, as_of)
    shown = context | {"form": form, "splits": lines.shown_splits(answer)}
    return render(request, "kpi/counselling.html", shown, status=400 if form.errors else 200)


@never_cache
@require_safe
def sheet_xlsx(request: HttpRequest, year: int) -> HttpResponse:
    """The same figures as a workbook, to be filed with the report."""
    require_everywhere(request.user, "view_figures")
    form = AsOfForm(request.GET, year=_known_year(year))
    if not form.is_valid():
        raise BadRequest(form.errors.as_text())
    as_of = _day(form) or lines.last_day(year)
    content = spreadsheet(_counted(request, year, as_of))
    name = f"kpi-{year}-{as_of:%Y%m%d}.xlsx"
    return HttpResponse(
        content,
        content_type=ExportFormat.XLSX.media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _day(form: AsOfForm) -> date | None:
    return form.cleaned_data["as_of"] if form.is_valid() else None


def _counted(request: HttpRequest, year: int, as_of: date) -> dict:
    """The year's figures and the names that go with them."""
    with acting_for(WHOLE_PROVINCE, actor=request.user, reason="kpi sheet"):
        # Figures only: nothing about a person leaves this block.
        answer = roll_up(year, as_of=as_of)
        readings = lines.readings(answer, year, as_of)
        said = said_beside(
            PublishedFigure.objects.filter(year=year, corrected_by=None),
            lambda _year: as_of,
            lambda year, day: answer if day == as_of else roll_up(year, as_of=day),
            rows_behind,
        )
    may_enter = "enter_figures" in scope_of(request.user).everywhere
    return _sheet(answer, readings, year, as_of) | {"may_enter": may_enter, "said": said}


def _known_year(year: int) -> int:
    if not OLDEST_YEAR <= year <= timezone.localdate().year:
        raise Http404
    return year


def _sheet(answer: dict, readings: list, year: int, as_of: date) -> dict:
    years = lines.plan_years()
    return {
        **_head(answer, year, as_of),
        **_counselling(answer, year, as_of),
        "years": years,
        "columns_between": 2 * len(years) + 1,
        "lines": lines.plan_lines(answer, years),
        "programmes": lines.programme_lines(answer),
        "readings": readings,
        "visas": lines.visa_lines(answer),
        "quotas": lines.quota_lines(answer),
        "taken": TAKEN,
        "vouchers": lines.voucher_lines(answer),
    }


def _head(answer: dict, year: int, as_of: date) -> dict:
    this_year = timezone.localdate().year
    return {
        "year": year,
        "as_of": as_of,
        "counted_at": timezone.localtime(),
        "answer": answer,
        "open_years": [other for other in lines.plan_years() if other <= this_year],
    }


def _counselling(answer: dict, year: int, as_of: date) -> dict:
    return {
        "months": lines.months_of(year, as_of),
        "centers": lines.center_lines(answer, year, as_of),
        "splits": lines.splits(answer),
    }


@never_cache
@require_safe
def evidence(request: HttpRequest, key: str) -> HttpResponse:
    """The rows behind one figure; those the viewer's own roles do not open are masked and never dropped."""
    require_anywhere(request.user, "view_figures")
    try:
        figure = Figure.of(key)
        _known_place(figure)
        if not is_read_by(request.user, figure):
            require_everywhere(request.user, "view_figures")
        if figure.window.as_of > lines.last_day(_known_year(figure.year)):
            raise Http404
        if is_shut(figure):
            raise PermissionDenied(_("The sessions behind a figure of this topic are for counsellors only."))
        listing = listing_of(figure)
    except ValueError as error:
        raise Http404 from error
    return show(request, listing, told=_beside_rows)


def _known_place(figure: Figure) -> None:
    """Raises ValueError for a figure of a workspace that there is not."""
    codes = set(figure.codes_of("workspace"))
    if Workspace.objects.filter(code__in=codes).count() < len(codes):
        raise ValueError(f"no workspace has the code {codes}")


def _beside_rows(shown: Shown) -> dict:
    """What the page of a figure says beside its rows."""
    figure = shown.listing.figure
    listed = shown.listing.total(shown.rows)
    beds = figure.name == OFFERED
    return {
        "rate": rate_of(figure),
        "figure": shown.listing.total(shown.listing.rows(shown.viewer)) if shown.narrowed else listed,
        "listed": listed,
        "year": figure.year,
        "as_of": figure.window.as_of,
        "meaning": sentence_of(figure),
        "sheet_is_open": "view_figures" in scope_of(shown.viewer).everywhere,
        "is_sum": figure.is_sum,
        "masked": not beds and not all(row.open for row in shown.page),
        "slept": replace(figure, name="night") if beds else None,
    }


@never_cache
@require_safe
def figure(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """What was entered for an indicator and a year, the newest first: who, when, and on what evidence."""
    require_everywhere(request.user, "view_figures")
    return render(request, "kpi/figure_detail.html", _entered(request, year, code))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def figure_enter(request: HttpRequest, year: int, code: str) -> HttpResponse:
    require_everywhere(request.user, "enter_figures")
    context = _entered(request, year, code)
    form = FigureForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = enter_figure(indicator=context["indicator"], year=year, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            _confirm(request, made.pk)
            return redirect("kpi:figure", year, code)
    return render(request, "kpi/figure_form.html", {"form": form, **context}, status=400 if form.errors else 200)


def _entered(request: HttpRequest, year: int, code: str) -> dict:
    if _known_year(year) not in lines.plan_years():
        raise Http404
    indicator = get_object_or_404(Indicator, code=code, rules__default=True, rules__reading=ENTERED)
    entries = indicator.manual_figures.filter(year=year).select_related("entered_by").order_by("-entered_at", "-id")
    return {
        "year": year,
        "indicator": indicator,
        "entries": entries,
        "may_enter": "enter_figures" in scope_of(request.user).everywhere,
    }


def _confirm(request: HttpRequest, pk: int) -> None:
    """Say what the database holds now, and not what was typed."""
    entry = ManualFigure.objects.select_related("indicator").get(pk=pk)
    text = _("Entered for %(year)s: %(value)s %(unit)s. Evidence: %(evidence)s")
    held = {"year": entry.year, "value": plain(entry.value), "unit": entry.indicator.unit, "evidence": entry.evidence}
    messages.success(request, text % held)
