"""A client's file as a page shows it: who they are, how long they stay, and which other files there are on them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from cases.models import Client, Stay
from centers.prepared import prepared
from centers.selectors import scope_of


def files_of(client: Client, viewer: User) -> tuple[Client, ...]:
    """The file itself, then those on the same person in the viewer's own workspaces.

    Identities are compared within the workspaces that the viewer works in, and there alone: who may read a file
    because it is shared with them learns nothing of others.
    """
    own = scope_of(viewer).of("view_clients")
    if client.workspace_id not in own:
        return (client,)
    return (client, *_others(viewer, person=client.person_id, file=client.pk))


@prepared
def _others(viewer: User, *, person: int, file: int) -> QuerySet[Client]:
    own = scope_of(viewer).of("view_clients")
    others = Client.objects.visible_to(viewer).filter(person=person, workspace__in=own, merged_into=None)
    return others.exclude(pk=file).order_by("pk")


@dataclass(frozen=True)
class StayShown:
    stay: Stay
    here: bool
    nights: int


@prepared
def stays_of(viewer: User, *, ids: list[int]) -> QuerySet[Stay]:
    """The stays of these clients in a shelter, the latest first and the void ones too."""
    rows = Stay.objects.visible_to(viewer).filter(client__in=ids)
    return rows.select_related("bed__room").order_by("-checked_in_on", "-pk")


def stays_shown(stays: Iterable[Stay]) -> list[StayShown]:
    """Those that are not void. Nights are those that have begun."""
    today = timezone.localdate()
    return [_stay_shown(row, today) for row in stays if row.voided_at is None]


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
