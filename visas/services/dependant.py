from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from cases.models import Client, ClientName, FamilyLink, Household, NameKind, Relation, StatusCode
from centers.models import Municipality
from centers.scope import settle_constraints
from visas.models import VisaCase


@transaction.atomic
def add_dependant(
    *,
    case: VisaCase,
    name: str,
    relation: Relation,
    status: StatusCode | None,
    municipality: Municipality | None,
    entered_on: date | None,
    settled_on: date | None,
    **told,
) -> FamilyLink:
    """Open a file for somebody who came with the principal, and link it to the principal's household.

    ``told`` are ``nationality``, ``birth_date`` and ``sex``. Raises IntegrityError where the database refuses: a
    dependant who settles before the principal's permit or before entering.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id FROM wall.persons_for(ARRAY[NULL]::bytea[])")
        person = cursor.fetchone()[0]
    today = timezone.localdate()
    client = Client.objects.create(
        workspace_id=case.workspace_id,
        person_id=person,
        status=status,
        municipality=municipality,
        recorded_on=today,
        **told,
    )
    ClientName.objects.create(workspace_id=case.workspace_id, client=client, kind=NameKind.ROMAN, text=name)
    household, _made = Household.objects.get_or_create(
        workspace_id=case.workspace_id, principal_id=case.client_id, defaults={"principal_person_id": case.person_id}
    )
    link = FamilyLink.objects.create(
        workspace_id=case.workspace_id,
        household=household,
        client=client,
        person_id=person,
        relation=relation,
        status=status,
        entered_on=entered_on,
        settled_on=settled_on,
        recorded_on=today,
    )
    settle_constraints()
    return link


@transaction.atomic
def change_dependant(
    link: FamilyLink,
    *,
    relation: Relation,
    status: StatusCode | None,
    municipality: Municipality | None,
    entered_on: date | None,
    settled_on: date | None,
) -> None:
    """Correct what is known of a dependant; what it was stays in the history. Raises IntegrityError as above."""
    link.relation, link.status, link.entered_on, link.settled_on = relation, status, entered_on, settled_on
    link.save(update_fields=["relation", "status", "entered_on", "settled_on"])
    link.client.status, link.client.municipality = status, municipality
    link.client.save(update_fields=["status", "municipality"])
    settle_constraints()
