"""The places of the quotas as they stand on a day: what the ledger holds, and what holds the places."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate, chain

from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DateTimeField,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.models.codes import kept_rows
from centers.prepared import prepared
from visas.known import as_known, end_of, entry_known_by
from visas.models import (
    CaseStep,
    QuotaEntry,
    QuotaLine,
    QuotaNotice,
    QuotaPool,
    QuotaShare,
    StepKind,
    VisaCase,
    VisaProgramme,
)
from visas.models.case import ENDS, GONE, HOLDS, LIVE
from visas.models.programme import SeatTaken

# The rules that refuse a place, or the taking away of one that is held.
FULL = frozenset({"quota_not_exceeded", "quota_share_not_exceeded", "quota_rest_not_exceeded"})


def _is_taken_otherwise() -> bool:
    """Whether some programme takes its places at another step than the recommendation."""
    return any(row.seat_taken_at != SeatTaken.RECOMMENDATION for row in kept_rows(VisaProgramme).values())


def _taken() -> str:
    return gettext("Places taken") if _is_taken_otherwise() else gettext("Recommended")


def _taken_counts() -> str:
    if not _is_taken_otherwise():
        return gettext(
            "The province recommended the person, and the place was not given back. Who left later is in it."
        )
    steps = "; ".join(f"{row}: {row.get_seat_taken_at_display()}" for row in kept_rows(VisaProgramme).values())
    return gettext(
        "The place was taken, at the step that each programme sets (%(steps)s), and not given back. Who left later is"
        " in it."
    ) % {"steps": steps}


# What the places of a quota that are taken are called, and what they count: the recommendations, unless the province
# has decided that a programme takes its places at another step.
TAKEN, TAKEN_COUNTS = lazy(_taken, str)(), lazy(_taken_counts, str)()
BASES: dict[str, str] = {"taken": TAKEN, "granted": _("Granted"), "settled": _("Settled")}
FIGURES: dict[str, str] = BASES | {"left": _("Left")}
# What of the pipeline leads to them.
PLACES: dict[str, str] = FIGURES | {
    "live": _("Live"),
    "waiting": _("Received, without a place yet"),
    "seated": _("Took a place and kept it"),
}
# What the words of a quota count: the word and the sentence, by code.
DEFINITIONS: dict[str, tuple[str, str]] = {
    "received": (
        _("Received"),
        _("The application was taken in (also called recruited). By default it holds no place yet."),
    ),
    "taken": (TAKEN, TAKEN_COUNTS),
    "granted": (_("Granted"), _("Of these, those whom the immigration office gave the permit.")),
    "settled": (_("Settled"), _("Of these, those whose residence, or for students entry, was verified.")),
    "left": (_("Left"), _("Those who had a place and left the province since, or whose stay ended.")),
}


@dataclass(frozen=True)
class Tally:
    """How many cases hold a place, of these the granted and the settled, and how many had one and left."""

    taken: int = 0
    granted: int = 0
    settled: int = 0
    left: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, name) + getattr(other, name) for name in FIGURES))


@dataclass(frozen=True)
class Filled:
    """A quota, or a part of one, on a day. ``capacity`` is None where no number was entered."""

    capacity: int | None
    count: Tally
    provisional: int = 0

    @property
    def taken(self) -> int:
        return self.count.taken

    @property
    def granted(self) -> int:
        return self.count.granted

    @property
    def settled(self) -> int:
        return self.count.settled

    @property
    def remaining(self) -> int | None:
        return None if self.capacity is None else self.capacity - self.taken

    def percent(self, base: str) -> Decimal | None:
        """The fill on a basis of ``BASES``, with one decimal, half up; of a capacity of nothing it is nothing."""
        if self.capacity is None:
            return None
        share = Decimal(100 * getattr(self.count, base)) / self.capacity if self.capacity else Decimal(0)
        return share.quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def percents(self) -> list[tuple[str, Decimal | None]]:
        return [(base, self.percent(base)) for base in BASES]


def held(cases: QuerySet[VisaCase], day: date, *, outside: bool | None = False) -> QuerySet[VisaCase]:
    """Of these cases, those that held a place on the day; ``outside``: would have, if they stood in a quota."""
    return _seated_on(_where(cases, outside), day)


def _where(cases: QuerySet[VisaCase], outside: bool | None) -> QuerySet[VisaCase]:
    """The cases that stand in a quota, those that stand in none, or all."""
    return cases if outside is None else cases.filter(pool__isnull=outside)


def live_on(cases: QuerySet[VisaCase], day: date) -> QuerySet[VisaCase]:
    """Of these cases, those that were received by the day and had not ended, before or after a permit."""
    ended = Q()
    for end in ENDS:
        ended |= Q(**{f"{end}_on__lte": day})
    return cases.filter(received_on__lte=day).exclude(ended)


def _waiting_on(cases: QuerySet[VisaCase], day: date) -> QuerySet[VisaCase]:
    return live_on(cases, day).filter(Q(seat_on=None) | Q(seat_on__gt=day))


def _seated_on(cases: QuerySet[VisaCase], day: date) -> QuerySet[VisaCase]:
    """With a place or what would be one, whether it stands in a quota or not."""
    return cases.filter(Q(given_back_on=None) | Q(given_back_on__gt=day), seat_on__lte=day)


PIPELINE = {"live": live_on, "waiting": _waiting_on, "seated": _seated_on}


def on_basis(cases: QuerySet[VisaCase], base: str, day: date, *, outside: bool | None = False) -> QuerySet[VisaCase]:
    """The cases behind a figure of ``PLACES``; ``outside`` as in ``counted``."""
    if base in PIPELINE:
        return PIPELINE[base](cases.filter(pool__isnull=True) if outside else cases, day)
    if base == "left":
        return _where(cases, outside).annotate(gone_on=GONE).filter(seat_on__lte=day, gone_on__lte=day)
    rows = held(cases, day, outside=outside)
    return rows if base == "taken" else rows.filter(**{f"{base}_on__lte": day})


def counted(
    cases: QuerySet[VisaCase], day: date, *by: str, then: bool = False, outside: bool | None = False
) -> dict[tuple, Tally]:
    """The cases that took a place by the day, by these fields. ``share`` is the share that a case falls to and
    ``lives_in`` the municipality in which the person lived on the day.

    ``then``: as it was known on the day. ``outside``: those that stand in no quota; None: these too.
    """
    sums: dict[tuple, Tally] = defaultdict(Tally)
    for part in as_known(cases, day if then else None):
        for row in _counts(_where(part, outside), day, by, then):
            sums[tuple(row[: len(by)])] += Tally(*row[len(by) :])
    return dict(sums)


def _counts(part: QuerySet, day: date, by: tuple[str, ...], then: bool) -> QuerySet:
    rows = part.annotate(gone_on=GONE).filter(seat_on__lte=day).order_by()
    if "lives_in" in by:
        rows = with_home(rows, day, end_of(day) if then else None)
    if "share" in by:
        rows = with_share(rows, end_of(day) if then else None)
    holds = Q(given_back_on=None) | Q(given_back_on__gt=day)
    return rows.values_list(*by).annotate(
        held=Count("pk", filter=holds),
        given=Count("pk", filter=holds & Q(granted_on__lte=day)),
        home=Count("pk", filter=holds & Q(settled_on__lte=day)),
        gone=Count("pk", filter=Q(gone_on__lte=day)),
    )


def with_home(cases: QuerySet, day: date, known: datetime | None = None) -> QuerySet:
    """With the code of the municipality in which each person lived on the day: of the letter, until a move within the
    province. ``known``: by what was on record before an instant.
    """
    moves = CaseStep.objects.filter(
        case=OuterRef("pk" if cases.model is VisaCase else "pgh_obj"), kind=StepKind.RELOCATED, takes_back=False,
        municipality__isnull=False, happened_on__lte=day,
    )  # fmt: skip
    if known is None:
        moves = moves.filter(undone_by=None)
    else:
        moves = moves.filter(recorded_at__lt=known).exclude(undone_by__recorded_at__lt=known)
    last = moves.order_by("-happened_on", "-pk").values("municipality")[:1]
    return cases.annotate(lives_in=Coalesce(Subquery(last), F("municipality"), output_field=CharField()))


def with_share(cases: QuerySet[VisaCase], known: datetime | None = None) -> QuerySet[VisaCase]:
    """With the share of its quota that each falls to, of those entered before an instant."""
    share = Func(
        "pool_id", "municipality_id", "workspace_id", "share_on", Value(known, output_field=DateTimeField()),
        function="wall.share_known", output_field=BigIntegerField(),
    )  # fmt: skip
    return cases.annotate(share=share)


def doubled(cases: QuerySet[VisaCase], programmes: list[str], first: date, last: date) -> list[VisaCase]:
    """The cases of these programmes that a quota of the days would hold beside another one of the person: those that
    are live, and those that have ended and hold their place still.
    """
    counts_on = Coalesce("seat_on", "recommended_on", "received_on")
    rows = cases.filter(LIVE | HOLDS, programme__in=programmes).annotate(counts_on=counts_on)
    rows = rows.filter(counts_on__gte=first, counts_on__lte=last)
    twice = rows.order_by().values("person").annotate(number=Count("pk")).filter(number__gt=1)
    return list(rows.filter(person__in=twice.values("person")).order_by("person", "pk"))


def course(cases: QuerySet[VisaCase], pool: QuotaPool, until: date, *, then: bool = False) -> list[tuple[date, int]]:
    """The places taken at the end of each month of a quota's period, up to a day."""
    taken: dict[date, int] = defaultdict(int)
    parts = as_known(cases, until if then else None)
    rows = [part.filter(pool=pool).order_by().values_list("seat_on", "given_back_on") for part in parts]
    for seat, back in chain.from_iterable(rows):
        if seat <= until and (back is None or back > seat):
            taken[seat] += 1
            if back and back <= until:
                taken[back] -= 1
    sums, steps = 0, sorted(taken.items())
    found = []
    for end in month_ends(pool.starts_on, until):
        while steps and steps[0][0] <= end:
            sums += steps.pop(0)[1]
        found.append((end, sums))
    return found


