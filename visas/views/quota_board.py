"""The quotas of the province on a day, by programme, municipality and university, and whether they will fill."""

from collections.abc import Iterable
from datetime import date
from io import BytesIO
from tempfile import TemporaryDirectory

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from centers.access import require_everywhere
from centers.exports.sheets import Percent, XlsxSheet
from centers.listing import listed
from centers.models import ExportFormat, Municipality
from kpi.published import Said, said_of_quotas
from visas.charts import bars, pace
from visas.forecast import Cohort, Forecast, forecast
from visas.forms.quota import BoardForm
from visas.listings import CASES
from visas.models import QuotaPool, VisaCase
from visas.quota_table import Line, narrowed, splits_of
from visas.quotas import BASES, DEFINITIONS, FIGURES, TAKEN, course, filled_on, pools_on
from visas.views.asked import Asked, asked_of_municipalities, asked_of_quotas
from visas.views.quota import links, may_enter

TITLES = {
    "pool": gettext_lazy("By quota"),
    "share": gettext_lazy("By share"),
    "programme": gettext_lazy("By programme"),
    "municipality": gettext_lazy("By municipality of residence"),
    "university": gettext_lazy("By university"),
}
KEY = {"ground": gettext_lazy("Capacity")} | BASES  # the colours of the bars, by what they say
UNSIZED = {"programme"}  # its quota may be that of another one too
# What stands in place of a number of places.
NO_NUMBER = {
    "pool": gettext_lazy("Number not entered"),
    "municipality": gettext_lazy("No share"),
    "university": gettext_lazy("No share"),
}
NO_QUOTA = {"none": gettext_lazy("No quota"), "other": gettext_lazy("Outside of its quotas' periods")}


@never_cache
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    require_everywhere(request.user, "view_visa_cases")
    form = BoardForm(request.GET or None)
    day, then = form.day, form.as_then
    splits = _splits(request.user, form)
    asked = _asked(request.user, day)
    places = Municipality.objects.filter(pk__in=asked["municipality"])
    context = {
        "form": form,
        "day": day,
        "then": then,
        "query": urlencode(form.asked),
        "crumbs": [(_("Quotas"), reverse("visas:quotas"))],
        "splits": [_shown(request.user, name, lines, form, asked) for name, lines in splits.items() if lines],
        "forecasts": _forecasts(request.user, form),
        "definitions": DEFINITIONS.values(),
        "taken": TAKEN,
        "key": KEY.items(),
        "said": [] if form.narrowing else _said(request.user, form),
        "asked": [] if form.narrowing else [(place, asked["municipality"][place.pk]) for place in places],
        "may_enter": may_enter(request.user),
    }  # fmt: skip
    return render(request, "visas/quota_board.html", context, status=400 if form.errors else 200)


@never_cache
@require_safe
def xlsx(request: HttpRequest) -> HttpResponse:
    """The same table as a workbook: figures only, nothing of a person."""
    require_everywhere(request.user, "view_visa_cases")
    form = BoardForm(request.GET or None)
    if form.errors:
        raise BadRequest(form.errors.as_text())
    headings = [
        _("Split"), _("Name"), _("As of"), _("Known when"), _("Capacity"), *map(str, FIGURES.values()),
        _("Places left"), _("Fill (%)"),
    ]  # fmt: skip
    out = BytesIO()
    with TemporaryDirectory() as folder:
        sheet = XlsxSheet(out, headings, folder, _("Quotas"))
        sheet.write(_rows(_splits(request.user, form), form))
        sheet.close()
    whose = "".join(f"-{code}" for code in form.narrowing.values())
    name = f"quotas{whose}-{form.day:%Y%m%d}{'-known' if form.as_then else ''}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(out.getvalue(), content_type=ExportFormat.XLSX.media_type, headers=headers)


def _splits(user: User, form: BoardForm) -> dict[str, list[Line]]:
    cases = form.narrowed(VisaCase.objects.visible_to(user))
    splits = splits_of(cases, form.day, then=form.as_then)
    return narrowed(splits, form.narrowing) if form.narrowing else splits


def _forecasts(user: User, form: BoardForm) -> list[dict]:
    """Of each quota whose number is known; none of the cases of one university or municipality, which fill no quota
    by themselves.
    """
    pools = [] if form.narrowing else pools_on(form.day, then=form.as_then)
    return [told for pool in pools if (told := _forecast(user, pool, form))]


def _said(user: User, form: BoardForm) -> list[Said]:
    """What was told of the quotas, beside what the board of the figure's own day has of them."""
    cases = VisaCase.objects.visible_to(user)

    def counted_on(day: date) -> list[dict]:
        then = form.as_then
        return [
            {"code": pool.pk, "capacity": of.capacity} | {name: getattr(of, name) for name in BASES}
            for pool, of in filled_on(cases, day, pools_on(day, then=then), then=then)
        ]

    def opened(path: str, day: date) -> str:
        _quotas, code, measure = path.split("/")
        if measure not in BASES:
            return f"{reverse('visas:quota_lines')}?{urlencode({'pool': code, 'on': day} | form.basis)}"
        known = {"known": f"{day}"} if form.as_then else {}
        return listed(CASES, user, pool=code, place=measure, on=f"{day}", **known).url

    return said_of_quotas(form.day, counted_on, opened)


