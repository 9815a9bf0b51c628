"""Checks of the duties after a permit: what is due, what a check has shown, and the second look at a finding."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from cases.employment import works_of
from cases.forms import RefusableForm
from cases.models import Client
from cases.services.attachment import attach
from cases.views.attachment import READ_AT_MOST
from centers.access import require_anywhere
from centers.refusals import rule_of, sentence
from centers.selectors import scope_of
from centers.views.listing import show
from visas.access import own_files
from visas.listings import CHECKS
from visas.models import OF_WORK, Closing, Finding, FindingState, ObligationCheck
from visas.obligation_forms import CheckForm, ClosingForm, CorrectionForm, LookForm
from visas.obligations import CHECK_STATES, FindingShown, counts, findings_of, state_of_check
from visas.services.obligation import close_finding, correct_check, hand_on, look_again, make_check


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
        raise _not_here()
    form = CheckForm(*_sent(request), viewer=request.user, check=row)
    if form.is_valid() and _made(request, form, row):
        return _confirmed(request, pk)
    found = findings_of(request.user, check_made=row)
    context = {
        "row": row,
        "others": _others(request, row),
        "client": _whose(request.user, row),
        "state": CHECK_STATES[state_of_check(row)],
        "form": form if mine and not row.result and not row.obligation.ended_on else None,
        "works": works_of([row.client_id], request.user) if row.obligation.rule.kind in OF_WORK else None,
        "finding": found[0] if found else None,
        **_may(request.user, row, found[0] if found else None, mine),
    }
    return render(request, "visas/check.html", context, status=400 if form.errors else 200)


def _may(user: User, row: ObligationCheck, finding: FindingShown | None, mine: bool) -> dict:
    """What the reader may do with a check that was made: correct it, look again, say what was done."""
    if not mine or row.withdrawn_on:
        return {"may_correct": False, "look": None, "may_close": False, "closing_look": None}
    waits = finding and finding.code == FindingState.OPEN and finding.row.found_by_id != user.pk
    closing = finding and next((one for one in finding.closings if one.state == FindingState.OPEN), None)
    stands = finding and finding.code == FindingState.CONFIRMED
    return {
        "may_correct": bool(row.result) and not stands,
        "look": LookForm() if waits else None,
        "may_close": finding and finding.waits_for_closing,
        "closing_look": (closing, LookForm(agree=True)) if closing and closing.done_by_id != user.pk else None,
        "may_hand": finding and finding.code == FindingState.OPEN and finding.row.handed_on is None,
        "closing_to_hand": closing if closing and closing.handed_on is None else None,
    }


def _whose(user: User, row: ObligationCheck) -> Client | None:
    """Whose duty is checked: the principal of the case, by the reader's own file, or a dependant."""
    if row.obligation.link_id is None:
        return own_files([row.case], user).get(row.case_id)
    return Client.objects.visible_to(user).prefetch_related("names").filter(pk=row.client_id).first()


def _others(request: HttpRequest, row: ObligationCheck) -> list[ObligationCheck]:
    """What else was put on record for the same day of the duty: what was withdrawn, and what stands instead."""
    rows = ObligationCheck.objects.visible_to(request.user).filter(obligation=row.obligation_id, due_on=row.due_on)
    return list(rows.exclude(pk=row.pk).select_related("done_by", "withdrawn_by").order_by("pk"))


def _check(request: HttpRequest, pk: int) -> ObligationCheck:
    rows = ObligationCheck.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("obligation__rule", "case", "done_by", "proof", "withdrawn_by"), pk=pk
    )


def _not_here() -> PermissionDenied:
    return PermissionDenied(_("Checks are made by the office or university that keeps the case."))


def _made(request: HttpRequest, form: CheckForm, row: ObligationCheck) -> bool:
    if row.result:  # made meanwhile: what stands is shown
        messages.info(request, _("This check was made already."))
        return True
    return _written(form, lambda: make_check(row, actor=request.user, **_told(request, form, row))) is not None


def _sent(request: HttpRequest) -> tuple:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _told(request: HttpRequest, form: CheckForm, row: ObligationCheck) -> dict:
    """What a check has shown; a new file is attached to the client first, and is its proof."""
    told, file = form.told, form.cleaned_data.get("file")
    if file and told["result"]:
        client = Client.objects.visible_to(request.user).get(pk=row.client_id)
        kind, content = form.cleaned_data["kind"], file.read(READ_AT_MOST)
        told["proof"] = attach(actor=request.user, client=client, kind=kind, name=file.name, content=content)
    return told


def _written(form: RefusableForm, write: Callable[[], Model]) -> Model | None:
    """What was written; none where the database refuses or a file is not kept, told on the form."""
    try:
        with transaction.atomic():
            return write()
    except ValidationError as error:
        form.add_error("file", error)
        return None
    except IntegrityError as error:
        form.refuse(rule_of(error), sentence(error))
        return None