def month_ends(first: date, last: date) -> list[date]:
    """The last day of each month from one day on, and at the end the last day itself."""
    ends, day = [], first.replace(day=1)
    while day <= last:
        day = (day + timedelta(days=32)).replace(day=1)
        ends.append(min(day - timedelta(days=1), last))
    return ends


def lines_on(day: date, *, then: bool = False) -> QuerySet[QuotaLine]:
    """The lines of the ledger that give the quotas what they hold on the day."""
    known = entry_known_by(day if then else None)
    return QuotaLine.objects.exclude(pool=None).filter(known, entry__effective_on__lte=day)


def capacities(day: date, *, then: bool = False) -> dict[str, int]:
    """What the ledger of each quota held on the day; one of which no entry had taken effect is left out: its number
    was not known.
    """
    return dict(lines_on(day, then=then).order_by().values_list("pool").annotate(held=Sum("amount")))


def provisional(day: date, *, then: bool = False) -> dict[str, int]:
    """The part of each capacity that is not settled yet."""
    rows = lines_on(day, then=then).filter(provisional=True)
    return dict(rows.order_by().values_list("pool").annotate(open=Sum("amount")))


def pools_on(day: date, *, then: bool = False) -> QuerySet[QuotaPool]:
    """All quotas; ``then``: without those that the province opened after the day."""
    pools = QuotaPool.objects.prefetch_related("programmes")
    later = QuotaNotice.objects.filter(opens=True, entered_at__gte=end_of(day))
    return pools.exclude(pk__in=later.values("pool")) if then else pools


