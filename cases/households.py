"""Households as they are changed on a page: whose they are, who can join, and who was taken out lately."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from cases.companions import family_of, may_join
from cases.families import households_of
from cases.models import Client, FamilyLink, Household
from cases.search import Results, search
from centers.prepared import prepared
from centers.selectors import scope_of

RESTORABLE = timedelta(days=7)
SHOWN = 12  # of those who fit; more of the name narrows them
TAKEN_OUT = "delete"  # the label of the history for it


@dataclass(frozen=True)
class Found:
    """Who fits what was looked for and can join the household. ``problem`` says why nobody was looked for."""

    clients: list[Client]
    problem: str = ""
    more: bool = False


def find_members(viewer: User, client: Client, text: str) -> Found:
    """The files of the same workspace that fit and are not in the household yet, the best first; the text leaves no
    trace.
    """
    results: Results = search(viewer, text)
    fitting = {row.pk for row in results.clients} - set(family_of(viewer, client))
    joinable = set(may_join(viewer, client).filter(pk__in=fitting).values_list("pk", flat=True))
    rows = [row for row in results.clients if row.pk in joinable]
    return Found(rows[:SHOWN], results.problem, results.more or len(rows) > SHOWN)


def joined_by(viewer: User, client: Client) -> Household | None:
    """The household of its own workspace that the client belongs to, the one that it heads first; none if in none."""
    rows = [row for row in households_of([client.pk], viewer) if row.workspace_id == client.workspace_id]
    return min(rows, key=lambda row: (row.principal_id != client.pk, row.pk), default=None)


def taken_out(viewer: User, client: Client) -> list[Model]:
    """Who was taken out of a household of the client lately, and the client where they were: each as they were last.

    They are former states of links, from the history; who is there again is left out.
    """
    told = {"client": client.pk, "workspace": client.workspace_id, "since": first_restorable()}
    rows = lately_taken_out(viewer, **told)
    return list({row.pgh_obj_id: row for row in rows}.values())


def first_restorable() -> datetime:
    """From when on somebody taken out of a household is offered to be put back."""
    return timezone.now() - RESTORABLE


@prepared
def lately_taken_out(viewer: User, *, client: int, workspace: int, since: datetime) -> QuerySet:
    about = Q(client=client) | Q(household__principal=client)
    about |= Q(client__merged_into=client) | Q(household__principal__merged_into=client)
    return former_members(viewer).filter(about, workspace=workspace, pgh_created_at__gte=since).order_by("pgh_id")


def former_members(viewer: User) -> QuerySet:
    """Those who were taken out of households that the viewer may read, and are not there again."""
    links = FamilyLink.objects.all()
    events = FamilyLink._meta.get_field("events").related_model.objects.filter(pgh_label=TAKEN_OUT)
    again = links.filter(Q(pk=OuterRef("pgh_obj_id")) | Q(household=OuterRef("household"), client=OuterRef("client")))
    events = events.exclude(Exists(again)).select_related("client", "household__principal", "relation")
    scope, permission = scope_of(viewer), links.view_permission
    return events if permission in scope.everywhere else events.filter(workspace_id__in=scope.of(permission))