def _asked(user: User, day: date) -> dict[str, dict[str, Asked]]:
    """What is asked for beside what there is, by the split and the code of its line."""
    return {"pool": asked_of_quotas(user, day), "municipality": asked_of_municipalities(user, day)}


def _rows(splits: dict[str, list[Line]], form: BoardForm) -> Iterable[list]:
    basis = str(dict(form.fields["then"].choices)["1" if form.as_then else ""])
    for split, lines in splits.items():
        for line in lines:
            percent = line.percent()
            capacity = line.capacity if line.capacity is not None else _in_words(split, line)
            yield [
                str(TITLES[split]), line.name, form.day, basis, capacity,
                *(getattr(line.count, name) for name in FIGURES), line.remaining,
                None if percent is None else Percent(percent / 100),
            ]  # fmt: skip


def _in_words(split: str, line: Line) -> str:
    """What stands in place of a number of places where there is none."""
    return str(NO_QUOTA.get(line.state) or NO_NUMBER.get(split, ""))


def _shown(user: User, split: str, lines: list[Line], form: BoardForm, asked: dict[str, dict[str, Asked]]) -> dict:
    title = f"{TITLES[split]} · {form.day}"
    drawn = [line for line in lines if line.state != "sum"]
    description = "; ".join(
        _("%(name)s: %(taken)d recommended, %(granted)d granted, %(settled)d settled")
        % {"name": line.name, "taken": line.count.taken, "granted": line.count.granted, "settled": line.count.settled}
        for line in drawn
    )
    bars_of = [(line.short, line.ground, line.count.taken, line.count.granted, line.count.settled) for line in drawn]
    return {
        "name": split,
        "title": TITLES[split],
        "chart": bars(f"chart-{split}", title, description, bars_of),
        "sized": split not in UNSIZED and (not form.narrowing or any(line.sized for line in lines)),
        "rows": [_row(user, split, line, form) | {"asked": _asked_of(line, asked.get(split, {}))} for line in lines],
    }


def _without(filters: dict[str, str], form: BoardForm) -> dict[str, str]:
    """The filters of a line that the page is not narrowed by already."""
    return {name: value for name, value in filters.items() if name not in form.narrowing}


def _asked_of(line: Line, asked: dict[str, Asked]) -> Asked | None:
    return asked.get(line.filters.get("pool") or line.filters.get("home", ""))


def _row(user: User, split: str, line: Line, form: BoardForm) -> dict:
    lines = {**line.ledger, **form.asked}
    live = listed(CASES, user, **_without(line.filters, form), place="live", **form.of_cases).counted(line.live or 0)
    return {
        "line": line,
        "figures": links(user, line.count, form.of_cases, **_without(line.filters, form)),
        "percent": line.percent(),
        "in_words": _in_words(split, line),
        "ledger": f"{reverse('visas:quota_lines')}?{urlencode(lines)}" if line.ledger else "",
        "live": live if line.live is not None else None,
    }


def _forecast(user: User, pool: QuotaPool, form: BoardForm) -> dict | None:
    """The quota's course and what is expected of it; none where its number is not known or its period is another."""
    cases, day, then = VisaCase.objects.visible_to(user), form.day, form.as_then
    found = forecast(cases, pool, day, then=then)
    if found is None:
        return None
    title = _("%(quota)s: course and even pace") % {"quota": pool}
    description = _("%(taken)d places are taken; at an even pace it would be %(even)d on %(day)s.") % {
        "taken": found.taken, "even": round(found.even), "day": day,
    }  # fmt: skip
    months = course(cases, pool, day, then=then)
    of_pool = {"pool": pool.pk, "place": "taken"} | form.known
    return {
        "forecast": found,
        "even": round(found.even),
        "chart": pace(f"pace-{pool.pk}", title, description, found, months),
        "description": description,
        "course": [(end, listed(CASES, user, **of_pool, on=f"{end}").counted(number)) for end, number in months[-6:]],
        "waiting": listed(CASES, user, sharing=pool.pk, place="waiting", **form.of_cases).counted(found.waiting),
        "cohorts": [_cohort(user, found, cohort, form) for cohort in found.cohorts],
    }


def _cohort(user: User, found: Forecast, cohort: Cohort, form: BoardForm) -> dict:
    quarter = {"sharing": found.pool.pk, "since": f"{cohort.first}", "until": f"{cohort.last}"}
    return {
        "cohort": cohort,
        "received": listed(CASES, user, **quarter, **form.known).counted(cohort.received),
        "took": listed(CASES, user, **quarter, place="seated", **form.of_cases).counted(cohort.took),
    }
