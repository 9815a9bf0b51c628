from itertools import chain

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.contrast import contrast_of
from audit.views import landing as audit
from cases.views import landing as cases
from centers.selectors import held_in
from centers.views import landing as centers
from kpi.views import landing as kpi
from visas.views import landing as visas

# Each app brings the panels of what it knows, in this order.
LANDINGS = (kpi, cases, visas, audit, centers)


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The start page: what waits for this person today, from every role they hold where the page works."""
    panels = list(chain.from_iterable(landing.panels(request) for landing in LANDINGS))
    return render(request, "home.html", {"panels": panels, "memberships": held_in(request.user, request.workspace)})


# The pages of last resort. They ask neither the database nor the session: these may be what broke.


def _bare(request: HttpRequest, template: str, status: int) -> HttpResponse:
    page = loader.get_template(template).render({"demo": settings.DEMO, "contrast": contrast_of(request)})
    return HttpResponse(page, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _bare(request, "400.html", 400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _bare(request, "403_csrf.html", 403)


def server_error(request: HttpRequest) -> HttpResponse:
    return _bare(request, "500.html", 500)
