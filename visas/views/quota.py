"""The quotas: how full each is, what its ledger says, and what holds its places."""

from datetime import date

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from centers.access import require_anywhere
from centers.listing import ListedFigure, listed
from centers.models import Municipality, Workspace, WorkspaceKind
from centers.selectors import scope_of
from visas.charts import bars
from visas.forms.quota import DayForm
from visas.listings import CASES
from visas.models import QuotaPool, VisaCase
from visas.quotas import BASES, DEFINITIONS, FIGURES, Filled, Tally, counted, filled_on, held, ledger_of, shares_of
from visas.stages import CASE_STATES, in_state


def sees_all(user: User) -> bool:
    """Whether the person reads the cases of the whole province; all others get the totals alone."""
    return "view_visa_cases" in scope_of(user).everywhere


def may_enter(user: User) -> bool:
    return "review_visa_cases" in scope_of(user).everywhere


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    require_anywhere(request.user, "view_visa_cases")
    form = DayForm(request.GET or None)
    day = form.day if sees_all(request.user) else timezone.localdate()
    pools = QuotaPool.objects.prefetch_related("programmes")
    context = {
        "form": form,
        "day": day,
        "whole": sees_all(request.user),
        "rows": [row_of(request.user, pool, filled, day) for pool, filled in figures(request.user, day, pools)],
        "definitions": DEFINITIONS,
    }
    return render(request, "visas/quota_list.html", context, status=400 if form.errors else 200)


def figures(user: User, day: date, pools) -> list[tuple[QuotaPool, Filled]]:
    """The quotas on a day; for those who do not read every case, as their counters stand today."""
    if sees_all(user):
        return filled_on(VisaCase.objects.visible_to(user), day, pools)
    return [(pool, Filled(pool.capacity, Tally(pool.taken))) for pool in pools]


def row_of(user: User, pool: QuotaPool, filled: Filled, day: date) -> dict:
    """A quota with its figures, each the way to its cases where the person reads them all."""
    return {
        "pool": pool,
        "filled": filled,
        "figures": links(user, filled.count, day, pool=pool.pk) if sees_all(user) else [],
        "fills": [(BASES[base], percent) for base, percent in filled.percents],
    }


def links(user: User, count: Tally, day: date, **filters: str) -> list[tuple[str, ListedFigure]]:
    """Each figure of ``FIGURES`` by its name, with the way to its cases."""
    on = {} if day == timezone.localdate() else {"on": f"{day}"}
    return [
        (name, listed(CASES, user, **filters, place=base, **on).counted(getattr(count, base)))
        for base, name in FIGURES.items()
    ]


@never_cache
@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    require_anywhere(request.user, "view_visa_cases")
    pool = get_object_or_404(QuotaPool.objects.prefetch_related("programmes"), pk=code)
    today = timezone.localdate()
    ((_pool, filled),) = figures(request.user, today, [pool])
    context = row_of(request.user, pool, filled, today) | {
        "crumbs": [(_("Quotas"), reverse("visas:quotas"))],
        "whole": sees_all(request.user),
        "may_enter": may_enter(request.user),
        "chart": _chart(pool, filled) if sees_all(request.user) else "",
        "shares": [
            (share, listed(CASES, request.user, share=share.code, place="taken").counted(share.taken))
            for share in shares_of(pool)
        ],
        "rest": rest_of(pool),
        "ledger": ledger_of(pool)[::-1],
        "closings": pool.closings.select_related("entered_by"),
        "holders": holders(request.user, pool, today) if sees_all(request.user) else None,
    }
    return render(request, "visas/quota_detail.html", context)


def _chart(pool: QuotaPool, filled: Filled) -> str:
    told = _("%(name)s: %(taken)d recommended, %(granted)d granted, %(settled)d settled") % {
        "name": pool, "taken": filled.taken, "granted": filled.granted, "settled": filled.settled,
    }  # fmt: skip
    row = (_("Quota"), filled.capacity, filled.taken, filled.granted, filled.settled)
    return bars("chart-quota", str(pool), told, [row])


def rest_of(pool: QuotaPool) -> dict:
    """What no share has: places, taken and left."""
    capacity = (pool.capacity or 0) - pool.allocated
    taken = pool.taken - pool.excepted - pool.taken_in_shares
    return {"capacity": capacity, "taken": taken, "remaining": capacity - taken}


def holders(user: User, pool: QuotaPool, day: date) -> dict[str, list[tuple[str, ListedFigure]]]:
    """What holds the places of a quota: by stage, by municipality and by university, each with its cases."""
    cases = VisaCase.objects.visible_to(user).filter(pool=pool)
    stages = {state: Count("pk", filter=in_state(state)) for state in CASE_STATES}
    numbers = held(cases, day).aggregate(**stages)
    found = {"stage": [(name, numbers[stage], {"stage": stage}) for stage, name in CASE_STATES.items()]}
    places = {row.pk: row for row in Municipality.objects.all()}
    found["municipality"] = [
        (str(places[code]), count.taken, {"municipality": code})
        for (code,), count in counted(cases, day, "municipality").items()
        if code
    ]
    universities = {row.pk: row for row in Workspace.objects.filter(kind=WorkspaceKind.UNIVERSITY)}
    found["university"] = [
        (str(universities[pk]), count.taken, {"workspace": universities[pk].code})
        for (pk,), count in counted(cases, day, "workspace").items()
        if pk in universities
    ]
    return {
        split: [
            (name, listed(CASES, user, pool=pool.pk, place="taken", **filters).counted(number))
            for name, number, filters in sorted(rows, key=lambda row: -row[1])
            if number
        ]
        for split, rows in found.items()
    }
