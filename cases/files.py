"""A client's file as a page shows it: who they are, with whom they came, and which other files there are on them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from cases.models import Client, ClientName, FamilyLink, Household, Stay
from centers.selectors import scope_of


def files_of(client: Client, viewer: User) -> tuple[Client, ...]:
    """The file itself, then those on the same person in the viewer's own workspaces.

    Identities are compared within the workspaces that the viewer works in, and there alone: who may read a file
    because it is shared with them learns nothing of others.
    """
    own = scope_of(viewer).of("view_clients")
    if client.workspace_id not in own:
        return (client,)
    others = Client.objects.visible_to(viewer).filter(person=client.person_id, workspace__in=own, merged_into=None)
    return (client, *others.exclude(pk=client.pk).order_by("pk"))


def households_of(ids: list[int], viewer: User) -> QuerySet[Household]:
    """The households that these clients head or belong to, with all who are in them."""
    clients = Client.objects.visible_to(viewer)
    names = ClientName.objects.visible_to(viewer).order_by("-kind", "pk")
    links = FamilyLink.objects.visible_to(viewer).order_by("pk")
    belonging = FamilyLink.objects.visible_to(viewer).filter(client__in=ids).values("household")
    rows = Household.objects.visible_to(viewer).filter(Q(principal__in=ids) | Q(pk__in=belonging))
    return rows.prefetch_related(
        Prefetch("principal", clients),
        Prefetch("principal__names", names),
        Prefetch("links", links),
        Prefetch("links__client", clients),
        Prefetch("links__client__names", names),
    )


@dataclass(frozen=True)
class StayShown:
    stay: Stay
    here: bool
    nights: int


def stays_of(ids: list[int], viewer: User) -> list[StayShown]:
    """The stays in a shelter, the latest first. Nights are those that have begun."""
    today = timezone.localdate()
    rows = Stay.objects.visible_to(viewer).filter(client__in=ids, voided_at=None)
    rows = rows.select_related("bed__room").order_by("-checked_in_on", "-pk")
    return [_stay_shown(row, today) for row in rows]


def _stay_shown(row: Stay, today: date) -> StayShown:
    here = row.checked_out_on is None or row.checked_out_on > today
    return StayShown(row, here, ((row.checked_out_on or today) - row.checked_in_on).days)


def age(born: date | None) -> int | None:
    """Whole years lived until today."""
    if born is None:
        return None
    today = timezone.localdate()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def time_left(ends_on: date | None) -> str:
    """How long it is until a day, in words; empty where no day is known."""
    if ends_on is None:
        return ""
    days = (ends_on - timezone.localdate()).days
    if days == 0:
        return _("ends today")
    if days > 0:
        return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    return ngettext("%(days)d day ago", "%(days)d days ago", -days) % {"days": -days}
