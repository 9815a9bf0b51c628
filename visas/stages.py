"""Where a visa case or a voucher stands: read from its dates, so that no state has to be kept in step with them."""

from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

# The step whose day is set and that stands furthest down: what ends a case stands below what it went through.
CASE_STAGES: dict[str, str] = {
    "received": _("Received"),
    "recommended": _("Recommended"),
    "submitted": _("Submitted"),
    "granted": _("Granted"),
    "settled": _("Settled"),
    "refused": _("Refused"),
    "ineligible": _("Ineligible"),
    "withdrawn": _("Withdrawn"),
    "lapsed": _("Lapsed"),
    "left": _("Left"),
}
VOUCHER_STATES: dict[str, str] = {
    "applied": _("Applied"),
    "paid": _("Paid"),
    "ineligible": _("Ineligible"),
    "cancelled": _("Cancelled"),
}


def stage_of(row: Model, stages: dict[str, str]) -> str:
    """The name of the stage that a row is in."""
    return next(stage for stage in reversed(stages) if getattr(row, f"{stage}_on"))


def in_stage(stage: str, stages: dict[str, str]) -> Q:
    """The rows that are in this stage and in no later one."""
    later = list(stages)[list(stages).index(stage) + 1 :]
    return Q(**{f"{stage}_on__isnull": False}, **{f"{name}_on": None for name in later})
