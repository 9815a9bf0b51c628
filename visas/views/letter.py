"""The recommendation of a case as a paper: made anew of what is on record, each time it is asked for."""

from hashlib import sha256

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from audit.models import Action
from audit.services import record
from centers.selectors import scope_of
from visas.access import get_visa_case_or_404
from visas.letters import as_hwpx, as_pdf, letter_of
from visas.models import VisaCase

MADE = {"pdf": (as_pdf, "application/pdf"), "hwpx": (as_hwpx, "application/hwp+zip")}


def may_print(user: User, case: VisaCase) -> bool:
    """Whoever reviews the case: the province, and the office or university that keeps it."""
    scope = scope_of(user)
    here = {*scope.of("review_visa_cases"), *scope.of("work_visa_cases")}
    return "review_visa_cases" in scope.everywhere or case.workspace_id in here


@never_cache
@require_safe
def letter(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The letter or list as a file. What was given out is on record with its hash: it can be told from another."""
    case = get_visa_case_or_404(request.user, pk)
    if kind not in MADE:
        raise Http404
    if not may_print(request.user, case):
        raise PermissionDenied(_("Letters are printed by the province and by the office that keeps the case."))
    told = letter_of(case)
    if told is None:
        raise Http404(_("The case is not recommended, or has ended: there is no letter."))
    if len(told.people) < told.size:
        sentence = _("The list has %(all)s people, of whom your office keeps %(own)s: the province prints it whole.")
        raise PermissionDenied(sentence % {"all": told.size, "own": len(told.people)})
    if told.nameless:
        raise PermissionDenied(_("Somebody on the letter has no name on file: enter it first."))
    make, media_type = MADE[kind]
    content = make(told)
    record(
        Action.LETTER_MADE, actor=request.user, target=case, workspace_id=case.workspace_id, kind=kind,
        people=len(told.people), digest=sha256(content).hexdigest(),
    )  # fmt: skip
    response = HttpResponse(content, content_type=media_type)
    name = f"{case.programme_id}-{told.day:%Y%m%d}.{kind}"  # nothing of the person
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response
