"""Pages of a long list by their first and last row (keyset): the thousandth page costs what the first one does."""

import base64
import json
from dataclasses import dataclass, field

from django.core import signing
from django.core.exceptions import BadRequest
from django.db import OperationalError, connection, transaction
from django.db.models import IntegerField, QuerySet, Subquery
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from centers.listing.orders import Order
from centers.secrecy import seal, unseal

ROWS = 30  # two screens of an office PC
COUNTED = 1000
PATIENCE = 3.0  # seconds that somebody waits for an exact number
LASTS = 12 * 60 * 60  # seconds for which a page token is good: a working day


@dataclass(frozen=True)
class Page:
    """The rows of one page, and the tokens that lead to the page before and the next, empty where there is none."""

    rows: list = field(default_factory=list)
    previous: str = ""
    next: str = ""
    first: bool = True

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)


@dataclass(frozen=True)
class Total:
    """How many rows a list has; counted up to a limit, since counting on costs, unless ``whole`` says all are."""

    number: int
    whole: bool = False

    @property
    def capped(self) -> bool:
        return self.number > COUNTED and not self.whole

    @property
    def known(self) -> str:
        """How many there are at least."""
        return f"{min(self.number, COUNTED):,}"

    def __str__(self):
        return f"{COUNTED:,}+" if self.capped else f"{self.number:,}"


def page_of(
    rows: QuerySet, order: Order, *, descending: bool, salt: str, after: str = "", before: str = "", size: int = ROWS
) -> Page:
    """The page after or before the row that a token names, or the first one.

    ``salt`` says whose list, in what order, narrowed how: a token is good for that one alone.
    Raises BadRequest for a token that was not given out for it, or too long ago.
    """
    token, back = after or before, bool(before and not after)
    way = descending ^ back
    found = order.sorted(rows, descending=way)
    if token:
        found = order.beyond(found, place_of(token, salt), descending=way)
    return page_from(list(found[: size + 1]), order, salt=salt, size=size, token=token, back=back)


def page_from(found: list, order: Order, *, salt: str, size: int = ROWS, token: str = "", back: bool = False) -> Page:
    """The page that these rows make, of which one may be more than it takes; ``back`` they run the other way."""
    more = len(found) > size
    found = found[size - 1 :: -1] if back and more else found[::-1] if back else found[:size]
    has_next, has_previous = (True, more) if back else (more, bool(token))
    return Page(
        found,
        previous=_token(order, found[0], salt) if found and has_previous else "",
        next=_token(order, found[-1], salt) if found and has_next else "",
        first=not has_previous,
    )


def chunks_of(rows: QuerySet, order: Order, *, descending: bool, size: int, after: list | None = None) -> list:
    """The next rows of a long reading, after the key of the last one read; an empty list at the end."""
    found = order.sorted(rows, descending=descending)
    if after is not None:
        found = order.beyond(found, after, descending=descending)
    return list(found[:size])


def total_of(rows: QuerySet) -> Total:
    return Total(_counted(rows).count())


def whole_total_of(rows: QuerySet, *, within: float = PATIENCE) -> Total | None:
    """How many rows there are, however many; none where the database would count for longer than so many seconds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        (usual,) = cursor.fetchone()
        try:
            with transaction.atomic():
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(round(within * 1000))])
                number = rows.count()
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [usual])
        except OperationalError as error:
            if not isinstance(error.__cause__, QueryCanceled):
                raise
            return None
    return Total(number, whole=True)


def _counted(rows: QuerySet) -> QuerySet:
    return rows.order_by().values("pk")[: COUNTED + 1]


class Number(Subquery):
    """How many rows a list has, up to the limit: told with each of its rows, the database counts once."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet):
        super().__init__(_counted(rows))


def _token(order: Order, row, salt: str) -> str:
    return token_of(order.key_of(row), salt)


def token_of(place: list | str, salt: str) -> str:
    """Sealed, since the place of a row in its order may be the day on which somebody's stay ends."""
    sealed = seal(json.dumps(place).encode(), salt.encode())
    return signing.dumps(base64.urlsafe_b64encode(sealed).decode(), salt=salt)


def place_of(token: str, salt: str) -> list | str:
    """The place that a token names. Raises BadRequest for one that was not given out for this, or too long ago."""
    try:
        sealed = signing.loads(token, salt=salt, max_age=LASTS)
        return json.loads(unseal(base64.urlsafe_b64decode(sealed), salt.encode()))
    except (signing.BadSignature, KeyError) as error:
        raise BadRequest(
            _("This page of the list is not known here any more. Open the list anew from its first page.")
        ) from error
