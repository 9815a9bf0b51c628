from itertools import chain

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from centers.selectors import memberships_of

# Each app brings the panels of what it knows, in this order; there are none where the person may not read the rows.
LANDINGS: list = []


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The start page: what waits for this person today, from every role they hold where the page works."""
    panels = list(chain.from_iterable(landing.panels(request) for landing in LANDINGS))
    return render(request, "home.html", {"panels": panels, "memberships": memberships_of(request.user)})
