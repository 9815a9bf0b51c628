from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.services import choose_language, switch_shortcuts

CONTRAST_COOKIE = "contrast"
CONTRASTS = ("normal", "high")


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen language with the browser and the person, and goes back to where they were."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest()
    if request.user.is_authenticated:
        choose_language(user=request.user, language=chosen)
    return _keep(_back(request), settings.LANGUAGE_COOKIE_NAME, chosen)


@login_not_required
@require_POST
def contrast(request: HttpRequest) -> HttpResponse:
    """Keeps with the browser whether pages are shown in high contrast, and goes back to where the reader was."""
    chosen = request.POST.get("contrast", "")
    if chosen not in CONTRASTS:
        return HttpResponseBadRequest()
    return _keep(_back(request), CONTRAST_COOKIE, chosen)


@require_POST
def shortcuts(request: HttpRequest) -> HttpResponse:
    """Keeps with the person whether single keys are commands, and goes back to where they were."""
    chosen = request.POST.get("shortcuts", "")
    if chosen not in {"on", "off"}:
        return HttpResponseBadRequest()
    switch_shortcuts(user=request.user, on=chosen == "on")
    return _back(request)


@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """The person is still there: the session lives on. Answers with the seconds it lasts from now."""
    request.session.modified = True
    return HttpResponse(str(settings.IDLE_SECONDS), content_type="text/plain")


def _back(request: HttpRequest) -> HttpResponse:
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    return redirect(back)


def _keep(response: HttpResponse, name: str, value: str) -> HttpResponse:
    response.set_cookie(
        name,
        value,
        max_age=365 * 24 * 60 * 60,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether this process serves pages and reaches its database; says nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
