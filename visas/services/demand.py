from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.models import Action
from audit.services import record
from visas.models import DemandSurvey


@transaction.atomic
def enter_demand(*, actor: User, **told) -> DemandSurvey:
    """Keep what a survey found. Raises ValidationError for what is missing or too long, IntegrityError for a survey
    that stands already.
    """
    row = DemandSurvey(entered_by=actor, **told)
    row.full_clean(validate_constraints=False)
    row.save()
    record(Action.DEMAND_ENTERED, actor=actor, target=row, municipality=row.municipality_id, year=row.year)
    return row


@transaction.atomic
def withdraw_demand(row: DemandSurvey, *, actor: User, reason: str) -> None:
    """A survey that turned out wrong counts no more and stays to be seen."""
    row.withdrawn_on, row.withdrawn_why = timezone.localdate(), reason
    row.save(update_fields=["withdrawn_on", "withdrawn_why"])
    record(Action.DEMAND_ENTERED, actor=actor, target=row, municipality=row.municipality_id, withdrawn=True)
