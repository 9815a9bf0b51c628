"""Which roles meet in one person though they are kept apart (``Separation``)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from audit.models import REVIEW
from centers.models import Membership, Separation
from centers.rights import GRANT, grantable, standing
from centers.selectors import scope_of


@dataclass(frozen=True)
class Meeting:
    """Two roles of one person on the same days, and why they are kept apart."""

    apart: Separation
    one: Membership
    other: Membership

    @property
    def declaration(self) -> str:
        """Why one person holds both, as it was said; empty where nobody did."""
        return self.one.declaration or self.other.declaration


def kept_apart() -> dict[frozenset[str], Separation]:
    return {apart.roles: apart for apart in Separation.objects.standing().of_roles()}


def met_by(user: User, role: str, first: date, last: date | None) -> list[tuple[Separation, Membership]]:
    """The roles the person holds on some of these days that are kept apart from this one, the strict ones first."""
    rules = kept_apart()
    held = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gte=first), user=user).select_related("workspace")
    if last:
        held = held.filter(starts_on__lte=last)
    met = [(rules[pair], other) for other in held if (pair := frozenset({role, other.role})) in rules]
    return sorted(met, key=lambda found: not found[0].refused)


def meetings_of(memberships: Iterable[Membership]) -> list[Meeting]:
    """Those among these memberships, which are all of one day."""
    rules, held = kept_apart(), defaultdict(list)
    for membership in memberships:
        held[membership.user_id].append(membership)
    return [
        Meeting(rules[pair], one, other)
        for of_one in held.values()
        for one, other in combinations(of_one, 2)
        if (pair := frozenset({one.role, other.role})) in rules
    ]


def meetings_today(user: User) -> list[Meeting]:
    """All meetings of today for who reads the whole province; else those of people to whom the reader grants roles."""
    held = standing(Membership.objects.select_related("user", "workspace"), "today", today=timezone.localdate())
    if not {GRANT, REVIEW} & scope_of(user).everywhere:
        held = held.filter(user__in=grantable(user).values("user"))
    return meetings_of(held)
