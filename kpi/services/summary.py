"""The monthly summary, counted afresh where marks say that records have changed."""

from datetime import date

from django.db import connection, transaction

from centers.scope import acting_for
from kpi.models import DirtyMonth

REFERENCE = 0  # the workspace under which reference data is marked


def drain(*, wait: bool) -> tuple[int, int]:
    """Count the marked months that the running scope reaches: how many, and the generation they make.

    With ``wait`` the summary is whole afterwards, since months that a worker is counting right now are waited
    for; call that once in a transaction. Without, they are left to the worker. Generation 0 is none to keep.
    """
    return _drain(wait, None, None)


def recount(workspace_id: int, month: date) -> None:
    """Count one month of one workspace afresh, marked or not."""
    _drain(True, workspace_id, month)


@transaction.atomic
def _drain(wait: bool, workspace_id: int | None, month: date | None) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM wall.drain(%s, %s, %s)", [wait, workspace_id, month])
        return cursor.fetchone()


def recount_marked() -> int:
    """Count all that is marked, each workspace's rows under a scope of those workspaces."""
    marked = set(DirtyMonth.objects.values_list("workspace_id", flat=True))
    if not marked:
        return 0
    # The mark of reference data is taken along by whoever counts.
    with acting_for(sorted(marked)):
        return drain(wait=False)[0]


def pending() -> list[tuple[int, date | None]]:
    """The months marked and not yet counted; no month where a client's months are meant."""
    marks = DirtyMonth.objects.exclude(workspace_id=REFERENCE).order_by("workspace_id", "month")
    return list(marks.values_list("workspace_id", "month").distinct())
