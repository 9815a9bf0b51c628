"""Who can be counselled together with a client: their family, and whoever else has a file at the same centre."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from cases.families import households_of
from cases.listings.people import living_files, named_with_number, number_of, read_names
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
    ids = [*family_of(viewer, client), *ids_of(named)][:MOST]
    rows = may_join(viewer, client).prefetch_related("names").in_bulk(ids)
    return [rows[pk] for pk in dict.fromkeys(ids) if pk in rows]


def ids_of(named: Iterable[str]) -> list[int]:
    """The ids among what was sent, each once."""
    numbers = (int(one) for one in named if one.isascii() and one.isdecimal())
    return [pk for pk in dict.fromkeys(numbers) if pk < 2**63]


def why_not(viewer: User, client: Client, named: Iterable[str]) -> list[str]:
    """Of those that are named, why each that cannot stand beside the client in a session is left out, in sentences."""
    ids = ids_of(named)
    there = set(may_join(viewer, client).filter(pk__in=ids).values_list("pk", flat=True))
    left = [pk for pk in ids if pk not in there]
    living = living_files([*left, client.pk], viewer)
    read_names(set(living.values()), viewer)
    asked = Client.objects.visible_to(viewer).in_bulk(left)
    return [_why_not(asked.get(pk), living.get(pk), client) for pk in left]


def _why_not(file: Client | None, living: Client | None, client: Client) -> str:
    if file is None or living is None:
        return _("A file that is not open to you was ticked and is left out: look at the number of clients, and save.")
    if file == client:
        told = _("%(who)s is the client of this session already and is left out: look at the number of clients.")
    elif living == client:
        told = _(
            "File %(number)s was merged meanwhile into that of %(who)s, who is the client of this session, and is "
            "left out: look at the number of clients, and save."
        )
    elif file != living:
        told = _(
            "File %(number)s was merged meanwhile into that of %(who)s and is left out: add that one, if they were "
            "there, and save."
        )
    else:
        told = _("%(who)s has no file at %(center)s and is left out: open one for them there, if they were there.")
    return told % {"who": named_with_number(living), "number": number_of(file), "center": client.workspace}
