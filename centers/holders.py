"""Who held which role on a day, for logs and lists of staff."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from centers.models import Membership, Workspace


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


def role_in_words(membership: Membership) -> str:
    return f"{membership.get_role_display()} · {membership.workspace}"


def lines(texts: Iterable[str], css: str = "") -> SafeString:
    """Texts one below the other in a cell."""
    return format_html_join("", '<div class="{}">{}</div>', ((css, text) for text in texts))


def places_of(ids: Iterable[int | None]) -> dict[int, Workspace]:
    """Workspaces by their id; of rows that name them by number alone."""
    return Workspace.objects.in_bulk({pk for pk in ids if pk})
