"""What becomes of a dependant when what their stay leaned on is gone: asked, with a day, and answered."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.access import OnRecord
from cases.models import FamilyLink
from cases.models.kept import client_key, code_key, person_key, staff_key, with_history, workspace_key
from centers.models.municipality import Term
from visas.models.case import VisaCase
from visas.models.obligation import OfCaseQuerySet


class AskedWhen(models.TextChoices):
    """What brings a question about a dependant."""

    CASE_ENDED = "case_ended", _("The principal's case ends")
    OF_AGE = "of_age", _("A child comes of age")
    BY_HAND = "by_hand", _("The office enters it")


class QuestionReason(Term):
    """Why it is asked what becomes of a dependant. Reference data.

    ``days`` is how long the office has to find out. ``relations`` are those that it is asked of; all where it is
    empty. ``age`` in years is that of ``OF_AGE``.
    """

    asked_when = models.CharField(_("asked when"), max_length=20, choices=AskedWhen)
    days = models.PositiveSmallIntegerField(_("days to find out"))
    age = models.PositiveSmallIntegerField(_("age in years"), null=True, blank=True)
    relations = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    source = models.CharField(_("source"), max_length=300)

    class Meta(Term.Meta):
        verbose_name = _("reason of a question")
        verbose_name_plural = _("reasons of questions")
        constraints = [
            models.CheckConstraint(
                condition=~Q(asked_when=AskedWhen.OF_AGE) | Q(age__isnull=False), name="question_reason_has_an_age"
            )
        ]


class DependantOutcome(Term):
    """What became of a dependant. Reference data.

    ``with_note``: it is said in words as well. ``with_status``: with it the status that the dependant holds now.
    """

    with_note = models.BooleanField(_("with a note"), default=False)
    with_status = models.BooleanField(_("with the new status"), default=False, db_default=False)

    class Meta(Term.Meta):
        verbose_name = _("outcome for a dependant")
        verbose_name_plural = _("outcomes for dependants")


class QuestionQuerySet(OfCaseQuerySet):
    def standing(self) -> "QuestionQuerySet":
        """Those whose event was not taken back."""
        return self.filter(fell_away_on=None)

    def open(self) -> "QuestionQuerySet":
        return self.standing().filter(outcome=None)


@with_history
class DependantQuestion(OnRecord):
    """That it is to be found out what becomes of a dependant of a case, by the office that keeps it, up to a day.

    Triggers ask it when the case ends and let it fall away when that is taken back; the night asks it of children who
    come of age; the office enters the rest, as a divorce, and takes it back with a reason where that was wrong. It
    says nothing of a stay: it is open or it was answered.
    """

    workspace = workspace_key()
    case = models.ForeignKey(VisaCase, models.PROTECT, db_constraint=False, db_index=False, related_name="questions")
    link = models.ForeignKey(FamilyLink, models.PROTECT, db_index=False, related_name="questions")
    client = client_key("+")
    person = person_key()
    reason = code_key(QuestionReason, verbose_name=_("reason"))
    happened_on = models.DateField(_("day of the event"))
    due_on = models.DateField(_("to be found out by"), editable=False)
    outcome = code_key(DependantOutcome, null=True, blank=True, verbose_name=_("outcome"))
    answered_on = models.DateField(_("found out on"), null=True, blank=True)
    answered_by = staff_key(verbose_name=_("found out by"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    fell_away_on = models.DateField(_("fell away on"), null=True, blank=True)
    fell_away_why = models.CharField(_("reason"), max_length=200, blank=True, db_default="")
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question about a dependant")
        verbose_name_plural = _("questions about dependants")
        indexes = [
            models.Index(fields=["workspace", "due_on", "id"], name="dependant_question_by_due"),
            models.Index(fields=["case"], name="dependant_question_by_case"),
            models.Index(fields=["client"], name="dependant_question_by_client"),
            models.Index(fields=["link"], name="dependant_question_by_link"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["link", "case", "reason"],
                condition=Q(fell_away_on=None),
                name="dependant_asked_once",
                violation_error_message=_("This is asked about the dependant already."),
            ),
            models.CheckConstraint(
                condition=Q(fell_away_why="") | Q(fell_away_on__isnull=False),
                name="dependant_question_fell_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(outcome=None, answered_on=None) | Q(outcome__isnull=False, answered_on__isnull=False),
                name="dependant_answer_has_a_day",
                violation_error_message=_("Say what became of the dependant, and the day on which it was found out."),
            ),
            models.CheckConstraint(
                condition=Q(answered_on=None) | Q(answered_on__gte=F("happened_on")),
                name="dependant_answer_after_the_event",
                violation_error_message=_("It is found out on or after the day of the event."),
            ),
        ]

    def __str__(self):
        return f"{self.link_id} {self.reason_id}"

    def get_absolute_url(self):
        return reverse("visas:question", args=[self.pk])

    @property
    def state(self) -> str:
        """Where it stands: fell_away, answered, overdue or open."""
        if self.fell_away_on:
            return "fell_away"
        if self.outcome_id:
            return "answered"
        return "overdue" if self.due_on < timezone.localdate() else "open"
