"""What the province enters on universities: from when to when each takes part, and its majors."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.models import Action
from audit.services import record
from centers.models import Major, UniversityPeriod


@transaction.atomic
def enter_period(*, actor: User, **told) -> UniversityPeriod:
    """Keep a period of a university. Raises ValidationError where another runs on some of its days."""
    row = UniversityPeriod(entered_by=actor, **told)
    row.full_clean()
    row.save()
    _record(actor, row, standing=row.standing, starts_on=f"{row.starts_on}", ends_on=_day(row.ends_on))
    return row


@transaction.atomic
def end_period(row: UniversityPeriod, *, actor: User, ends_on: date | None) -> UniversityPeriod:
    """Give a period its last day, another one, or none. Raises ValidationError as ``enter_period`` does."""
    row = UniversityPeriod.objects.select_for_update(of=("self",)).get(pk=row.pk)
    before, row.ends_on = row.ends_on, ends_on
    row.full_clean()
    row.save(update_fields=["ends_on"])
    _record(actor, row, before=_day(before), ends_on=_day(ends_on))
    return row


@transaction.atomic
def withdraw_period(row: UniversityPeriod, *, actor: User, reason: str) -> None:
    """A period that was entered wrongly holds no more and stays in sight."""
    row.withdrawn_on, row.withdrawn_why = timezone.localdate(), reason
    row.save(update_fields=["withdrawn_on", "withdrawn_why"])
    _record(actor, row, withdrawn=True)


@transaction.atomic
def keep_major(row: Major, *, actor: User) -> Major:
    """Write a new or changed major. Raises ValidationError where the university has it already."""
    row.full_clean()
    row.save()
    _record(actor, row, degree=row.degree, offered_to=_day(row.offered_to))
    return row


def _record(actor: User, row: UniversityPeriod | Major, **data) -> None:
    record(Action.UNIVERSITY_CHANGED, actor=actor, target=row, workspace_id=row.workspace_id, **data)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
