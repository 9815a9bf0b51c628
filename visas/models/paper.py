"""Which papers a programme asks for, and which of them an applicant has handed in."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models import Attachment
from cases.models.kept import client_key, staff_key
from visas.models.programme import VisaProgramme
from visas.models.row import CaseRow, case_key


class FromWhom(models.TextChoices):
    APPLICANT = "applicant", _("From the applicant")
    EMPLOYER = "employer", _("From the employer")
    SCHOOL = "school", _("From the school")


class RequiredPaperQuerySet(models.QuerySet):
    def standing(self) -> "RequiredPaperQuerySet":
        return self.filter(voided_on=None)

    def holding(self, day: date) -> "RequiredPaperQuerySet":
        """What is asked of those who are received on a day."""
        return self.standing().filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class RequiredPaper(models.Model):
    """One paper that a programme asks for of those received from a day on, with where that stands. Reference data.

    A row that was entered wrongly is voided with the reason and stays in sight; ``entered_by`` is who entered, ended
    or voided it last, none while it stands as the reference data brought it.
    """

    programme = models.ForeignKey(VisaProgramme, models.PROTECT, related_name="papers")
    text_ko = models.CharField(_("paper"), max_length=100)
    from_whom = models.CharField(_("from whom"), max_length=10, choices=FromWhom, default=FromWhom.APPLICANT)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)
    entered_by = staff_key(verbose_name=_("entered by"))
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)
    voided_on = models.DateField(null=True, blank=True, editable=False)
    voided_why = models.CharField(_("reason"), max_length=300, blank=True, editable=False)

    objects = RequiredPaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("required paper")
        verbose_name_plural = _("required papers")
        ordering = ["programme", "from_whom", "id"]
        constraints = [
            ExclusionConstraint(
                name="required_paper_once_a_day",
                expressions=[
                    ("programme", RangeOperators.EQUAL),
                    ("text_ko", RangeOperators.EQUAL),
                    (
                        Func(
                            "valid_from", "valid_to", Value("[]"), function="daterange", output_field=DateRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(voided_on=None),
                violation_error_message=_("This paper is asked for on some of these days already: end that first."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="required_paper_in_order",
                violation_error_message=_("The rule ends before it begins."),
            ),
            models.CheckConstraint(
                condition=~Q(text_ko="") & ~Q(source=""),
                name="required_paper_has_a_source",
                violation_error_message=_("Write the wording of the rule and where it stands."),
            ),
            models.CheckConstraint(
                condition=Q(voided_on=None, voided_why="") | Q(voided_on__isnull=False) & ~Q(voided_why=""),
                name="required_paper_voided_with_a_reason",
                violation_error_message=_("Say why the rule is taken out."),
            ),
        ]

    def __str__(self):
        return self.text_ko

    def holds_on(self, day: date) -> bool:
        return self.voided_on is None and self.valid_from <= day <= (self.valid_to or date.max)


class PaperState(models.TextChoices):
    MISSING = "missing", _("Not handed in")
    RECEIVED = "received", _("Received")
    WAIVED = "waived", _("Waived")


class CasePaper(CaseRow):
    """What became of a paper that a case needs, on a day. The last row of a paper counts; without one it is missing.

    ``proof`` is the file of it among the attachments of the client. That a paper is not needed is said with a reason.
    """

    case = case_key("paper_rows")
    client = client_key("+")
    paper = models.ForeignKey(RequiredPaper, models.PROTECT, db_index=False, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=PaperState)
    happened_on = models.DateField(_("day"))
    proof = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("paper of a visa case")
        verbose_name_plural = _("papers of visa cases")
        indexes = [
            models.Index(fields=["case", "id"], name="case_paper_by_case"),
            models.Index(fields=["client"], name="case_paper_by_client"),
            models.Index(fields=["person"], name="case_paper_by_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=PaperState.WAIVED) | ~Q(note=""),
                name="case_paper_waived_with_a_reason",
                violation_error_message=_("Say why the paper is not needed."),
            ),
            models.CheckConstraint(
                condition=Q(proof=None) | Q(state=PaperState.RECEIVED),
                name="case_paper_file_of_what_was_received",
                violation_error_message=_("Only a paper that was received has a file."),
            ),
        ]

    def __str__(self):
        return f"{self.case_id} {self.paper_id} {self.state}"