def _confirmed(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what the database holds now."""
    held = _check(request, pk)
    state = held.get_result_display() if held.result else CHECK_STATES[state_of_check(held)]
    told = {"duty": held.obligation.rule.get_kind_display(), "result": state}
    messages.success(request, _("On record: %(duty)s, %(result)s.") % told)
    return redirect(held)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a check that was put on record wrongly, with the reason, and say what it has really shown."""
    row = _check(request, pk)
    if not may_check(request.user, row.workspace_id):
        raise _not_here()
    if not row.result or row.withdrawn_on:
        messages.info(request, _("Only a check that stands is corrected."))
        return redirect(row)
    form = CorrectionForm(*_sent(request), viewer=request.user, check=row)
    if form.is_valid():
        stands = _written(form, lambda: correct_check(row, actor=request.user, **_told(request, form, row)))
        if stands:
            return _confirmed(request, stands.pk)
    words = {
        "title": _("Correct a check"),
        "lead": f"{row.obligation.rule.get_kind_display()} · {row.get_result_display()} · {row.done_on.isoformat()}",
        "action": _("Correct"),
    }
    return _form_page(request, form, row, words)


def _form_page(request: HttpRequest, form: RefusableForm, row: ObligationCheck, words: dict) -> HttpResponse:
    context = {"form": form, "case": row.case, "back": row.get_absolute_url(), **words}
    return render(request, "visas/case_step.html", context, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what was done about a finding that stands; another person looks at it before it is closed."""
    rows = Finding.objects.visible_to(request.user).select_related("check_made__obligation__rule", "case")
    finding = get_object_or_404(rows, pk=pk)
    if not may_check(request.user, finding.workspace_id):
        raise _not_here()
    form = ClosingForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        closing = _written(form, lambda: close_finding(finding, actor=request.user, **form.cleaned_data))
        if closing:
            closing.refresh_from_db()
            held = {"day": closing.done_on.isoformat(), "state": closing.get_state_display()}
            messages.success(request, _("What was done on %(day)s is on record: %(state)s.") % held)
            return redirect(finding.check_made)
    words = {
        "title": _("Close a finding"),
        "lead": f"{finding.check_made.obligation.rule.get_kind_display()} · {finding.what}",
        "action": _("Put on record"),
    }
    return _form_page(request, form, finding.check_made, words)


@never_cache
@require_POST
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """The second look at a finding."""
    return _looked(request, get_object_or_404(Finding.objects.visible_to(request.user), pk=pk))


@never_cache
@require_POST
def closing_look(request: HttpRequest, pk: int) -> HttpResponse:
    """The second look at what was done about a finding."""
    return _looked(request, get_object_or_404(Closing.objects.visible_to(request.user), pk=pk))


@never_cache
@require_safe
def handed(request: HttpRequest, what: str, pk: int) -> HttpResponse:
    """To the province: what an office has handed over for a second look, without the name and the other checks."""
    row = get_object_or_404(_model(what).objects.visible_to(request.user).select_related("case", "looked_by"), pk=pk)
    if not _is_handed(request.user, row):
        raise _not_here()
    first = row.done_by_id if what == "closing" else row.found_by_id
    waits = row.state == FindingState.OPEN and first != request.user.pk
    context = {
        "row": row,
        "what": row.done if what == "closing" else row.what,
        "said": "" if what == "closing" else row.said,
        "on": row.done_on if what == "closing" else row.found_on,
        "look": LookForm(agree=what == "closing") if waits else None,
        "action": reverse("visas:closing_look" if what == "closing" else "visas:finding_look", args=[row.pk]),
    }
    return render(request, "visas/handed.html", context)


LOOKED_AT = {"finding": Finding, "closing": Closing}


def _model(what: str) -> type[Finding | Closing]:
    if what not in LOOKED_AT:
        raise Http404
    return LOOKED_AT[what]


@never_cache
@require_POST
def hand(request: HttpRequest, what: str, pk: int) -> HttpResponse:
    """Hand a finding or what was done about it to the province, where the office has no second person."""
    row = get_object_or_404(_model(what).objects.visible_to(request.user), pk=pk)
    if not may_check(request.user, row.workspace_id):
        raise _not_here()
    try:
        hand_on(row, actor=request.user)
    except type(row).DoesNotExist:
        messages.info(request, _("Somebody has looked at it already."))
    else:
        messages.success(request, _("Handed to the province for the second look."))
    return redirect(_check_of(row))


def _check_of(row: Finding | Closing) -> ObligationCheck:
    return row.finding.check_made if isinstance(row, Closing) else row.check_made


def _is_handed(user: User, row: Finding | Closing) -> bool:
    return row.handed_on is not None and "review_visa_cases" in scope_of(user).everywhere


def _looked(request: HttpRequest, row: Finding | Closing) -> HttpResponse:
    if may_check(request.user, row.workspace_id):
        check = _check_of(row)
    elif _is_handed(request.user, row):
        check = reverse("visas:handed", args=["closing" if isinstance(row, Closing) else "finding", row.pk])
    else:
        raise _not_here()
    form = LookForm(request.POST, agree=isinstance(row, Closing))
    if not form.is_valid():
        messages.error(request, _("Choose what the second look comes to, and say why."))
        return redirect(check)
    try:
        with transaction.atomic():
            look_again(row, actor=request.user, **form.cleaned_data)
    except type(row).DoesNotExist:
        messages.info(request, _("Somebody has looked at it already."))
    except IntegrityError as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, _("The second look is on record."))
    return redirect(check)
