"""A number that is a list: it counts the rows that the list shows, by the list's own filters."""

from dataclasses import dataclass, replace
from functools import cached_property

from django.utils.http import urlencode

from accounts.models import User
from centers.listing.listing import Listing
from centers.listing.page import COUNTED
from centers.listing.shown import WHOLE


@dataclass(frozen=True)
class ListedFigure:
    """How many rows a listing has for a reader, narrowed by ``filters`` as they stand in an address.

    ``known`` is the number where a page has counted it among others.
    """

    listing: Listing
    viewer: User
    filters: tuple[tuple[str, str], ...]
    known: int | None = None

    @cached_property
    def number(self) -> int:
        """Raises ValueError for filters that the list would refuse: then it would show other rows than are counted."""
        if self.known is not None:
            return self.known
        asked = dict(self.filters)
        form = self.listing.form(asked, viewer=self.viewer, only=asked)
        if form.errors:
            raise ValueError(f"{self.listing.code} cannot be narrowed by {form.errors.as_data()}")
        return form.narrowed(self.listing.rows(self.viewer)).count()

    def counted(self, number: int) -> "ListedFigure":
        """The same figure, which is not counted again."""
        return replace(self, known=number)

    @cached_property
    def url(self) -> str:
        """The list; where it has more rows than it counts by itself, it is asked to count all, as a check."""
        asked = (*self.filters, *(((WHOLE, "1"),) if (self.known or 0) > COUNTED else ()))
        return self.listing.url + ("?" + urlencode(asked) if asked else "")


def listed(listing: Listing, viewer: User, **filters: str) -> ListedFigure:
    """The figure of a list; a filter whose name is a word of Python is written with a line after it: ``from_``."""
    return ListedFigure(listing, viewer, tuple((name.rstrip("_"), value) for name, value in filters.items()))
