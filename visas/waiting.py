"""Who waits for a place of a quota (대기 순번): in which order, why, and who would come up if places opened."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from visas.models import QuotaPool, QuotaShare, VisaCase, VisaProgramme, WaitingMove, WaitingOrder
from visas.models.programme import AFTER_RECOMMENDATION
from visas.quotas import shares_of

LAST = 1_000_000  # stands for a place that nobody gave


@dataclass(frozen=True)
class Waiting:
    """One case that waits. ``place`` counts from 1, over all who wait; ``because`` says what gives it that place.

    ``case`` is none where the reader may not open it. ``share`` is the one that its place would fall to. ``offered``:
    a place is free for it today. ``comes_up``: else, whether one of the places that are asked for would be its;
    ``held_up`` says why none is, where its share has none.
    """

    case: VisaCase | None
    place: int
    because: str
    share: int | None = None
    moved: WaitingMove | None = None
    offered: bool = False
    comes_up: bool = False
    held_up: str = ""


class _InLine(NamedTuple):
    """A case in its place, as the database tells it; ``case`` only where the running scope opens it."""

    case: int | None
    share: int | None
    points: int
    received_on: date
    reviewed_on: date


def _line(pool: QuotaPool, order: WaitingOrder, day: date) -> list[_InLine]:
    """All who are reviewed and not recommended yet, in the order of their programme's rule: a place that they take on
    the day is one of this quota. Where a programme's places are taken later than that, who was recommended waits too,
    until they take one. Nobody waits in a quota that does not run on the day.

    Whoever was moved stands before all others, by the place given; then the recommended, by their day; then the rule;
    then the day of reception.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM wall.waiting_line(%s, %s, %s)", [pool.pk, order, day])
        return [_InLine(*row) for row in cursor.fetchall()]


def order_of(pool: QuotaPool) -> WaitingOrder:
    """The rule of a quota's programmes; those that share a quota have one."""
    programme = pool.programmes.order_by("order", "pk").first()
    return WaitingOrder(programme.waiting_order) if programme else WaitingOrder.REVIEWED


def takes_places_later(programmes: QuerySet[VisaProgramme]) -> bool:
    """Whether some of these programmes take their places after the recommendation."""
    return programmes.filter(seat_taken_at__in=AFTER_RECOMMENDATION).exists()


def waiting_list(
    cases: QuerySet[VisaCase],
    pool: QuotaPool,
    *,
    opening: int = 0,
    opens_in: int | None = None,
    day: date | None = None,
) -> list[Waiting]:
    """The waiting list of a quota on a day, today unless another is named. Places that are free are offered in its
    order, each share's to its own; ``opening`` places more of the share ``opens_in``, or else of what no share has,
    are given out after them.
    """
    order = order_of(pool)
    line = _line(pool, order, day or timezone.localdate())
    known = cases.in_bulk([row.case for row in line if row.case])
    moves = {move.case_id: move for move in WaitingMove.objects.filter(case__in=known).order_by("pk")}
    shares, free = {share.pk: share for share in shares_of(pool)}, free_of(pool)
    found = []
    for place, row in enumerate(line, 1):
        offered = free[row.share] > 0
        comes_up = not offered and row.share == opens_in and opening > 0 and pool.closed_at is None
        free[row.share] -= offered
        opening -= comes_up
        held_up = "" if offered or comes_up or row.share is None else _no_place_in(shares[row.share])
        case, move = known.get(row.case), moves.get(row.case)
        because = _because(row, order, move, case) if case else ""
        found.append(Waiting(case, place, because, row.share, move, offered, comes_up, held_up))
    return found


def overtaken_by(case: VisaCase, cases: QuerySet[VisaCase]) -> list[Waiting]:
    """Who stands before a case in the waiting list and is offered a place that it is not: a recommendation of it now
    would go over them. Nobody, where the case is offered one itself, none is free, or it does not wait.
    """
    for _pool, rows in _lists_of([case], cases):
        own = next((row for row in rows if row.case == case), None)
        if own and not own.offered:
            before = [row for row in rows if row.offered and row.place < own.place and row.share == own.share]
            return [row for row in before if row.case is None or not row.case.recommended_on]
    return []


class Turns:
    """The cases of a batch in the order of their waiting lists, and which of them would go over somebody."""

    def __init__(self, chosen: list[VisaCase], cases: QuerySet[VisaCase]):
        rows = [row for _pool, rows in _lists_of(chosen, cases) for row in rows if row.case]
        self._rows = {row.case.pk: row for row in rows}
        self._offered = {row.case.pk for row in rows if row.offered}
        self.cases = sorted(chosen, key=lambda case: (self._place(case), case.pk))

    def _place(self, case: VisaCase) -> int:
        row = self._rows.get(case.pk)
        return row.place if row else LAST

    def goes_over_somebody(self, case: VisaCase) -> bool:
        """Whether a place is still offered to somebody before it, and none was to it."""
        own = self._rows.get(case.pk)
        if own is None or own.offered:
            return False
        before = [self._rows[pk] for pk in self._offered]
        return any(row.place < own.place and row.share == own.share for row in before)

    def done(self, case: VisaCase) -> None:
        self._offered.discard(case.pk)


def _lists_of(chosen: list[VisaCase], cases: QuerySet[VisaCase]) -> list[tuple[QuotaPool, list[Waiting]]]:
    """The waiting lists of the quotas that run today for the programmes of these cases."""
    return [(pool, waiting_list(cases, pool)) for pool in running_for({case.programme_id for case in chosen})]


def running_for(programmes: Iterable[str]) -> QuerySet[QuotaPool]:
    """The quotas that run today in which a recommendation of one of these programmes would be counted."""
    today = timezone.localdate()
    pools = QuotaPool.objects.filter(programmes__in=programmes, starts_on__lte=today, ends_on__gte=today)
    return pools.distinct()


def free_of(pool: QuotaPool) -> Counter[int | None]:
    """The places that nobody holds, by share and, under None, of what no share has. Of a number that is not known, and
    of a quota that was closed, none are free.
    """
    if pool.capacity is None or pool.closed_at:
        return Counter()
    free = Counter({share.pk: share.remaining or 0 for share in shares_of(pool)})
    free[None] = pool.capacity - pool.allocated - (pool.taken - pool.excepted - pool.taken_in_shares)
    return free


def _no_place_in(share: QuotaShare) -> str:
    return _("The share %(share)s has no place left.") % {"share": share}


def _because(row: _InLine, order: WaitingOrder, move: WaitingMove | None, case: VisaCase) -> str:
    if move and move.place:
        return _("Placed by hand: %(reason)s") % {"reason": move.reason}
    if case.recommended_on:
        return _("Recommended on %(day)s") % {"day": case.recommended_on.isoformat()}
    if order == WaitingOrder.POINTS:
        return _("%(points)s points") % {"points": row.points}
    if order == WaitingOrder.RECEIVED:
        return _("Received on %(day)s") % {"day": row.received_on.isoformat()}
    return _("Reviewed on %(day)s") % {"day": row.reviewed_on.isoformat()}


def place_of(case: VisaCase, cases: QuerySet[VisaCase]) -> tuple[QuotaPool, Waiting] | None:
    """Where a case stands in the waiting list of the quota that runs today; none where it does not wait."""
    for pool, rows in _lists_of([case], cases):
        for row in rows:
            if row.case == case:
                return pool, row
    return None
