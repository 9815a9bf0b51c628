"""Two files of one workspace made one, looked at again afterwards, and taken apart within 90 days."""

from collections import defaultdict
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction

from accounts.models import User
from audit.models import Action
from audit.services import record
from cases.models import Client, ClientMerge
from centers.scope import settle_constraints

KEPT_APART = 90  # days in which a merge can be undone; wall.part_files holds it


@dataclass(frozen=True)
class Rows:
    """How many rows of one kind hang on each of two files."""

    kind: str
    kept: int
    absorbed: int


def rows_of(kept: int, absorbed: int) -> list[Rows]:
    """What hangs on the two files, by kind in words; also what the person who asks may not read, as a number."""
    counts: dict[str, dict[int, int]] = defaultdict(dict)
    for client, place, many in _all("SELECT * FROM wall.rows_of_files(%s::bigint[])", [kept, absorbed]):
        counts[place][client] = counts[place].get(client, 0) + many
    words = {model._meta.db_table: str(model._meta.verbose_name_plural) for model in apps.get_models()}
    return [
        Rows(words.get(place, place), row.get(kept, 0), row.get(absorbed, 0)) for place, row in sorted(counts.items())
    ]


@transaction.atomic
def merge_clients(*, actor: User, kept: Client, absorbed: Client) -> ClientMerge:
    """Move everything of one file to the other, join the two identities, and look whether all of it is there.

    Raises IntegrityError where the two cannot be one: what the person would then have twice, a file that was merged
    away already. Nothing has changed then.
    """
    before = rows_of(kept.pk, absorbed.pk)
    merge_id = _one("SELECT wall.merge_files(%s, %s)", kept.pk, absorbed.pk)
    settle_constraints()
    merge = ClientMerge.objects.get(pk=merge_id)
    after = rows_of(kept.pk, absorbed.pk)
    if [(row.kind, row.kept + row.absorbed) for row in before] != [
        (row.kind, row.kept + row.absorbed) for row in after
    ]:
        raise RuntimeError("After the merge there are not as many rows as before")
    if merge.moved.get("join"):
        record(Action.PERSONS_JOINED, actor=actor, target=kept, workspace_id=kept.workspace_id)
    record(
        Action.CLIENTS_MERGED, actor=actor, target=kept, workspace_id=kept.workspace_id, absorbed=absorbed.pk,
        rows=rows_moved(merge),
    )  # fmt: skip
    return merge


@transaction.atomic
def part_clients(merge: ClientMerge, *, actor: User) -> None:
    """Give every row back to the file it was moved from. What was written since stays with the file that was kept.

    Raises IntegrityError where 90 days are over, where it was done before, or where a later merge stands on this one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT wall.part_files(%s)", [merge.pk])
    settle_constraints()
    if merge.moved.get("join"):
        record(Action.PERSONS_PARTED, actor=actor, workspace_id=merge.workspace_id)
    record(Action.CLIENTS_PARTED, actor=actor, workspace_id=merge.workspace_id, kept=merge.kept_id,
           absorbed=merge.absorbed_id)  # fmt: skip


def rows_moved(merge: ClientMerge) -> int:
    return sum(len(piece["ids"]) for piece in merge.moved["rows"])


def _all(statement: str, *values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _one(statement: str, *values):
    return _all(statement, *values)[0][0]
