"""Reference data as the province changes it, by a document."""

from datetime import date

from django.db import transaction

from accounts.models import User
from audit.models import Action
from audit.services import record
from centers.scope import settle_constraints
from visas.models import Decision, Reference


@transaction.atomic
def decide(
    *, book: Reference, key: str, told: dict, from_on: date, document: str, decided_on: date, source: str, actor: User
) -> Decision:
    """Decide what a row of reference data says from a day on: ``told`` has all that is decided of it.

    What was made before stays as it was made. Raises IntegrityError for a day before the last decision or, but of a
    table of points, to come; for what the row does not have; and for who is not the province.
    """
    row = Decision.objects.create(
        book=book, key=key, told=told, from_on=from_on, document=document, decided_on=decided_on, source=source,
        entered_by=actor,
    )  # fmt: skip
    settle_constraints()
    record(Action.REFERENCE_DECIDED, actor=actor, target=row, book=book, key=key, document=document)
    return Decision.objects.get(pk=row.pk)
