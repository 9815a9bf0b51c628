"""Whether, and how, made-up records may go into the database that this process works on."""

import psycopg
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from psycopg.conninfo import make_conninfo

from demo.synthetic.strangers import has_strangers, is_owner


class Refused(Exception):
    """Nothing made up goes into this database. The text is a sentence that says why and what to do."""


def owner_address() -> str:
    """The address of the database that Django works on, as its owner."""
    chosen = settings.DATABASE_OWNER
    keys = {"user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    parts = {key: chosen[name] for key, name in keys.items() if chosen.get(name)}
    return make_conninfo(**parts, **chosen["OPTIONS"], dbname=connection.settings_dict["NAME"])


def permitted_address(database: str = "") -> str:
    """The owner's address, where made-up records may go in. Raises Refused.

    On a server of one's own, which may be the real one, the name of the database has to be said. Where anybody may
    be real, nothing helps.
    """
    name = connection.settings_dict["NAME"]
    if not settings.EMBEDDED and database != name:
        raise Refused(
            _(
                "DATABASE_URL names a server of one's own. Only if its database %(name)s is there for made-up people "
                "alone, say so with --database %(name)s."
            )
            % {"name": name}
        )
    if database and database != name:
        raise Refused(
            _("The database is called %(name)s and not %(other)s: nothing was written.")
            % {"name": name, "other": database}
        )
    address = owner_address()
    try:
        with psycopg.connect(address) as owner:
            _look(owner)
    except psycopg.OperationalError as error:
        raise Refused(
            _("The database does not answer at DATABASE_OWNER_URL: %(why)s") % {"why": str(error).strip()}
        ) from error
    return address


def _look(owner: psycopg.Connection) -> None:
    if owner.execute("SELECT to_regclass('cases_session')").fetchone()[0] is None:
        raise Refused(_("The database is empty: run manage.py prepare first."))
    if not is_owner(owner):
        raise Refused(
            _("Made-up records are copied in by the owner of the tables: name that role in DATABASE_OWNER_URL.")
        )
    if has_strangers(owner):
        raise Refused(
            _(
                "Records are here that do not say they are made up, and made-up people never mix with real ones: use "
                "a database of its own."
            )
        )
