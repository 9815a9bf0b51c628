"""Entries of the ledger of a quota, for the province alone."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from centers.access import require_everywhere
from visas.forms.quota import (
    ClosingForm,
    ConfirmationForm,
    EntryForm,
    ReallocationForm,
    ReversalForm,
    ShareForm,
)
from visas.models import QuotaEntry, QuotaPool, VisaCase
from visas.quotas import FULL, beyond_a_share, in_the_way, provisional, shares_of
from visas.services import quota
from visas.views.quota import holders


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, code: str) -> HttpResponse:
    pool = _pool(request, code)
    return _answer(
        request, pool, EntryForm(_data(request)), quota.enter,
        title=_("Entry in the ledger"), action=_("Enter"),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reallocation(request: HttpRequest, code: str) -> HttpResponse:
    pool = _pool(request, code)
    told = "" if pool.shares.exists() else _("The quota has no shares yet: give one first, then places can move.")
    return _answer(
        request, pool, ReallocationForm(_data(request), pool=pool), quota.reallocate,
        title=_("Reallocate places"), action=_("Reallocate"), told=told,
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirmation(request: HttpRequest, code: str) -> HttpResponse:
    pool = _pool(request, code)
    return _answer(
        request, pool, ConfirmationForm(_data(request), waiting=quota.provisional_of(pool)), quota.confirm,
        title=_("Settle the provisional places"), action=_("Settle"),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, code: str) -> HttpResponse:
    pool = _pool(request, code)
    return _answer(
        request, pool, ShareForm(_data(request)), quota.open_share,
        title=_("Give a share"), action=_("Give"),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def closing(request: HttpRequest, code: str) -> HttpResponse:
    pool = _pool(request, code)
    closed = pool.closed_at is None

    def write(**given) -> None:
        quota.close(closed=closed, **given)

    title = _("Close the quota") if closed else _("Open the quota again")
    return _answer(request, pool, ClosingForm(_data(request)), write, title=title, action=title)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reversal(request: HttpRequest, pk: int) -> HttpResponse:
    require_everywhere(request.user, "review_visa_cases")
    made = get_object_or_404(QuotaEntry, pk=pk)
    pool = get_object_or_404(QuotaPool.objects.distinct(), lines__entry=made, pk=_first_pool(made))

    def write(pool: QuotaPool, **given) -> None:
        quota.reverse(entry_id=made.pk, **given)

    told = f"{made.effective_on} · {made.get_kind_display()} · {made.document}".rstrip(" ·")
    return _answer(
        request, pool, ReversalForm(_data(request)), write,
        title=_("Reverse an entry"), action=_("Reverse"), told=told,
    )  # fmt: skip


def _first_pool(made: QuotaEntry) -> str | None:
    return made.lines.exclude(pool=None).values_list("pool_id", flat=True).first()


def _pool(request: HttpRequest, code: str) -> QuotaPool:
    require_everywhere(request.user, "review_visa_cases")
    return get_object_or_404(QuotaPool, pk=code)


def _data(request: HttpRequest):
    return request.POST if request.method == "POST" else None


def _answer(request: HttpRequest, pool: QuotaPool, form: Form, write: Callable, **shown: str) -> HttpResponse:
    """The form, what became of it, or the page of the quota after it went in."""
    context = {"form": form, "pool": pool, "crumbs": _crumbs(pool), **shown}
    if form.is_valid():
        try:
            write(pool=pool, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            _tell(form, error)
            context |= _in_the_way(request, pool, form, error)
        else:
            _confirm(request, pool.pk)
            return redirect("visas:quota", pool.pk)
    return render(request, "visas/quota_form.html", context, status=400 if form.errors else 200)


def _tell(form: Form, error: ValidationError) -> None:
    """At its field where the form has it, else above the form."""
    fields = getattr(error, "error_dict", {})
    if fields and set(fields) <= set(form.fields):
        form.add_error(None, error)
    else:
        form.add_error(None, ValidationError(error.messages))


def _in_the_way(request: HttpRequest, pool: QuotaPool, form: Form, error: ValidationError) -> dict:
    """What holds the places that were to go: the shares, or cases, those that took theirs last first."""
    rule = getattr(error, "code", "")
    in_shares = rule in {"quota_shares_within", "quota_rest_not_exceeded"} and not isinstance(form, ShareForm)
    found = {"shares": [share for share in shares_of(pool) if share.capacity]} if in_shares else {}
    if rule not in FULL:
        return found
    held = QuotaPool.objects.get(pk=pool.pk)
    cases = VisaCase.objects.visible_to(request.user).select_related("programme", "workspace")
    return found | {"holders": holders(request.user, held, timezone.localdate()), "last": _too_many(cases, held, form)}


def _too_many(cases: QuerySet[VisaCase], held: QuotaPool, form: Form) -> list[VisaCase]:
    """The cases for which there would be no place after what the form asks for."""
    told = form.cleaned_data
    if isinstance(form, ShareForm):
        return beyond_a_share(cases, held, told)
    share, amount = held.shares.filter(pk=told.get("giver")).first(), told.get("amount") or 0
    if isinstance(form, ConfirmationForm):  # so many stay, the others go back
        amount = provisional(timezone.localdate()).get(held.pk, 0) - amount
    # Of a quota without a number, those beyond the places that were to be its first.
    return in_the_way(cases, held, share, amount if held.capacity is not None else -amount)


def _confirm(request: HttpRequest, code: str) -> None:
    """Say what the database holds now, and not what was typed."""
    pool = QuotaPool.objects.get(pk=code)
    held = {"quota": pool, "capacity": _("Number not entered") if pool.capacity is None else pool.capacity}
    text = _("On record. %(quota)s: capacity %(capacity)s, taken %(taken)s.")
    messages.success(request, text % (held | {"taken": pool.taken}))


def _crumbs(pool: QuotaPool) -> list[tuple[str, str]]:
    return [(_("Quotas"), reverse("visas:quotas")), (str(pool), reverse("visas:quota", args=[pool.pk]))]
