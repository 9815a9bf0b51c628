"""One list as one reader asked for it."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from centers.listing.columns import Column
from centers.listing.listing import Listing, find
from centers.listing.orders import Order
from centers.listing.page import ROWS, Number, Page, Total, page_from, page_of, total_of, whole_total_of
from centers.prepared import prepared

WHOLE = "count"  # in an address: the reader wants to know how many rows there are, however many


@dataclass(frozen=True)
class Heading:
    """The head of a column. ``url`` sorts by it; ``sort`` is what it is sorted by now, in words of ``aria-sort``."""

    column: Column
    url: str = ""
    sort: str = ""


class Shown:
    """A listing for one reader: filtered, sorted, one page of it.

    ``asked`` is the query of the address; where it asks for the exact number of rows, ``counting`` says so. ``where``
    is the workspace of the tab, which a page token is bound to.
    Reading ``page`` raises BadRequest for a token that was not given out for this very list.
    """

    def __init__(self, listing: Listing, viewer: User, asked: QueryDict | dict, *, where: str = ""):
        self.listing = listing
        self.viewer = viewer
        self.where = where
        self.form = listing.form(asked, viewer=viewer)
        self.order, self.descending = listing.order(asked.get("sort", ""), viewer)
        self._after, self._before = asked.get("after", ""), asked.get("before", "")
        self.counting = WHOLE in asked

    @classmethod
    def of(cls, request: HttpRequest, listing: Listing) -> "Shown":
        return cls(listing, request.user, request.GET, where=request.workspace.code if request.workspace else "")

    @cached_property
    def rows(self) -> QuerySet:
        return self.form.narrowed(self.listing.rows(self.viewer))

    @cached_property
    def page(self) -> Page:
        page = page_from(_first_rows(*self._opened), self.running, salt=self._salt) if self._opens else self._asked_for
        self.listing.beside(page.rows, self.viewer)
        return page

    @property
    def _asked_for(self) -> Page:
        way = {"descending": self.descending, "after": self._after, "before": self._before}
        return page_of(self.rows, self.running, salt=self._salt, **way)

    @property
    def running(self) -> Order:
        return self.order.running(descending=self.descending)

    @property
    def _opens(self) -> bool:
        """Whether it is asked for as it opens."""
        return self.listing.steady and not (self.narrowed or self._after or self._before)

    @property
    def _opened(self) -> tuple[User, str, str]:
        return self.viewer, self.listing.code, self.sort

    @cached_property
    def total(self) -> Total:
        """How many rows there are; known without asking where they fit on one page."""
        if self.page.first and not self.page.next:
            return Total(len(self.page))
        if self.listing.exact:
            return Total(self.rows.count(), whole=True)
        upto = Total(self.page.rows[0].number_of_rows) if self._opens else total_of(self.rows)
        return whole_total_of(self.rows) or upto if upto.capped and self.counting else upto

    @property
    def size(self) -> Total:
        """How many rows there are, where no page of them is read: counted no further than a list does."""
        return Total(self.rows.count(), whole=True) if self.listing.exact else total_of(self.rows)

    @cached_property
    def columns(self) -> list[Column]:
        return self.listing.columns_for(self.viewer)

    @cached_property
    def columns_of_page(self) -> list[Column]:
        """Those of the file but for the ones that stand there alone, and the workspace where it is always the same."""
        alone = "workspace" in self.form.base_fields and "workspace" not in self.form.fields
        return [column for column in self.columns if not (column.in_file or (alone and column.key == "workspace"))]

    @property
    def headings(self) -> list[Heading]:
        return [self._heading(column) for column in self.columns_of_page]

    @cached_property
    def table(self) -> SafeString:
        """The rows of the page as they are shown. Loops of a template took five times as long over 600 cells."""
        columns = (self._cells(column) for column in self.columns_of_page)
        rows = (f"<tr>{''.join(cells)}</tr>" for cells in zip(*columns, strict=True))
        return mark_safe("".join(rows))  # noqa: S308  (each cell is escaped)

    def _cells(self, column: Column) -> list[str]:
        begin = column.begins(main=column.key in self._main)
        return [f"{begin}{cell}</td>" for cell in column.cells(self.page.rows, self.viewer)]

    @cached_property
    def _main(self) -> set[str]:
        """The columns that tell a row from the others, where it is a card: its first two, if none are named."""
        named = {column.key for column in self.columns_of_page if column.main}
        return named or {column.key for column in self.columns_of_page[:2]}

    @property
    def narrowed(self) -> bool:
        return bool(self.form.chosen)

    @property
    def kept(self) -> dict[str, str]:
        """Filters and order as they stand in an address."""
        usual = (self.listing.orders[0], self.listing.orders[0].descending)
        sort = {} if (self.order, self.descending) == usual else {"sort": self.sort}
        return self.form.kept | sort | ({WHOLE: "1"} if self.counting else {})

    @property
    def sort(self) -> str:
        return f"-{self.order.name}" if self.descending else self.order.name

    @property
    def links(self) -> dict[str, str]:
        """Where the first page, the one before and the next lie; empty where there is none."""
        page = self.page
        return {
            "first": "" if page.first else _address(self.kept),
            "previous": _address(self.kept, before=page.previous) if page.previous else "",
            "next": _address(self.kept, after=page.next) if page.next else "",
        }

    @property
    def counted_url(self) -> str:
        """The same page with all rows of the list counted."""
        place = {name: token for name, token in (("after", self._after), ("before", self._before)) if token}
        return _address(self.kept | {WHOLE: "1"} | place)

    @property
    def query(self) -> str:
        return _address(self.kept)

    @property
    def asked(self) -> str:
        """The same, and what was written wrongly: it narrows nothing, and whoever takes the list away is to know."""
        return _address(dict(self.listing.of) | self.kept | self.form.mistaken)

    @property
    def _salt(self) -> str:
        filters = sha256(urlencode([*self.listing.of, *sorted(self.form.kept.items())]).encode()).hexdigest()
        return ":".join(("listing", self.listing.code, self.sort, filters, self.where, str(self.viewer.pk)))

    def _heading(self, column: Column) -> Heading:
        order = next((order for order in self.listing.orders if order.name == column.order), None)
        if order is None or order.hidden_from(self.viewer):
            return Heading(column)
        if self.order is not order:
            wanted = f"-{order.name}" if order.descending else order.name
            return Heading(column, _address(self.form.kept, sort=wanted))
        turned = order.name if self.descending else f"-{order.name}"
        return Heading(column, _address(self.form.kept, sort=turned), "descending" if self.descending else "ascending")


@prepared
def _first_rows(viewer: User, code: str, sort: str) -> QuerySet:
    """The rows of the first page of a steady list, and one more; each tells how many the whole list has."""
    listing = find(code)
    order, descending = listing.order(sort, viewer)
    rows = listing.form.usual(listing.rows(viewer))
    order = order.running(descending=descending)
    return order.sorted(rows.annotate(number_of_rows=Number(rows)), descending=descending)[: ROWS + 1]


def _address(kept: dict[str, str], **more: str) -> str:
    return "?" + urlencode(kept | more)
