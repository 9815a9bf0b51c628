"""The self-assessment of an applicant, filled in line by line."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from centers.refusals import rule_of, sentence
from visas.access import get_visa_case_or_404, own_files
from visas.forms.points import PointsForm
from visas.path import may_find
from visas.points import sheet_of
from visas.services.points import enter_points
from visas.views.quota import may_enter


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The lines of the table that held on the day of reception; their sum is worked out."""
    case = get_visa_case_or_404(request.user, pk)
    if not may_find(request.user, case):
        raise PermissionDenied(_("What is found of an applicant is entered by the office that keeps the case."))
    sheet = sheet_of(case, request.user, anew="anew" in request.GET)
    if not sheet.lines:
        raise Http404(_("The programme of this case has no table of points."))
    form = PointsForm(request.POST if request.method == "POST" else None, sheet=sheet)
    if form.is_valid():
        try:
            enter_points(actor=request.user, case=case, lines=form.changed)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            held = {"total": sheet_of(case, request.user).total}
            messages.success(request, _("On record: the self-assessment comes to %(total)d points.") % held)
            return redirect(case.get_absolute_url() + "#conditions")
    context = {
        "form": form,
        "case": case,
        "sheet": sheet,
        "client": own_files([case], request.user).get(case.pk),
        "may_enter": may_enter(request.user),
    }
    return render(request, "visas/points.html", context, status=400 if form.errors else 200)
