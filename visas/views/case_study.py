"""What an applicant for the student visa is to study, which the letter of recommendation names."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from centers.refusals import rule_of, sentence
from visas.access import get_visa_case_or_404, own_files
from visas.forms.student import CaseStudyForm
from visas.path import may_find
from visas.services.case_study import say_studies
from visas.students import STUDENT_VISA, intended_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The major and the semester of a case; the last that was entered counts."""
    case = get_visa_case_or_404(request.user, pk)
    if not may_find(request.user, case):
        raise PermissionDenied(_("What is found of an applicant is entered by the office that keeps the case."))
    if case.programme_id != STUDENT_VISA:
        messages.info(request, _("Intended studies are entered for student visas only."))
        return redirect(case)
    said = intended_of([case.pk]).get(case.pk)
    initial = {"major": said.major_id, "semester": said.semester} if said else {}
    form = CaseStudyForm(request.POST if request.method == "POST" else None, case=case, initial=initial)
    if form.is_valid():
        try:
            say_studies(actor=request.user, case=case, **form.cleaned_data)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            held = intended_of([case.pk])[case.pk]
            told = {"major": held.major, "semester": held.semester}
            messages.success(request, _("On record: %(major)s, admission in %(semester)s.") % told)
            return redirect(case)
    words = {"title": _("Intended studies"), "action": _("Keep it")}
    context = {"form": form, "case": case, "client": own_files([case], request.user).get(case.pk), **words}
    return render(request, "visas/case_step.html", context, status=400 if form.errors else 200)
