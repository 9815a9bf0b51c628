"""What a student may do and has reached beside the studies: leave to work, internships, and Korean."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from audit.access import OnRecord
from cases.models.kept import client_key, code_key, person_key, staff_key, with_history, workspace_key
from centers.models.municipality import Term
from centers.models.withdrawn import withdrawn_with_a_reason
from centers.querysets import scoped
from visas.models.enrolment import Enrolment


class StudyPermitKind(Term):
    """What a student is given leave for (시간제 취업, 현장실습). Reference data.

    ``hours``: at most so many a week in term; empty where no number is published. ``korean_level``: the level of
    TOPIK or of the stages of KIIP that it asks for; empty where none is published.
    """

    hours = models.PositiveSmallIntegerField(_("hours a week"), null=True, blank=True)
    korean_level = models.PositiveSmallIntegerField(_("level of Korean"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta(Term.Meta):
        verbose_name = _("kind of permission")
        verbose_name_plural = _("kinds of permission")


class OfStudentQuerySet(scoped("view_clients")):
    def standing(self) -> "OfStudentQuerySet":
        """Those that were not withdrawn."""
        return self.filter(withdrawn_on=None)


class OfStudent(OnRecord):
    """A row on a student: it is added, and withdrawn with a reason where it was wrong; nothing else changes."""

    workspace = workspace_key()
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    client = client_key("+")
    person = person_key()
    document = models.CharField(_("document number"), max_length=60, blank=True)
    actor = staff_key(verbose_name=_("entered by"))
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_why = models.CharField(_("reason"), max_length=200, blank=True)

    objects = OfStudentQuerySet.as_manager()

    class Meta:
        abstract = True

    def get_absolute_url(self):
        return Enrolment(pk=self.enrolment_id).get_absolute_url()


@with_history
class StudyPermit(OfStudent):
    """Leave to work or to be an intern (체류자격외활동 허가), from one day to another, both included.

    It ends with the studies. On no day the hours of all of a student are more than the most that one of their kinds
    has.
    """

    kind = code_key(StudyPermitKind, verbose_name=_("kind of permission"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("Up to and with"))
    place = models.CharField(_("workplace"), max_length=100)
    hours = models.PositiveSmallIntegerField(_("hours a week"), null=True, blank=True)

    class Meta:
        verbose_name = _("permission to work")
        verbose_name_plural = _("permissions to work")
        indexes = [
            models.Index(fields=["enrolment", "-starts_on"], name="study_permit_by_student"),
            models.Index(fields=["client"], name="study_permit_by_client"),
            models.Index(fields=["person"], name="study_permit_by_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="study_permit_ends_after_it_starts",
                violation_error_message=_("The permission ends on or after the day on which it begins."),
            ),
            models.CheckConstraint(
                condition=~Q(place=""),
                name="study_permit_names_the_place",
                violation_error_message=_("Write the name of the workplace."),
            ),
            ExclusionConstraint(
                name="study_permit_once_a_day",
                expressions=[
                    ("enrolment", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("place", RangeOperators.EQUAL),
                    (
                        Func("starts_on", "ends_on", Value("[]"), function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(withdrawn_on=None),
                violation_error_message=_(
                    "This permission for this workplace is there already for some of these days."
                ),
            ),
            withdrawn_with_a_reason("study_permit_withdrawn_with_a_reason"),
        ]

    def __str__(self):
        return f"{self.enrolment_id} {self.kind_id} {self.starts_on}"

    @property
    def ended_with_studies_on(self) -> date | None:
        """The day on which the studies ended, where that was before the permission did."""
        ended_on = self.enrolment.ended_on
        return ended_on if ended_on and ended_on <= self.ends_on else None

    def runs_on(self, day: date) -> bool:
        ended_on = self.ended_with_studies_on
        return self.starts_on <= day <= self.ends_on and (ended_on is None or day < ended_on)


class KoreanTest(models.TextChoices):
    """By what the level of Korean is known: the test (TOPIK, 1-6), or the programme (사회통합프로그램, 0-5)."""

    TOPIK = "topik", "TOPIK"
    KIIP = "kiip", _("KIIP")


@with_history
class KoreanResult(OfStudent):
    """A level that a student passed, or a stage of KIIP that is being attended from a day on (``passed`` false)."""

    test = models.CharField(_("test or programme"), max_length=10, choices=KoreanTest)
    level = models.PositiveSmallIntegerField(_("level or stage"))
    passed = models.BooleanField(_("passed"), default=True)
    held_on = models.DateField(_("day"))

    class Meta:
        verbose_name = _("level of Korean")
        verbose_name_plural = _("levels of Korean")
        indexes = [
            models.Index(fields=["enrolment", "-held_on"], name="korean_by_student"),
            models.Index(fields=["client"], name="korean_by_client"),
            models.Index(fields=["person"], name="korean_by_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(test=KoreanTest.TOPIK, level__gte=1, level__lte=6, passed=True)
                | Q(test=KoreanTest.KIIP, level__lte=5),
                name="korean_level_is_one_of_the_test",
                violation_error_message=_("TOPIK has the levels 1 to 6 and is passed; KIIP has the stages 0 to 5."),
            ),
            models.UniqueConstraint(
                fields=["enrolment", "test", "level", "passed", "held_on"],
                condition=Q(withdrawn_on=None),
                name="korean_result_once",
                violation_error_message=_("This result is on record already."),
            ),
            withdrawn_with_a_reason("korean_result_withdrawn_with_a_reason"),
        ]

    def __str__(self):
        return f"{self.enrolment_id} {self.test} {self.level}"
