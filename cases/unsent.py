"""The key under which a browser keeps text that it could not send yet.

It is the person's own, worked out from the server's secret: a page of theirs is given it, the browser never stores
it, and what waits in the browser is not readable without it.
"""

import base64
import hmac
from hashlib import sha256

from django.conf import settings

from accounts.models import User

HOURS = 120  # after which unsent text is forgotten: a line cut on a Friday is back by Wednesday


def key_for_unsent(user: User) -> str:
    """32 bytes for AES-256-GCM, in base64."""
    secret = hmac.new(settings.SECRET_KEY.encode(), f"cases.unsent:{user.pk}".encode(), sha256).digest()
    return base64.b64encode(secret).decode()
