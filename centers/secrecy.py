"""What is kept encrypted at rest: AES-256-GCM under a ring of keys.

``SETTLEMENT_FIELD_KEYS`` is the ring: its first key encrypts, all decrypt, so that keys can be changed.
"""

import base64
import secrets
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12  # bytes


@lru_cache(maxsize=4)
def _ring(keys: str) -> dict[str, AESGCM]:
    named = (entry.partition(":") for entry in keys.split(","))
    return {name: AESGCM(base64.b64decode(key)) for name, _colon, key in named}


def seal(plain: bytes, about: bytes = b"") -> bytes:
    """The bytes as they are stored: key name, nonce, ciphertext. They open only where ``about`` is said again."""
    ring = _ring(settings.FIELD_KEYS)
    name = next(iter(ring))
    nonce = secrets.token_bytes(_NONCE)
    return name.encode() + b":" + nonce + ring[name].encrypt(nonce, plain, name.encode() + about)


def unseal(stored: bytes, about: bytes = b"") -> bytes:
    """The bytes of ``seal``.

    Raises KeyError where the key has left the ring, ``cryptography.exceptions.InvalidTag`` where they were tampered
    with or are about something else.
    """
    name, _colon, rest = bytes(stored).partition(b":")
    key = _ring(settings.FIELD_KEYS)[name.decode(errors="replace")]
    return key.decrypt(rest[:_NONCE], rest[_NONCE:], name + about)
