"""The province opens a quota and names it: what that would do is shown first, and then what the database holds."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from centers.access import require_everywhere
from visas.forms.quota_notice import OpeningForm, RenameForm
from visas.models import QuotaPool, VisaCase, VisaProgramme
from visas.quotas import FULL, beyond_an_opening, doubled
from visas.services.quota_notice import name_quota, open_quota
from visas.views.previewed import previewed, seen, tried

ONE_LIVE = {"visa_case_one_live", "visa_case_one_live_of_quota", "visa_case_one_place"}
MOST_NAMED = 50  # cases in the way


@dataclass(frozen=True)
class Opened:
    """What opening a quota would do: the quota as it would stand."""

    pool: QuotaPool
    programmes: list[VisaProgramme]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a quota; ``?programme=`` fills one in, and the year of today its days."""
    require_everywhere(request.user, "review_visa_cases")
    form = OpeningForm(request.POST if request.method == "POST" else None, initial=_begun(request))
    return _answer(request, form, lambda: open_quota(actor=request.user, **form.told), _("Open a quota"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def name(request: HttpRequest, code: str) -> HttpResponse:
    require_everywhere(request.user, "review_visa_cases")
    pool = get_object_or_404(QuotaPool, pk=code)
    form = RenameForm(request.POST if request.method == "POST" else None, pool=pool)
    write = lambda: name_quota(pool=pool, actor=request.user, **form.told)  # noqa: E731
    return _answer(request, form, write, _("Name the quota"), pool)


def _begun(request: HttpRequest) -> dict:
    today = timezone.localdate()
    asked = request.GET.get("programme", "")
    return {
        "programmes": [asked] if asked else [],
        "starts_on": today.replace(month=1, day=1),
        "ends_on": today.replace(month=12, day=31),
    }


def _answer(request: HttpRequest, form, write, title: str, pool: QuotaPool | None = None) -> HttpResponse:
    made, shown = previewed(request, form, write, lambda: tried(write, _as_it_would_stand))
    if made:
        return _confirmed(request, made.pk, opened=pool is None)
    context = {
        "form": form,
        "title": title,
        "pool": pool,
        "shown": shown,
        "seen": seen(form) if shown else "",
        "doubled": _in_the_way(request.user, form),
        "last": _without_a_place(request.user, form),
        "back": reverse("visas:quota", args=[pool.pk]) if pool else reverse("visas:quotas"),
        "crumbs": [(_("Quotas"), reverse("visas:quotas")), *_crumb(pool)],
    }
    return render(request, "visas/quota_notice.html", context, status=400 if form.errors else 200)


def _crumb(pool: QuotaPool | None) -> list[tuple[str, str]]:
    return [(str(pool), reverse("visas:quota", args=[pool.pk]))] if pool else []


def _as_it_would_stand(held: QuotaPool) -> Opened:
    return Opened(held, list(held.programmes.all()))


def _in_the_way(user: User, form) -> list[VisaCase]:
    """The live cases that one person has twice in the quota that was to open."""
    if form.refused_for not in ONE_LIVE:
        return []
    told = form.cleaned_data
    cases = VisaCase.objects.visible_to(user).select_related("programme", "workspace")
    return doubled(cases, told["programmes"], told["starts_on"], told["ends_on"])[:MOST_NAMED]


def _without_a_place(user: User, form) -> list[VisaCase]:
    """The cases for which the quota that was to open has no place."""
    if form.refused_for not in FULL:
        return []
    told = form.cleaned_data  # without the number, which was refused
    amount = form.fields["amount"].clean(form["amount"].value()) or 0
    cases = VisaCase.objects.visible_to(user).select_related("programme", "workspace")
    found = beyond_an_opening(cases, told["programmes"], told["starts_on"], told["ends_on"], amount)
    return found[:MOST_NAMED]


def _confirmed(request: HttpRequest, code: str, *, opened: bool) -> HttpResponse:
    """Say what the database holds now, and not what was typed."""
    held = QuotaPool.objects.get(pk=code)
    told = {"quota": held, "from": held.starts_on.isoformat(), "to": held.ends_on.isoformat(), "taken": held.taken}
    told["capacity"] = _("Number not entered") if held.capacity is None else held.capacity
    text = (
        _("Opened: %(quota)s, %(from)s – %(to)s. Capacity %(capacity)s, taken %(taken)s.")
        if opened
        else _("On record: the quota is called %(quota)s.")
    )
    messages.success(request, text % told)
    return redirect("visas:quota", code)
