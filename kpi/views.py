from datetime import date

from django.core import signing
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from centers.access import require_everywhere
from centers.scope import WHOLE_PROVINCE, acting_for
from kpi import sheet as lines
from kpi.behind import Evidence, rows_behind
from kpi.forms import AsOfForm
from kpi.rollup import roll_up
from kpi.rows import shown_to, title_of
from kpi.spreadsheet import spreadsheet

OLDEST_YEAR = 2000
PAGES = "kpi.evidence"  # what page tokens are signed for
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@never_cache
@require_safe
def sheet(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """The year's indicators in the layout of the plan, with what they rest on."""
    require_everywhere(request.user, "view_figures")
    year = _known_year(year or lines.newest_year_with_records())
    form = AsOfForm(request.GET or None, year=year, initial={"as_of": lines.last_day(year)})
    context = _counted(request, year, _day(form) or lines.last_day(year))
    status = 400 if form.errors else 200
    return render(request, "kpi/sheet.html", {"form": form, **context}, status=status)


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
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _day(form: AsOfForm) -> date | None:
    return form.cleaned_data["as_of"] if form.is_valid() else None


def _counted(request: HttpRequest, year: int, as_of: date) -> dict:
    """The year's figures and the names that go with them."""
    with acting_for(WHOLE_PROVINCE, actor=request.user, reason="kpi sheet"):
        # Figures only: nothing about a person leaves this block.
        answer = roll_up(year, as_of=as_of)
        readings = lines.readings(answer, year, as_of)
    return _sheet(answer, readings, year, as_of)


def _known_year(year: int) -> int:
    if not OLDEST_YEAR <= year <= timezone.localdate().year:
        raise Http404
    return year


def _sheet(answer: dict, readings: list, year: int, as_of: date) -> dict:
    years = lines.plan_years()
    return {
        "year": year,
        "as_of": as_of,
        "counted_at": timezone.localtime(),
        "answer": answer,
        "years": years,
        "columns_between": 2 * len(years) + 1,
        "open_years": [other for other in years if other <= timezone.localdate().year],
        "lines": lines.plan_lines(answer, years),
        "programmes": lines.programme_lines(answer),
        "readings": readings,
        "months": lines.months_of(year, as_of),
        "centers": lines.center_lines(answer, year, as_of),
        "splits": lines.splits(answer),
        "visas": lines.visa_lines(answer),
        "quotas": lines.quota_lines(answer),
        "vouchers": lines.voucher_lines(answer),
    }


@never_cache
@require_safe
def evidence(request: HttpRequest, year: int, key: str) -> HttpResponse:
    """The rows behind one figure; those the viewer's own roles do not open are masked and never dropped."""
    require_everywhere(request.user, "view_figures")
    form = AsOfForm(request.GET, year=_known_year(year))
    as_of = _day(form) or lines.last_day(year)
    try:
        with acting_for(WHOLE_PROVINCE, actor=request.user, reason="kpi evidence"):
            found = rows_behind(key, year, as_of, after=_after(request.GET.get("after", "")))
    except LookupError as error:
        raise Http404 from error
    context = {
        "year": year,
        "as_of": as_of,
        "title": title_of(key),
        "evidence": found,
        "rows": shown_to(request.user, found.rows),
        "links": _links(found, as_of, first="after" not in request.GET),
    }
    return render(request, "kpi/evidence_list.html", context)


def _after(token: str) -> tuple[date, str, int] | None:
    if not token:
        return None
    try:
        day, source, pk = signing.loads(token, salt=PAGES)
    except signing.BadSignature as error:
        raise BadRequest("a page token that was not given out here") from error
    return date.fromisoformat(day), source, pk


def _links(found: Evidence, as_of: date, *, first: bool) -> dict[str, str]:
    kept = {"as_of": as_of.isoformat()}
    following = ""
    if found.after:
        day, source, pk = found.after
        following = "?" + urlencode({**kept, "after": signing.dumps([day.isoformat(), source, pk], salt=PAGES)})
    return {"first": "" if first else "?" + urlencode(kept), "next": following}
