from datetime import date, timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Now, NullIf
from django.utils.translation import gettext_lazy as _

from audit.access import OnRecord
from cases.models.kept import (
    Kept,
    Part,
    Voidable,
    client_key,
    code_key,
    person_key,
    staff_key,
    with_history,
    with_history_by_whom,
    workspace_key,
)
from cases.models.terms import (
    Caller,
    Channel,
    Country,
    Interpretation,
    Language,
    Outcome,
    Residence,
    Sex,
    StatusCode,
    Topic,
    Urgency,
)
from centers.models import SupportProgramme
from centers.querysets import scoped
from config.addresses import address_of

NO_MINUTES = -1  # stands for minutes that nobody entered, where sessions are sorted by them
DUE_WITHIN = 7  # days ahead for which a follow-up is told as due


def called_from(session: str = "") -> Coalesce:
    """How the counsellor of a session is called, by the way from a row to it."""
    staff = f"{session}counsellor"
    return Coalesce(NullIf(f"{staff}__name", Value("")), f"{staff}__username", f"{staff}_name")


class SessionQuerySet(scoped("view_sessions")):
    def due_by(self, day: date) -> "SessionQuerySet":
        """Those whose follow-up waits and is overdue on a day, however long, or due within the week after it."""
        return self.promised().filter(follow_up_on__lte=day + timedelta(days=DUE_WITHIN))

    def with_counsellor(self) -> "SessionQuerySet":
        """With ``counsellor_called``: by whom each was held, or whom a workbook named, without reading the person."""
        return self.annotate(counsellor_called=called_from())

    def with_minutes(self) -> "SessionQuerySet":
        """With ``minutes_or_none``, which an index carries: below every number where no minutes were entered."""
        # A field of positive numbers would find nothing by the one that stands for none.
        minutes = Coalesce("minutes", Value(NO_MINUTES), output_field=models.IntegerField())
        return self.annotate(minutes_or_none=minutes)

    def promised(self) -> "SessionQuerySet":
        """Those whose follow-up waits: until somebody says what has kept it (``FollowUpAnswer``).

        One without a client can be kept by nobody.
        """
        kept = FollowUpAnswer.objects.filter(session=OuterRef("pk"), promised_on=OuterRef("follow_up_on")).standing()
        return self.filter(~Exists(kept), client__isnull=False, follow_up_on__isnull=False)


@with_history_by_whom
class Session(Voidable, Kept):
    """One counselling session (상담 1건) of a centre.

    ``clients`` is how many people were counselled in it (연인원). Without a client it is anonymous, and
    then nationality, status and sex are what was told. ``topic`` is its one primary issue (주유형); the
    others are ``SessionIssue`` rows. ``status`` is the status of residence at the time of the session.

    ``language`` is the one it was held in; ``wanted_language`` the one that was asked for, where it could not be
    given, so that unserved languages can be counted. ``note_language`` is that of the note, where it is another.

    ``form_token`` is the form it was typed in: a form that is sent twice makes one session.

    Codes are checked once a statement, by a trigger: a year of sessions comes in at once, and fourteen keys
    looked up for each row cost more than writing it.
    """

    workspace = workspace_key(verbose_name=_("workspace"))
    client = client_key("sessions", null=True, blank=True)
    person = person_key(null=True, blank=True)
    held_on = models.DateField(_("held on"))
    programme = code_key(SupportProgramme, db_constraint=False)
    language = code_key(Language, db_constraint=False)
    channel = code_key(Channel, db_constraint=False)
    topic = code_key(Topic, db_constraint=False)
    caller = code_key(Caller, null=True, blank=True, db_constraint=False)
    interpretation = code_key(Interpretation, null=True, blank=True, db_constraint=False)
    outcome = code_key(Outcome, null=True, blank=True, db_constraint=False)
    nationality = code_key(Country, null=True, blank=True, db_constraint=False)
    status = code_key(StatusCode, null=True, blank=True, db_constraint=False)
    sex = code_key(Sex, null=True, blank=True, db_constraint=False)
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    clients = models.PositiveIntegerField(_("clients"), default=1)
    counsellor = staff_key(verbose_name=_("counsellor"))
    counsellor_name = models.CharField(_("counsellor"), max_length=100, blank=True)
    wanted_language = code_key(
        Language, null=True, blank=True, db_constraint=False, verbose_name=_("language asked for")
    )
    urgency = code_key(Urgency, null=True, blank=True, db_constraint=False)
    residence = code_key(Residence, null=True, blank=True, db_constraint=False)
    note = models.TextField(_("note"), blank=True)
    note_language = code_key(Language, null=True, blank=True, db_constraint=False)
    summary = models.TextField(_("summary in Korean"), blank=True)
    follow_up_on = models.DateField(_("follow up on"), null=True, blank=True)
    form_token = models.UUIDField(null=True, blank=True, editable=False)
    change_reason = models.CharField(
        _("reason of a change after the month was closed"), max_length=200, blank=True, db_default=""
    )
    void_reason = models.CharField(_("reason"), max_length=200, blank=True, db_default="")

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("counselling session")
        verbose_name_plural = _("counselling sessions")
        indexes = [
            models.Index(fields=["workspace", "-held_on", "-id"], name="session_by_workspace"),
            models.Index(fields=["-held_on", "-id"], name="session_by_day"),
            models.Index(fields=["client", "-held_on"], name="session_by_client", condition=~Q(client=None)),
            models.Index(fields=["workspace", "ref"], name="session_by_number", condition=~Q(ref="")),
            models.Index(
                fields=["counsellor", "-held_on", "-id"], name="session_by_counsellor", condition=~Q(counsellor=None)
            ),
            models.Index(fields=["workspace", "-recorded_at", "-id"], name="session_by_recording"),
            models.Index("workspace", Coalesce("minutes", Value(NO_MINUTES)), "id", name="session_by_minutes"),
            models.Index(
                fields=["workspace", "-held_on", "-id"],
                name="session_recorded_late",
                condition=Q(recorded_on__gt=F("held_on")),
            ),
            models.Index(
                fields=["workspace", "follow_up_on"], name="session_to_follow_up", condition=~Q(follow_up_on=None)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(client=None, person=None) | Q(client__isnull=False, person__isnull=False),
                name="session_person_iff_client",
            ),
            models.UniqueConstraint(
                fields=["form_token"],
                condition=~Q(form_token=None),
                name="session_logged_once",
                violation_error_message=_("This form was sent before: the session is on record."),
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=False) | Q(void_reason=""), name="session_void_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(clients__gte=1),
                name="session_has_a_client",
                violation_error_message=_("A session has at least one client."),
            ),
        ]

    def __str__(self):
        return f"{self.held_on:%Y-%m-%d} {self.workspace_id}-{self.ref or self.pk}"

    def get_absolute_url(self):
        return address_of("cases:session", self.pk)

    @property
    def language_of_note(self) -> str:
        """BCP 47 tag of what the note is written in."""
        return self.note_language_id or self.language_id


