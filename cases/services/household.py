"""Who belongs to a household: added, corrected, taken out, and taken back."""

from datetime import date

from django.db import models, transaction
from django.utils import timezone

from accounts.models import User
from audit.models import Action
from audit.services import record
from cases.models import Client, FamilyLink, Household, Relation
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


@transaction.atomic
def change_member(link: FamilyLink, *, relation: Relation, entered_on: date | None, actor: User) -> FamilyLink:
    """Correct what is told of a member; what it was stays in the history. Raises IntegrityError as above."""
    link.relation, link.entered_on = relation, entered_on
    link.save(update_fields=["relation", "entered_on"])
    return _put_on_record(link, actor, "changed")


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

    ``was`` is the former state in the history. Raises IntegrityError where they are there again.
    """
    principal, client = lives_on(was.household.principal), lives_on(was.client)
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
