"""The keys under which a browser keeps text that it could not send yet.

They are the person's own, worked out from the server's secret: a page of theirs is given them, the browser never
stores them, and what waits in the browser is not readable without them. A key is handed out for one period and the
next one; after that nobody is given it any more, so that what was left on a shared PC stays shut for good.
"""

import base64
import hmac
from hashlib import sha256

from django.conf import settings
from django.utils import timezone

from accounts.models import User

HOURS = 120  # after which unsent text is forgotten: a line cut on a Friday is back by Wednesday
PERIOD = HOURS * 3600  # seconds; text of the last moment of a period is opened by the key of that one until it ends


def keys_for_unsent(user: User) -> str:
    """32 bytes each for AES-256-GCM, in base64: the key of this period, then that of the one before."""
    period = int(timezone.now().timestamp()) // PERIOD
    return " ".join(_key(user, number) for number in (period, period - 1))


def _key(user: User, period: int) -> str:
    secret = hmac.new(settings.SECRET_KEY.encode(), f"cases.unsent:{user.pk}:{period}".encode(), sha256).digest()
    return base64.b64encode(secret).decode()
