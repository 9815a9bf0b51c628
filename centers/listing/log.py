"""Pages of a log, newest first; a token is good for the reader it was given to."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.http import urlencode

from centers.listing.orders import Order
from centers.listing.page import Total, page_of, total_of

ROWS = 50


@dataclass(frozen=True)
class LogPage:
    """The rows of one page, the addresses of the first, the one before and the next, and how many rows there are."""

    rows: list
    links: dict[str, str]
    total: Total


def newest(request: HttpRequest, rows: QuerySet, field: str, *, name: str, kept: dict[str, str]) -> LogPage:
    """The page asked for of the log ``name`` by (``field``, id), both descending; ``kept`` is what it is narrowed to.

    Raises BadRequest for a token that was not given to this reader for this log.
    """
    order, asked = Order("newest", (field, "pk")), request.GET
    page = page_of(
        rows,
        order,
        descending=True,
        salt=f"log:{name}:{request.user.pk}",
        after=asked.get("after", ""),
        before=asked.get("before", ""),
        size=ROWS,
    )
    leads = {"first": {} if not page.first else None}
    leads["previous"] = {"before": page.previous} if page.previous else None
    leads["next"] = {"after": page.next} if page.next else None
    links = {where: "" if more is None else "?" + urlencode({**kept, **more}) for where, more in leads.items()}
    return LogPage(page.rows, links, total_of(rows))
