"""Two files of one workspace made one, looked at again afterwards, and taken apart within 90 days."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction

from accounts.models import User
from audit.models import Action
from audit.services import record
from cases.models import Client, ClientMerge, Identifier
from cases.services.pairs import look_again
from centers.scope import settle_constraints

KEPT_APART = 90  # days in which a merge can be undone; wall.part_files holds it


@dataclass(frozen=True)
class Rows:
    """How many rows of one kind hang on each of two files."""

    kind: str
    kept: int
    absorbed: int


@dataclass(frozen=True)
class Parted:
    """What an undoing did not bring back, as numbers of rows by kind in words.

    ``stayed`` came after the merge and stays with the file that was kept. ``gone`` came from the other file, and was
    taken away since by somebody: that stands.
    """

    stayed: dict[str, int]
    gone: dict[str, int]


def rows_of(kept: int, absorbed: int) -> list[Rows]:
    """What hangs on the two files, by kind in words; also what the person who asks may not read, as a number."""
    counts: dict[str, dict[int, int]] = defaultdict(dict)
    for client, place, many in _all("SELECT * FROM wall.rows_of_files(%s::bigint[])", [kept, absorbed]):
        counts[place][client] = counts[place].get(client, 0) + many
    words = _words()
    return [
        Rows(words.get(place, place), row.get(kept, 0), row.get(absorbed, 0)) for place, row in sorted(counts.items())
    ]


def _words() -> dict[str, str]:
    return {model._meta.db_table: str(model._meta.verbose_name_plural) for model in apps.get_models()}


def _numbers(*clients: int) -> set[bytes]:
    return {bytes(hashed) for hashed in Identifier.objects.filter(client__in=clients).values_list("digest", flat=True)}


@transaction.atomic
def merge_clients(*, actor: User, kept: Client, absorbed: Client, taken: Iterable[str] = ()) -> ClientMerge:
    """Move everything of one file to the other, join the two identities, and look whether all of it is there.

    Where both know something else, that of the kept file goes on, but for the fields and kinds of number that are
    ``taken`` from the other. No number is lost: the one that does not go on is a former one of the kept file.
    Raises IntegrityError where the two cannot be one: what the person would then have twice, a file that was merged
    away already. Nothing has changed then.
    """
    before, numbers = rows_of(kept.pk, absorbed.pk), _numbers(kept.pk, absorbed.pk)
    merge_id = _one("SELECT wall.merge_files(%s, %s, %s::text[])", kept.pk, absorbed.pk, list(taken))
    settle_constraints()
    merge = ClientMerge.objects.get(pk=merge_id)
    after = rows_of(kept.pk, absorbed.pk)
    if [(row.kind, row.kept + row.absorbed) for row in before] != [
        (row.kind, row.kept + row.absorbed) for row in after
    ]:
        raise RuntimeError("After the merge there are not as many rows as before")
    if _numbers(kept.pk) != numbers:
        raise RuntimeError("After the merge a number of the state is not on the file that lives on")
    look_again(kept)
    if merge.moved.get("join"):
        record(Action.PERSONS_JOINED, actor=actor, target=kept, workspace_id=kept.workspace_id)
    record(
        Action.CLIENTS_MERGED, actor=actor, target=kept, workspace_id=kept.workspace_id, absorbed=absorbed.pk,
        rows=rows_moved(merge),
    )  # fmt: skip
    return merge


@transaction.atomic
def part_clients(merge: ClientMerge, *, actor: User) -> Parted:
    """Give every row back to the file it was moved from, as far as it is there still.

    Raises IntegrityError where 90 days are over, where it was done before, or where a later merge stands on this one.
    """
    gone = dict(_all("SELECT * FROM wall.rows_gone(%s)", merge.pk))
    stayed = json.loads(_one("SELECT wall.part_files(%s)::text", merge.pk))
    settle_constraints()
    for client in Client.objects.filter(pk__in=[merge.kept_id, merge.absorbed_id]):
        look_again(client)
    if merge.moved.get("join"):
        record(Action.PERSONS_PARTED, actor=actor, workspace_id=merge.workspace_id)
    record(Action.CLIENTS_PARTED, actor=actor, workspace_id=merge.workspace_id, kept=merge.kept_id,
           absorbed=merge.absorbed_id)  # fmt: skip
    return Parted(stayed=_in_words(stayed), gone=_in_words(gone))


def _in_words(rows: dict[str, int]) -> dict[str, int]:
    words = _words()
    return {words.get(place, place): many for place, many in sorted(rows.items())}


def rows_moved(merge: ClientMerge) -> int:
    return sum(len(piece["ids"]) for piece in merge.moved["rows"])


def _all(statement: str, *values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _one(statement: str, *values):
    return _all(statement, *values)[0][0]
