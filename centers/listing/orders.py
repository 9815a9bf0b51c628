"""Orders that an index carries, so that every page of a list costs what the first one does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import attrgetter, or_
from typing import Any

from django.db.models import Model, Q, QuerySet

from accounts.models import User


@dataclass(frozen=True)
class Order:
    """A named order of a listing by fields that all run the same way; the last one is unique, and none is empty.

    ``descending`` is the way in which it runs when nothing else is asked: by the newest, the highest. A field that may
    be empty is annotated by the listing with a value that stands for nothing, and an index carries that expression.
    ``hidden_from`` says to whom the order would tell what they may not read.
    """

    name: str
    fields: tuple[str, ...]
    descending: bool = True
    hidden_from: Callable[[User], bool] = lambda viewer: False

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
