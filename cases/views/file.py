"""A client's file, read for its page together with the news which of its rarer parts there are.

Most files never changed, are nobody's double and were asked for by no other centre. Each of these parts would be a
question of its own to the database; one statement tells of which there is anything, and only that is asked for.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from cases.history import former
from cases.households import first_restorable, lately_taken_out
from cases.listings.people import read_contacts, read_names, with_names
from cases.models import Client
from cases.timeline import KEPT_OF_FILE
from cases.views.identity import asked_about
from cases.views.pairs import first_undoable, pairs_with, undoable
from centers.prepared import prepared


def read_file(pk: int, viewer: User) -> Client | None:
    """The file with names and contacts, none where the viewer may not know of it.

    ``changed`` names the parts that were once another (of ``KEPT_OF_FILE``). It says whether the file ``has_double``,
    ``has_merges`` that can be undone and ``has_parted`` members of a household, and ``was_asked_about``.
    """
    found = _file(viewer, pk=pk, undoable_from=first_undoable(), restorable_from=first_restorable())
    read_names(found, viewer)
    read_contacts(found, viewer)
    for file in found:
        file.changed = {part for part in KEPT_OF_FILE if getattr(file, f"changed_{part}")}
    return found[0] if found else None


@prepared
def _file(viewer: User, *, pk: int, undoable_from: datetime, restorable_from: datetime) -> QuerySet[Client]:
    this = OuterRef("pk")
    parted = {"client": this, "workspace": OuterRef("workspace_id"), "since": restorable_from}
    changed = {
        f"changed_{part}": Exists(former.queryset(viewer, *kept, of=this)) for part, kept in KEPT_OF_FILE.items()
    }
    files = with_names(Client.objects.visible_to(viewer).filter(pk=pk), viewer).annotate(**changed)
    return files.annotate(
        has_double=Exists(pairs_with.queryset(viewer, file=this)),
        has_merges=Exists(undoable.queryset(viewer, kept=this, since=undoable_from)),
        has_parted=Exists(lately_taken_out.queryset(viewer, **parted)),
        was_asked_about=Exists(asked_about.queryset(viewer, client=this)),
    )
