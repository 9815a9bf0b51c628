"""Whether a client of one centre is known at another: the question, and what the other centre is asked."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.access import OnRecord
from audit.models import REVIEW
from cases.matching.reasons import in_words
from cases.models.kept import client_key, staff_key, workspace_key
from centers.models import Workspace
from centers.querysets import scoped
from centers.selectors import scope_of

ANSWERED_AFTER = timedelta(minutes=1)  # after which the answer is shown, be it yes or no
OPEN_FOR = timedelta(days=30)  # in which the other centre can answer


class IdentityQuestion(OnRecord):
    """A counsellor's question whether another centre may know a client too (동일인 확인).

    The first answer says only whether a file elsewhere is likely: ``found``, which is shown ``ANSWERED_AFTER`` the
    question whatever it is and however long it took. ``sent_at``: then the other centre is asked, with what the
    client has agreed to be told there (``consented_at``). ``answers`` are what came back, each with ``answer``,
    ``at`` and, only where it is the same person, the workspace; ``unseen_since`` is when one of them came that
    nobody has said to have seen.
    """

    whose = ("client_id",)

    workspace = workspace_key()
    client = client_key("+")
    asked_by = staff_key()
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    reason = models.CharField(_("reason"), max_length=200)
    worked_out_at = models.DateTimeField(null=True, blank=True)
    found = models.BooleanField(null=True, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    asked = models.PositiveSmallIntegerField(null=True, blank=True)
    answers = models.JSONField(default=list)
    unseen_since = models.DateTimeField(null=True, blank=True)

    objects = scoped("work_sessions").as_manager()

    class Meta:
        verbose_name = _("question to other centres")
        verbose_name_plural = _("questions to other centres")
        indexes = [
            models.Index(fields=["client", "-id"], name="question_by_client"),
            models.Index(fields=["asked_by", "-asked_at"], name="question_by_asker"),
            models.Index(fields=["id"], name="question_to_work_out", condition=Q(worked_out_at=None)),
            models.Index(fields=["workspace", "-sent_at"], name="question_by_sending", condition=~Q(sent_at=None)),
            models.Index(fields=["asked_by"], name="question_with_unseen_answer", condition=~Q(unseen_since=None)),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="question_has_a_reason"),
            models.CheckConstraint(
                condition=Q(worked_out_at=None, found=None) | Q(worked_out_at__isnull=False, found__isnull=False),
                name="question_worked_out_iff_answered",
            ),
            models.CheckConstraint(condition=Q(sent_at=None) | Q(found=True), name="question_sent_where_likely"),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(consented_at__isnull=False),
                name="question_sent_with_consent",
                violation_error_message=_("A request is sent only where the client has agreed to it."),
            ),
        ]

    def __str__(self):
        return f"{self.workspace_id}-{self.pk}"

    @property
    def ready(self) -> bool:
        return self.worked_out_at is not None and timezone.now() >= self.asked_at + ANSWERED_AFTER

    @property
    def ends_at(self):
        return self.sent_at and self.sent_at + OPEN_FOR


class IdentityBound(models.Model):
    """How often other centres may be asked within 24 hours; the newest row holds (``asked_within_the_rate``).

    No source names a number: they are the installation's own, each set with a reason. The first row has no author.
    Rows are added, never changed.
    """

    of_person = models.PositiveSmallIntegerField(_("questions of one person"))
    of_center = models.PositiveSmallIntegerField(_("questions of one centre"))
    reason = models.CharField(_("reason"), max_length=200)
    set_by = staff_key()
    set_at = models.DateTimeField(_("set on"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("bound of questions to other centres")
        verbose_name_plural = _("bounds of questions to other centres")
        constraints = [
            models.CheckConstraint(
                condition=Q(of_person__gt=0),
                name="bound_lets_ask",
                violation_error_message=_("Let a person ask at least once a day."),
            ),
            models.CheckConstraint(
                condition=Q(of_center__gte=models.F("of_person")),
                name="bound_of_center_holds_a_person",
                violation_error_message=_("A centre asks at least as often as one of its people may."),
            ),
        ]

    def __str__(self):
        return f"{self.of_person} / {self.of_center}"


class IdentityAnswer(models.TextChoices):
    OPEN = "open", _("Waiting for an answer")
    SAME = "same", _("The same person")
    DIFFERENT = "different", _("Not the same person")
    UNSURE = "unsure", _("Cannot be said")


class IdentityRequest(OnRecord):
    """What a centre is asked: whether a file of its own is of the person that another centre describes.

    ``told`` is what the asking centre told of its client, to compare and nothing else. ``join_id`` is the join of
    the two identities where it is the same person; it can be taken back for 90 days.
    """

    whose = ("client_id",)

    workspace = workspace_key()
    client = client_key("+")
    from_workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    question_id = models.BigIntegerField()
    told = models.JSONField(default=dict)
    reason = models.CharField(_("reason"), max_length=200)
    score = models.PositiveSmallIntegerField(_("likeness"))
    why = models.JSONField(default=list)
    sent_at = models.DateTimeField(db_default=Now(), editable=False)
    answer = models.CharField(_("answer"), max_length=10, choices=IdentityAnswer, default=IdentityAnswer.OPEN)
    answered_by = staff_key()
    answered_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    join_id = models.BigIntegerField(null=True, blank=True)

    objects = scoped("work_sessions").as_manager()

    class Meta:
        verbose_name = _("request of another centre")
        verbose_name_plural = _("requests of other centres")
        indexes = [
            models.Index(fields=["workspace", "answer", "-id"], name="request_by_answer"),
            models.Index(fields=["client"], name="request_by_client"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["question_id", "client"], name="request_once"),
            models.CheckConstraint(
                condition=Q(answer=IdentityAnswer.OPEN, answered_at=None)
                | (~Q(answer=IdentityAnswer.OPEN) & Q(answered_at__isnull=False)),
                name="request_answered_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(join_id=None) | Q(answer=IdentityAnswer.SAME), name="request_joins_the_same"
            ),
        ]

    def __str__(self):
        return f"{self.from_workspace_id} → {self.workspace_id}-{self.pk}"

    def get_absolute_url(self):
        return reverse("cases:identity_request", args=[self.pk])

    @property
    def over(self) -> bool:
        return timezone.now() > self.sent_at + OPEN_FOR

    @property
    def reasons(self) -> str:
        """Why the two are alike, in the language of the moment."""
        return in_words(self.why)


class AskedElsewhereQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "AskedElsewhereQuerySet":
        """All of the province to who reviews the access log there; to others none: which centre was asked is told to
        the one that asked only where it is the same person.
        """
        return self.all() if REVIEW in scope_of(user).everywhere else self.none()


class AskedElsewhere(models.Model):
    """A request between two centres for who reviews them: who asked whom, about which files, and what came of it.

    Rows of a function of the database (``wall.asked_elsewhere``) that gives file numbers and nothing else of a client.
    Days are those of Seoul.
    """

    id = models.BigIntegerField(primary_key=True)
    sent_on = models.DateField(_("asked on"))
    from_workspace = models.ForeignKey(Workspace, models.DO_NOTHING, related_name="+", verbose_name=_("asked by"))
    asked_by = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+")
    asking_file = models.TextField()
    workspace = models.ForeignKey(
        Workspace, models.DO_NOTHING, related_name="+", verbose_name=_("centre that was asked")
    )
    asked_file = models.TextField()
    answer = models.CharField(_("answer"), max_length=10, choices=IdentityAnswer)
    answered_on = models.DateField(null=True)
    answered_by = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+")

    objects = AskedElsewhereQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "cases_askedelsewhere"
        verbose_name = _("request between centres")
        verbose_name_plural = _("requests between centres")

    def __str__(self):
        return f"{self.from_workspace_id} → {self.workspace_id}-{self.pk}"

    @property
    def over(self) -> bool:
        return self.answer == IdentityAnswer.OPEN and self.sent_on < timezone.localdate() - OPEN_FOR
