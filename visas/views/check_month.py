"""The checks of a month, for paper and for many at once, with a receipt that reads the database again."""

from datetime import date, timedelta
from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cases.listings.people import with_client
from centers.access import require_anywhere
from centers.listing.filters import in_month
from centers.refusals import sentence_of
from centers.selectors import scope_of
from visas.models import CheckBatch, CheckResult, ObligationCheck
from visas.obligation_forms import ManyForm, MonthForm
from visas.obligations import CHECK_BADGES, CHECK_STATES, finding_shown, state_of_check
from visas.services.case import MOST
from visas.services.obligation import NOT_YOURS, make_checks
from visas.views.obligation import may_check


@never_cache
@require_safe
def month(request: HttpRequest) -> HttpResponse:
    """The checks that are due in a month, by what has to be kept; those that wait can be made many at once."""
    require_anywhere(request.user, "view_visa_cases")
    if "view_visa_cases" in scope_of(request.user).everywhere:  # reads numbers alone
        return redirect("visas:checks")
    form = MonthForm(request.GET if "month" in request.GET else None)
    first = (form.is_valid() and form.cleaned_data["month"]) or timezone.localdate().replace(day=1)
    rows = _of(request).standing().filter(in_month("due_on", first), obligation__ended_on=None)
    told = [_told(request, row) for row in rows.order_by("obligation__rule__kind", "due_on", "pk")]
    numbers = {code: sum(one["code"] == code for one in told) for code in CHECK_STATES}
    context = {
        "first": first,
        "earlier": (first - timedelta(days=1)).replace(day=1),
        "later": (first + timedelta(days=31)).replace(day=1),
        "form": MonthForm(initial={"month": f"{first:%Y-%m}"}),
        "duties": [(name, list(found)) for name, found in groupby(told, key=lambda one: one["duty"])],
        "numbers": [(name, numbers[code]) for code, name in CHECK_STATES.items() if numbers[code]],
        "total": len(told),
        "choosable": any(one["choosable"] for one in told),
        "receipts": CheckBatch.objects.visible_to(request.user).order_by("-pk")[:3],
    }
    return render(request, "visas/check_month.html", context)


def _of(request: HttpRequest):
    rows = ObligationCheck.objects.visible_to(request.user)
    rows = rows.select_related("obligation__rule", "case__programme", "done_by", "finding")
    return rows.prefetch_related("finding__closings", *with_client(request.user))


def _told(request: HttpRequest, row: ObligationCheck) -> dict:
    code = state_of_check(row)
    return {
        "row": row,
        "code": code,
        "duty": row.obligation.rule.get_kind_display(),
        "state": CHECK_STATES[code],
        "badge": CHECK_BADGES.get(code, "").removeprefix("badge--"),
        "finding": finding_shown(row),
        "choosable": not row.result and may_check(request.user, row.workspace_id),
    }


@never_cache
@require_POST
def many(request: HttpRequest) -> HttpResponse:
    """One result for many checks: the first request shows what it will be, the second puts it on record."""
    require_anywhere(request.user, "view_visa_cases")
    asked = [int(text) for text in request.POST.getlist("check") if text.isascii() and text.isdecimal()]
    checks = list(_of(request).filter(pk__in=asked[: MOST + 1]).order_by("due_on", "pk"))
    if not checks:
        messages.info(request, _("Choose the checks first."))
        return redirect("visas:check_month")
    if len(checks) > MOST:
        told = ngettext("At most %(most)d check goes at once.", "At most %(most)d checks go at once.", MOST)
        messages.info(request, told % {"most": MOST})
        return redirect("visas:check_month")
    form = ManyForm(request.POST if "take" in request.POST else None)
    if form.is_valid():
        mine = {check.pk for check in checks if may_check(request.user, check.workspace_id)}
        batch = make_checks(
            actor=request.user, checks=checks, mine=lambda check: check.pk in mine, at=request.workspace, **form.told
        )
        return redirect(batch)
    return render(
        request, "visas/check_many.html", {"form": form, "checks": checks}, status=400 if form.errors else 200
    )


@never_cache
@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of a result that was put on record for many checks, as the database has it now."""
    batch = get_object_or_404(CheckBatch.objects.visible_to(request.user), pk=pk)
    checks = {check.pk: check for check in _of(request).filter(pk__in=batch.asked)}
    done = [checks[number] for number in batch.done if number in checks]
    context = {
        "batch": batch,
        "done": done,
        "standing": sum(check.result == batch.result and not check.withdrawn_on for check in done),
        "refused": [(checks.get(number), _reason(rule)) for number, rule in batch.refused],
        "month": _month_of(done or list(checks.values())),
        "result": CheckResult(batch.result).label,
    }
    return render(request, "visas/check_receipt.html", context)


def _month_of(checks: list[ObligationCheck]) -> date | None:
    return min((check.due_on for check in checks), default=None)


def _reason(rule: str) -> str:
    if rule == NOT_YOURS:
        return _("Checks are made by the office or university that keeps the case.")
    if rule == "check_stays":
        return _("It was made already, or its duty has ended.")
    return sentence_of(rule)
