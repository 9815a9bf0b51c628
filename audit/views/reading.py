"""What both logs have in common: who may choose what, and who somebody was on a day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from audit.models import REVIEW
from centers.models import Membership, Workspace
from centers.selectors import scope_of, workspaces_where


def choices(request: HttpRequest) -> dict[str, QuerySet]:
    """The staff and the workspaces to choose from; none for who reads the own rows alone."""
    workspaces = workspaces_where(request.user, REVIEW)
    staff = User.objects.order_by("name", "username")
    if REVIEW not in scope_of(request.user).everywhere:
        staff = staff.filter(memberships__workspace__in=workspaces).distinct()
    return {"staff": staff, "workspaces": workspaces}


def roles_of(users: Iterable[int]) -> dict[int, list[Membership]]:
    """The roles that people hold or held, by person."""
    found = defaultdict(list)
    memberships = Membership.objects.filter(user__in=set(users)).select_related("workspace")
    for membership in memberships.order_by("workspace__code", "role"):
        found[membership.user_id].append(membership)
    return found


def roles_on(held: list[Membership], day: date, workspace_id: int | None) -> list[Membership]:
    """Those of a day, in the workspace where the person worked, or in all of theirs."""
    return [
        membership
        for membership in held
        if membership.starts_on <= day
        and (membership.ends_on is None or day <= membership.ends_on)
        and workspace_id in (None, membership.workspace_id)
    ]


def codes_of(ids: Iterable[int | None]) -> dict[int, Workspace]:
    return Workspace.objects.in_bulk({pk for pk in ids if pk})
