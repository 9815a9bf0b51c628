"""What a month of a centre was closed by, beside what the same counts now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from cases.completion import ASKED, BY_DEFAULT, incomplete, rules_of
from cases.models import MonthClose, Session, SessionClient
from centers.listing.filters import in_month
from centers.models import Workspace


@dataclass(frozen=True)
class MonthCount:
    """A month of a centre as it counts now; ``asked`` is what the centre asks of a session."""

    sessions: int
    visits: int
    people: int
    lacking: int
    asked: tuple[str, ...]


@dataclass(frozen=True)
class Compared:
    """One thing at the closing (empty where it was not kept then) and now."""

    label: str
    then: int | str
    now: int | str

    @property
    def differs(self) -> bool:
        return self.then not in ("", self.now)


def counted(viewer: User, center: Workspace, first: date) -> MonthCount:
    """The month that begins on a day, as the viewer reads it."""
    rules = rules_of(viewer)
    rows = Session.objects.visible_to(viewer).filter(in_month("held_on", first), workspace=center, voided_at=None)
    others = SessionClient.objects.visible_to(viewer).filter(in_month("held_on", first), workspace=center)
    others = others.filter(session__voided_at=None)
    people = rows.exclude(person=None).values("person").union(others.values("person"))
    numbers = rows.aggregate(sessions=Count("pk"), visits=Sum("clients", default=0))
    asked = tuple(rules.get(center.pk, BY_DEFAULT))
    return MonthCount(people=people.count(), lacking=rows.filter(incomplete(rules)).count(), asked=asked, **numbers)


def in_words(asked: Iterable[str] | None) -> str:
    """What a centre asks of a session; nothing where it was not kept."""
    if asked is None:
        return ""
    return ", ".join(str(ASKED[name]) for name in asked if name in ASKED) or _("nothing more")


def compared(row: MonthClose, month: MonthCount) -> list[Compared]:
    """The closing beside the month as it is now. Nothing was missing at the closing: a month is not closed before."""
    return [
        Compared(_("Sessions"), row.sessions, month.sessions),
        Compared(_("Clients in sessions (visits)"), _kept(row.visits), month.visits),
        Compared(_("Distinct persons"), _kept(row.people), month.people),
        Compared(_("To be completed"), 0, month.lacking),
        Compared(_("What a session needs"), in_words(row.asked), in_words(month.asked)),
    ]


def _kept(number: int | None) -> int | str:
    return "" if number is None else number
