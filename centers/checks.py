"""What is looked at before the installation starts, with one sentence for each mistake."""

import base64
import binascii
from hashlib import sha256

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import OperationalError, ProgrammingError, connection


@register()
def check_keys(app_configs, **kwargs):
    errors = []
    for name in ("SCOPE_KEY", "MATCH_KEY"):
        try:
            good = len(bytes.fromhex(getattr(settings, name))) == 32
        except ValueError:
            good = False
        if not good:
            errors.append(
                Error(
                    f"SETTLEMENT_{name} is not 64 hexadecimal digits: make one with `openssl rand -hex 32`.",
                    id="start.E001",
                )
            )
    for entry in settings.FIELD_KEYS.split(","):
        name, _colon, key = entry.partition(":")
        try:
            good = bool(name) and len(base64.b64decode(key, validate=True)) == 32
        except (binascii.Error, ValueError):
            good = False
        if not good:
            errors.append(
                Error(
                    "SETTLEMENT_FIELD_KEYS is not a list like `k1:<base64 of 32 bytes>`: make a key with "
                    "`openssl rand -base64 32`.",
                    id="start.E002",
                )
            )
    return errors


@register()
def check_settings(app_configs, **kwargs):
    errors = []
    if settings.LANGUAGE_CODE not in dict(settings.LANGUAGES):
        names = ", ".join(dict(settings.LANGUAGES))
        errors.append(
            Error(f"LANGUAGE_CODE is {settings.LANGUAGE_CODE!r}; it can be one of {names}.", id="start.E003")
        )
    if settings.DEMO and not settings.EMBEDDED:
        errors.append(
            Error(
                "The demo shows its sign-ins and so refuses a server of one's own: unset DATABASE_URL.",
                id="start.E004",
            )
        )
    if not settings.EMBEDDED and not settings.ALLOWED_HOSTS:
        errors.append(Error("SETTLEMENT_HOSTS names no host: list those that users type.", id="start.E005"))
    return errors


@register(Tags.database)
def check_role(app_configs, databases, **kwargs):
    """The application must not own its tables nor stand above row security: the wall would not hold it."""
    if settings.AS_OWNER:  # a migration: it is the owner's work
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT rolsuper OR rolbypassrls,
                       EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user)
                  FROM pg_roles WHERE rolname = current_user
                """
            )
            above, owner = cursor.fetchone()
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0])
    except OperationalError as error:
        return [Error(f"The database does not answer at DATABASE_URL: {str(error).strip()}", id="start.E006")]
    errors = []
    if version < 150000:
        errors.append(Error("PostgreSQL 15 or newer is needed; name such a server in DATABASE_URL.", id="start.E007"))
    if above:
        errors.append(
            Error(
                "The role of DATABASE_URL is superuser or may bypass row security: use settlement_app.",
                id="start.E008",
            )
        )
    if owner:
        errors.append(
            Error("The role of DATABASE_URL owns the tables: keep the owner to DATABASE_OWNER_URL.", id="start.E009")
        )
    return errors


@register(Tags.database)
def check_scope_key(app_configs, databases, **kwargs):
    """A scope signed with another key than the database holds would open nothing, and nobody would know why."""
    if settings.AS_OWNER:
        return []
    try:
        fingerprint = sha256(bytes.fromhex(settings.SCOPE_KEY)).hexdigest()
    except ValueError:
        return []  # check_keys says it
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT wall.key_is(%s)", [fingerprint])
            fits = cursor.fetchone()[0]
    except OperationalError:
        return []  # check_role says it
    except ProgrammingError:
        return [Error("The database is not prepared: run `manage.py prepare` first.", id="start.E010")]
    if not fits:
        return [
            Error(
                "SETTLEMENT_SCOPE_KEY is not the key that the database knows: run `manage.py prepare`, or give every "
                "process the same key.",
                id="start.E011",
            )
        ]
    return []
