from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models.kept import client_key, code_key, staff_key
from centers.models import Municipality, Workspace
from visas.models.case import LetterKey
from visas.models.row import CaseRow, CaseRowQuerySet, case_key


class StepKind(models.TextChoices):
    """What can happen to a visa case. Those of a name that a case has a day for are its stages."""

    RECEIVED = "received", _("Received")
    ASKED = "asked", _("Completion requested")
    ANSWERED = "answered", _("Completed")
    CHECKED = "checked", _("Checked by the city")
    REVIEWED = "reviewed", _("Reviewed by the province")
    RECOMMENDED = "recommended", _("Recommended")
    SUBMITTED = "submitted", _("Submitted")
    GRANTED = "granted", _("Granted")
    SETTLED = "settled", _("Settled")
    REFUSED = "refused", _("Refused")
    INELIGIBLE = "ineligible", _("Ineligible")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Lapsed")
    LEFT = "left", _("Left")
    COMPLETED = "completed", _("Duties fulfilled")
    CANCELLED = "cancelled", _("Permit cancelled")
    MOVED = "moved", _("Moved away")
    ANNOUNCED = "announced", _("Notice published")
    NOTIFIED = "notified", _("Applicant notified")
    RENEWED = "renewed", _("Letter renewed")
    RELOCATED = "relocated", _("Moved within the province")
    EXTENDED = "extended", _("Stay extended")


# What is put on record beside the way: it leaves the case where it stands.
ASIDE = ("announced", "notified", "renewed", "relocated", "extended")
# What nobody may say without a paper or a word that it rests on (``wall.rest_on_something``).
WITH_EVIDENCE = (
    "answered", "checked", "reviewed", "granted", "settled", "completed", "cancelled", "moved", "relocated",
    "extended",
)  # fmt: skip


class Channel(models.TextChoices):
    """How somebody was told."""

    PHONE = "phone", _("Telephone")
    MESSAGE = "message", _("Text message or messenger")
    MAIL = "mail", _("Letter by post")
    EMAIL = "email", _("E-mail")
    IN_PERSON = "in_person", _("In person")
    POSTED = "posted", _("Posted or on the website")


class CaseStepQuerySet(CaseRowQuerySet):
    def standing(self) -> "CaseStepQuerySet":
        """Those that were not taken back, nor take another one back."""
        return self.filter(takes_back=False, undone_by=None)


