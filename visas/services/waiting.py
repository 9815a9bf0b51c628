from django.db import transaction

from accounts.models import User
from audit.models import Action
from audit.services import record
from visas.models import VisaCase, WaitingMove
from visas.models.row import of_case


@transaction.atomic
def move(case: VisaCase, *, actor: User, place: int | None, reason: str) -> WaitingMove:
    """Give a case a place in the waiting list by hand, or with none put it back where the rule has it."""
    row = WaitingMove.objects.create(**of_case(case), place=place, reason=reason, actor=actor)
    record(Action.WAITING_MOVED, actor=actor, target=case, workspace_id=case.workspace_id, place=place)
    return row
