"""Pages of a log by its last row (keyset); a token is good for the reader it was given to."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core import signing
from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.utils.http import urlencode

from accounts.models import User

ROWS = 50
COUNTED = 1000


@dataclass(frozen=True)
class LogPage:
    """The rows of one page, the addresses of the first and the next, and how many rows there are in all."""

    rows: list
    links: dict[str, str]
    total: int

    @property
    def counted(self) -> str:
        """The number of rows, counted up to a thousand: counting on costs, and tells little."""
        return f"{COUNTED:,}+" if self.total > COUNTED else f"{self.total:,}"


def newest(rows: QuerySet, field: str, *, reader: User, name: str, token: str, kept: dict[str, str]) -> LogPage:
    """One page of the log ``name`` by (``field``, id), both descending; ``kept`` is what it is narrowed to.

    Raises BadRequest for a token that was not given to this reader for this log.
    """
    total = rows.order_by().values("pk")[: COUNTED + 1].count()
    salt = f"audit.{name}.{reader.pk}"
    if token:
        at, pk = _read(token, salt)
        rows = rows.filter(Q(**{f"{field}__lt": at}) | Q(**{field: at}, pk__lt=pk), **{f"{field}__lte": at})
    found = list(rows.order_by(f"-{field}", "-pk")[: ROWS + 1])
    links = {"first": "?" + urlencode(kept) if token else "", "next": ""}
    if len(found) > ROWS:
        last = found[ROWS - 1]
        after = signing.dumps([getattr(last, field).isoformat(), last.pk], salt=salt)
        links["next"] = "?" + urlencode({**kept, "after": after})
    return LogPage(found[:ROWS], links, total)


def _read(token: str, salt: str) -> tuple[date, int]:
    try:
        at, pk = signing.loads(token, salt=salt)
    except signing.BadSignature as error:
        raise BadRequest("a page token that was not given to this reader") from error
    return (datetime if "T" in at else date).fromisoformat(at), pk
