from django.db import models
from django.utils.translation import gettext_lazy as _

from centers.models import Workspace
from centers.querysets import scoped


class MonthlyActivity(models.Model):
    """The monthly summary: counts of ``kpi_activity`` of one workspace and month, split one way at a time.

    ``dimension`` is the way it is split (``""`` the whole, ``language``, ``channel``, ``topic``, …) and ``value``
    the code in it; the values of one dimension add to the whole. ``records`` are 건수, ``quantity`` the kind's own
    measure (clients of sessions, participants, nights, won), ``minutes`` those of sessions.
    """

    month = models.DateField(_("month"))
    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=30)
    dimension = models.CharField(_("split by"), max_length=20, blank=True)
    value = models.CharField(_("code"), max_length=60, blank=True)
    records = models.BigIntegerField(_("records"))
    quantity = models.BigIntegerField(_("quantity"))
    minutes = models.BigIntegerField(_("minutes"), default=0)

    objects = scoped("view_figures").as_manager()

    class Meta:
        verbose_name = _("monthly count")
        verbose_name_plural = _("monthly counts")
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "month", "kind", "dimension", "value"], name="monthly_activity_once"
            ),
        ]
        indexes = [models.Index(fields=["month", "kind", "dimension"], name="monthly_activity_by_month")]

    def __str__(self):
        return f"{self.month:%Y-%m} {self.workspace_id} {self.kind} {self.dimension}={self.value}"


class MonthlyPerson(models.Model):
    """Who was counted in a month: distinct persons do not add up over months, so the months keep them."""

    month = models.DateField(_("month"))
    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=30)
    person_id = models.BigIntegerField()

    objects = scoped("view_figures").as_manager()

    class Meta:
        verbose_name = _("person of a month")
        verbose_name_plural = _("persons of a month")
        constraints = [
            models.UniqueConstraint(fields=["workspace", "month", "kind", "person_id"], name="monthly_person_once"),
        ]
        indexes = [models.Index(fields=["kind", "month", "person_id"], name="monthly_person_by_kind")]

    def __str__(self):
        return f"{self.month:%Y-%m} {self.workspace_id} {self.kind} #{self.person_id}"


class DirtyMonth(models.Model):
    """A mark: records of this workspace and month have changed since they were counted.

    Rows are only added (by triggers) and taken away (by the recount). Two marks of one month do no harm;
    one mark shared between writers lost updates.
    """

    workspace_id = models.IntegerField()
    month = models.DateField(_("month"))

    class Meta:
        verbose_name = _("month to recount")
        verbose_name_plural = _("months to recount")
        indexes = [models.Index(fields=["workspace_id", "month"], name="dirty_month_by_month")]

    def __str__(self):
        return f"{self.month:%Y-%m} {self.workspace_id}"
