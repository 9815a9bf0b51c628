"""Workplaces and contracts of clients, as they are entered and corrected."""

from django.db import transaction
from django.utils import timezone

from cases.models import Client, Employer, Employment
from centers.models import Workspace
from centers.scope import settle_constraints


@transaction.atomic
def keep_employer(*, workspace: Workspace, told: dict) -> Employer:
    """A workplace as it was told; the one with this business registration number where the workspace knows it.

    Raises IntegrityError where the database refuses.
    """
    number = told.get("business_number")
    known = number and Employer.objects.filter(workspace=workspace, business_number=number).first()
    return known or Employer.objects.create(workspace=workspace, **told)


@transaction.atomic
def employ(*, client: Client, employer: Employer | None, told: dict, new_employer: dict) -> Employment:
    """Put a contract of a client on record, with a workplace that is known or with a new one.

    Raises IntegrityError where the database refuses: a second contract with one workplace on one day.
    """
    employer = employer or keep_employer(workspace=client.workspace, told=new_employer)
    row = Employment.objects.create(
        workspace_id=client.workspace_id, client=client, person_id=client.person_id, employer=employer,
        recorded_on=timezone.localdate(), **told,
    )  # fmt: skip
    settle_constraints()
    return row


@transaction.atomic
def correct(row: Employer | Employment, told: dict) -> None:
    """Change what is told of a workplace or a contract; what it was stays in its history."""
    for name, value in told.items():
        setattr(row, name, value)
    row.save(update_fields=list(told))
    settle_constraints()
