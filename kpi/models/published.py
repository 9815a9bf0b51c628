from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import build_localized_fieldname

from cases.models.kept import staff_key
from centers.models.municipality import Term


class Audience(models.TextChoices):
    COUNCIL = "council", _("Council")
    PRESS = "press", _("Press")
    MINISTRY = "ministry", _("Ministry")
    OTHER = "other", _("Others")


class Measure(Term):
    """What of a roll-up a published figure can be compared with. ``path`` leads to its number by the names of the
    answer, with strokes between them; ``*`` stands for each quota.
    """

    path = models.CharField(max_length=100, unique=True)

    class Meta(Term.Meta):
        verbose_name = _("measure")
        verbose_name_plural = _("measures")


class PublishedFigure(models.Model):
    """A figure that was told to the council, the press or the ministry, as it was said. Rows are added, never changed.

    ``paths`` lead to what the roll-up of ``year`` counts for it (as a ``Measure`` names it), several to be added; none
    where nothing here means the same. ``corrects`` is the figure that this one puts right. What was said to somebody
    on a day stands once, also after it was corrected. Those of the reference file have a ``code``.
    """

    code = models.CharField(max_length=60, blank=True)
    year = models.PositiveSmallIntegerField(_("year"))
    as_of = models.DateField(_("as of"), null=True, blank=True)
    said_on = models.DateField(_("said on"), null=True, blank=True)
    audience = models.CharField(_("told to"), max_length=10, choices=Audience)
    value = models.DecimalField(_("figure"), max_digits=14, decimal_places=2)
    unit_ko = models.CharField(_("unit"), max_length=20)
    wording = models.CharField(_("what was said"), max_length=300)
    definition = models.CharField(_("definition"), max_length=300)
    paths = models.JSONField(default=list, blank=True)
    source = models.CharField(_("source"), max_length=300)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    said_by = staff_key(verbose_name=_("entered by"))
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("published figure")
        verbose_name_plural = _("published figures")
        ordering = ["-year", "-said_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="published_figure_once"),
            models.UniqueConstraint(
                fields=["year", "as_of", "said_on", "audience", "value", "unit_ko", "wording", "corrects"],
                nulls_distinct=False,
                name="published_figure_said_once",
                violation_error_message=_(
                    "This figure is in the register already: same year, days, recipient, number and wording. One that "
                    "was wrong is corrected there."
                ),
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                name="published_figure_corrected_once",
                violation_error_message=_(
                    "This figure is corrected already: look at its correction, and correct that one."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(wording="") & ~Q(definition="") & ~Q(source=""), name="published_figure_says_what_it_is"
            ),
            models.CheckConstraint(
                condition=Q(as_of=None) | Q(said_on=None) | Q(as_of__lte=F("said_on")),
                name="published_figure_of_a_day_before",
                violation_error_message=_("A figure is of the day on which it was said, or of an earlier one."),
            ),
        ]

    def __str__(self):
        return f"{self.year} {self.value} {self.wording}"

    @property
    def definition_language(self) -> str:
        """In which language the reader is told the definition: their own where it is there, else Korean."""
        own = get_language() or ""
        return own if getattr(self, build_localized_fieldname("definition", own), "") else "ko"
