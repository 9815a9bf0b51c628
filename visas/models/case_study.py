from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.kept import client_key
from centers.models import Major
from visas.models.enrolment import SEMESTER
from visas.models.row import CaseRow, case_key


class CaseStudy(CaseRow):
    """What an applicant for the student visa is to study, and from which semester on. The last row of a case counts.

    The university is the case's own. It is said before there is a student record, so that a letter can name it.
    """

    case = case_key("studies")
    client = client_key("+")
    major = models.ForeignKey(Major, models.PROTECT, related_name="+", verbose_name=_("major"))
    semester = models.CharField(
        _("semester of admission"),
        max_length=6,
        validators=[RegexValidator(SEMESTER, _("Write the semester as year and number: 2025-1 or 2025-2."))],
    )

    class Meta:
        verbose_name = _("intended studies")
        verbose_name_plural = _("intended studies")
        indexes = [
            models.Index(fields=["case", "id"], name="case_study_by_case"),
            models.Index(fields=["client"], name="case_study_by_client"),
            models.Index(fields=["person"], name="case_study_by_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(semester__regex=SEMESTER),
                name="case_study_in_a_semester",
                violation_error_message=_("Write the semester as year and number: 2025-1 or 2025-2."),
            ),
        ]

    def __str__(self):
        return f"{self.case_id} {self.major_id} {self.semester}"
