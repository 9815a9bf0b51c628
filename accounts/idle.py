"""How long somebody stays signed in without doing anything.

The time of the last step is kept in the session and written again only once it is older than a minute, or than a
tenth of the time allowed, whichever is less: reading a page writes nothing, and nobody is signed out early by more.
"""

import math
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.models import User

WARNING = 5 * 60  # seconds before the end
SEEN = "seen"  # in the session: seconds since 1970


def no_step(view: Callable) -> Callable:
    """Mark a view that a page calls by itself, such as to watch progress: it does not keep anybody signed in."""
    view.no_step = True
    return view


def seconds_left(request: HttpRequest) -> int:
    """Until the person is signed out if they do nothing, rounded up; 0 where nobody is signed in."""
    if not request.user.is_authenticated:
        return 0
    now = time.time()
    return max(0, math.ceil(request.session.get(SEEN, now) + settings.IDLE_SECONDS - now))


def is_over(request: HttpRequest) -> bool:
    return time.time() - request.session.get(SEEN, time.time()) >= settings.IDLE_SECONDS


def note_step(request: HttpRequest, *, at_once: bool = False) -> None:
    """Count the time from now; ``at_once`` also where the last note is still fresh."""
    now = time.time()
    fresh = min(60.0, settings.IDLE_SECONDS / 10)
    if at_once or now - request.session.get(SEEN, 0) >= fresh:
        request.session[SEEN] = now


def sign_of(user: User | AnonymousUser) -> str:
    """By which a page knows again whose it is, without saying who: a page is uncovered for the same person only."""
    return salted_hmac("accounts.idle", str(user.pk)).hexdigest()[:16] if user.is_authenticated else ""


def idle_of(request: HttpRequest) -> dict:
    """What a page needs to warn in time: the seconds left, those of the warning, and whose page it is."""
    return {
        "seconds": seconds_left(request),
        "before": min(WARNING, settings.IDLE_SECONDS / 2),
        "sign": sign_of(request.user),
    }
