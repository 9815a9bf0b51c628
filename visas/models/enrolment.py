"""Students of a university (학적): who studies what since which semester, and every change of it."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.access import OnRecord
from cases.models.kept import Kept, client_key, code_key, person_key, staff_key, with_history, workspace_key
from centers.models import Major
from centers.models.municipality import Term
from centers.models.withdrawn import withdrawn_with_a_reason
from centers.querysets import scoped
from config.addresses import address_of
from visas.models.case import VisaCase

# Where studies of the person go on, at which university is not for another one to learn.
NOT_HERE = _(
    "This person cannot be entered as a student here as things stand. Ask the province office that looks after the "
    "visas for students."
)
SEMESTER = r"^20[0-9]{2}-[12]$"  # 2025-1: the first semester of 2025


def in_semester(semester: str, day: date) -> bool:
    """Whether an admission on the day is one of the semester, as rule ``enrolment_semester_of_the_admission`` says it.

    Raises ValueError for a text that is no semester.
    """
    year, half = map(int, semester.split("-"))
    if half == 1:
        return date(year, 1, 1) <= day <= date(year, 8, 31)
    return date(year, 7, 1) <= day < date(year + 1, 3, 1)


class StudyStatus(Term):
    """How a student stands at the university (학적). Reference data, with what each brings.

    ``studying``: the student is in class. ``follows``: the statuses after which it can come; those without any begin
    the studies. ``graduates``: the studies end with a degree. ``departs``: it counts as departure (이탈).
    ``report_days``: how many days the university has to tell the immigration office, from the day on which it learned
    of it; empty where it need not.
    """

    studying = models.BooleanField(_("in class"), default=False)
    ends = models.BooleanField(_("ends the studies"), default=False)
    graduates = models.BooleanField(_("graduates"), default=False)
    departs = models.BooleanField(_("counts as departure"), default=False)
    report_days = models.PositiveSmallIntegerField(_("days to report"), null=True, blank=True)
    follows = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta(Term.Meta):
        verbose_name = _("study status")
        verbose_name_plural = _("study statuses")


class EnrolmentQuerySet(scoped("view_clients")):
    def as_of(self, day) -> "EnrolmentQuerySet":
        """Those admitted by a day, each with its status then (``state``) and since when (``since``)."""
        last = StatusChange.objects.standing().filter(enrolment=OuterRef("pk"), happened_on__lte=day)
        last = last.order_by("-happened_on", "-pk")
        return self.filter(admitted_on__lte=day).annotate(
            state=Subquery(last.values("kind")[:1]), since=Subquery(last.values("happened_on")[:1])
        )

    def present(self, day) -> "EnrolmentQuerySet":
        """Those whose studies go on at the end of a day: in class, on leave, or missing."""
        return self.as_of(day).exclude(state__in=StudyStatus.objects.filter(ends=True))


@with_history
class Enrolment(Kept):
    """A student of one university: ``ref`` is the student number (학번), ``semester`` that of admission.

    The university, the major and the semester of admission make the cohort. How the student stands is said by the
    last of the changes; a trigger keeps ``ended_on``, the day on which the last one ended the studies. One person has
    studies that go on at one university at most. ``case`` is the visa case that brought the student, where there is
    one.
    """

    client = client_key("enrolments")
    person = person_key()
    major = models.ForeignKey(Major, models.PROTECT, related_name="+", verbose_name=_("major"))
    case = models.ForeignKey(
        VisaCase, models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="enrolments"
    )
    semester = models.CharField(
        _("semester of admission"),
        max_length=6,
        validators=[RegexValidator(SEMESTER, _("Write the semester as year and number: 2025-1 or 2025-2."))],
    )
    admitted_on = models.DateField(_("admitted on"))
    ended_on = models.DateField(_("studies ended on"), null=True, editable=False)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("student")
        verbose_name_plural = _("students")
        indexes = [
            models.Index(fields=["workspace", "ref", "id"], name="enrolment_by_number"),
            models.Index(fields=["workspace", "semester", "id"], name="enrolment_by_semester"),
            models.Index(fields=["client"], name="enrolment_by_client"),
            models.Index(fields=["person"], name="enrolment_by_person"),
            models.Index(fields=["case"], name="enrolment_by_case"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "ref"],
                name="enrolment_number_once",
                violation_error_message=_("Another student of the university has this student number."),
            ),
            models.UniqueConstraint(fields=["id", "workspace"], name="enrolment_of_one_university"),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ended_on=None),
                name="enrolment_one_at_a_time",
                violation_error_message=NOT_HERE,
            ),
            models.CheckConstraint(
                condition=~Q(ref=""),
                name="enrolment_has_a_number",
                violation_error_message=_("A student has a student number."),
            ),
            models.CheckConstraint(
                condition=Q(semester__regex=SEMESTER),
                name="enrolment_in_a_semester",
                violation_error_message=_("Write the semester as year and number: 2025-1 or 2025-2."),
            ),
        ]

    def __str__(self):
        return f"{self.workspace_id}-{self.ref}"

    def get_absolute_url(self):
        return address_of("visas:student", self.pk)


class StatusChangeQuerySet(scoped("view_clients")):
    def standing(self) -> "StatusChangeQuerySet":
        """Those that were not withdrawn."""
        return self.filter(withdrawn_on=None)

    def to_report(self) -> "StatusChangeQuerySet":
        """Those that the immigration office has to be told and, as far as is on record, was not."""
        return self.standing().filter(due_on__isnull=False, reported_on=None)


@with_history
class StatusChange(OnRecord):
    """A student's status from a day on. Rows are added; only the report and the withdrawal of one can change.

    ``known_on`` is the day on which the university learned of it: from there on the days to report run, and a trigger
    writes ``due_on``, the last of them; none where there is nothing to report. ``reported_on`` is the day on which
    the immigration office was told, by ``report_document``. A row that was wrong is withdrawn with a reason.
    """

    workspace = workspace_key()
    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, db_constraint=False, db_index=False, related_name="changes"
    )
    client = client_key("+")
    person = person_key()
    kind = code_key(StudyStatus, verbose_name=_("study status"))
    happened_on = models.DateField(_("day of the change"))
    known_on = models.DateField(_("learned on"))
    due_on = models.DateField(_("to be reported by"), null=True, editable=False)
    note = models.CharField(_("note"), max_length=300, blank=True)
    actor = staff_key(verbose_name=_("entered by"))
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)
    reported_on = models.DateField(_("reported on"), null=True, blank=True)
    report_document = models.CharField(_("document number of the report"), max_length=60, blank=True)
    reported_by = staff_key(verbose_name=_("report entered by"))
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_why = models.CharField(_("reason"), max_length=200, blank=True)

    objects = StatusChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of status")
        verbose_name_plural = _("changes of status")
        indexes = [
            models.Index(fields=["enrolment", "-happened_on", "-id"], name="status_change_by_student"),
            models.Index(
                fields=["workspace", "due_on", "id"],
                name="status_change_by_due",
                condition=Q(due_on__isnull=False, withdrawn_on=None),
            ),
            models.Index(fields=["client"], name="status_change_by_client"),
            models.Index(fields=["person"], name="status_change_by_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(reported_on=None, report_document="")
                | Q(reported_on__isnull=False, due_on__isnull=False) & ~Q(report_document=""),
                name="status_report_has_a_document",
                violation_error_message=_("A report has a day and a document number."),
            ),
            models.CheckConstraint(
                condition=Q(reported_on=None) | Q(reported_on__gte=F("happened_on")),
                name="status_report_after_the_change",
                violation_error_message=_("A change is reported on or after the day on which it happened."),
            ),
            withdrawn_with_a_reason("status_change_withdrawn_with_a_reason"),
        ]

    def __str__(self):
        return f"{self.enrolment_id} {self.kind_id} {self.happened_on}"

    def get_absolute_url(self):
        return address_of("visas:student", self.enrolment_id) + f"#change-{self.pk}"

    @property
    def report_state(self) -> str:
        """Where the report stands: none, reported, late (reported after its day), overdue or due."""
        if self.due_on is None or self.withdrawn_on:
            return "none"
        if self.reported_on:
            return "late" if self.reported_on > self.due_on else "reported"
        return "overdue" if self.due_on < timezone.localdate() else "due"

    @property
    def days_left(self) -> int | None:
        """Until the last day to report; below zero once it has passed, none where nothing waits."""
        if self.report_state not in {"due", "overdue"}:
            return None
        return (self.due_on - timezone.localdate()).days
