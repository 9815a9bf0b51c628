"""The declaration of a list, and where a list is found by its code."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from centers.listing.columns import Column
from centers.listing.filters import FilterForm
from centers.listing.orders import Order
from centers.selectors import may_anywhere, scope_of


@dataclass(frozen=True)
class Listing:
    """A list of records of one kind.

    ``rows`` gives the rows that a person may read, and ``beside`` gives rows that were read what their columns say of
    other tables, in a fixed number of queries. ``steady`` rows depend on nothing but who reads, not on the day either:
    what opens with the list, before anything narrows it, is a prepared statement.
    ``permission`` opens the list where a person holds it, or, with ``everywhere``, where it reaches the whole
    province; without one it opens to everybody who has signed in. The first of ``orders`` holds where none is asked
    for. ``nothing`` is said where there are no rows at all: one sentence of what to do next. ``route`` is where the
    list lies.
    """

    code: str
    route: str
    title: str
    caption: str
    permission: str
    rows: Callable[[User], QuerySet]
    columns: tuple[Column, ...]
    orders: tuple[Order, ...]
    nothing: str
    form: type[FilterForm] = FilterForm
    template: str = "listing.html"
    exported: bool = True
    everywhere: bool = False
    beside: Callable[[list, User], None] = lambda rows, viewer: None
    steady: bool = False

    def is_open_to(self, viewer: User) -> bool:
        if self.everywhere:
            return self.permission in scope_of(viewer).everywhere
        return not self.permission or may_anywhere(viewer, self.permission)

    def columns_for(self, viewer: User) -> list[Column]:
        return [column for column in self.columns if column.is_open_to(viewer)]

    def order(self, asked: str, viewer: User) -> tuple[Order, bool]:
        """The order of this name, and whether it runs downwards, as a minus before it says. Unknown: the first."""
        name, turned = asked.removeprefix("-"), asked.startswith("-")
        order = next((order for order in self.orders if order.name == name and not order.hidden_from(viewer)), None)
        if order is None:
            return self.orders[0], self.orders[0].descending
        return order, turned


_LISTINGS: dict[str, Listing] = {}


def register(listing: Listing) -> Listing:
    """Make a listing known by its code, to those who export it."""
    _LISTINGS[listing.code] = listing
    return listing


def find(code: str) -> Listing:
    """Raises KeyError where no listing has the code."""
    return _LISTINGS[code]
