"""The second wall: what the database shows to the transaction that is running.

A scope names, for each permission, the workspaces whose rows it opens. It is signed with a key that
only the database's owner and this process know, and set for one transaction; the policies of every
table about people read it (``wall.scope()``, ``wall.whole()``). Nothing set means no rows.
"""

import json
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256

from django.conf import settings
from django.db import connection, transaction

from accounts.models import User
from audit.models import Action
from audit.services import record
from centers.roles import DATA_PERMISSIONS

logger = logging.getLogger(__name__)

WHOLE_PROVINCE = "whole province"


@dataclass(frozen=True)
class Scope:
    """For each permission the workspaces it reaches; ``everywhere`` holds the ones that reach all of them."""

    actor_id: int | None = None
    workspaces: dict[str, tuple[int, ...]] = field(default_factory=dict)
    everywhere: frozenset[str] = frozenset()

    def of(self, permission: str) -> tuple[int, ...]:
        return self.workspaces.get(permission, ())

    def allows(self, permission: str, workspace_id: int | None) -> bool:
        return permission in self.everywhere or workspace_id in self.of(permission)

    @property
    def only_workspace(self) -> int | None:
        """The workspace of somebody who may do something in one alone, else none."""
        found = {workspace for reached in self.workspaces.values() for workspace in reached}
        return found.pop() if len(found) == 1 else None

    @property
    def kept(self) -> dict:
        """What it reaches, as a column of JSON takes it."""
        return {
            "in": {permission: list(ids) for permission, ids in self.workspaces.items()},
            "all": sorted(self.everywhere),
        }

    def covers(self, kept: dict) -> bool:
        """Whether it still reaches all that the kept one did."""
        there = kept.get("in", {}).items()
        return self.everywhere.issuperset(kept.get("all", ())) and all(
            self.allows(permission, workspace) for permission, reached in there for workspace in reached
        )

    def signed(self, backend_pid: int) -> str:
        """The scope as the database takes it; worth nothing in another connection."""
        body = json.dumps({"user": self.actor_id, **self.kept}, separators=(",", ":"))
        return f"{_signature(backend_pid, body)}.{body}"


def _signature(backend_pid: int, body: str) -> str:
    key = bytes.fromhex(settings.SCOPE_KEY)
    inner = sha256(key + f"{backend_pid}.{body}".encode()).digest()
    return sha256(key + inner).hexdigest()


NOTHING = Scope()


def set_scope(scope: Scope) -> None:
    """Open the scope's rows to the running transaction. Outside of one it would open nothing, so it refuses."""
    if not connection.in_atomic_block:
        raise RuntimeError("A scope lives in a transaction: use it inside transaction.atomic()")
    connection.ensure_connection()
    _set(scope.signed(connection.connection.info.backend_pid))


def _set(value: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('wall.scope', true), set_config('wall.scope', %s, true)", [value])
        return cursor.fetchone()[0] or ""


@contextmanager
def acting_for(workspaces: Iterable[int] | str, *, actor: User | None = None, reason: str = "") -> Iterator[Scope]:
    """Run a block of a task or command on the rows of these workspaces, in one transaction.

    ``acting_for(WHOLE_PROVINCE, reason=...)`` opens all of them; that has to be said and is put on record.
    The scope of before is back when the block ends.
    """
    if workspaces == WHOLE_PROVINCE:
        if not reason:
            raise ValueError("Whoever works on the whole province says why")
        scope = Scope(actor and actor.pk, everywhere=DATA_PERMISSIONS)
    elif isinstance(workspaces, str):  # its letters would be taken for workspaces
        raise TypeError("Give the ids of workspaces, or WHOLE_PROVINCE")
    else:
        here = tuple(workspaces)
        scope = Scope(actor and actor.pk, workspaces={permission: here for permission in sorted(DATA_PERMISSIONS)})
    with transaction.atomic():
        connection.ensure_connection()
        before = _set(scope.signed(connection.connection.info.backend_pid))
        if workspaces == WHOLE_PROVINCE:
            record(Action.PROVINCE_ENTERED, actor=actor, reason=reason)
        yield scope
        # Only on success: after an error the transaction, or its savepoint, takes the setting back itself.
        _set(before)


def settle_constraints() -> None:
    """Let the deferred constraints speak now, while there is still someone to tell. Raises IntegrityError."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def warn_of_missing_scope(notice) -> None:
    """Say in the log that a query about people ran without a scope and so found nothing."""
    if notice.sqlstate == "01W01":
        logger.warning("A query about people ran without a scope and found nothing: use acting_for().")
