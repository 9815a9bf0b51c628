"""Who can be counselled together with a client: their family, and whoever else has a file at the same centre."""

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.models import User
from cases.files import households_of
from cases.models import Client

MOST = 200  # further clients of one session who are shown by name


def may_join(viewer: User, client: Client) -> QuerySet[Client]:
    """The files that can stand beside this one in a session."""
    files = Client.objects.visible_to(viewer).filter(workspace=client.workspace_id, merged_into=None)
    return files.exclude(pk=client.pk)


def family_of(viewer: User, client: Client) -> list[int]:
    """Those of the client's households who have a file at the same centre."""
    members = (
        member
        for household in households_of([client.pk], viewer)
        for member in (household.principal_id, *(link.client_id for link in household.links.all()))
    )
    return [member for member in dict.fromkeys(members) if member != client.pk]


def offered(viewer: User, client: Client, named: Iterable[str]) -> list[Client]:
    """The family, then those that are named already, in this order."""
    ids = [*family_of(viewer, client), *(int(one) for one in named if one.isascii() and one.isdecimal())]
    rows = may_join(viewer, client).prefetch_related("names").in_bulk([pk for pk in ids[:MOST] if pk < 2**63])
    return [rows[pk] for pk in dict.fromkeys(ids) if pk in rows]
