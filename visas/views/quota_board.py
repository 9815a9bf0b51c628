"""The quotas of the province on a day, by programme, municipality and university, and whether they will fill."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from tempfile import TemporaryDirectory

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from centers.access import require_everywhere
from centers.exports.sheets import XlsxSheet
from centers.models import Municipality, Workspace, WorkspaceKind
from kpi.published import Said, said_of
from visas.charts import bars, pace
from visas.forecast import forecast
from visas.forms.quota import DayForm
from visas.models import DemandSurvey, QuotaLine, QuotaPool, QuotaShare, VisaCase, VisaProgramme
from visas.quotas import BASES, DEFINITIONS, FIGURES, Filled, Tally, counted, course, filled_on
from visas.views.quota import links

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLES = {
    "pool": gettext_lazy("By quota"),
    "share": gettext_lazy("By share"),
    "programme": gettext_lazy("By programme"),
    "municipality": gettext_lazy("By municipality"),
    "university": gettext_lazy("By university"),
}
KEY = {"ground": gettext_lazy("Capacity")} | BASES  # the colours of the bars, by what they say


@dataclass(frozen=True)
class Line:
    """A row of a table: what it is of, its figures, and the filters that lead to its cases."""

    name: str
    short: str  # beside a bar
    filled: Filled
    filters: dict[str, str]


@never_cache
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    require_everywhere(request.user, "view_visa_cases")
    form = DayForm(request.GET or None)
    day = form.day
    splits = splits_of(request.user, day)
    context = {
        "form": form,
        "day": day,
        "crumbs": [(_("Quotas"), reverse("visas:quotas"))],
        "splits": [_shown(request.user, name, lines, day) for name, lines in splits.items() if lines],
        "forecasts": [told for pool in QuotaPool.objects.all() if (told := _forecast(request.user, pool, day))],
        "definitions": DEFINITIONS,
        "key": KEY.items(),
        "said": _said(splits["pool"], day),
        "demand": demand_of(day),
    }
    return render(request, "visas/quota_board.html", context, status=400 if form.errors else 200)


@never_cache
@require_safe
def xlsx(request: HttpRequest) -> HttpResponse:
    """The same table as a workbook: figures only, nothing of a person."""
    require_everywhere(request.user, "view_visa_cases")
    form = DayForm(request.GET or None)
    if form.errors:
        raise BadRequest(form.errors.as_text())
    headings = [
        _("Split"), _("Name"), _("As of"), _("Capacity"), *map(str, FIGURES.values()), _("Places left"), _("Fill (%)"),
    ]  # fmt: skip
    out = BytesIO()
    with TemporaryDirectory() as folder:
        sheet = XlsxSheet(out, headings, folder, _("Quotas"))
        sheet.write(_rows(splits_of(request.user, form.day), form.day))
        sheet.close()
    name = f"quotas-{form.day:%Y%m%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(out.getvalue(), content_type=XLSX, headers=headers)


def _said(lines: list[Line], day: date) -> list[Said]:
    """What was told of the quotas of the year of a day, beside what the board has of them."""
    quotas = [
        {"code": line.filters["pool"], "capacity": line.filled.capacity, "taken": line.filled.taken} for line in lines
    ]
    told = said_of({"year": day.year, "quotas": quotas})
    return [row for row in told if any(path.startswith("quotas/") for path in row.figure.paths)]


def demand_of(day: date) -> list[tuple[str, int]]:
    """What surveys of the year of a day found to be wanted, by municipality; what was withdrawn is not in it."""
    rows = DemandSurvey.objects.standing().filter(year=day.year, surveyed_on__lte=day).order_by("municipality__order")
    sums: dict[str, int] = defaultdict(int)
    for row in rows.select_related("municipality"):
        sums[str(row.municipality)] += row.wanted
    return list(sums.items())


def _rows(splits: dict[str, list[Line]], day: date) -> Iterable[list]:
    for split, lines in splits.items():
        for line in lines:
            of = line.filled
            percent = of.percent("taken")
            counts = [*(getattr(of.count, name) for name in FIGURES), of.remaining]
            capacity = of.capacity
            if split == "pool" and capacity is None:
                capacity = _("Number not entered")
            yield [str(TITLES[split]), line.name, day, capacity, *counts, None if percent is None else str(percent)]


def splits_of(user: User, day: date) -> dict[str, list[Line]]:
    """The places on the day, split in each way. Quotas have a number of places, and so have shares."""
    cases = VisaCase.objects.visible_to(user)
    pools = filled_on(cases, day, QuotaPool.objects.prefetch_related("programmes"))
    counts = counted(cases, day, "programme", "municipality", "workspace")
    universities = {row.pk: row for row in Workspace.objects.filter(kind=WorkspaceKind.UNIVERSITY)}
    return {
        "pool": [
            Line(str(pool), "·".join(row.pk for row in pool.programmes.all()), filled, {"pool": pool.pk})
            for pool, filled in pools
        ],
        "share": _shares(cases, day),
        "programme": _split(counts, 0, VisaProgramme.objects.in_bulk(), "programme"),
        "municipality": _split(counts, 1, Municipality.objects.in_bulk(), "municipality"),
        "university": _split(counts, 2, universities, "workspace"),
    }


def _split(counts: dict[tuple, Tally], place: int, rows: dict, filter_: str) -> list[Line]:
    """The cases by one of three fields; those without one are in none of the rows."""
    sums: dict = defaultdict(Tally)
    for key, count in counts.items():
        sums[key[place]] += count
    return [
        Line(str(row), row.code if filter_ == "programme" else str(row), Filled(None, sums[key]), {filter_: row.code})
        for key, row in rows.items()
        if key in sums
    ]


def _shares(cases: QuerySet[VisaCase], day: date) -> list[Line]:
    """The shares with what the ledger gave each by the day."""
    sums: dict[int, int] = defaultdict(int)
    lines = QuotaLine.objects.exclude(share=None).filter(entry__effective_on__lte=day)
    for share, amount in lines.values_list("share", "amount").order_by():
        sums[share] += amount
    counts = counted(cases, day, "share") if sums else {}
    rows = QuotaShare.objects.filter(pk__in=sums).select_related("pool", "municipality", "university")
    return [
        Line(
            f"{share.pool} · {share}", str(share), Filled(sums[share.pk], counts.get((share.pk,), Tally())),
            {"pool": share.pool_id, "share": share.code},
        )
        for share in rows
    ]  # fmt: skip


def _shown(user: User, split: str, lines: list[Line], day: date) -> dict:
    title = f"{TITLES[split]} · {day}"
    description = "; ".join(
        _("%(name)s: %(taken)d recommended, %(granted)d granted, %(settled)d settled")
        % {
            "name": line.name,
            "taken": line.filled.taken,
            "granted": line.filled.granted,
            "settled": line.filled.settled,
        }
        for line in lines
    )
    drawn = [
        (line.short, line.filled.capacity, line.filled.taken, line.filled.granted, line.filled.settled)
        for line in lines
    ]
    return {
        "name": split,
        "title": TITLES[split],
        "chart": bars(f"chart-{split}", title, description, drawn),
        "of_quotas": split == "pool",
        "sized": split in {"pool", "share"},
        "rows": [
            {
                "line": line,
                "figures": links(user, line.filled.count, day, **line.filters),
                "percent": line.filled.percent("taken"),
            }
            for line in lines
        ],
    }


def _forecast(user: User, pool: QuotaPool, day: date) -> dict | None:
    """The quota's course and what is expected of it; none where its number is not known or its period is another."""
    cases = VisaCase.objects.visible_to(user)
    found = forecast(cases, pool, day)
    if found is None:
        return None
    title = _("%(quota)s: course and even pace") % {"quota": pool}
    description = _("%(taken)d places are taken; at an even pace it would be %(even)d on %(day)s.") % {
        "taken": found.taken, "even": round(found.even), "day": day,
    }  # fmt: skip
    months = course(cases, pool, day)
    drawn = pace(f"pace-{pool.pk}", title, description, found, months)
    return {
        "forecast": found,
        "even": round(found.even),
        "chart": drawn,
        "description": description,
        "course": months[-6:],
    }
