"""Databases of the test run: one template, migrated and with reference data, and quick clones of it."""

import fcntl
import hashlib
import os
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config import servers
from kpi.management.commands.prepare import store_scope_key
from kpi.services.reference import load_reference_data

ROOT = Path(__file__).parents[1]
APPLICATION = dict(settings.DATABASES["default"])  # a copy: Django's connection changes its own


def template() -> str:
    """The name of the template; made anew when a migration, a reference file or a wall has changed."""
    name = f"settlement_test_{_fingerprint()}"
    with open(servers.state_folder() / "template.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _server() as server:
            known = [row[0] for row in server.execute("SELECT datname FROM pg_database")]
            if name in known:
                return name
            draft = f"{name}_draft"
            for old in known:
                if old == draft:
                    drop(server, old)
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(draft)))
            _fill(draft)
            server.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name))
            )
    return name


def clone(name: str) -> None:
    """A fresh database of this name, as ``prepare`` leaves one."""
    source = template()
    with _server() as server:
        drop(server, name)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source)))


def discard(name: str) -> None:
    with _server() as server:
        drop(server, name)


def drop(server: psycopg.Connection, name: str) -> None:
    # Without FORCE it waits for connections that are on their way out; with it the owner would have to end those
    # of the application, and may not.
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def use(name: str, *, owner: bool = False) -> None:
    """Point Django's connection at a database, as the application or as the owner."""
    connection = connections["default"]
    connection.close()
    chosen = settings.DATABASE_OWNER if owner else APPLICATION
    for key in ("USER", "PASSWORD", "HOST", "PORT"):
        connection.settings_dict[key] = chosen.get(key, "")
    connection.settings_dict["NAME"] = name


def url(name: str, *, owner: bool = False) -> str:
    """The address of a database, for a process of its own."""
    return make_conninfo(_owner_url() if owner else os.environ["DATABASE_URL"], dbname=name)


def _fill(name: str) -> None:
    use(name, owner=True)
    try:
        call_command("migrate", verbosity=0, interactive=False)
        store_scope_key()
        load_reference_data()
    finally:
        use(name)


def _fingerprint() -> str:
    parts = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/reference/*.csv"), ROOT / "centers" / "walls.py"]
    parts += [ROOT / "audit" / "history.py", *ROOT.glob("kpi/services/reference*.py")]
    total = hashlib.sha256(settings.SCOPE_KEY.encode())
    for part in sorted(parts):
        total.update(part.name.encode() + part.read_bytes())
    return total.hexdigest()[:16]


def _owner_url() -> str:
    return os.environ["DATABASE_OWNER_URL"]


@contextmanager
def _server():
    parts = conninfo_to_dict(_owner_url())
    with psycopg.connect(**{**parts, "dbname": "postgres"}, autocommit=True) as server:
        yield server
