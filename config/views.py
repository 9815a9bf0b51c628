from itertools import chain

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.views import landing as cases
from centers.selectors import memberships_of
from kpi.views import landing as kpi
from visas.views import landing as visas

# Each app brings the panels of what it knows, in this order.
LANDINGS = (kpi, cases, visas)


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The start page: what waits for this person today, from every role they hold where the page works."""
    panels = chain.from_iterable(landing.panels(request) for landing in LANDINGS)
    shown = [(panel, panel.html(request)) for panel in panels]
    return render(request, "home.html", {"panels": shown, "memberships": memberships_of(request.user)})
