from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from centers.models.municipality import Term

ENTERED = "entered-figure"  # the reading of what no record carries


class Indicator(Term):
    """An indicator (성과지표) of the performance plan, in the plan's own words."""

    unit = models.CharField(_("unit"), max_length=20)
    kind = models.CharField(_("kind"), max_length=20)
    weight = models.PositiveSmallIntegerField(_("weight"))
    formula_ko = models.CharField(_("formula"), max_length=300, blank=True)
    rationale_ko = models.CharField(_("rationale"), max_length=300, blank=True)
    data_source_ko = models.CharField(_("data source"), max_length=300, blank=True)

    class Meta(Term.Meta):
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")


class Target(models.Model):
    """What an indicator is to reach in a year (목표). The newest revision holds; the others stay to be seen."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="targets")
    year = models.PositiveSmallIntegerField(_("year"))
    value = models.DecimalField(_("target"), max_digits=12, decimal_places=2)
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    document = models.CharField(_("document number"), max_length=100, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["indicator", "year", "revision"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "year", "revision"], name="target_revision_once"),
        ]

    def __str__(self):
        return f"{self.indicator_id} {self.year}"


class PrintedResult(models.Model):
    """What a published paper printed as the result of a year. Shown as printed, never corrected."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="printed_results")
    year = models.PositiveSmallIntegerField(_("year"))
    value = models.DecimalField(_("printed result"), max_digits=12, decimal_places=2)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("printed result")
        verbose_name_plural = _("printed results")
        constraints = [models.UniqueConstraint(fields=["indicator", "year"], name="printed_result_once")]

    def __str__(self):
        return f"{self.indicator_id} {self.year}"


class CountingRule(Term):
    """A reading of an indicator (계수 규칙): what counts, as data, in words that can be read to the council.

    ``reading`` names the way of counting (``kpi/readings.py``), ``parameters`` what it counts over.
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="rules")
    text = models.TextField(_("text"))
    reading = models.CharField(_("reading"), max_length=40)
    parameters = models.JSONField(_("parameters"), default=dict)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    document = models.CharField(_("document number"), max_length=100, blank=True)
    default = models.BooleanField(_("default"), default=False)

    class Meta(Term.Meta):
        verbose_name = _("counting rule")
        verbose_name_plural = _("counting rules")
        constraints = [
            models.UniqueConstraint(fields=["indicator"], condition=Q(default=True), name="rule_one_default"),
        ]


class RuleExample(models.Model):
    """A worked example of a rule: given these records, it counts this. Run as a test, shown to the reader."""

    rule = models.ForeignKey(CountingRule, models.PROTECT, related_name="examples")
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=300)
    given = models.JSONField(_("given"), default=list)
    expected = models.IntegerField(_("expected"))

    class Meta:
        verbose_name = _("worked example")
        verbose_name_plural = _("worked examples")
        ordering = ["rule", "number"]
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="rule_example_once")]

    def __str__(self):
        return f"{self.rule_id} {self.number}"


class ManualFigure(models.Model):
    """A result that no record of the system carries, entered with its evidence. The newest entry holds.

    Earlier ones stay as they are: the application adds rows and changes none.
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="manual_figures")
    year = models.PositiveSmallIntegerField(_("year"))
    value = models.DecimalField(_("result"), max_digits=12, decimal_places=2)
    evidence = models.CharField(_("evidence"), max_length=300)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("entered figure")
        verbose_name_plural = _("entered figures")
        ordering = ["indicator", "year", "entered_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(evidence=""),
                name="manual_figure_with_evidence",
                violation_error_message=_("A figure is entered with its evidence: name the paper it stands in."),
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="manual_figure_not_negative",
                violation_error_message=_("A result is a whole number, zero or more."),
            ),
        ]

    def __str__(self):
        return f"{self.indicator_id} {self.year}"
