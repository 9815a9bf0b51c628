"""Which sessions lack something that their centre wants filled in, and what it is."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import DateField, Exists, Func, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import CompletionRule, MonthClose, Session
from centers.models import Workspace
from centers.prepared import prepared
from centers.selectors import workspaces_where

KOREAN = "ko"
# What a centre may ask for, and when it is missing. A note in Korean is its own summary.
ASKED: dict[str, str] = {
    "summary": _("Summary in Korean"),
    "outcome": _("Outcome"),
    "minutes": _("Minutes"),
    "caller": _("Caller"),
    "interpretation": _("Interpretation"),
    "urgency": _("Urgency"),
    "residence": _("Place of residence"),
}
MISSING: dict[str, Q] = {
    # The note is in its own language where it says so, else in that of the session.
    "summary": Q(summary="")
    & (Q(note_language__isnull=False) & ~Q(note_language=KOREAN) | Q(note_language=None) & ~Q(language=KOREAN)),
    **{name: Q(**{f"{name}__isnull": True}) for name in ASKED if name != "summary"},
}
BY_DEFAULT = ("summary",)
COMPLETED_WITHIN = 92  # days for which the start page asks for what a session lacks: a quarter


def signed_off_by(user: User) -> list[Workspace]:
    """The centres whose sessions the person reads and signs off."""
    signed = workspaces_where(user, "accept_activities").filter(pk__in=workspaces_where(user, "work_sessions"))
    return list(signed.order_by("code"))


def rules_of(viewer: User) -> dict[int, list[str]]:
    """What each centre asks for that has said so, by its id."""
    return dict(_rules(viewer))


@prepared
def _rules(viewer: User) -> QuerySet:
    return CompletionRule.objects.visible_to(viewer).values_list("workspace", "fields")


def incomplete(rules: dict[int, list[str]]) -> Q:
    """The sessions that lack something. False for all where nothing is asked for anywhere.

    A month that is closed lacked nothing of what was asked for then: a rule that came later asks nothing of it.
    """
    return _lacking(rules) & ~Exists(_closed_over(OuterRef("workspace"), OuterRef("held_on")))


def _closed_over(place: OuterRef, day: OuterRef) -> QuerySet:
    """The closed month of a centre in which a day lies."""
    month = Func(day, template="date_trunc('month', %(expressions)s)::date", output_field=DateField())
    return MonthClose.objects.standing().filter(workspace=place, month=month)


def _lacking(rules: dict[int, list[str]]) -> Q:
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, fields in rules.items():
        places[tuple(fields)].append(place)
    found = Q(pk__in=[])
    for fields, here in places.items():
        if fields:
            found |= Q(workspace__in=here) & _any_missing(fields)
    return found | ~Q(workspace__in=list(rules)) & _any_missing(BY_DEFAULT)


def _any_missing(fields: Iterable[str]) -> Q:
    missing = Q()
    for field in fields:
        missing |= MISSING[field]
    return missing


def to_complete(viewer: User, rules: dict[int, list[str]], since: date | None = None) -> QuerySet[Session]:
    """One's own sessions that lack something, the oldest first: their month closes first. ``since`` leaves out those
    held before a day.
    """
    rows = Session.objects.visible_to(viewer).filter(incomplete(rules), voided_at=None, counsellor=viewer)
    return (rows.filter(held_on__gte=since) if since else rows).order_by("held_on", "pk")


def still_missing(session: Session, viewer: User) -> list[tuple[str, str]]:
    """What the session is to be completed with: nothing any more once its month is closed."""
    missing = missing_of(session, rules_of(viewer))
    closed = missing and MonthClose.objects.visible_to(viewer).holds([session.workspace], [session.held_on])
    return [] if closed else missing


def missing_of(session: Session, rules: dict[int, list[str]]) -> list[tuple[str, str]]:
    """Name and label of each field that the session lacks."""
    asked = rules.get(session.workspace_id, BY_DEFAULT)
    return [(name, str(ASKED[name])) for name in asked if _lacks(session, name)]


def _lacks(session: Session, name: str) -> bool:
    if name == "summary":
        return not session.summary and (session.note_language_id or session.language_id) != KOREAN
    return getattr(session, Session._meta.get_field(name).attname) is None
