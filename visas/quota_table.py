"""The places of the quotas on a day as tables: by quota, share, programme, municipality and university."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from centers.models import Municipality, Workspace, WorkspaceKind
from visas.models import QuotaShare, VisaCase, VisaProgramme
from visas.quotas import Filled, Tally, counted, filled_on, lines_on, outside_of_quotas, pools_on


@dataclass(frozen=True)
class Line:
    """A row of a table: what it is of, its figures, and the filters that lead to its cases.

    ``sized`` is what its places left and its fill are of, none where it has no number of its own; ``ledger`` the
    filters that lead to the lines of that number. ``state`` is ``none`` for a programme without a quota, ``other`` for
    its cases of other periods, ``sum`` for a total.
    """

    name: str
    short: str  # beside a bar
    count: Tally
    filters: dict[str, str]
    sized: Filled | None = None
    ledger: dict[str, str] = field(default_factory=dict)
    state: str = ""
    live: int | None = None

    @property
    def capacity(self) -> int | None:
        return self.sized.capacity if self.sized else None

    @property
    def ground(self) -> int | None:
        """The capacity that all of its cases count against; none where it is that of some of them alone, as the share
        of one quota is where cases of other programmes live too.
        """
        return self.capacity if self.sized and self.sized.count == self.count else None

    @property
    def provisional(self) -> int:
        return self.sized.provisional if self.sized else 0

    @property
    def remaining(self) -> int | None:
        return self.sized.remaining if self.sized else None

    def percent(self, base: str = "taken"):
        return self.sized.percent(base) if self.sized else None


def narrowed(splits: dict[str, list[Line]], narrowing: dict[str, str]) -> dict[str, list[Line]]:
    """The splits of the cases of one university (``workspace``) or of one municipality's (``home``), by its code:
    without the places of others, which are not to be filled by these cases alone, without lines of nobody, and without
    the sum of the province.
    """
    own = {"workspace": "university", "home": "municipality"}
    kept = {own[name] for name in narrowing} if len(narrowing) == 1 else set()
    found = {}
    for split, lines in splits.items():
        if split in kept:
            found[split] = [line for line in lines if narrowing.items() <= line.filters.items()]
        elif split != "share":
            own_lines = [line for line in lines if line.state != "sum" and (line.count != Tally() or line.live)]
            found[split] = [replace(line, sized=None, ledger={}) for line in own_lines]
    return found


def splits_of(cases: QuerySet[VisaCase], day: date, *, then: bool = False) -> dict[str, list[Line]]:
    """The places on the day, split in each way; ``then``: as it was known on the day."""
    shares = _shares(cases, day, then)
    counts = counted(cases, day, "programme", "lives_in", "workspace", then=then, outside=None)
    universities = Workspace.objects.filter(kind=WorkspaceKind.UNIVERSITY).in_bulk()
    return {
        "pool": _pools(cases, day, then),
        "share": [line for _share, line in shares],
        "programme": _split(counts, 0, VisaProgramme.objects.in_bulk(), "programme"),
        "municipality": _with_shares(
            _split(counts, 1, Municipality.objects.in_bulk(), "home"), shares, "municipality"
        ),
        "university": _with_shares(_split(counts, 2, universities, "workspace"), shares, "university"),
    }


def _pools(cases: QuerySet[VisaCase], day: date, then: bool) -> list[Line]:
    """The quotas, the programmes that have none, and the sum of all."""
    lines = [
        Line(
            str(pool), "·".join(row.pk for row in pool.programmes.all()), filled.count, {"pool": pool.pk}, filled,
            {"pool": pool.pk},
        )
        for pool, filled in filled_on(cases, day, pools_on(day, then=then), then=then)
    ]  # fmt: skip
    sized = [line.sized for line in lines if line.sized and line.sized.capacity is not None]
    lines += [
        Line(
            str(row.programme), row.programme.pk, row.count, {"programme": row.programme.pk, "outside": "1"},
            state="other" if row.has_quota else "none", live=row.live,
        )
        for row in outside_of_quotas(cases, day, then=then)
    ]  # fmt: skip
    return [*lines, _total(lines, sized)]


def _total(lines: list[Line], sized: list[Filled]) -> Line:
    whole = Filled(
        sum(one.capacity or 0 for one in sized),
        sum((one.count for one in sized), Tally()),
        sum(one.provisional for one in sized),
    )
    count = sum((line.count for line in lines), Tally())
    told = _("Province in total")
    return Line(told, told, count, {"outside": "too"}, whole if sized else None, {"whole": "1"}, state="sum")


def _split(counts: dict[tuple, Tally], place: int, rows: dict, filter_: str) -> list[Line]:
    """The cases by one of three fields, in a quota or not; those without one are in none of the rows."""
    sums: dict = defaultdict(Tally)
    for key, count in counts.items():
        sums[key[place]] += count
    return [
        Line(
            str(row),
            row.code if filter_ == "programme" else str(row),
            sums[key],
            {filter_: row.code, "outside": "too"},
        )
        for key, row in rows.items()
        if key in sums
    ]


def _with_shares(lines: list[Line], shares: list[tuple[QuotaShare, Line]], of: str) -> list[Line]:
    """The lines with the number of the shares that each municipality or university has."""
    own: dict[str, list[Line]] = defaultdict(list)
    for share, line in shares:
        if getattr(share, of):
            own[getattr(share, of).code].append(line)
    name = {"municipality": "home", "university": "workspace"}[of]
    return [_sized(line, own[line.filters[name]], of, line.filters[name]) for line in lines]


def _sized(line: Line, shares: list[Line], of: str, code: str) -> Line:
    if not shares:
        return line
    filled = Filled(sum(share.capacity or 0 for share in shares), sum((share.count for share in shares), Tally()))
    return Line(line.name, line.short, line.count, line.filters, filled, {of: code})


def _shares(cases: QuerySet[VisaCase], day: date, then: bool) -> list[tuple[QuotaShare, Line]]:
    """The shares with what the ledger gave each by the day."""
    lines = lines_on(day, then=then).exclude(share=None)
    sums = dict(lines.order_by().values_list("share").annotate(held=Sum("amount")))
    counts = counted(cases, day, "share", then=then) if sums else {}
    rows = QuotaShare.objects.filter(pk__in=sums).select_related("pool", "municipality", "university")
    return [(share, _of_share(share, sums[share.pk], counts.get((share.pk,), Tally()))) for share in rows]


def _of_share(share: QuotaShare, capacity: int, count: Tally) -> Line:
    of = {"pool": share.pool_id, "share": share.code}
    return Line(f"{share.pool} · {share}", str(share), count, of, Filled(capacity, count), of)
