"""A centre's month of counselling: closed by its manager when nothing is missing, and opened again for a reason."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import Action
from audit.services import record
from cases.models import MonthClose
from centers.models import Workspace
from centers.scope import settle_constraints


def outside_of(workspace: Workspace, month: date) -> str:
    """Why the centre has no such month, in words: it counted nothing yet, or no more. Empty where it has one."""
    if workspace.counts_from is None:
        return _("The centre is not in operation: check its code, or ask the province to enter its first day.")
    if month < workspace.counts_from.replace(day=1):
        told = _("The centre counts from %(day)s on: no month before that is closed.")
        return told % {"day": workspace.counts_from.isoformat()}
    if workspace.ended_on and month > workspace.ended_on:
        told = _("The centre closed on %(day)s: no month after that is closed.")
        return told % {"day": workspace.ended_on.isoformat()}
    return ""


@transaction.atomic
def close_month(*, actor: User, workspace: Workspace, month: date, document: str = "") -> MonthClose:
    """Close the month that begins on a day.

    Raises ValidationError where the centre has no such month (``outside_of``; the database holds it as
    ``month_within_operation``), and IntegrityError where it is not over (``month_is_over``), a session lacks what the
    centre asks for (``month_lacks_nothing``), or it is closed already (``month_closed_once``).
    """
    if said := outside_of(workspace, month):
        raise ValidationError(said)
    row = MonthClose.objects.create(workspace=workspace, month=month, document=document, closed_by=actor)
    settle_constraints()
    row.refresh_from_db()
    told = {"month": f"{month:%Y-%m}", "sessions": row.sessions, "document": document}
    record(Action.MONTH_CLOSED, actor=actor, target=row, workspace_id=row.workspace_id, **told)
    return row


@transaction.atomic
def open_month(row: MonthClose, *, actor: User, reason: str) -> None:
    """Let sessions of the month be written as those of any other. Raises IntegrityError without a reason."""
    row.opened_by, row.opened_at, row.open_reason = actor, timezone.now(), reason
    row.save(update_fields=["opened_by", "opened_at", "open_reason"])
    settle_constraints()
    told = {"month": f"{row.month:%Y-%m}", "reason": reason}
    record(Action.MONTH_OPENED, actor=actor, target=row, workspace_id=row.workspace_id, **told)


def say_why(reason: str) -> None:
    """What this transaction writes into a closed month it writes for this reason; the rows keep it too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('wall.change_reason', %s, true)", [reason])
