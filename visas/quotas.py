"""The places of the quotas as they stand on a day: what the ledger holds, and what holds the places."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate

from django.db.models import BigIntegerField, Count, DateField, F, Func, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centers.prepared import prepared
from visas.models import QuotaEntry, QuotaLine, QuotaPool, QuotaShare, VisaCase
from visas.models.case import GONE

# The bases on which a quota is filled: what each counts of the cases that hold a place.
BASES: dict[str, str] = {"taken": _("Recommended"), "granted": _("Granted"), "settled": _("Settled")}
FIGURES: dict[str, str] = BASES | {"left": _("Left")}
DEFINITIONS: list[tuple[str, str]] = [
    (_("Received"), _("The application was taken in (also called recruited). It holds no place yet.")),
    (_("Recommended"), _("The province recommended the person and the case has not ended. It holds a place.")),
    (_("Granted"), _("Of these, those whom the immigration office gave the permit.")),
    (_("Settled"), _("Of these, those whose residence, or for students entry, was verified.")),
    (_("Left"), _("Those who had a place and left the province since, or whose stay ended.")),
]


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


def with_seat(cases: QuerySet[VisaCase]) -> QuerySet[VisaCase]:
    """With the day on which each takes its place, and the one on which it gives it back, by its programme's rule."""
    seat = Func(
        "programme__seat_taken_at", "received_on", "recommended_on", "submitted_on", "granted_on",
        function="wall.seat_on", output_field=DateField(),
    )  # fmt: skip
    back = Func(
        "programme__seat_given_back_by", "refused_on", "withdrawn_on", "lapsed_on", "ineligible_on", GONE,
        function="wall.given_back_on", output_field=DateField(),
    )  # fmt: skip
    return cases.annotate(seat_on=seat, given_back_on=back)


def held(cases: QuerySet[VisaCase], day: date) -> QuerySet[VisaCase]:
    """Of these cases, those that held a place on the day."""
    rows = with_seat(cases.filter(pool__isnull=False))
    return rows.filter(Q(given_back_on=None) | Q(given_back_on__gt=day), seat_on__lte=day)


def on_basis(cases: QuerySet[VisaCase], base: str, day: date) -> QuerySet[VisaCase]:
    """The cases behind a figure of ``FIGURES``."""
    if base == "left":
        return (
            with_seat(cases.filter(pool__isnull=False))
            .annotate(gone_on=GONE)
            .filter(seat_on__lte=day, gone_on__lte=day)
        )
    rows = held(cases, day)
    return rows if base == "taken" else rows.filter(**{f"{base}_on__lte": day})


def counted(cases: QuerySet[VisaCase], day: date, *by: str) -> dict[tuple, Tally]:
    """The cases that took a place by the day, by these fields. ``share`` is the share that a case falls to."""
    rows = with_seat(cases.filter(pool__isnull=False)).annotate(gone_on=GONE).filter(seat_on__lte=day).order_by()
    if "share" in by:
        rows = with_share(rows)
    holds = Q(given_back_on=None) | Q(given_back_on__gt=day)
    rows = rows.values_list(*by).annotate(
        held=Count("pk", filter=holds),
        given=Count("pk", filter=holds & Q(granted_on__lte=day)),
        home=Count("pk", filter=holds & Q(settled_on__lte=day)),
        gone=Count("pk", filter=Q(gone_on__lte=day)),
    )
    return {tuple(row[: len(by)]): Tally(*row[len(by) :]) for row in rows}


def with_share(cases: QuerySet[VisaCase]) -> QuerySet[VisaCase]:
    """With the share of its quota that each falls to; expects ``with_seat``."""
    share = Func(
        "pool_id", "municipality_id", "workspace_id", "seat_on",
        function="wall.share_of", output_field=BigIntegerField(),
    )  # fmt: skip
    return cases.annotate(share=share)


def course(cases: QuerySet[VisaCase], pool: QuotaPool, until: date) -> list[tuple[date, int]]:
    """The places taken at the end of each month of a quota's period, up to a day."""
    taken: dict[date, int] = defaultdict(int)
    for seat, back in with_seat(cases.filter(pool=pool)).order_by().values_list("seat_on", "given_back_on"):
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


def capacities(day: date) -> dict[str, int]:
    """What the ledger of each quota held on the day; a quota without a line is left out."""
    found: dict[str, int] = {}
    for line in QuotaLine.objects.exclude(pool=None).select_related("entry"):
        amount = line.amount if line.entry.effective_on <= day else 0
        found[line.pool_id] = found.get(line.pool_id, 0) + amount
    return found


def provisional(day: date) -> dict[str, int]:
    """The part of each capacity that is not settled yet."""
    found: dict[str, int] = defaultdict(int)
    for line in QuotaLine.objects.filter(provisional=True, entry__effective_on__lte=day):
        found[line.pool_id] += line.amount
    return found


def filled_on(cases: QuerySet[VisaCase], day: date, pools: Iterable[QuotaPool]) -> list[tuple[QuotaPool, Filled]]:
    """Each quota as it stood on the day, counted over the cases given."""
    counts, sizes, open_ones = counted(cases, day, "pool"), capacities(day), provisional(day)
    return [
        (pool, Filled(sizes.get(pool.pk), counts.get((pool.pk,), Tally()), open_ones.get(pool.pk, 0)))
        for pool in pools
    ]


def changes_of(pool: QuotaPool) -> list[tuple[date, int]]:
    """What the ledger added to the quota or took from it, by day."""
    sums: dict[date, int] = defaultdict(int)
    for day, amount in _lines(None, pool=pool.pk):
        sums[day] += amount
    return [(day, amount) for day, amount in sorted(sums.items()) if amount]


@prepared
def _lines(viewer: None, *, pool: str) -> QuerySet:
    return QuotaLine.objects.filter(pool=pool).order_by().values_list("entry__effective_on", "amount")


@dataclass(frozen=True)
class LedgerRow:
    """An entry as it bears on one quota: what it changes there, and what the quota holds after it."""

    entry: QuotaEntry
    lines: list[QuotaLine]
    amount: int
    balance: int
    reversible: bool


def ledger_of(pool: QuotaPool) -> list[LedgerRow]:
    """The entries of a quota's ledger, the oldest first."""
    entries = (
        QuotaEntry.objects.filter(lines__pool=pool)
        .distinct()
        .select_related("entered_by", "reverses", "reversed_by")
        .prefetch_related("lines__pool", "lines__share__municipality", "lines__share__university")
        .order_by("effective_on", "id")
    )
    amounts = [sum(line.amount for line in entry.lines.all() if line.pool_id == pool.pk) for entry in entries]
    return [
        LedgerRow(entry, list(entry.lines.all()), amount, balance, _reversible(entry))
        for entry, amount, balance in zip(entries, amounts, accumulate(amounts), strict=True)
    ]


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
            "pool", "municipality", "workspace", "seat_on", function="wall.share_of", output_field=BigIntegerField()
        )
    )
    rows = rows.filter(of=share.pk) if share else rows.filter(of=None)
    return list(rows.order_by(F("seat_on").desc(), F("id").desc())[: max(amount - _free(pool, share), 0)])


def _free(pool: QuotaPool, share: QuotaShare | None) -> int:
    """The places that nobody holds in a share, or in the quota outside of its shares."""
    if share is not None:
        return (share.capacity or 0) + share.excepted - share.taken
    return (pool.capacity or 0) - pool.allocated + pool.excepted + pool.taken_in_shares - pool.taken
