"""The quotas: how full each is, what its ledger says, and what holds its places."""

from datetime import date

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from centers.access import require_anywhere
from centers.listing import ListedFigure, listed
from centers.models import Municipality, Workspace, WorkspaceKind
from centers.selectors import scope_of, workspaces_where
from visas.charts import bars
from visas.forms.quota import DayForm
from visas.listings import CASES
from visas.models import QuotaPool, QuotaShare, VisaCase
from visas.quotas import (
    BASES,
    DEFINITIONS,
    FIGURES,
    TAKEN,
    Filled,
    Tally,
    counted,
    filled_on,
    held,
    ledger_of,
    outside_of_quotas,
    pools_on,
    shares_of,
    with_share,
)
from visas.services.case import lapse_now
from visas.stages import CASE_STATES, in_state
from visas.views.asked import asked_of_quotas


def sees_all(user: User) -> bool:
    """Whether the person reads the cases of the whole province; all others get the totals alone."""
    return "view_visa_cases" in scope_of(user).everywhere


def may_enter(user: User) -> bool:
    return "review_visa_cases" in scope_of(user).everywhere


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    require_anywhere(request.user, "view_visa_cases")
    if not sees_all(request.user):
        return _own(request)
    form = DayForm(request.GET or None)
    cases = VisaCase.objects.visible_to(request.user)
    filled = filled_on(cases, form.day, pools_on(form.day, then=form.as_then), then=form.as_then)
    without = [row for row in outside_of_quotas(cases, form.day, then=form.as_then) if not row.has_quota]
    context = {
        "form": form,
        "day": form.day,
        "query": urlencode(form.asked) if form.is_bound else "",
        "may_enter": may_enter(request.user),
        "rows": [row_of(request.user, pool, of, form) for pool, of in filled],
        "without": [
            (row, links(request.user, row.count, form.of_cases, programme=row.programme.pk, outside="1"))
            for row in without
        ],
        "definitions": DEFINITIONS.values(),
        "taken": TAKEN,
    }  # fmt: skip
    return render(request, "visas/quota_list.html", context, status=400 if form.errors else 200)


def _own(request: HttpRequest) -> HttpResponse:
    """For whoever reads the cases of some workspaces: their own shares and the figures of their own cases."""
    user, today = request.user, timezone.localdate()
    cases = VisaCase.objects.visible_to(user)
    rows = [
        (pool, own_shares(user, pool), links(user, of.count, {}, pool=pool.pk))
        for pool, of in filled_on(cases, today, pools_on(today))
    ]  # fmt: skip
    outside = [
        (row.programme, links(user, row.count, {}, programme=row.programme.pk, outside="1"))
        for row in outside_of_quotas(cases, today)
        if row.live or row.count.taken
    ]
    context = {"rows": rows, "outside": outside, "day": today, "definitions": DEFINITIONS.values(), "taken": TAKEN}
    return render(request, "visas/quota_own.html", context)


def own_shares(user: User, pool: QuotaPool) -> list[QuotaShare]:
    """The shares of a quota that are for the municipalities and universities whose cases the person reads."""
    own = workspaces_where(user, "view_visa_cases")
    places = own.filter(kind=WorkspaceKind.OFFICE).values("municipality")
    mine = Q(municipality__in=places) | Q(university__in=own.filter(kind=WorkspaceKind.UNIVERSITY).values("pk"))
    return [share for share in pool.shares.filter(mine).select_related("municipality", "university")]


def row_of(user: User, pool: QuotaPool, filled: Filled, form: DayForm) -> dict:
    """A quota with its figures, each the way to its cases."""
    return {
        "pool": pool,
        "filled": filled,
        "figures": links(user, filled.count, form.of_cases, pool=pool.pk),
        "fills": [(BASES[base], percent) for base, percent in filled.percents],
        "ledger": f"{reverse('visas:quota_lines')}?{urlencode({'pool': pool.pk, **form.asked})}",
    }


def links(user: User, count: Tally, on: dict[str, str], **filters: str) -> list[tuple[str, ListedFigure]]:
    """Each figure of ``FIGURES`` by its name, with the way to its cases; ``on`` as ``DayForm.of_cases`` has it."""
    return [
        (name, listed(CASES, user, **filters, place=base, **on).counted(getattr(count, base)))
        for base, name in FIGURES.items()
    ]


@never_cache
@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    require_anywhere(request.user, "view_visa_cases")
    pool = get_object_or_404(QuotaPool.objects.prefetch_related("programmes"), pk=code)
    today, user = timezone.localdate(), request.user
    whole, cases = sees_all(user), VisaCase.objects.visible_to(user)
    ((_pool, filled),) = filled_on(cases, today, [pool])
    shares = shares_of(pool) if whole else own_shares(user, pool)
    context = row_of(user, pool, filled, DayForm(None)) | {
        "crumbs": [(_("Quotas"), reverse("visas:quotas"))],
        "whole": whole,
        "may_enter": may_enter(user),
        "ended": pool.ends_on < today,
        "chart": _chart(pool, filled) if whole else "",
        "shares": [
            (share, listed(CASES, user, pool=pool.pk, share=share.code, place="taken").counted(share.taken))
            for share in shares
        ],
        "rest": rest_of(pool),
        "ledger_rows": ledger_of(pool, None if whole else shares)[::-1],
        "closings": pool.closings.select_related("entered_by"),
        "notices": pool.notices.select_related("entered_by"),
        "holders": holders(user, pool, today) if whole else None,
        "asked": asked_of_quotas(user, today).get(pool.pk),
        "lapsing": lapse_now(user, pool),
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


def holders(
    user: User, pool: QuotaPool, day: date, share: QuotaShare | None = None
) -> dict[str, list[tuple[str, ListedFigure]]]:
    """What holds the places of a quota, or of a share of it: by stage, by municipality (that of the letter, and that
    in which the person lives, where somebody has moved) and by university, each with its cases.
    """
    cases, of = VisaCase.objects.visible_to(user).filter(pool=pool), {"pool": pool.pk}
    if share:
        within, of = with_share(cases).filter(share=share.pk), of | {"share": share.code}
        cases = cases.filter(pk__in=within.values("pk"))
    stages = {state: Count("pk", filter=in_state(state)) for state in CASE_STATES}
    numbers = held(cases, day).aggregate(**stages)
    found = {"stage": [(name, numbers[stage], {"stage": stage}) for stage, name in CASE_STATES.items()]}
    places = {row.pk: row for row in Municipality.objects.all()}
    for field, filter_ in {"municipality": "municipality", "lives_in": "home"}.items():
        numbers = {code: count.taken for (code,), count in counted(cases, day, field).items() if code}
        found[field] = [(str(places[code]), number, {filter_: code}) for code, number in numbers.items()]
    if {row[:2] for row in found["lives_in"]} == {row[:2] for row in found["municipality"]}:
        found["lives_in"] = []  # nobody has moved
    universities = {row.pk: row for row in Workspace.objects.filter(kind=WorkspaceKind.UNIVERSITY)}
    found["university"] = [
        (str(universities[pk]), count.taken, {"workspace": universities[pk].code})
        for (pk,), count in counted(cases, day, "workspace").items()
        if pk in universities
    ]
    return {
        split: [
            (name, listed(CASES, user, **of, place="taken", **filters).counted(number))
            for name, number, filters in sorted(rows, key=lambda row: -row[1])
            if number
        ]
        for split, rows in found.items()
    }
