from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.models import REVIEW
from audit.review import is_over, months_reviewed
from audit.selectors import access_month, definitions
from centers.selectors import scope_of
from config.panels import Panel


def panels(request: HttpRequest) -> list[Panel]:
    """Months that wait for a signature, and this month's accesses, for who reviews all of them."""
    scope = scope_of(request.user)
    if REVIEW not in scope.everywhere:
        return []
    shown = {
        "figures": access_month(request.user, scope),
        "as_of": timezone.localdate(),
        "definitions": definitions(),
    }
    this_month = Panel(_("Accesses this month"), "audit/_month.html", shown, wide=True)
    waiting = [month for month, signed in months_reviewed(request.user, scope) if is_over(month) and not signed]
    if not waiting:
        return [this_month]
    return [Panel(_("Reviews to be signed"), "audit/_unsigned.html", {"months": waiting}, wide=True), this_month]
