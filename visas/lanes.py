"""The lanes of the board: what a visa case waits for, which is not always where it stands."""

from functools import reduce
from operator import or_

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from centers.models import WorkspaceKind
from visas.models import CaseStep, VisaCase
from visas.stages import in_state, state_column

# Each with the states that stand in it.
LANES: dict[str, tuple[str, tuple[str, ...]]] = {
    "received": (_("Waits for the city's check"), ("received", "answered")),
    "asked": (_("Waits for completion"), ("asked",)),
    "checked": (_("Waits for the provincial review"), ("checked",)),
    "reviewed": (_("Waits for the recommendation"), ("reviewed",)),
    "recommended": (_("Waits for the application"), ("recommended",)),
    "submitted": (_("Waits for the decision"), ("submitted",)),
    "granted": (_("Waits for the check of residence"), ("granted",)),
    "lapsed": (_("The letter has run out"), ("lapsed",)),
}
TITLES = {code: title for code, (title, _states) in LANES.items()}
ANY = "any"
# With what a list calls all of them.
ON_BOARD = {ANY: _("All on the board")} | TITLES


def on_board() -> Q:
    """The visa cases that stand in one of the lanes."""
    return reduce(or_, (in_state(state) for _title, states in LANES.values() for state in states))


def with_lane(rows: QuerySet[VisaCase]) -> QuerySet[VisaCase]:
    """Each with the state in whose lane it is shown (``lane``): where it stands (``stands``), but that no city is
    waited for where none checks, or it did before.
    """
    checked = CaseStep.objects.standing().filter(case=OuterRef("pk"), kind="checked")
    to_review = Q(programme__workspace_kind=WorkspaceKind.UNIVERSITY) | Exists(checked)
    lane = Case(
        When(stands__in=("received", "answered"), to_review=True, then=Value("checked")),
        default=F("stands"),
        output_field=CharField(),
    )
    return rows.annotate(stands=state_column(), to_review=to_review).annotate(lane=lane)


def in_lane(rows: QuerySet[VisaCase], code: str) -> QuerySet[VisaCase]:
    """Those of one lane, or of all of them."""
    rows = rows.filter(on_board())
    return rows if code == ANY else with_lane(rows).filter(lane__in=LANES[code][1])
