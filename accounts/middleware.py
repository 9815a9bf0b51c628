"""What a sign-in asks for while it lasts: a second factor where one is demanded, and somebody who is there."""

import time

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.shortcuts import redirect
from django.utils import translation

SETUP = "mfa_activate_totp"
OPEN = {
    SETUP,
    "account_logout",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "language",
    "contrast",
    "stay",
    "healthz",
}
RENEWED = "renewed"  # in the session: when its end was last put off


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


class IdleMiddleware:
    """Ends a session of which nothing was asked for ``SESSION_COOKIE_AGE`` seconds.

    Who does no work for a while is signed out (개인정보의 안전성 확보조치 기준 제6조 접근통제). The end is put off by
    what a person does, and written at most once a minute; what a page asks by itself puts off nothing.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        by_itself = request.method == "GET" and request.headers.get("HX-Request")
        if request.user.is_authenticated and not by_itself:
            now = int(time.time())
            if now - request.session.get(RENEWED, 0) >= settings.IDLE_WRITTEN_EVERY:
                request.session[RENEWED] = now
        return self.get_response(request)
