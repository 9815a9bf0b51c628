from datetime import date

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.models.kept import staff_key
from kpi.models.published import PublishedFigure
from visas.models import DemandSurvey, QuotaPool


class ProposalStatus(models.TextChoices):
    DRAFTED = "drafted", _("Being drafted")
    SUBMITTED = "submitted", _("Submitted to the ministry")
    REVIEWED = "reviewed", _("Under review")
    ACCEPTED = "accepted", _("Accepted")
    PARTLY = "partly", _("Accepted in part")
    DECLINED = "declined", _("Declined")


class ProposalQuerySet(models.QuerySet):
    def of_quota(self, pool: str) -> "ProposalQuerySet":
        """Those about a quota (by its code)."""
        return self.filter(pools=pool)

    def of_municipality(self, code: str) -> "ProposalQuerySet":
        """Those that rest on a standing survey of a municipality."""
        resting = DemandSurvey.objects.standing().filter(municipality=code)
        return self.filter(
            pk__in=self.model.surveys.through.objects.filter(demandsurvey__in=resting).values("proposal")
        )

    def begun_by(self, day: date) -> "ProposalQuerySet":
        begun = ProposalStep.objects.filter(happened_on__lte=day)
        return self.filter(pk__in=begun.values("proposal"))


class Proposal(models.Model):
    """A proposal to the ministry's scheme (비자·체류정책 제안제), and the figures that it rests on.

    ``pools`` are the quotas it is about. It rests on published ``figures``, on ``surveys`` of labour demand, on the
    quotas as they stood on ``quotas_on``, and on what ``rests_on`` says.
    """

    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), max_length=5000)
    rests_on = models.CharField(_("rests on"), max_length=300, blank=True)
    quotas_on = models.DateField(_("quotas as of"), null=True, blank=True)
    figures = models.ManyToManyField(PublishedFigure, blank=True, related_name="proposals")
    surveys = models.ManyToManyField(DemandSurvey, blank=True, related_name="proposals")
    pools = models.ManyToManyField(QuotaPool, blank=True, related_name="proposals")
    entered_by = staff_key(verbose_name=_("entered by"))
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal to the ministry")
        verbose_name_plural = _("proposals to the ministry")
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="proposal_says_what")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("kpi:proposal", args=[self.pk])


class ProposalStep(models.Model):
    """Where a proposal came to, on which day and by which paper. Rows are added; the last one is its status."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="steps")
    status = models.CharField(_("status"), max_length=10, choices=ProposalStatus)
    happened_on = models.DateField(_("day"))
    document = models.CharField(_("document number"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    entered_by = staff_key(verbose_name=_("entered by"))
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("step of a proposal")
        verbose_name_plural = _("steps of proposals")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.proposal_id} {self.status}"
