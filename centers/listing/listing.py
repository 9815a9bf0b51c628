"""The declaration of a list, and where a list is found by its code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from centers.listing.columns import Column
from centers.listing.filters import FilterForm
from centers.listing.orders import Order
from centers.selectors import may_anywhere, scope_of
from config.addresses import page_of


@dataclass(frozen=True)
class Listing:
    """A list of records of one kind.

    ``rows`` gives the rows that a person may read, and ``beside`` gives rows that were read what their columns say of
    other tables, in a fixed number of queries. ``steady`` rows depend on nothing but who reads, not on the day either:
    what opens with the list, before anything narrows it, is a prepared statement.
    ``permission`` opens the list where a person holds it, or, with ``everywhere``, where it reaches the whole
    province; without one it opens to everybody who has signed in. The first of ``orders`` holds where none is asked
    for. ``nothing`` is said where there are no rows at all: one sentence of what to do next. ``route`` is where the
    list lies. ``of`` tells it from the other lists of its code, by name and value as they stand in an address: whose
    rows it has. An ``exact`` list says how many rows it has, however many: counting them costs little.
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
    of: tuple[tuple[str, str], ...] = ()
    exact: bool = False

    @property
    def url(self) -> str:
        if not self.of:
            return page_of(self.route)
        return reverse(self.route, args=[value for _name, value in self.of])

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
_FAMILIES: dict[str, Callable[[Mapping[str, str]], Listing]] = {}


def register(listing: Listing) -> Listing:
    """Make a listing known by its code, to those who export it."""
    _LISTINGS[listing.code] = listing
    return listing


def register_family(code: str, make: Callable[[Mapping[str, str]], Listing]) -> None:
    """Make the listings of one code known: ``make`` gives the one that is asked for, and raises KeyError for none."""
    _FAMILIES[code] = make


def find(code: str, asked: Mapping[str, str] | None = None) -> Listing:
    """The listing of a code; where there are several of it, the one whose name the address says.

    Raises KeyError where there is none.
    """
    return _FAMILIES[code](asked or {}) if code in _FAMILIES else _LISTINGS[code]
