"""Who may go on: nobody who did nothing for too long or has a password that somebody else knows, and where a second
factor is demanded nobody without one.
"""

from urllib.parse import urlsplit

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware, get_user
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from accounts.idle import is_over, note_step
from accounts.typed import typed_in

OWN_PASSWORD = "account_change_password"  # noqa: S105  (the name of a page)
OPEN_BEFORE = {OWN_PASSWORD, "account_logout", "language", "contrast", "stay", "healthz"}
SETUP = "mfa_activate_totp"
OPEN = {
    SETUP, "account_logout", "account_reauthenticate", "mfa_reauthenticate", "language", "contrast", "stay", "healthz",
}  # fmt: skip


class PersonMiddleware:
    """Puts who is signed in where Django puts a stand-in that looks them up: a list asks some hundred times who reads.

    Every page asks at least once (``IdleMiddleware``), so nothing is looked up that was not before.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.user = get_user(request)
        return self.get_response(request)


class SignInMiddleware(LoginRequiredMiddleware):
    """Leads whoever is not signed in to the sign-in, and afterwards back to where they were.

    That is the page they asked for; where they sent something, the page it was sent from: its address alone does
    nothing, or is none that can be opened.
    """

    def handle_no_permission(self, request, view):
        if request.method in {"GET", "HEAD"}:
            return super().handle_no_permission(request, view)
        return redirect_to_login(_sent_from(request), self.get_login_url(view), self.get_redirect_field_name(view))


def _sent_from(request) -> str:
    """The page of ours that something was sent from; the start page where none is told."""
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    page = urlsplit(before)
    return page.path + (f"?{page.query}" if page.query else "")


class IdleMiddleware:
    """Signs out who did nothing for ``IDLE_SECONDS``; every page that a person opens counts as a step."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated and is_over(request):
            logout(request)
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        by_itself = request.method == "GET" and "HX-Request" in request.headers  # a part that a page renews
        if request.user.is_authenticated and not by_itself and not getattr(view, "no_step", False):
            note_step(request)


class OwnPasswordMiddleware:
    """Leads whoever signed in with a password that somebody else made to the page where they choose their own.

    Afterwards they come to the page they asked for. A form that was sent meanwhile is answered with what was typed.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.user.is_authenticated or not request.user.must_choose_password:
            return None
        if request.resolver_match.view_name in OPEN_BEFORE:
            return None
        here = request.get_full_path()
        if request.method in {"GET", "HEAD"}:
            return redirect(f"{reverse(OWN_PASSWORD)}?{urlencode({'next': here})}")
        told = _("First choose a password of your own: somebody else made the one you signed in with.")
        return render(request, "409.html", {"sentence": told, "here": here, "typed": typed_in(request)}, status=409)


class SecondFactorMiddleware:
    """Leads a signed-in person without a second factor to its set-up; also speaks the person's own language."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # Before any address is looked up, so that a page that is not there says so in the person's language.
        if request.user.is_authenticated and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.user.is_authenticated:
            return None
        demanded = settings.REQUIRE_SECOND_FACTOR and request.resolver_match.view_name not in OPEN
        return redirect(SETUP) if demanded and not is_mfa_enabled(request.user) else None
