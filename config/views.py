from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from centers.selectors import memberships_of
from config.navigation import pages_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Leads to the first page the person may see; says so where there is none."""
    pages = pages_of(request.user)
    if pages:
        return redirect(pages[0].url)
    return render(request, "home.html", {"memberships": memberships_of(request.user)})
