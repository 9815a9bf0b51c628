from django.db import connection, models, transaction
from psycopg.types.json import Jsonb

from accounts.models import User
from audit.models import Action


def record(
    action: Action, *, actor: User | None, target: models.Model | None = None, workspace_id: int | None = None, **data
) -> None:
    """Append one entry. Refuses to run outside the transaction that makes the change.

    The entry is written by a function of the database, since one may put on record what one may not read.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("audit.record() must share the transaction of the change it records")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wall.record(%s, %s, %s, %s, %s, %s)",
            [
                actor.pk if actor else None,
                action.value,
                workspace_id,
                target._meta.label_lower if target else "",
                target.pk if target else None,
                Jsonb(data),
            ],
        )
