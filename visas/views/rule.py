"""The eligibility rules: what each programme asks and where it stands, kept by the province with a preview."""

from collections.abc import Callable
from itertools import groupby

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from centers.access import require_anywhere
from centers.selectors import scope_of
from visas.access import own_files
from visas.eligibility import asked_of
from visas.forms.rule import CorrectionForm, EndForm, RuleForm
from visas.models import EligibilityRule
from visas.services.rule import add_rule, correct_rule, end_rule, preview
from visas.views.previewed import previewed, seen

WORK = "review_visa_cases"


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All rules by programme and condition, those that hold today first; what was taken out stays in sight."""
    require_anywhere(request.user, "view_visa_cases")
    today = timezone.localdate()
    rules = EligibilityRule.objects.select_related("programme", "entered_by")
    rows = sorted(rules, key=lambda rule: (rule.programme.order, rule.programme_id, not rule.holds_on(today),
                                           rule.voided_on is not None, rule.kind, rule.valid_from))  # fmt: skip
    programmes = [
        (programme, [{"rule": rule, "asked": asked_of(rule), "holds": rule.holds_on(today)} for rule in found])
        for programme, found in groupby(rows, key=lambda rule: rule.programme)
    ]
    context = {"programmes": programmes, "may_change": WORK in scope_of(request.user).everywhere}
    return render(request, "visas/rules.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    require_the_province(request)
    form = RuleForm(request.POST if request.method == "POST" else None)
    return _changed(request, form, _("Add a rule"), lambda: add_rule(actor=request.user, **form.told))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    rule = _standing(request, pk)
    form = EndForm(request.POST if request.method == "POST" else None, initial={"valid_to": timezone.localdate()})
    return _changed(
        request,
        form,
        _("End a rule"),
        lambda: end_rule(rule, actor=request.user, last_day=form.cleaned_data["valid_to"]),
        rule,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    rule = _standing(request, pk)
    form = CorrectionForm(request.POST if request.method == "POST" else None, rule=rule)
    return _changed(
        request,
        form,
        _("Correct a rule"),
        lambda: correct_rule(rule, actor=request.user, reason=form.cleaned_data["reason"], **form.told),
        rule,
    )


def require_the_province(request: HttpRequest) -> None:
    require_anywhere(request.user, WORK)
    if WORK not in scope_of(request.user).everywhere:
        raise PermissionDenied(_("The rules are kept by the province."))


def _standing(request: HttpRequest, pk: int) -> EligibilityRule:
    require_the_province(request)
    return get_object_or_404(EligibilityRule.objects.standing().select_related("programme"), pk=pk)


def _changed(
    request: HttpRequest,
    form: Form,
    title: str,
    change: Callable[[], EligibilityRule],
    rule: EligibilityRule | None = None,
) -> HttpResponse:
    """Show first which open cases would be answered otherwise, and change the rules once that was confirmed."""
    changed, turned = previewed(
        request,
        form,
        change,
        lambda: preview(
            change, viewer=request.user, programmes=[(rule.programme if rule else form.cleaned_data["programme"]).pk]
        ),
    )
    if changed:
        return _done(request, changed)
    files = own_files([one.case for one in turned], request.user) if turned else {}
    context = {
        "form": form,
        "title": title,
        "rule": rule,
        "previewed": turned is not None,
        "seen": seen(form) if turned is not None else "",
        "turned": [(one, files.get(one.case.pk)) for one in turned or []],
    }
    return render(request, "visas/rule_form.html", context, status=400 if form.errors else 200)


def _done(request: HttpRequest, changed: EligibilityRule) -> HttpResponse:
    """Say what the database holds now."""
    held = EligibilityRule.objects.select_related("programme").get(pk=changed.pk)
    told = {"programme": held.programme, "name": held.get_kind_display(), "asked": asked_of(held)}
    told |= {"from": held.valid_from.isoformat(), "to": held.valid_to.isoformat() if held.valid_to else ""}
    messages.success(request, _("On record: %(programme)s, %(name)s, %(asked)s, %(from)s – %(to)s.") % told)
    return redirect("visas:rules")