def filled_on(
    cases: QuerySet[VisaCase], day: date, pools: Iterable[QuotaPool], *, then: bool = False
) -> list[tuple[QuotaPool, Filled]]:
    """Each quota as it stood on the day, counted over the cases given; ``then``: as it was known on the day."""
    counts = counted(cases, day, "pool", then=then)
    sizes, open_ones = capacities(day, then=then), provisional(day, then=then)
    return [
        (pool, Filled(sizes.get(pool.pk), counts.get((pool.pk,), Tally()), open_ones.get(pool.pk, 0)))
        for pool in pools
    ]


@dataclass(frozen=True)
class Outside:
    """A programme with cases that stand in no quota: how many are live, and what they would hold."""

    programme: VisaProgramme
    live: int
    count: Tally
    has_quota: bool  # on the day, so that these are cases of other periods


def outside_of_quotas(cases: QuerySet[VisaCase], day: date, *, then: bool = False) -> list[Outside]:
    """The programmes that have no quota on the day, and those of whose cases some took a place outside of one."""
    running = pools_on(day, then=then).filter(starts_on__lte=day, ends_on__gte=day)
    covered = set(running.values_list("programmes", flat=True))
    counts = counted(cases, day, "programme", then=then, outside=True)
    live: Counter[str] = Counter()
    for part in as_known(cases, day if then else None):
        rows = on_basis(part, "live", day, outside=True).order_by().values_list("programme")
        live.update(dict(rows.annotate(number=Count("pk"))))
    found = [
        Outside(row, live[row.pk], counts.get((row.pk,), Tally()), row.pk in covered)
        for row in VisaProgramme.objects.all()
    ]
    return [row for row in found if not row.has_quota or row.count.taken]


def was_closed(pool: QuotaPool, day: date) -> bool:
    """Whether the quota stood closed by hand at the end of a day."""
    last = pool.closings.filter(entered_at__lt=end_of(day)).first()
    return last is not None and last.closed


def changes_of(pool: QuotaPool) -> list[tuple[date, int]]:
    """What the ledger added to the quota or took from it, by day."""
    return changes_of_each([pool.pk])[pool.pk]


def changes_of_each(pools: list[str]) -> dict[str, list[tuple[date, int]]]:
    sums: dict[str, Counter[date]] = {pool: Counter() for pool in pools}
    for pool, day, amount in _lines(None, pools=pools):
        sums[pool][day] += amount
    return {pool: [(day, amount) for day, amount in sorted(days.items()) if amount] for pool, days in sums.items()}


