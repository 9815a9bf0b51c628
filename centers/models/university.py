from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from centers.models.withdrawn import withdrawn_with_a_reason
from centers.models.workspace import Workspace


class Standing(models.TextChoices):
    """What a university may do with students from abroad while a period runs."""

    ELIGIBLE = "eligible", _("Takes part")
    RESTRICTED = "restricted", _("Visas restricted")


class UniversityPeriodQuerySet(models.QuerySet):
    def standing(self) -> "UniversityPeriodQuerySet":
        """Those that were not withdrawn."""
        return self.filter(withdrawn_on=None)

    def on(self, day) -> "UniversityPeriodQuerySet":
        """Those that run on a day; of one university at most one."""
        return self.standing().filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class UniversityPeriod(models.Model):
    """From one day to another a university takes part in the visas for students, or is restricted.

    ``ends_on`` is the last day, empty while it goes on. Where no period runs, nothing was entered: it is not known.
    A row that was wrong is withdrawn with a reason and never deleted.
    """

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="periods", verbose_name=_("university"))
    standing = models.CharField(_("standing"), max_length=10, choices=Standing)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    document = models.CharField(_("document number"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=300)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("entered by")
    )
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_why = models.CharField(_("reason"), max_length=200, blank=True)

    objects = UniversityPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("period of a university")
        verbose_name_plural = _("periods of universities")
        ordering = ["workspace", "-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="university_period_ends_after_it_starts",
                violation_error_message=_("A period does not end before it starts."),
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="university_period_says_whence",
                violation_error_message=_("Say where it stands."),
            ),
            withdrawn_with_a_reason("university_period_withdrawn_with_a_reason"),
            ExclusionConstraint(
                name="university_period_one_at_a_time",
                expressions=[
                    ("workspace", RangeOperators.EQUAL),
                    (
                        Func("starts_on", "ends_on", Value("[]"), function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(withdrawn_on=None),
                violation_error_message=_(
                    "The university already has a period on some of these days: end that first."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.workspace_id} {self.standing} {self.starts_on}"


class Degree(models.TextChoices):
    """To which degree a major leads (D-2-1 to D-2-4)."""

    ASSOCIATE = "associate", _("Associate")
    BACHELOR = "bachelor", _("Bachelor")
    MASTER = "master", _("Master")
    DOCTOR = "doctor", _("Doctor")


class Major(models.Model):
    """A course of study that a university offers to students from abroad, from one day to another.

    Which majors take part in the programme is not published as a whole: the province enters them.
    """

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="majors", verbose_name=_("university"))
    name = models.CharField(_("major"), max_length=100)
    degree = models.CharField(_("degree"), max_length=10, choices=Degree)
    industry = models.CharField(_("key industry"), max_length=100, blank=True)
    offered_from = models.DateField(_("offered from"))
    offered_to = models.DateField(_("offered until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("major")
        verbose_name_plural = _("majors")
        ordering = ["workspace", "name", "degree"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "name", "degree"],
                name="major_once",
                violation_error_message=_("The university already has this major with this degree."),
            ),
            models.UniqueConstraint(fields=["id", "workspace"], name="major_of_one_university"),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="major_has_a_name",
                violation_error_message=_("Write the name of the major."),
            ),
            models.CheckConstraint(
                condition=Q(offered_to=None) | Q(offered_to__gte=F("offered_from")),
                name="major_ends_after_it_starts",
                violation_error_message=_("A major is not offered until a day before it begins."),
            ),
        ]

    def __str__(self):
        return f"{self.name} ({self.get_degree_display()})"
