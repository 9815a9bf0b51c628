"""The rules of duties: what a permit brings, kept by the province with a preview of what a change would turn."""

from collections import Counter
from collections.abc import Callable
from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cases.forms import RefusableForm
from centers.access import require_anywhere
from centers.selectors import scope_of
from visas.forms.duty_rule import DutyCorrectionForm, DutyEndForm, DutyRuleForm
from visas.models import ObligationRule
from visas.obligations import Turned, preview
from visas.services.rule import add_rule, correct_rule, end_rule
from visas.views.previewed import previewed, seen
from visas.views.rule import WORK, require_the_province

NAMED = 20  # cases that the preview names; of the others it tells how many
WHAT = {"added": gettext_lazy("Added"), "changed": gettext_lazy("Changed"), "ended": gettext_lazy("Ended")}


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All rules of duties by programme, those that hold today first; what was taken out stays in sight."""
    require_anywhere(request.user, "view_visa_cases")
    today = timezone.localdate()
    rules = ObligationRule.objects.select_related("programme", "entered_by", "status")
    rows = sorted(rules, key=lambda rule: (rule.programme.order, rule.programme_id, not rule.holds_on(today),
                                           rule.status_id or "", rule.kind, rule.valid_from))  # fmt: skip
    programmes = [
        (programme, [(rule, rule.holds_on(today)) for rule in found])
        for programme, found in groupby(rows, key=lambda rule: rule.programme)
    ]
    context = {"programmes": programmes, "may_change": WORK in scope_of(request.user).everywhere}
    return render(request, "visas/duty_rules.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    require_the_province(request)
    form = DutyRuleForm(request.POST if request.method == "POST" else None)
    return _changed(
        request, form, _("Add a rule"), lambda: add_rule(actor=request.user, of=ObligationRule, **form.told)
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    rule = _standing(request, pk)
    form = DutyEndForm(request.POST if request.method == "POST" else None, initial={"valid_to": timezone.localdate()})
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
    form = DutyCorrectionForm(request.POST if request.method == "POST" else None, rule=rule)
    return _changed(
        request,
        form,
        _("Correct a rule"),
        lambda: correct_rule(rule, actor=request.user, reason=form.cleaned_data["reason"], **form.told),
        rule,
    )


def _standing(request: HttpRequest, pk: int) -> ObligationRule:
    require_the_province(request)
    return get_object_or_404(ObligationRule.objects.standing().select_related("programme", "status"), pk=pk)


def _changed(
    request: HttpRequest,
    form: RefusableForm,
    title: str,
    change: Callable[[], ObligationRule],
    rule: ObligationRule | None = None,
) -> HttpResponse:
    """Show first which duties it would add, change or end, and change the rules once that was confirmed."""
    changed, turned = previewed(
        request,
        form,
        change,
        lambda: preview(
            change, viewer=request.user, programme=(rule.programme if rule else form.cleaned_data["programme"]).pk
        ),
    )
    if changed:
        return _done(request, changed)
    context = {
        "form": form,
        "title": title,
        "rule": rule,
        "previewed": turned is not None,
        "seen": seen(form) if turned is not None else "",
        "numbers": _numbers(turned or []),
        "named": [(one, WHAT[one.what]) for one in (turned or [])[:NAMED]],
        "further": max(len(turned or []) - NAMED, 0),
    }
    return render(request, "visas/duty_rule_form.html", context, status=400 if form.errors else 200)


def _numbers(turned: list[Turned]) -> list[tuple[str, int]]:
    """How many duties are added, changed and ended."""
    found = Counter(one.what for one in turned)
    return [(name, found[what]) for what, name in WHAT.items()]


def _done(request: HttpRequest, changed: ObligationRule) -> HttpResponse:
    """Say what the database holds now."""
    held = ObligationRule.objects.select_related("programme").get(pk=changed.pk)
    told = {"programme": held.programme, "name": held.get_kind_display(), "from": held.valid_from.isoformat()}
    told["to"] = held.valid_to.isoformat() if held.valid_to else ""
    sentence = _("On record: %(programme)s, %(name)s, %(from)s – %(to)s. The duties of the cases follow.")
    messages.success(request, sentence % told)
    return redirect("visas:duty_rules")