class CaseStep(CaseRow):
    """One step of a visa case: what was done on which day, by whom, on which paper.

    The step gives the case its day where the case has one for it, by a trigger that also holds the order of steps and
    of days. A step that was wrong is taken back by a further row, with the reason in ``note``; ``undoes`` is the row
    that it takes back, none where the day came by a workbook. ``document`` is the number of the letter or file, ``at``
    where the person worked. ``consented`` says that the client agreed to the office keeping a file, ``channel`` how
    the applicant was told. ``papers`` are the required papers that a completion request names, or that came with its
    answer, which a trigger marks as received; ``due_on`` is by when they are to be handed in. ``municipality`` is
    where the person moved to, which is one of the province. Those of ``ASIDE`` leave the case where it stands.
    """

    case = case_key("steps")
    client = client_key("visa_steps")
    kind = models.CharField(_("step"), max_length=20, choices=StepKind)
    happened_on = models.DateField(_("day"))
    takes_back = models.BooleanField(default=False)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="undone_by")
    document = models.CharField(_("document number"), max_length=60, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    due_on = models.DateField(_("to be completed by"), null=True, blank=True)
    papers = ArrayField(models.BigIntegerField(), default=list, blank=True, db_default=[])
    note = models.CharField(_("note"), max_length=500, blank=True)
    against_advice = models.CharField(_("reason against the advice"), max_length=500, blank=True)
    consented = models.BooleanField(default=False)
    municipality = code_key(Municipality, verbose_name=_("moved to"), null=True, blank=True)
    channel = models.CharField(_("way of telling"), max_length=10, choices=Channel, blank=True, db_default="")
    at = models.ForeignKey(Workspace, models.PROTECT, null=True, blank=True, db_index=False, related_name="+")

    objects = CaseStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a visa case")
        verbose_name_plural = _("steps of visa cases")
        indexes = [
            models.Index(fields=["case", "id"], name="case_step_by_case"),
            models.Index(fields=["client"], name="case_step_by_client"),
            models.Index(fields=["person"], name="case_step_by_person"),
            models.Index(
                LetterKey("document"), condition=Q(kind__in=["recommended", "renewed"]), name="case_step_by_letter"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(takes_back=False) | ~Q(note=""),
                name="case_step_taken_back_with_a_reason",
                violation_error_message=_("Say why the step is taken back."),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["recommended", "renewed"]) | ~Q(document="") | Q(takes_back=True),
                name="recommendation_has_a_number",
                violation_error_message=_("A recommendation has the number of its letter or list."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=StepKind.RENEWED) | Q(valid_until__isnull=False) | Q(takes_back=True),
                name="renewal_has_a_last_day",
                violation_error_message=_("Say up to which day the renewed letter is valid."),
            ),
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(kind=StepKind.ASKED, due_on__gte=F("happened_on")),
                name="completion_due_after_it_was_asked",
                violation_error_message=_("The papers are to be handed in on or after the day of the request."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=StepKind.NOTIFIED) | ~Q(channel="") | Q(takes_back=True),
                name="notified_by_a_way",
                violation_error_message=_("Say how the applicant was told."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("happened_on")),
                name="case_step_valid_from_its_day",
                violation_error_message=_("It is valid up to a day that lies before the recommendation."),
            ),
        ]

    def __str__(self):
        return f"{self.case_id} {self.kind} {self.happened_on}"


class BatchQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "BatchQuerySet":
        """A receipt is for whoever asked for it."""
        return self.filter(actor=user)


class Batch(models.Model):
    """What was asked for with many rows at once, as its receipt: what was done, and what was refused why.

    ``asked`` are the rows, ``done`` what was written for them, ``refused`` pairs of a row and the name of the rule.
    """

    actor = staff_key()
    at = models.ForeignKey(Workspace, models.PROTECT, null=True, blank=True, db_index=False, related_name="+")
    asked = ArrayField(models.BigIntegerField(), default=list)
    done = ArrayField(models.BigIntegerField(), default=list)
    refused = models.JSONField(default=list)
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)

    objects = BatchQuerySet.as_manager()

    class Meta:
        abstract = True


class CaseBatch(Batch):
    """A step that was taken with many cases at once: ``done`` are the rows of the steps."""

    kind = models.CharField(_("step"), max_length=20, choices=StepKind)
    happened_on = models.DateField(_("day"))
    document = models.CharField(_("document number"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("receipt of steps")
        verbose_name_plural = _("receipts of steps")
        indexes = [models.Index(fields=["actor", "-id"], name="case_batch_by_actor")]

    def __str__(self):
        return f"{self.pk} {self.kind}"

    def get_absolute_url(self):
        return reverse("visas:receipt", args=[self.pk])


class WaitingMove(CaseRow):
    """A case was given a place in a waiting list by hand, with the reason. The last row counts.

    ``place`` is none where it went back to where the rule puts it.
    """

    case = case_key("moves")
    client = client_key("+")
    place = models.PositiveSmallIntegerField(_("place"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300)

    class Meta:
        verbose_name = _("move in a waiting list")
        verbose_name_plural = _("moves in waiting lists")
        indexes = [
            models.Index(fields=["case", "-id"], name="waiting_move_by_case"),
            models.Index(fields=["client"], name="waiting_move_by_client"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="waiting_move_has_a_reason",
                violation_error_message=_("Say why the case gets another place."),
            ),
            models.CheckConstraint(
                condition=Q(place=None) | Q(place__gte=1), name="waiting_move_from_the_first_place"
            ),
        ]

    def __str__(self):
        return f"{self.case_id} {self.place}"
