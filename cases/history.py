"""What a record was before: read from the rows that triggers keep. When and what is known of all, and of a session
also who."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from cases.models.kept import Part
from centers.models.codes import name_of
from centers.models.municipality import Term
from centers.prepared import prepared
from centers.selectors import scope_of

Show = Callable[[Model, str], str]


@dataclass(frozen=True)
class Change:
    """One field of a record that became another. ``of`` is the id of the row that was kept, which orders changes.

    ``by`` is the id of who changed it, none where that is not kept or no person did; ``who`` is how they are called,
    once somebody has looked it up.
    """

    of: int
    at: datetime
    label: str
    before: str
    after: str
    by: int | None = None
    who: str = ""


@prepared
def former(viewer: User, model: type[Model], key: str, *, of: int) -> QuerySet:
    """The former states of a model's rows that hold a key, as far as the viewer reads the workspaces they belong to.

    They are ``pgh_obj`` those of one row, or those that hung on another row.
    """
    queryset = model.objects.all()
    events = model._meta.get_field("events").related_model.objects.filter(**{key: of}).order_by("pgh_id")
    scope, permission = scope_of(viewer), queryset.view_permission
    return events if permission in scope.everywhere else events.filter(workspace_id__in=scope.of(permission))


def changes(former: Iterable[Model], current: Model, labels: dict[str, str], show: Show) -> Iterator[Change]:
    """The changes of one row, the oldest first. ``former`` are its kept states in order, ``labels`` what to tell.

    A change whose two sides read alike to the viewer is left out.
    """
    for old, new in pairwise([*former, current]):
        for field, label in labels.items():
            before, after = show(old, field), show(new, field)
            if before != after:
                yield Change(old.pgh_id, old.pgh_created_at, str(label), before, after, _by(old))


def parts_changed(
    former: Iterable[Model],
    current: dict[int, str],
    show: Callable[[Model], str],
    gone: dict[datetime, str] | None = None,
) -> Iterator[Change]:
    """The changes of the small rows that belong to a record: what each was and became, or that it was taken away.

    ``current`` are the rows there are today by id, as they read. ``gone`` says by the moment what took rows away,
    where it was no person who deleted them.
    """
    following = dict(current)
    for old in reversed(list(former)):
        before, after = show(old), following.get(old.pgh_obj_id, "")
        following[old.pgh_obj_id] = before
        if before != after:
            after = after or (gone or {}).get(old.pgh_created_at) or _("taken away")
            yield Change(old.pgh_id, old.pgh_created_at, "", before, after, _by(old))


def parts_added(parts: Iterable[Part], show: Callable[[Model], str], *, since: datetime) -> Iterator[Change]:
    """The parts that came to a record after it was put on record (``since``): those of today, and former ones that
    have gone again.
    """
    known = {}
    for part in parts:
        known.setdefault(getattr(part, "pgh_obj_id", part.pk), part)
    for pk, part in known.items():
        if part.added_at and part.added_at > since:
            yield Change(pk, part.added_at, "", "–", show(part), part.added_by_id)


def _by(old: Model) -> int | None:
    return getattr(old, "changed_by_id", None)


def plainly(row: Model, field: str) -> str:
    """A field as it reads: a code by its name, a day as year-month-day, nothing as a dash."""
    told = row._meta.get_field(field).remote_field if isinstance(row, Model) else None
    value = name_of(row, field) if told and issubclass(told.model, Term) else getattr(row, field)
    if value is None or value == "":
        return "–"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