@with_history_by_whom
class SessionIssue(Part):
    """A further topic of a session, beside the primary one (부유형)."""

    whose = ()  # the session tells

    workspace = workspace_key()
    session = models.ForeignKey(Session, models.PROTECT, db_constraint=False, related_name="issues")
    topic = code_key(Topic, db_constraint=False)

    objects = scoped("view_sessions").as_manager()

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "topic"],
                name="session_issue_once",
                violation_error_message=_("The session already has this topic."),
            ),
        ]

    def __str__(self):
        return f"{self.session_id} {self.topic_id}"


@with_history_by_whom
class SessionClient(Part):
    """A further client of a session (함께 상담한 내담자): family in one visit, or the members of a group.

    The session stays one (1건) and is on the timeline of each; ``Session.clients`` (연인원) is never less than they
    are. ``held_on`` is the session's day and moves with it.
    """

    workspace = workspace_key()
    session = models.ForeignKey(Session, models.PROTECT, db_constraint=False, db_index=False, related_name="others")
    client = client_key("sessions_with_others")
    person = person_key()
    held_on = models.DateField(_("held on"))

    objects = scoped("view_sessions").as_manager()

    class Meta:
        verbose_name = _("further client")
        verbose_name_plural = _("further clients")
        indexes = [
            models.Index(fields=["client", "-held_on"], name="session_client_by_client"),
            models.Index(fields=["person"], name="session_client_by_person"),
            models.Index(fields=["workspace", "held_on"], name="session_client_by_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "client"],
                name="session_client_once",
                violation_error_message=_("This client is in the session already."),
            ),
        ]

    def __str__(self):
        return f"{self.session_id} {self.client_id}"

    def get_absolute_url(self):
        return address_of("cases:session", self.session_id)

    @property
    def ref(self) -> str:
        """The session's number: this row has none of its own."""
        return str(self.session_id)


class FollowUpAnswerQuerySet(scoped("view_sessions")):
    def standing(self) -> "FollowUpAnswerQuerySet":
        """Those that end a follow-up: the session that kept it is not void."""
        return self.filter(Q(answer=None) | Q(answer__voided_at=None))


@with_history
class FollowUpAnswer(OnRecord):
    """What a follow-up was kept by: a later session with the client, or the reason why none is needed.

    ``promised_on`` is the day that ``session`` promised: where another is promised later, that one waits anew. Where
    ``answer`` is voided the follow-up waits again.
    """

    whose = ()  # the session tells

    workspace = workspace_key()
    session = models.ForeignKey(Session, models.PROTECT, db_constraint=False, db_index=False, related_name="answers")
    answer = models.ForeignKey(
        Session, models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="answered"
    )
    promised_on = models.DateField(_("follow up on"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    ended_by = staff_key(verbose_name=_("ended by"))
    ended_at = models.DateTimeField(_("ended at"), db_default=Now(), editable=False)

    objects = FollowUpAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up that has ended")
        verbose_name_plural = _("follow-ups that have ended")
        indexes = [models.Index(fields=["answer"], name="follow_up_by_answer", condition=~Q(answer=None))]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "promised_on", "answer"], name="follow_up_answered_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(answer__isnull=False, reason="") | Q(answer=None) & ~Q(reason=""),
                name="follow_up_ends_by_session_or_reason",
                violation_error_message=_("A follow-up ends by a session, or for a reason."),
            ),
        ]

    def __str__(self):
        return f"{self.session_id} {self.promised_on:%Y-%m-%d}"
