from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from cases.models.kept import client_key, staff_key
from visas.models.decision import Decision
from visas.models.programme import VisaProgramme
from visas.models.row import CaseRow, case_key

MOST_POINTS = 300  # of the whole table (K-point E74)


def _decision_key() -> models.ForeignKey:
    return models.ForeignKey(Decision, models.PROTECT, null=True, editable=False, related_name="+")


class PointItem(models.Model):
    """One line of a programme's table of points (점수표) as it holds between two days. Reference data.

    ``points`` is what the line gives, or ``bands`` what it gives for what, each as "50:25,000,000 won and more";
    ``at_least`` is what has to be reached in it. Each is empty where no number is published, and then the points are
    typed as the sheet of the applicant has them. ``decision`` brought the line, none where the reference data did;
    from the day of ``replaced_by`` on another table holds, and only the sheets that were begun before have this one.
    ``entered_by`` is who changed the line last, none while it stands as the reference data brought it.
    """

    programme = models.ForeignKey(VisaProgramme, models.PROTECT, related_name="point_items")
    code = models.CharField(_("code"), max_length=40)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)
    points = models.SmallIntegerField(_("points of the line"), null=True, blank=True)
    bands = ArrayField(models.CharField(max_length=100), default=list, blank=True, db_default=[])
    at_least = models.SmallIntegerField(_("least points"), null=True, blank=True)
    text_ko = models.CharField(_("wording"), max_length=300)
    source = models.CharField(_("source"), max_length=300)
    entered_by = staff_key(verbose_name=_("entered by"))
    decision = _decision_key()
    replaced_by = _decision_key()

    class Meta:
        verbose_name = _("line of a table of points")
        verbose_name_plural = _("lines of tables of points")
        ordering = ["programme", "id"]
        constraints = [
            ExclusionConstraint(
                name="point_item_once_a_day",
                expressions=[
                    ("programme", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    (
                        Func(
                            "valid_from", "valid_to", Value("[]"), function="daterange", output_field=DateRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(replaced_by=None),
                violation_error_message=_("Another version of this line holds on some of these days."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="point_item_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(points=None) | Q(bands=[]), name="point_item_gives_one_or_bands"),
        ]

    def __str__(self):
        return self.text_ko

    @property
    def given(self) -> list[tuple[int, str]]:
        """The numbers of points that the line can give, each with what for; none where none is published."""
        bands = [band.partition(":") for band in self.bands]
        one = [] if self.points is None else [(self.points, "")]
        return one or [(int(points), wording) for points, _colon, wording in bands]


class CasePoint(CaseRow):
    """Points of one line in the self-assessment of an applicant (자체심사표). The last row of a line counts."""

    case = case_key("point_rows")
    client = client_key("+")
    item = models.ForeignKey(PointItem, models.PROTECT, db_index=False, related_name="+")
    points = models.SmallIntegerField(_("points"))
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("points of a visa case")
        verbose_name_plural = _("points of visa cases")
        indexes = [
            models.Index(fields=["case", "id"], name="case_point_by_case"),
            models.Index(fields=["client"], name="case_point_by_client"),
            models.Index(fields=["person"], name="case_point_by_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(points__gte=-MOST_POINTS) & Q(points__lte=MOST_POINTS),
                name="case_point_within_the_table",
                violation_error_message=_("A line has no more points than the whole table."),
            ),
        ]

    def __str__(self):
        return f"{self.case_id} {self.item_id} {self.points}"
