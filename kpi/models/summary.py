from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from centers.models import Workspace
from centers.querysets import scoped


class MonthlyActivity(models.Model):
    """The monthly summary: counts of ``kpi_activity`` of one workspace and month, split one way at a time.

    ``dimension`` is the way it is split (``""`` the whole, ``language``, ``channel``, ``topic``, …) and ``value``
    the code in it; the values of one dimension add to the whole. ``records`` are 건수, ``quantity`` the kind's own
    measure (clients of sessions, participants, won), ``minutes`` those of sessions, ``province_won`` the province's
    share of vouchers, rounded voucher by voucher. Nights are not in it: an open stay grows by itself, and stays
    are few enough to count from their rows. A function of the database alone writes it (``wall.drain``).
    """

    month = models.DateField(_("month"))
    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=30)
    dimension = models.CharField(_("split by"), max_length=20, blank=True)
    value = models.CharField(_("code"), max_length=60, blank=True)
    records = models.BigIntegerField(_("records"))
    quantity = models.BigIntegerField(_("quantity"))
    minutes = models.BigIntegerField(_("minutes"), default=0)
    province_won = models.BigIntegerField(_("share of the province (won)"), default=0)

    objects = scoped("view_figures").as_manager()

    class Meta:
        verbose_name = _("monthly count")
        verbose_name_plural = _("monthly counts")
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "month", "kind", "dimension", "value"], name="monthly_activity_once"
            ),
        ]
        indexes = [models.Index(fields=["month", "kind", "dimension", "value"], name="monthly_activity_by_code")]

    def __str__(self):
        return f"{self.month:%Y-%m} {self.workspace_id} {self.kind} {self.dimension}={self.value}"


class MonthlyPerson(models.Model):
    """Who was counted in a month: distinct persons do not add up over months, so the months keep them.

    Who came to counselling is what a session tells, so it is read by those who read sessions.
    """

    month = models.DateField(_("month"))
    # Unchecked: the recount alone writes here, from rows whose workspace is checked, and a check a row took a third.
    workspace = models.ForeignKey(Workspace, models.PROTECT, db_constraint=False, related_name="+")
    kind = models.CharField(_("kind"), max_length=30)
    person_id = models.BigIntegerField()

    objects = scoped("view_sessions").as_manager()

    class Meta:
        verbose_name = _("person of a month")
        verbose_name_plural = _("persons of a month")
        constraints = [
            models.UniqueConstraint(fields=["workspace", "month", "kind", "person_id"], name="monthly_person_once"),
        ]

    def __str__(self):
        return f"{self.month:%Y-%m} {self.workspace_id} {self.kind} #{self.person_id}"


class DirtyMonth(models.Model):
    """A mark: records of this workspace and month have changed since they were counted.

    Rows are only added (by triggers) and taken away (by the recount). Two marks of one month do no harm;
    one mark shared between writers lost updates. A mark with a client instead of a month stands for the months
    of the client's sessions, looked up when it is recounted: a session that is being saved while the client
    changes would be overlooked before. Workspace 0 stands for reference data, which no summary holds but
    which a kept answer depends on.
    """

    workspace_id = models.IntegerField()
    month = models.DateField(_("month"), null=True)
    client_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("month to recount")
        verbose_name_plural = _("months to recount")
        indexes = [models.Index(fields=["workspace_id", "month"], name="dirty_month_by_month")]
        constraints = [
            models.CheckConstraint(
                condition=Q(month=None, client_id__isnull=False) | Q(month__isnull=False, client_id=None),
                name="dirty_month_or_client",
            ),
        ]

    def __str__(self):
        return f"{self.month or 'client'} {self.workspace_id}"


class YearAnswer(models.Model):
    """The roll-up of a year as it was last worked out. It holds while nothing is marked and nothing was recounted.

    ``generation`` is the number of the last recount it has seen; every recount draws the next.
    """

    year = models.PositiveSmallIntegerField(_("year"))
    as_of = models.DateField(_("as of"))
    rule = models.CharField(max_length=40, blank=True)
    generation = models.BigIntegerField()
    answer = models.TextField()  # JSON in the order of its keys, which jsonb would lose

    class Meta:
        verbose_name = _("answer of a year")
        verbose_name_plural = _("answers of years")
        constraints = [models.UniqueConstraint(fields=["year", "as_of", "rule"], name="year_answer_once")]

    def __str__(self):
        return f"{self.year} {self.as_of} {self.rule}"
