"""Who belongs to a household: added, corrected, taken out, and taken back."""

from datetime import date

from django.db import models, transaction
from django.utils import timezone

from accounts.models import User
from audit.models import Action
from audit.services import record
from cases.models import Client, ClientMerge, FamilyLink, Household, Relation
from centers.scope import settle_constraints


@transaction.atomic
def add_member(
    *, principal: Client, client: Client, relation: Relation, actor: User, entered_on: date | None = None
) -> FamilyLink:
    """Put somebody into the household of a principal, which is made where there is none.

    Raises IntegrityError where the database refuses: two files of two workspaces, or one who is there already.
    """
    link = FamilyLink.objects.create(
        workspace_id=principal.workspace_id,
        household=_household_of(principal),
        client=client,
        person_id=client.person_id,
        relation=relation,
        entered_on=entered_on,
        recorded_on=timezone.localdate(),
    )
    return _put_on_record(link, actor, "added")


def hold_household(principal: int) -> None:
    """Keep the household of a client as it is until the transaction ends, whether it is there already or not: what a
    form finds there afterwards still holds when it is written.

    Raises Client.DoesNotExist for who may not change the file.
    """
    Client.objects.select_for_update(of=("self",), no_key=True).get(pk=principal)


@transaction.atomic
def change_member(link: FamilyLink, *, relation: Relation, entered_on: date | None, actor: User) -> FamilyLink:
    """Correct what is told of a member; what it was stays in the history. Raises IntegrityError as above."""
    link.relation, link.entered_on = relation, entered_on
    link.save(update_fields=["relation", "entered_on"])
    return _put_on_record(link, actor, "changed")


@transaction.atomic
def change_principal(
    to: FamilyLink, *, relations: dict[int, Relation], relation_of_former: Relation, actor: User
) -> Household:
    """Let a member be the principal (대표) of their household, and who was it a member.

    ``relations`` says by the ids of the other links how each is related to the new principal. What each link was stays
    in the history. Raises IntegrityError where the database refuses: the new principal heads a household already, or
    somebody settled under the permit of the former one.
    """
    household = Household.objects.select_for_update().get(pk=to.household_id)
    former, new = household.principal, to.client
    household.principal, household.principal_person_id = new, new.person_id
    household.save(update_fields=["principal", "principal_person"])
    to.client, to.person_id, to.relation = former, former.person_id, relation_of_former
    to.status, to.entered_on = former.status, None
    to.save(update_fields=["client", "person", "relation", "status", "entered_on"])
    for link in household.links.exclude(pk=to.pk):
        link.relation = relations[link.pk]
        link.save(update_fields=["relation"])
    _put_on_record(to, actor, "principal")
    return household


@transaction.atomic
def remove_member(link: FamilyLink, *, actor: User) -> None:
    """Take somebody out of a household; what was on record of it stays in the history, and can be taken back.

    Raises IntegrityError where the day of settling is counted, or where another record hangs on it.
    """
    _put_on_record(link, actor, "removed")
    link.delete()
    settle_constraints()


@transaction.atomic
def restore_member(was: models.Model, *, actor: User) -> FamilyLink:
    """Put a member back as they were when they were taken out; a file merged away meanwhile by the one that lives on.

    Where a merge had brought them to the household and was undone since, they go back to the file they came from.
    ``was`` is the former state in the history. Raises IntegrityError where they are there again.
    """
    principal, client = _before_merges(was)
    link = FamilyLink.objects.create(
        pk=was.pgh_obj_id,
        workspace_id=client.workspace_id,
        ref=was.ref,
        household=_household_of(principal),
        client=client,
        person_id=client.person_id,
        relation_id=was.relation_id,
        status_id=was.status_id,
        entered_on=was.entered_on,
        recorded_on=was.recorded_on,
        recorded_at=was.recorded_at,
    )
    return _put_on_record(link, actor, "restored")


def _before_merges(was: models.Model) -> tuple[Client, Client]:
    """Principal and member of a former link, without the merges that were undone after it was taken out."""
    ends = {"household_id": was.household.principal, "client_id": was.client}
    undone = ClientMerge.objects.filter(workspace=was.workspace_id, parted_at__isnull=False).order_by("-pk")
    for merge in undone.filter(kept_id__in=[end.pk for end in ends.values()]):
        for piece in merge.moved["rows"]:
            moved = piece["place"] == FamilyLink._meta.db_table and was.pgh_obj_id in piece["ids"]
            if moved and ends[piece["key"]].pk == merge.kept_id:
                ends[piece["key"]] = Client.objects.get(pk=merge.absorbed_id)
    return lives_on(ends["household_id"]), lives_on(ends["client_id"])


def lives_on(client: Client) -> Client:
    """The file itself, or the one into which it was merged."""
    while client.merged_into_id:
        client = client.merged_into
    return client


def _household_of(principal: Client) -> Household:
    household, _made = Household.objects.get_or_create(
        workspace_id=principal.workspace_id,
        principal=principal,
        defaults={"principal_person_id": principal.person_id},
    )
    return household


def _put_on_record(link: FamilyLink, actor: User, change: str) -> FamilyLink:
    settle_constraints()
    record(Action.HOUSEHOLD_CHANGED, actor=actor, target=link, workspace_id=link.workspace_id, change=change)
    return link
