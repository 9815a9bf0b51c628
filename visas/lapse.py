"""Letters that run out: whom a workspace is reminded of, and which cases stand as lapsed."""

from datetime import date, timedelta

from django.db.models import DateField, F, Q, QuerySet, Value
from django.utils import timezone

from accounts.models import User
from visas.models import VisaCase
from visas.stages import in_state

ONE_DAY = timedelta(days=1)


def running_out(viewer: User, today: date) -> QuerySet[VisaCase]:
    """The cases whose letter ends within the days of warning of their programme, and which nobody has applied with."""
    near = VisaCase.objects.visible_to(viewer).filter(runs_out(today))
    return near.select_related("programme", "municipality").order_by("letter_valid_until", "pk")


def runs_out(today: date) -> Q:
    """That the letter of a case ends within the days of warning, and that nobody has applied with it."""
    warned = Value(today, DateField()) + ONE_DAY * F("programme__letter_reminder_days")
    return in_state("recommended") & Q(letter_valid_until__isnull=False, letter_valid_until__lte=warned)


def run_out(workspace_id: int) -> QuerySet[VisaCase]:
    """The cases of a workspace whose letter has run out without an application on record."""
    rows = VisaCase.objects.filter(in_state("recommended"), workspace=workspace_id)
    return rows.filter(letter_valid_until__lt=timezone.localdate()).order_by("pk")
