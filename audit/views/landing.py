from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from audit.models import REVIEW
from audit.selectors import access_month
from centers.selectors import scope_of
from config.panels import Panel


def panels(request: HttpRequest) -> list[Panel]:
    """This month's accesses, for who reviews all of them."""
    scope = scope_of(request.user)
    if REVIEW not in scope.everywhere:
        return []
    figures = [
        {"told": told, "url": f"{reverse('audit:access')}?{urlencode(told.rows)}"}
        for told in access_month(request.user, scope)
    ]
    return [Panel(_("Accesses this month"), "audit/_month.html", {"figures": figures}, wide=True)]
