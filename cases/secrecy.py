"""Numbers of the state at rest (고유식별정보, 개인정보 보호법 24조): encrypted, and equal only under a key."""

import hmac
import re
import unicodedata
from hashlib import sha256

from django.conf import settings

from centers.secrecy import seal, unseal


def encrypt(text: str) -> bytes:
    """The text as it is stored."""
    return seal(text.encode())


def decrypt(stored: bytes) -> str:
    """The text of ``encrypt``. Raises what ``centers.secrecy.unseal`` raises."""
    return unseal(stored).decode()


def digest(kind: str, text: str) -> bytes:
    """A keyed hash (HMAC-SHA-256) equal for two spellings of one number; worthless without the key.

    Raises ValueError where nothing is left of the text.
    """
    plain = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text).upper())
    if not plain:  # all such texts would be one number, and their holders one person
        raise ValueError("a number without a digit or a Latin letter")
    return hmac.new(bytes.fromhex(settings.MATCH_KEY), f"{kind}:{plain}".encode(), sha256).digest()


def masked(text: str) -> str:
    """A number as staff see it: the first six signs and nothing of the rest."""
    return text[:6] + "-" + "*" * 7 if len(text) > 6 else "*" * len(text)
