"""Checks of the duties after a permit: what is due, what a check has shown, and the second look at a finding."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from centers.access import require_anywhere
from centers.refusals import rule_of, sentence
from centers.selectors import scope_of
from centers.views.listing import show
from visas.access import own_files
from visas.listings import CHECKS
from visas.models import Finding, FindingState, ObligationCheck
from visas.obligation_forms import CheckForm, LookForm
from visas.obligations import CHECK_STATES, counts, state_of_check
from visas.services.obligation import look_again, make_check


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The checks of one's offices; to whoever works for the whole province, how many stand where."""
    require_anywhere(request.user, "view_visa_cases")
    if "view_visa_cases" in scope_of(request.user).everywhere:
        return render(request, "visas/check_counts.html", {"rows": counts()})
    return show(request, CHECKS)


def may_check(user: User, workspace_id: int) -> bool:
    """Whether the person makes checks: at the office or university that keeps the case, and nowhere else."""
    scope = scope_of(user)
    return workspace_id in {*scope.of("review_visa_cases"), *scope.of("work_visa_cases")}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One check: what it is about, what it has shown, or the form to say so; and the finding that came of it."""
    row = _check(request, pk)
    mine = may_check(request.user, row.workspace_id)
    if request.method == "POST" and not mine:
        raise PermissionDenied(_("Checks are made by the office or university that keeps the case."))
    form = CheckForm(request.POST if request.method == "POST" else None, viewer=request.user, check=row)
    if form.is_valid() and _made(request, form, row):
        held = _check(request, pk)
        told = {"duty": held.obligation.rule.get_kind_display(), "result": held.get_result_display()}
        messages.success(request, _("On record: %(duty)s, %(result)s.") % told)
        return redirect(held)
    finding = Finding.objects.visible_to(request.user).filter(check_made=row).first()
    looks = finding and finding.state == FindingState.OPEN and mine and finding.found_by_id != request.user.pk
    context = {
        "row": row,
        "client": own_files([row.case], request.user).get(row.case_id),
        "state": CHECK_STATES[state_of_check(row)],
        "form": form if mine and not row.result else None,
        "finding": finding,
        "look": LookForm() if looks else None,
    }
    return render(request, "visas/check.html", context, status=400 if form.errors else 200)


def _check(request: HttpRequest, pk: int) -> ObligationCheck:
    rows = ObligationCheck.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("obligation__rule", "case", "done_by", "proof"), pk=pk)


def _made(request: HttpRequest, form: CheckForm, row: ObligationCheck) -> bool:
    if row.result:  # made meanwhile: what stands is shown
        messages.info(request, _("This check was made already."))
        return True
    try:
        with transaction.atomic():
            make_check(row, actor=request.user, **form.told)
    except IntegrityError as error:
        form.refuse(rule_of(error), sentence(error))
        return False
    return True


@never_cache
@require_POST
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """The second look at a finding."""
    finding = get_object_or_404(Finding.objects.visible_to(request.user).select_related("check_made"), pk=pk)
    if not may_check(request.user, finding.workspace_id):
        raise PermissionDenied(_("Checks are made by the office or university that keeps the case."))
    form = LookForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say whether it is confirmed or dismissed, and why."))
        return redirect(finding.check_made)
    try:
        with transaction.atomic():
            look_again(finding, actor=request.user, **form.cleaned_data)
    except Finding.DoesNotExist:
        messages.info(request, _("Somebody has looked at it already."))
    except IntegrityError as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, _("The second look is on record."))
    return redirect(finding.check_made)
