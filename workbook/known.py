"""What the installation knows when a workbook comes in: places, periods, beds, and what earlier files brought."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db import connection
from django.utils import timezone

from cases.models import MonthClose
from centers.models import Bed, Shelter, Workspace, WorkspaceKind
from visas.decisions import Versions
from visas.models import PoolProgramme, ProgrammeArea, QuotaPool, Reference, VisaProgramme, VoucherBudget, VoucherRule


@dataclass
class Known:
    """Read once for a file; small beside it."""

    workspace: Workspace | None  # of --workspace
    today: date

    @classmethod
    def now(cls, workspace: Workspace | None) -> "Known":
        return cls(workspace, timezone.localdate())

    @property
    def namespace(self) -> int:
        """Within what a person's number is unique: the workspace of --workspace, or 0 for the whole province."""
        return self.workspace.pk if self.workspace else 0

    @cached_property
    def workspaces(self) -> dict[int, Workspace]:
        return {place.pk: place for place in Workspace.objects.all()}

    @cached_property
    def offices(self) -> dict[str, int]:
        """The office of each municipality."""
        return {
            place.municipality_id: place.pk for place in self.workspaces.values() if place.kind == WorkspaceKind.OFFICE
        }

    @cached_property
    def province_office(self) -> int:
        return next(place.pk for place in self.workspaces.values() if place.kind == WorkspaceKind.PROVINCE)

    @cached_property
    def closed_months(self) -> set[tuple[int, date]]:
        """The months that centres have closed, each by its first day."""
        return set(MonthClose.objects.standing().values_list("workspace", "month"))

    @cached_property
    def programmes(self) -> dict[str, VisaProgramme]:
        return {programme.pk: programme for programme in VisaProgramme.objects.all()}

    @cached_property
    def _areas(self) -> tuple[dict[str, set[str]], Versions]:
        areas = defaultdict(set)
        for programme, municipality in ProgrammeArea.objects.values_list("programme_id", "municipality_id"):
            areas[programme].add(municipality)
        return areas, Versions(Reference.AREAS)

    def areas_on(self, programme: str, day: date | None) -> set[str]:
        """The municipalities in which a visa programme was offered on a day; none where it is offered everywhere."""
        areas, versions = self._areas
        told = versions.told(programme, day) if day else None
        return areas[programme] if told is None else set(told["municipalities"])

    @cached_property
    def pools(self) -> dict[str, list[QuotaPool]]:
        """The quotas of each visa programme, with what their ledger holds today."""
        pools = defaultdict(list)
        for link in PoolProgramme.objects.select_related("pool").order_by("pool_id"):
            pools[link.programme_id].append(link.pool)
        return pools

    def pool_on(self, programme: str, day: date | None) -> QuotaPool | None:
        """The quota of a programme whose period holds the day, as ``wall.pool_on`` finds it."""
        if day is None:
            return None
        return next((pool for pool in self.pools[programme] if pool.starts_on <= day <= pool.ends_on), None)

    def period_on(self, programme: str, day: date, received: date) -> str:
        """The quota, else the year of reception with those that shared the last one, as ``wall.period_on`` has it."""
        pool = self.pool_on(programme, day)
        if pool:
            return pool.pk
        before = [pool for pool in self.pools[programme] if pool.starts_on <= day]
        last = max(before, key=lambda pool: pool.starts_on, default=None)
        shared = [code for code, pools in self.pools.items() if last in pools] if last else []
        return f"{received:%Y}" + (f" {min(shared)}" if len(shared) > 1 else "")

    @cached_property
    def capacities(self) -> dict[str, int | None]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT code, wall.capacity_of(code) FROM visas_quotapool")
            return dict(cursor.fetchall())

    @cached_property
    def beds(self) -> dict[tuple[int, str, str], Bed]:
        return {
            (bed.room.workspace_id, bed.room.code, bed.code): bed
            for bed in Bed.objects.select_related("room").order_by("pk")
        }

    @cached_property
    def longest_stays(self) -> dict[int, int]:
        """The longest stay of each shelter that has such a rule (nights)."""
        return dict(Shelter.objects.exclude(longest_nights=None).values_list("workspace_id", "longest_nights"))

    @cached_property
    def budgets(self) -> set[tuple[str, int]]:
        return set(VoucherBudget.objects.values_list("municipality_id", "year"))

    @cached_property
    def voucher_months(self) -> dict[tuple[str, int], int]:
        """How many months after the change of status a municipality asks for, by year."""
        return {(rule.municipality_id, rule.year): rule.minimum_months for rule in VoucherRule.objects.all()}

    def home_of(self, municipality: str | None) -> int:
        """The office that keeps the file of a person nobody refers to."""
        return self.offices.get(municipality, self.province_office)
