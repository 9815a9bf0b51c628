"""Leave to work and levels of Korean of a student: entered on the student's page, withdrawn where they were wrong."""

from dataclasses import dataclass

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from centers.querysets import get_visible_or_404
from centers.refusals import rule_of, sentence
from visas.access import require_university
from visas.cohorts import cohorts_of
from visas.forms.student import ReasonForm
from visas.forms.study import KoreanForm, PermitForm
from visas.models import KoreanResult, StudyPermit
from visas.services.study import give_permit, keep_korean, withdraw_record
from visas.views.student import WORK, form_page, get_student


@dataclass(frozen=True)
class Kind:
    """What can be entered of a student beside the status: its model, form and service, and what the pages say."""

    model: type
    form: type
    keep: object
    title: str


KINDS = {
    "permit": Kind(StudyPermit, PermitForm, give_permit, gettext_lazy("Permission to work")),
    "korean": Kind(KoreanResult, KoreanForm, keep_korean, gettext_lazy("Level of Korean")),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    kind, row = KINDS[what], get_student(request, pk, WORK)
    form = kind.form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = kind.keep(row, actor=request.user, **form.cleaned_data)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            held = get_visible_or_404(kind.model, request.user, made.pk)
            messages.success(request, _("On record: %(what)s.") % {"what": in_words(held)})
            return redirect(row)
    return form_page(request, form, row, {"title": kind.title, "action": _("Put on record")})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    held = get_visible_or_404(KINDS[what].model, request.user, pk, WORK)
    if held.withdrawn_on:
        raise Http404
    row = get_student(request, held.enrolment_id, WORK)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        withdraw_record(held, actor=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Withdrawn. It stays in sight and holds no more."))
        return redirect(row)
    words = {"title": _("Withdraw this entry?"), "action": _("Withdraw"), "about": in_words(held), "bad": True}
    return form_page(request, form, row, words)


def in_words(held: StudyPermit | KoreanResult) -> str:
    """The row as a line of a page says it."""
    if isinstance(held, StudyPermit):
        return f"{held.kind} · {held.place} · {held.starts_on} – {held.ends_on}"
    state = _("passed") if held.passed else _("attending")
    return f"{held.get_test_display()} {held.level} · {state} · {held.held_on}"


@never_cache
@require_safe
def cohorts(request: HttpRequest) -> HttpResponse:
    """The students of the university by semester of admission, major and degree; each number opens its students."""
    require_university(request.user)
    rows = cohorts_of(request.user)
    return render(request, "visas/cohorts.html", {"rows": rows})
