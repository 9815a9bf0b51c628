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
    client: Client | None = None,
    **told,
) -> FamilyLink:
    """Link somebody who came with the principal to the principal's household, by their file or by a new one.

    ``client`` is the file that they have here already: what it says of them stays, but for a status and a
    municipality that are told. ``told`` are ``nationality``, ``birth_date`` and ``sex`` of a new one. Raises
    IntegrityError where the database refuses: who settles before the principal's permit or before entering.
    """
    today = timezone.localdate()
    if client is None:
        client = _new_file(case, name, status=status, municipality=municipality, recorded_on=today, **told)
    else:
        _move(client, status or client.status, municipality or client.municipality)
    household, _made = Household.objects.get_or_create(
        workspace_id=case.workspace_id, principal_id=case.client_id, defaults={"principal_person_id": case.person_id}
    )
    link = FamilyLink.objects.create(
        workspace_id=case.workspace_id,
        household=household,
        client=client,
        person_id=client.person_id,
        relation=relation,
        status=status,
        entered_on=entered_on,
        settled_on=settled_on,
        recorded_on=today,
    )
    settle_constraints()
    return link


def _new_file(case: VisaCase, name: str, **told) -> Client:
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id FROM wall.persons_for(ARRAY[NULL]::bytea[])")
        person = cursor.fetchone()[0]
    client = Client.objects.create(workspace_id=case.workspace_id, person_id=person, **told)
    ClientName.objects.create(workspace_id=case.workspace_id, client=client, kind=NameKind.ROMAN, text=name)
    return client


def _move(client: Client, status: StatusCode | None, municipality: Municipality | None) -> None:
    client.status, client.municipality = status, municipality
    client.save(update_fields=["status", "municipality"])


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
    _move(link.client, status, municipality)
    settle_constraints()
