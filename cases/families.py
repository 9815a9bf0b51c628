"""Who belongs together: the households (세대) of clients, read with all who are in them."""

from django.db.models import QuerySet

from accounts.models import User
from cases.listings.people import read_files
from cases.models import FamilyLink, Household
from centers.prepared import attach, prepared


@prepared
def _households(viewer: User, *, ids: list[int]) -> QuerySet[Household]:
    """Found by their ids: asked in one breath for what is headed or joined, the planner reads all of a workspace."""
    households = Household.objects.visible_to(viewer)
    joined = FamilyLink.objects.visible_to(viewer).filter(client__in=ids).values("household")
    headed = households.filter(principal__in=ids).values("pk")
    return households.filter(pk__in=headed.union(joined, all=True)).order_by("pk")


def households_of(ids: list[int], viewer: User) -> list[Household]:
    """The households that these clients head or belong to, with all who are in them."""
    rows = _households(viewer, ids=ids)
    if rows:
        _read_members(rows, viewer)
    return rows


@prepared
def _links(viewer: User, *, households: list[int]) -> QuerySet[FamilyLink]:
    return FamilyLink.objects.visible_to(viewer).filter(household__in=households).order_by("pk")


def _read_members(rows: list[Household], viewer: User) -> None:
    links = _links(viewer, households=[row.pk for row in rows])
    attach(rows, "links", links)
    read_files([*((row, "principal") for row in rows), *((link, "client") for link in links)], viewer)
