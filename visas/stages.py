"""Where a visa case or a voucher stands: read from what is on its row, so that each page says the same of it."""

from functools import reduce
from operator import or_

from django.db.models import Case, CharField, F, Model, Q, Value, When
from django.utils.translation import gettext_lazy as _

# The steps before the recommendation that leave no day on the case; its ``inner_step`` is the last of them.
INNER = ("asked", "answered", "checked", "reviewed")
# The step whose day is set and that stands furthest down: what ends a case stands below what it went through.
CASE_STAGES: dict[str, str] = {
    "received": _("Received"),
    "recommended": _("Recommended"),
    "submitted": _("Submitted"),
    "granted": _("Granted"),
    "settled": _("Settled"),
    "completed": _("Duties fulfilled"),
    "refused": _("Refused"),
    "ineligible": _("Ineligible"),
    "withdrawn": _("Withdrawn"),
    "lapsed": _("Lapsed"),
    "moved": _("Moved away"),
    "left": _("Left"),
    "cancelled": _("Permit cancelled"),
}
# All of them: where a case can stand.
CASE_STATES: dict[str, str] = {
    "received": CASE_STAGES["received"],
    "asked": _("Completion requested"),
    "answered": _("Completed"),
    "checked": _("Checked by the city"),
    "reviewed": _("Reviewed by the province"),
    **{stage: name for stage, name in CASE_STAGES.items() if stage != "received"},
}
# Where somebody waits for the next step, and what a list calls all of them.
WAITING = ("received", *INNER, "recommended", "submitted")
WAITS = {"waiting": _("Waiting for the next step")}
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


def state_of(case: Model) -> str:
    """Where a visa case stands, as ``wall.case_state`` says it."""
    stage = stage_of(case, CASE_STAGES)
    return case.inner_step or stage if stage == "received" else stage


def in_state(state: str) -> Q:
    """The visa cases that stand there."""
    if state not in {"received", *INNER}:
        return in_stage(state, CASE_STAGES)
    return in_stage("received", CASE_STAGES) & Q(inner_step="" if state == "received" else state)


def is_waiting() -> Q:
    """The visa cases that wait for their next step."""
    return reduce(or_, (in_state(state) for state in WAITING))


def state_column() -> Case:
    """The same as a column of a query over visa cases."""
    days = [stage for stage in reversed(CASE_STAGES) if stage != "received"]
    return Case(
        *(When(**{f"{stage}_on__isnull": False}, then=Value(stage)) for stage in days),
        When(inner_step="", then=Value("received")),
        default=F("inner_step"),
        output_field=CharField(),
    )
