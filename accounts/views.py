from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.contrast import CHOICES, COOKIE
from accounts.forms import KeysForm
from accounts.idle import no_step, note_step, seconds_left, sign_of
from accounts.services import choose_keys, choose_language, choose_shortcuts

YEAR = 365 * 24 * 60 * 60  # seconds


def back_to_where_they_were(request: HttpRequest) -> HttpResponse:
    """To the page named in ``next``, where it is one of ours."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    return redirect(back)


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen language with the browser and the person, and goes back to where they were."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise BadRequest("a language that is not spoken here")
    if request.user.is_authenticated:
        choose_language(user=request.user, language=chosen)
    response = back_to_where_they_were(request)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=YEAR,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response


@login_not_required
@require_POST
def contrast(request: HttpRequest) -> HttpResponse:
    """Keeps the look with the browser: high contrast, the light one, or whatever the system asks for."""
    chosen = request.POST.get("contrast", "")
    response = back_to_where_they_were(request)
    if chosen in CHOICES:
        response.set_cookie(
            COOKIE, chosen, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
    return response


@require_POST
def shortcuts(request: HttpRequest) -> HttpResponse:
    """Keeps with the person whether single keys are shortcuts."""
    choose_shortcuts(user=request.user, on=request.POST.get("on") == "1")
    return back_to_where_they_were(request)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """Which keys are shortcuts for this person."""
    form = KeysForm(request.POST if request.method == "POST" else None, instance=request.user)
    if form.is_valid():
        choose_keys(user=request.user, **{name.removeprefix("key_"): key for name, key in form.cleaned_data.items()})
        messages.success(
            request,
            _("The keys are changed: %(search)s searches, %(new)s opens a new session, %(start)s starts a deadline.")
            % {
                "search": request.user.get_key_search_display(),
                "new": request.user.get_key_new_display(),
                "start": request.user.key_start,
            },
        )
        return redirect("keys")
    return render(request, "accounts/keys.html", {"form": form}, status=400 if form.errors else 200)


@no_step
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stay(request: HttpRequest) -> HttpResponse:
    """How many seconds the person stays signed in if they do nothing; a POST makes it the full time again.

    Asking alone keeps nobody signed in. ``sign`` says whether it is still the person the page was made for, and
    ``token`` lets a form that was open meanwhile be sent.
    """
    if request.method == "POST" and request.user.is_authenticated:
        note_step(request, at_once=True)
    answer = {"seconds": seconds_left(request), "sign": sign_of(request.user), "token": get_token(request)}
    return JsonResponse(answer)


@no_step
@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether this process serves pages and reaches its database; says nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
