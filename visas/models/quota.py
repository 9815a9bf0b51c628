from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from centers.models.municipality import Term
from visas.models.programme import VisaProgramme


class QuotaPool(Term):
    """A number of places (쿼터) that one or several programmes share over a period.

    ``capacity`` is what the ledger holds today (null: no number is known), ``taken`` the live recommended
    cases, ``excepted`` those of them that history let in beyond the ledger. A trigger alone keeps the three;
    the row holds no personal data, so it counts over all workspaces. ``ends_on`` is the last day.
    """

    programmes = models.ManyToManyField(VisaProgramme, related_name="pools", through="PoolProgramme")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    capacity = models.IntegerField(_("capacity"), null=True, editable=False)
    taken = models.IntegerField(_("taken"), default=0, db_default=0, editable=False)
    excepted = models.IntegerField(_("beyond the ledger"), default=0, db_default=0, editable=False)

    class Meta(Term.Meta):
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(taken__lte=F("capacity") + F("excepted")),
                name="quota_not_exceeded",
                violation_error_message=_("The quota is full: no place is left in this period."),
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="quota_ends_after_it_starts"),
        ]


class PoolProgramme(models.Model):
    pool = models.ForeignKey(QuotaPool, models.PROTECT, related_name="+")
    programme = models.ForeignKey(VisaProgramme, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("programme of a quota")
        verbose_name_plural = _("programmes of quotas")
        constraints = [models.UniqueConstraint(fields=["pool", "programme"], name="pool_programme_once")]

    def __str__(self):
        return f"{self.pool_id} {self.programme_id}"


class QuotaEntry(models.Model):
    """A line of a quota's ledger: a grant or a supplement of ``amount`` places from a day on. Append-only."""

    pool = models.ForeignKey(QuotaPool, models.PROTECT, related_name="entries")
    effective_on = models.DateField(_("effective on"))
    amount = models.IntegerField(_("places"))
    document = models.CharField(_("document number"), max_length=100, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("quota entry")
        verbose_name_plural = _("quota entries")
        ordering = ["pool", "effective_on", "id"]

    def __str__(self):
        return f"{self.pool_id} {self.effective_on} {self.amount:+d}"


class RuleException(models.Model):
    """A recorded exception to a hard rule: history that happened although the rule forbids it, and why it stands."""

    rule = models.CharField(_("rule"), max_length=60)
    reason = models.CharField(_("reason"), max_length=300)
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")

    def __str__(self):
        return f"{self.rule}: {self.reason}"
