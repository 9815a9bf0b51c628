"""The quotas of the province on a day, by programme, municipality and university, and whether they will fill."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from tempfile import TemporaryDirectory

from django.core.exceptions import BadRequest
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
from visas.charts import bars, pace
from visas.forecast import forecast
from visas.forms.quota import DayForm
from visas.models import QuotaLine, QuotaPool, VisaCase, VisaProgramme
from visas.quotas import BASES, DEFINITIONS, Count3, Filled, counted, course, filled_on
from visas.views.quota import links

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLES = {
    "pool": gettext_lazy("By quota"),
    "programme": gettext_lazy("By programme"),
    "municipality": gettext_lazy("By municipality"),
    "university": gettext_lazy("By university"),
}


@dataclass(frozen=True)
class Line:
    """A row of a table: what it is of, its figures, and the filters that lead to its cases."""

    name: str
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
        "definitions": [(name, DEFINITIONS[base]) for base, name in BASES.items()],
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
        _("Split"), _("Name"), _("As of"), _("Capacity"), *map(str, BASES.values()), _("Places left"), _("Fill (%)"),
    ]  # fmt: skip
    out = BytesIO()
    with TemporaryDirectory() as folder:
        sheet = XlsxSheet(out, headings, folder, _("Quotas"))
        sheet.write(_rows(splits_of(request.user, form.day), form.day))
        sheet.close()
    name = f"quotas-{form.day:%Y%m%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(out.getvalue(), content_type=XLSX, headers=headers)


def _rows(splits: dict[str, list[Line]], day: date) -> Iterable[list]:
    for split, lines in splits.items():
        for line in lines:
            of = line.filled
            percent = of.percent("taken")
            counts = [of.taken, of.granted, of.settled, of.remaining]
            capacity = of.capacity
            if split == "pool" and capacity is None:
                capacity = _("Number not entered")
            yield [str(TITLES[split]), line.name, day, capacity, *counts, None if percent is None else str(percent)]


def splits_of(user: User, day: date) -> dict[str, list[Line]]:
    """The places on the day, split in each way. A part has a capacity where it has a share."""
    cases = VisaCase.objects.visible_to(user)
    pools = filled_on(cases, day, QuotaPool.objects.all())
    counts = counted(cases, day, "programme", "municipality", "workspace")
    universities = {row.pk: row for row in Workspace.objects.filter(kind=WorkspaceKind.UNIVERSITY)}
    return {
        "pool": [Line(str(pool), filled, {"pool": pool.pk}) for pool, filled in pools],
        "programme": _split(counts, 0, VisaProgramme.objects.in_bulk(), lambda row: {"programme": row.pk}),
        "municipality": _split(
            counts,
            1,
            Municipality.objects.in_bulk(),
            lambda row: {"municipality": row.pk},
            _shares("municipality_id", day),
        ),
        "university": _split(
            counts, 2, universities, lambda row: {"workspace": row.code}, _shares("university_id", day)
        ),
    }


def _split(
    counts: dict[tuple, Count3], place: int, rows: dict, filters: Callable, shares: dict | None = None
) -> list[Line]:
    sums: dict = defaultdict(Count3)
    for key, count in counts.items():
        sums[key[place]] += count
    shares = shares or {}
    return [
        Line(str(row), Filled(shares.get(key), sums[key]), filters(row))
        for key, row in rows.items()
        if key in sums or key in shares
    ]


def _shares(field: str, day: date) -> dict:
    """The places that the ledger gave to the shares of each municipality or university by the day."""
    sums: dict = defaultdict(int)
    lines = QuotaLine.objects.exclude(share=None).filter(entry__effective_on__lte=day)
    for code, amount in lines.values_list(f"share__{field}", "amount").order_by():
        if code:
            sums[code] += amount
    return dict(sums)


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
        (line.name, line.filled.capacity, line.filled.taken, line.filled.granted, line.filled.settled)
        for line in lines
    ]
    return {
        "name": split,
        "title": TITLES[split],
        "chart": bars(f"chart-{split}", title, description, drawn),
        "of_quotas": split == "pool",
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
