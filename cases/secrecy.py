"""Numbers of the state at rest (고유식별정보, 개인정보 보호법 24조): encrypted, and equal only under a key.

``SETTLEMENT_FIELD_KEYS`` is a ring: its first key encrypts, all decrypt, so that keys can be changed.
"""

import base64
import hmac
import re
import secrets
import unicodedata
from functools import lru_cache
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12  # bytes


@lru_cache(maxsize=4)
def _ring(keys: str) -> dict[str, AESGCM]:
    named = (entry.partition(":") for entry in keys.split(","))
    return {name: AESGCM(base64.b64decode(key)) for name, _colon, key in named}


def encrypt(text: str) -> bytes:
    """The text as it is stored: key name, nonce, AES-256-GCM ciphertext."""
    ring = _ring(settings.FIELD_KEYS)
    name = next(iter(ring))
    nonce = secrets.token_bytes(_NONCE)
    return name.encode() + b":" + nonce + ring[name].encrypt(nonce, text.encode(), name.encode())


def decrypt(stored: bytes) -> str:
    """The text of ``encrypt``.

    Raises KeyError where the key has left the ring, ``cryptography.exceptions.InvalidTag`` where it was tampered with.
    """
    name, _colon, rest = bytes(stored).partition(b":")
    key = _ring(settings.FIELD_KEYS)[name.decode(errors="replace")]
    return key.decrypt(rest[:_NONCE], rest[_NONCE:], name).decode()


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
