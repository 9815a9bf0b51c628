"""Who waits for a place of a quota (대기 순번): in which order, why, and who would come up if places opened."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from visas.models import (
    CaseFact,
    CaseStep,
    FactKind,
    QuotaPool,
    QuotaShare,
    StepKind,
    VisaCase,
    WaitingMove,
    WaitingOrder,
)
from visas.models.case import LIVE
from visas.quotas import shares_of
from visas.stages import INNER

LAST = 1_000_000  # stands for a place that nobody gave


@dataclass(frozen=True)
class Waiting:
    """One case that waits. ``place`` counts from 1; ``because`` says what gives it that place.

    ``comes_up`` is whether a place of those that are asked for would be its; ``held_up`` says why not, where one would
    be there and its share has none.
    """

    case: VisaCase
    place: int
    because: str
    moved: WaitingMove | None = None
    comes_up: bool = False
    held_up: str = ""


def waiting_for(cases: QuerySet[VisaCase], pool: QuotaPool) -> QuerySet[VisaCase]:
    """The cases that are reviewed and not recommended yet, in the order of their programme's rule.

    Whoever was moved stands before all others, by the place given; then the rule; then the day of reception.
    """
    inner = CaseStep.objects.filter(case=OuterRef("pk"), takes_back=False, undone_by=None, kind__in=INNER)
    last = inner.order_by("-pk")
    moves = WaitingMove.objects.filter(case=OuterRef("pk")).order_by("-pk")
    points = CaseFact.objects.filter(case=OuterRef("pk"), kind=FactKind.POINTS).order_by("-pk")
    rows = cases.filter(LIVE, programme__in=pool.programmes.all(), recommended_on=None)
    rows = rows.filter(received_on__gte=pool.starts_on, received_on__lte=pool.ends_on)
    rows = rows.annotate(
        stands_at=Subquery(last.values("kind")[:1]),
        reviewed_on=Subquery(last.values("happened_on")[:1]),
        given=Coalesce(Subquery(moves.values("place")[:1]), LAST, output_field=IntegerField()),
        points=Coalesce(Subquery(points.values("value")[:1]), 0, output_field=IntegerField()),
    ).filter(stands_at=StepKind.REVIEWED)
    return rows.order_by("given", *ORDERS[order_of(pool)], "received_on", "pk")


ORDERS = {
    WaitingOrder.REVIEWED: ("reviewed_on",),
    WaitingOrder.RECEIVED: ("received_on",),
    WaitingOrder.POINTS: (F("points").desc(),),
}


def order_of(pool: QuotaPool) -> WaitingOrder:
    """The rule of a quota's programmes; those that share a quota have one."""
    programme = pool.programmes.order_by("order", "pk").first()
    return WaitingOrder(programme.waiting_order) if programme else WaitingOrder.REVIEWED


def waiting_list(cases: QuerySet[VisaCase], pool: QuotaPool, *, opening: int = 0) -> list[Waiting]:
    """The waiting list of a quota; ``opening`` places more are given out in its order, as far as the shares allow."""
    rows = list(waiting_for(cases, pool))
    moves = {move.case_id: move for move in WaitingMove.objects.filter(case__in=rows).order_by("pk")}
    shares, given = shares_of(pool), Counter()
    found = []
    for place, case in enumerate(rows, 1):
        share = share_of(case, shares)
        full = bool(share) and share.capacity is not None and share.remaining - given[share.pk] <= 0
        comes_up = not full and sum(given.values()) < opening
        if comes_up:
            given[share.pk if share else None] += 1
        held_up = _("The share %(share)s has no place left.") % {"share": share} if full and opening else ""
        because = _because(case, order_of(pool), moves.get(case.pk))
        found.append(Waiting(case, place, because, moves.get(case.pk), comes_up, held_up))
    return found


def share_of(case: VisaCase, shares: list[QuotaShare]) -> QuotaShare | None:
    """The share that a place of the case would fall to today: that which fits it most closely."""
    today = timezone.localdate()
    fits = [
        share
        for share in shares
        if share.municipality_id in (None, case.municipality_id) and share.university_id in (None, case.workspace_id)
        if not share.semester or share.starts_on <= today <= share.ends_on
    ]
    return max(fits, key=_closeness, default=None)


def _closeness(share: QuotaShare) -> tuple[int, bool]:
    return bool(share.municipality_id) + bool(share.university_id), bool(share.semester)


def _because(case: VisaCase, order: WaitingOrder, move: WaitingMove | None) -> str:
    if move and move.place:
        return _("Placed by hand: %(reason)s") % {"reason": move.reason}
    if order == WaitingOrder.POINTS:
        return _("%(points)s points") % {"points": case.points}
    if order == WaitingOrder.RECEIVED:
        return _("Received on %(day)s") % {"day": case.received_on.isoformat()}
    return _("Reviewed on %(day)s") % {"day": case.reviewed_on.isoformat()}


def place_of(case: VisaCase, cases: QuerySet[VisaCase]) -> tuple[QuotaPool, Waiting] | None:
    """Where a case stands in the waiting list of its quota; none where it does not wait."""
    day = case.received_on
    pools = QuotaPool.objects.filter(programmes=case.programme_id, starts_on__lte=day, ends_on__gte=day)
    for pool in pools:
        for row in waiting_list(cases, pool):
            if row.case.pk == case.pk:
                return pool, row
    return None
