from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.views.decorators.http import require_safe

from accounts.contrast import contrast_of
from centers.selectors import memberships_of
from config.navigation import pages_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Leads to the first page the person may see; says so where there is none."""
    pages = pages_of(request.user)
    if pages:
        return redirect(pages[0].url)
    return render(request, "home.html", {"memberships": memberships_of(request.user)})


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
