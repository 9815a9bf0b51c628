from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cases.models import FamilyLink
from centers.refusals import rule_of, sentence
from centers.selectors import may
from visas.access import get_visa_case_or_404, own_files
from visas.dependant_forms import DependantForm
from visas.models import VisaCase
from visas.services.dependant import add_dependant, change_dependant


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody who came with the principal of a case: of a file that is here already, or of a new one."""
    case = _case(request, pk)
    form = DependantForm(request.POST if request.method == "POST" else None, case=case, viewer=request.user)
    if form.is_valid() and form.choose(form.likely()):
        try:
            link = add_dependant(case=case, **form.cleaned_data)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            return _confirmed(request, case, link.pk)
    return _page(request, form, case, _("Add a dependant"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    """The dates and the status of a dependant of a case."""
    case = _case(request, pk)
    rows = FamilyLink.objects.visible_to(request.user).select_related("client", "household")
    row = get_object_or_404(rows, pk=link, household__principal=case.client_id)
    data = request.POST if request.method == "POST" else None
    form = DependantForm(data, case=case, viewer=request.user, link=row)
    if form.is_valid():
        try:
            change_dependant(row, **form.cleaned_data)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            return _confirmed(request, case, row.pk)
    return _page(request, form, case, _("Change a dependant"))


def _case(request: HttpRequest, pk: int) -> VisaCase:
    case = get_visa_case_or_404(request.user, pk)
    if not may(request.user, "work_clients", case.workspace_id):
        raise PermissionDenied(_("Dependants are entered where the file of the principal is kept."))
    return case


def _confirmed(request: HttpRequest, case: VisaCase, pk: int) -> HttpResponse:
    """Say what the database holds now; nothing of the person."""
    link = FamilyLink.objects.visible_to(request.user).get(pk=pk)
    days = {"entered": link.entered_on, "settled": link.settled_on}
    held = {"relation": link.relation} | {name: day.isoformat() if day else "–" for name, day in days.items()}
    told = _("On record: %(relation)s, entered on %(entered)s, settled on %(settled)s.")
    messages.success(request, told % held)
    return redirect(case.get_absolute_url() + "#dependants")


def _page(request: HttpRequest, form: DependantForm, case: VisaCase, title: str) -> HttpResponse:
    context = {
        "form": form,
        "case": case,
        "client": own_files([case], request.user).get(case.pk),
        "title": title,
        "action": _("Save"),
    }
    return render(request, "visas/case_step.html", context, status=400 if form.errors else 200)