@prepared
def _lines(viewer: None, *, pools: list[str]) -> QuerySet:
    return QuotaLine.objects.filter(pool__in=pools).order_by().values_list("pool", "entry__effective_on", "amount")


@dataclass(frozen=True)
class LedgerRow:
    """An entry as it bears on one quota: what it changes there, and what the quota holds after it."""

    entry: QuotaEntry
    lines: list[QuotaLine]
    amount: int
    balance: int
    reversible: bool


def ledger_of(pool: QuotaPool, shares: list[QuotaShare] | None = None) -> list[LedgerRow]:
    """The entries of a quota's ledger, the oldest first; where ``shares`` are named, without lines of others, and
    without the entries that bear on these alone.
    """
    entries = (
        QuotaEntry.objects.filter(lines__pool=pool)
        .distinct()
        .select_related("entered_by", "reverses", "reversed_by")
        .prefetch_related("lines__pool", "lines__share__municipality", "lines__share__university")
        .order_by("effective_on", "id")
    )
    amounts = [sum(line.amount for line in entry.lines.all() if line.pool_id == pool.pk) for entry in entries]
    rows = [
        LedgerRow(entry, list(entry.lines.all()), amount, balance, _reversible(entry))
        for entry, amount, balance in zip(entries, amounts, accumulate(amounts), strict=True)
    ]
    return rows if shares is None else [own for row in rows if (own := _without_others(row, shares))]


def _without_others(row: LedgerRow, shares: list[QuotaShare]) -> LedgerRow | None:
    lines = [line for line in row.lines if line.share_id is None or line.share in shares]
    others = len(lines) < len(row.lines)
    own = [line for line in lines if line.share_id] if others else lines
    return replace(row, lines=own) if own else None


def _reversible(entry: QuotaEntry) -> bool:
    return entry.reverses_id is None and not hasattr(entry, "reversed_by")


def shares_of(pool: QuotaPool) -> list[QuotaShare]:
    return list(pool.shares.select_related("municipality", "university"))


def in_the_way(cases: QuerySet[VisaCase], pool: QuotaPool, share: QuotaShare | None, amount: int) -> list[VisaCase]:
    """The cases that a reduction of a quota or of its share by so many places would reach: as many as are too many,
    those that took their places last first.
    """
    rows = held(cases.filter(pool=pool, quota_exception=None), timezone.localdate())
    rows = rows.annotate(
        of=Func(
            "pool", "municipality", "workspace", "share_on", function="wall.share_of", output_field=BigIntegerField()
        )
    )
    rows = rows.filter(of=share.pk) if share else rows.filter(of=None)
    return list(rows.order_by(F("seat_on").desc(), F("id").desc())[: max(amount - _free(pool, share), 0)])


def beyond_a_share(cases: QuerySet[VisaCase], pool: QuotaPool, told: dict) -> list[VisaCase]:
    """The cases that a share which was to be given would have no place for, those that took theirs last first.

    ``told`` has the ``municipality_id`` or the ``university`` of the share, its semester by ``starts_on`` and
    ``ends_on``, and its ``amount``.
    """
    rows = held(cases.filter(pool=pool, quota_exception=None), timezone.localdate())
    if told.get("municipality_id"):
        rows = rows.filter(municipality=told["municipality_id"])
    if told.get("university"):
        rows = rows.filter(workspace=told["university"])
    if told.get("starts_on") and told.get("ends_on"):
        rows = rows.filter(share_on__range=(told["starts_on"], told["ends_on"]))
    return _last_beyond(rows, told.get("amount") or 0)


def beyond_an_opening(
    cases: QuerySet[VisaCase], programmes: list[str], first: date, last: date, amount: int
) -> list[VisaCase]:
    """The cases that a quota of these days would have no place for, those that took theirs last first."""
    rows = cases.filter(HOLDS, programme__in=programmes, seat_on__range=(first, last), quota_exception=None)
    return _last_beyond(rows, amount)


def _last_beyond(rows: QuerySet[VisaCase], amount: int) -> list[VisaCase]:
    """All but so many of the cases, those that took their places last first."""
    found = list(rows.order_by(F("seat_on").desc(), F("id").desc()))
    return found[: max(len(found) - amount, 0)]


def _free(pool: QuotaPool, share: QuotaShare | None) -> int:
    """The places that nobody holds in a share, or in the quota outside of its shares."""
    if share is not None:
        return (share.capacity or 0) + share.excepted - share.taken
    return (pool.capacity or 0) - pool.allocated + pool.excepted + pool.taken_in_shares - pool.taken
