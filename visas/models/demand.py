from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.kept import staff_key
from centers.models import Municipality
from visas.models.programme import VisaProgramme
from visas.models.quota import PoolProgramme


class DemandQuerySet(models.QuerySet):
    def of_quota(self, pool: str) -> "DemandQuerySet":
        """Those that ask for people of one of the programmes of a quota (by its code)."""
        return self.filter(programme__in=PoolProgramme.objects.filter(pool=pool).values("programme"))

    def standing(self) -> "DemandQuerySet":
        return self.filter(withdrawn_on=None)

    def wanted(self) -> int:
        return self.aggregate(wanted=Sum("wanted"))["wanted"] or 0


class DemandSurvey(models.Model):
    """How many foreign workers an industry of a municipality wants (외국인력 수요조사), and where that stands.

    ``wanted`` are people in ``year``; one survey of a day may ask for several years and programmes. It is withdrawn
    with a reason and never deleted.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+", verbose_name=_("municipality"))
    programme = models.ForeignKey(
        VisaProgramme, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("visa programme")
    )
    industry = models.CharField(_("industry"), max_length=100)
    year = models.PositiveSmallIntegerField(_("year"))
    surveyed_on = models.DateField(_("surveyed on"))
    wanted = models.PositiveIntegerField(_("people wanted"))
    source = models.CharField(_("source"), max_length=300)
    document = models.CharField(_("document number"), max_length=60, blank=True)
    entered_by = staff_key(verbose_name=_("entered by"))
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_why = models.CharField(_("reason"), max_length=200, blank=True)

    objects = DemandQuerySet.as_manager()

    class Meta:
        verbose_name = _("labour-demand survey")
        verbose_name_plural = _("labour-demand surveys")
        ordering = ["-year", "municipality", "industry", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(industry="") & ~Q(source=""), name="demand_says_whose_and_whence"),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None, withdrawn_why="")
                | Q(withdrawn_on__isnull=False) & ~Q(withdrawn_why=""),
                name="demand_withdrawn_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["municipality", "industry", "surveyed_on", "source", "year", "programme"],
                condition=Q(withdrawn_on=None),
                name="demand_entered_once",
                nulls_distinct=False,
                violation_error_message=_(
                    "This survey was entered before: same municipality, industry, day, source, year and programme. "
                    "Withdraw the earlier entry if its number is wrong."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.year} {self.municipality_id} {self.industry}"
