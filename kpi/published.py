"""What was said of a year beside what its records give: the same, another number, or nothing to compare it with."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from kpi.models import PublishedFigure

# What of a roll-up a figure can be compared with. A path leads to a number of the answer, a pool by its code.
COMPARED = {
    "indicators/visa-recruitment/actual": _("Result of the indicator: recruitment"),
    "indicators/settlement-support/actual": _("Result of the indicator: support activity"),
    "visas/received": _("Visa cases received"),
    "visas/recommended": _("Visa cases recommended"),
    "visas/granted": _("Visa cases granted"),
    "visas/settled": _("Visa cases settled"),
    "visas/dependants_settled": _("Dependants settled"),
    "counselling/sessions": _("Counselling sessions"),
    "counselling/unique_persons": _("Distinct persons counselled"),
    "vouchers/paid": _("Vouchers paid"),
    "vouchers/won": _("Won paid for vouchers"),
    "centres/operating": _("Centres operating"),
    "quotas/d2-2025-2026/capacity": _("Capacity of the D-2 quota"),
    "quotas/e74-2025/capacity": _("Capacity of the E-7-4 quota"),
    "quotas/e74-2025/taken": _("Taken of the E-7-4 quota"),
}


@dataclass(frozen=True)
class Said:
    """A published figure beside what is counted now; ``counted`` is none where nothing here means the same."""

    figure: PublishedFigure
    counted: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        return None if self.counted is None else self.counted - self.figure.value

    @property
    def corrected(self) -> bool:
        return bool(self.figure.corrected_by.all())

    @property
    def names(self) -> list[str]:
        """What it is compared with, in words."""
        return [str(COMPARED.get(path, path)) for path in self.figure.paths]


def said_of(answer: dict) -> list[Said]:
    """The figures that were published of the year of a roll-up, without those that a later one corrects."""
    rows = PublishedFigure.objects.filter(year=answer["year"], corrected_by=None)
    return [beside(row, answer) for row in rows]


def beside(figure: PublishedFigure, answer: dict) -> Said:
    found = [number_at(answer, path) for path in figure.paths]
    counted = sum(found, Decimal()) if found and None not in found else None
    return Said(figure, counted)


def number_at(answer: dict, path: str) -> Decimal | None:
    """The number of a roll-up to which a path leads; none where there is none, or it is not known."""
    at = answer
    for name in path.split("/"):
        if isinstance(at, list):
            at = next((row for row in at if row.get("code") == name), None)
        else:
            at = at.get(name) if isinstance(at, dict) else None
    return None if at is None or isinstance(at, dict | list | str) else Decimal(str(at))
