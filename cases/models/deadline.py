from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models.kept import Kept, client_key, code_key, person_key, staff_key, with_history
from cases.models.session import Session
from centers.models.municipality import Term
from centers.querysets import scoped
from centers.selectors import is_official
from config.addresses import address_of


class DeadlineKind(Term):
    """A deadline that the law or the office sets (기한), as reference data.

    ``days`` count from the day on which the thing happened; empty where no source gives a number, and then the
    counsellor writes the day itself. ``topics`` are those of the sessions that it is offered first with.
    """

    days = models.PositiveSmallIntegerField(_("days"), null=True, blank=True)
    topics = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta(Term.Meta):
        verbose_name = _("kind of deadline")
        verbose_name_plural = _("kinds of deadlines")


class DeadlineQuerySet(scoped("view_sessions")):
    def visible_to(self, user: User) -> "DeadlineQuerySet":
        """None to an official: one that has passed would tell them that the law was broken."""
        return self.none() if is_official(user) else super().visible_to(user)

    def running(self) -> "DeadlineQuerySet":
        return self.filter(done_on=None)


@with_history
class Deadline(Kept):
    """Until when a client has to do something, as a counsellor noted it in a session.

    It runs from ``starts_on``, the day on which the thing happened, to ``due_on``, the last day that is in time. It
    ends when the thing is done, and whom it reminds can put it off (``PutOff``).
    """

    client = client_key("deadlines")
    person = person_key()
    session = models.ForeignKey(Session, models.PROTECT, db_constraint=False, db_index=False, related_name="deadlines")
    kind = code_key(DeadlineKind, verbose_name=_("deadline"))
    counsellor = staff_key(verbose_name=_("counsellor"))
    starts_on = models.DateField(_("from"))
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, blank=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        indexes = [
            models.Index(fields=["counsellor", "due_on", "id"], name="deadline_running", condition=Q(done_on=None)),
            models.Index(fields=["counsellor", "done_on"], name="deadline_done", condition=~Q(done_on=None)),
            models.Index(fields=["client"], name="deadline_by_client"),
            models.Index(fields=["session"], name="deadline_by_session"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("starts_on")),
                name="deadline_ends_after_it_starts",
                violation_error_message=_("The last day lies before the day on which it began."),
            ),
            models.UniqueConstraint(
                fields=["client", "kind", "starts_on"],
                condition=Q(done_on=None),
                name="deadline_runs_once",
                violation_error_message=_("This deadline of the client runs already."),
            ),
        ]

    def __str__(self):
        return f"{self.kind_id} {self.due_on:%Y-%m-%d}"

    def get_absolute_url(self):
        return address_of("cases:session", self.session_id) + "#deadlines"
