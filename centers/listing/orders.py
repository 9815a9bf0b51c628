"""Orders that an index carries, so that every page of a list costs what the first one does."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from operator import attrgetter, or_
from typing import Any

from django.db.models import DateField, Model, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from accounts.models import User

NOT_YET, NEVER = date(1, 1, 1), date(9999, 12, 31)  # stand for a day that is not there, as the indexes have them


@dataclass(frozen=True)
class Order:
    """A named order of a listing by fields that all run the same way; the last one is unique, and none is empty.

    ``descending`` is the way in which it runs when nothing else is asked: by the newest, the highest. A field that may
    be empty is annotated by the listing with a value that stands for nothing, and an index carries that expression.
    ``downwards`` are the fields of the way down, where they are others: see ``empty_last``. ``hidden_from`` says to
    whom the order would tell what they may not read.
    """

    name: str
    fields: tuple[str, ...]
    descending: bool = True
    downwards: tuple[str, ...] = ()
    hidden_from: Callable[[User], bool] = lambda viewer: False

    def running(self, *, descending: bool) -> "Order":
        """The order as a list runs by it, whichever way a page of it is read."""
        return replace(self, fields=self.downwards) if descending and self.downwards else self

    def key_of(self, row: Model) -> list[Any]:
        """The place of a row in this order, as a page token carries it."""
        values = [attrgetter(name.replace("__", "."))(row) for name in self.fields]
        return [value.isoformat() if isinstance(value, date) else value for value in values]

    def sorted(self, rows: QuerySet, *, descending: bool) -> QuerySet:
        return rows.order_by(*(f"-{name}" if descending else name for name in self.fields))

    def beyond(self, rows: QuerySet, key: list[Any], *, descending: bool) -> QuerySet:
        """The rows that come after the one with this key. The bound on the first field lets an index begin there."""
        step = "lt" if descending else "gt"
        places = []
        for number, name in enumerate(self.fields):
            same = dict(zip(self.fields[:number], key, strict=False))
            places.append(Q(**same, **{f"{name}__{step}": key[number]}))
        return rows.filter(reduce(or_, places), **{f"{self.fields[0]}__{step}e": key[0]})


def sortable(rows: QuerySet, *days: str) -> QuerySet:
    """With what ``empty_last`` sorts by, for days of the rows that may be empty."""
    lasts = {f"{day}_or_never": Coalesce(day, Value(NEVER), output_field=DateField()) for day in days}
    firsts = {f"{day}_or_not_yet": Coalesce(day, Value(NOT_YET), output_field=DateField()) for day in days}
    return rows.annotate(**lasts, **firsts)


def empty_last(name: str, day: str, **options) -> Order:
    """The order by a day that may be empty: the rows without one come last, whichever way it runs.

    An index carries the way that is asked for first; the other one sorts what the reader may read.
    """
    return Order(name, (f"{day}_or_never", "id"), downwards=(f"{day}_or_not_yet", "id"), **options)
