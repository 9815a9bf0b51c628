from collections.abc import Iterable
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from cases.models.kept import staff_key, workspace_key
from centers.models import Workspace
from centers.querysets import scoped


class MonthCloseQuerySet(scoped("view_sessions")):
    def standing(self) -> "MonthCloseQuerySet":
        """Those that nobody has opened again."""
        return self.filter(opened_at=None)

    def holds(self, places: Iterable[Workspace], days: Iterable[date | str | None]) -> bool:
        """Whether the month of one of the days, also as it was typed, is closed at one of the places.

        A month that is still running is closed nowhere, and costs no look.
        """
        running = timezone.localdate().replace(day=1)
        told = [day if isinstance(day, date) else _day(day) for day in days]
        months = {day.replace(day=1) for day in told if day and day < running}
        return bool(months) and self.standing().filter(workspace__in=list(places), month__in=months).exists()


def _day(text: str | None) -> date | None:
    try:
        return parse_date(text or "")
    except ValueError:
        return None


class MonthClose(models.Model):
    """A month of counselling that the manager of a centre has closed (월 마감).

    None of its sessions lacks what the centre asks for then (``month_lacks_nothing``), and from then on each is put on
    record or corrected with a reason alone (``Session.change_reason``). A month that is opened again is a row that is
    over, and is closed by another.

    The database counts when it is closed, and the row keeps it whatever comes later (``month_close_stays``):
    ``sessions``, ``visits`` as the people who came to them (연인원) and ``people`` as the different ones of those who
    have a file (실인원); ``asked`` is what the centre asked of a session then. Months closed before these were kept
    have none. ``document`` is the number of the office's approval.
    """

    LONGEST_REASON = 200

    workspace = workspace_key(verbose_name=_("workspace"))
    month = models.DateField(_("month"))
    sessions = models.PositiveIntegerField(_("sessions"), default=0, editable=False)
    visits = models.PositiveIntegerField(_("visits"), null=True, blank=True, editable=False)
    people = models.PositiveIntegerField(_("people"), null=True, blank=True, editable=False)
    asked = ArrayField(models.CharField(max_length=20), null=True, blank=True, editable=False)
    document = models.CharField(_("document number"), max_length=100, blank=True)
    closed_by = staff_key(verbose_name=_("closed by"))
    closed_at = models.DateTimeField(_("closed at"), db_default=Now(), editable=False)
    opened_by = staff_key(verbose_name=_("opened again by"))
    opened_at = models.DateTimeField(_("opened again at"), null=True, blank=True)
    open_reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = MonthCloseQuerySet.as_manager()

    class Meta:
        verbose_name = _("closed month")
        verbose_name_plural = _("closed months")
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "month"],
                condition=Q(opened_at=None),
                name="month_closed_once",
                violation_error_message=_("This month is closed already."),
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="month_begins_on_its_first_day"),
            models.CheckConstraint(
                condition=Q(opened_at=None, open_reason="") | Q(opened_at__isnull=False) & ~Q(open_reason=""),
                name="month_opened_for_a_reason",
                violation_error_message=_("Say why the month is opened again."),
            ),
        ]

    def __str__(self):
        return f"{self.workspace_id} {self.month:%Y-%m}"
