from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.access import OnRecord
from cases.models.deadline import Deadline
from cases.models.kept import client_key, workspace_key
from cases.models.session import Session
from centers.selectors import scope_of


class PutOffQuerySet(models.QuerySet):
    view_permission = "view_sessions"

    def visible_to(self, user: User) -> "PutOffQuerySet":
        """One's own: what somebody puts off is out of nobody else's sight."""
        here = scope_of(user).of(self.view_permission)
        return self.filter(user=user, workspace_id__in=here) if here else self.none()

    def resting(self, day) -> "PutOffQuerySet":
        """Those that are put off beyond a day."""
        return self.filter(until__gt=day)


class PutOff(OnRecord):
    """A reminder that one person put off until a day, with the reason.

    It is of ``deadline``, which was noted in ``session``; without one of the session's follow-up; and without either
    of the client's status, which runs out. A session that gets another client takes it along.
    """

    workspace = workspace_key()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+")
    client = client_key("+")
    session = models.ForeignKey(
        Session, models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    deadline = models.ForeignKey(
        Deadline, models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    until = models.DateField(_("put off until"))
    reason = models.CharField(_("reason"), max_length=200)

    objects = PutOffQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder put off")
        verbose_name_plural = _("reminders put off")
        indexes = [models.Index(fields=["client"], name="put_off_by_client")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "session"], condition=Q(deadline=None) & ~Q(session=None), name="put_off_follow_up"
            ),
            models.UniqueConstraint(fields=["user", "deadline"], condition=~Q(deadline=None), name="put_off_deadline"),
            models.UniqueConstraint(fields=["user", "client"], condition=Q(session=None), name="put_off_status"),
            models.CheckConstraint(
                condition=Q(deadline=None) | ~Q(session=None), name="put_off_deadline_of_a_session"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="put_off_with_a_reason"),
        ]

    def __str__(self):
        return f"{self.user_id} {self.until}"
