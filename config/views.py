from itertools import chain
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.contrast import contrast_of
from audit.views import landing as audit
from cases.views import landing as cases
from centers.selectors import held_in
from centers.views import landing as centers
from config.navigation import PAGES, pages_of
from kpi.views import landing as kpi
from visas.views import landing as visas

# Each app brings the panels of what it knows, in this order.
LANDINGS = (kpi, cases, visas, audit, centers)
OF_A_WORKSPACE = {"workspace", "after", "before"}  # of an address: means nothing in another workspace


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The start page: what waits for this person today, from every role they hold where the page works."""
    panels = list(chain.from_iterable(landing.panels(request) for landing in LANDINGS))
    return render(request, "home.html", {"panels": panels, "memberships": held_in(request.user, request.workspace)})


@never_cache
@require_safe
def switch(request: HttpRequest) -> HttpResponse:
    """The page of the query in the workspace of the tab: the same list, narrowed alike, where it has that page.

    The page of one record stays behind: the list of such records opens instead, or the start page, and says why.
    """
    asked = urlsplit(request.GET.get("page", ""))
    try:
        match = resolve(asked.path)
    except Resolver404:
        return redirect("home")
    tab = next((page for page in PAGES if page.holds(match.view_name)), None)
    if tab and tab not in pages_of(request.user):
        place = request.workspace or _("All my workspaces")
        messages.info(
            request, _("%(place)s does not have the page you came from. Here is the start page.") % {"place": place}
        )
        return redirect("home")
    if request.workspace is None or not match.kwargs:
        address = reverse(match.view_name, args=match.args, kwargs=match.kwargs)
        return redirect(address + _narrowed(asked.query))
    told = _("The page of one record does not come along into another workspace. Here is what this one has.")
    messages.info(request, told)
    return redirect(tab.route if tab else "home")


def _narrowed(query: str) -> str:
    """What a list was narrowed to, as far as it means the same in another workspace."""
    kept = [(name, value) for name, value in parse_qsl(query) if name not in OF_A_WORKSPACE]
    return "?" + urlencode(kept) if kept else ""


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
