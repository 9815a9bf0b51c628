"""Pages of a long list by its last row (keyset): the thousandth page costs what the first one does."""

from dataclasses import dataclass
from datetime import date

from django.core import signing
from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.utils.http import urlencode

ROWS = 50


@dataclass(frozen=True)
class Page:
    """The rows of one page and the token that leads to the next, empty on the last."""

    rows: list
    next: str
    first: bool

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)


def newest_first(rows: QuerySet, field: str, token: str, *, salt: str, size: int = ROWS) -> Page:
    """One page by (``field``, id), both descending, after the row that ``token`` names.

    Raises BadRequest for a token that was not given out here.
    """
    if token:
        day, pk = read_token(token, salt)
        rows = rows.filter(Q(**{f"{field}__lt": day}) | Q(**{field: day}, pk__lt=pk), **{f"{field}__lte": day})
    found = list(rows.order_by(f"-{field}", "-pk")[: size + 1])
    more = len(found) > size
    found = found[:size]
    last = found[-1] if more else None
    following = signing.dumps([getattr(last, field).isoformat(), last.pk], salt=salt) if last else ""
    return Page(found, following, not token)


def read_token(token: str, salt: str) -> tuple[date, int]:
    try:
        day, pk = signing.loads(token, salt=salt)
    except signing.BadSignature as error:
        raise BadRequest("a page token that was not given out here") from error
    return date.fromisoformat(day), pk


def page_links(page: Page, **kept: str) -> dict[str, str]:
    """Where the first and the next page lie, with what the list is narrowed to; empty where there is none."""
    return {
        "first": "" if page.first else "?" + urlencode(kept),
        "next": "?" + urlencode({**kept, "after": page.next}) if page.next else "",
    }
