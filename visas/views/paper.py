"""The papers of a case: received, missing, or not needed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from centers.refusals import rule_of, sentence
from visas.access import get_visa_case_or_404, own_files
from visas.forms.paper import PapersForm
from visas.papers import missing_of, papers_of
from visas.path import may_find
from visas.services.paper import enter_papers


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of each paper that the programme asks of the case."""
    case = get_visa_case_or_404(request.user, pk)
    if not may_find(request.user, case):
        raise PermissionDenied(_("Papers are entered by the office that keeps the case."))
    papers = papers_of(case, request.user)
    if not papers:
        raise Http404(_("The programme of this case has no list of papers."))
    data = request.POST if request.method == "POST" else None
    form = PapersForm(data, case=case, papers=papers, viewer=request.user)
    if form.is_valid():
        try:
            enter_papers(actor=request.user, case=case, papers=form.changed)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            number = len(missing_of(papers_of(case, request.user)))
            told = ngettext(
                "On record: %(number)d paper is missing.", "On record: %(number)d papers are missing.", number
            )
            messages.success(request, told % {"number": number})
            return redirect(case.get_absolute_url() + "#papers")
    context = {"form": form, "case": case, "client": own_files([case], request.user).get(case.pk)}
    return render(request, "visas/papers.html", context, status=400 if form.errors else 200)
