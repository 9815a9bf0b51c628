from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.access import OnRecord
from cases.models.kept import workspace_key
from centers.selectors import scope_of


class SessionTemplateQuerySet(models.QuerySet):
    view_permission = "work_sessions"

    def visible_to(self, user: User) -> "SessionTemplateQuerySet":
        """Those of the centres where the person counsels, and their own."""
        here = scope_of(user).of(self.view_permission)
        return self.filter(Q(owner=None) | Q(owner=user), workspace_id__in=here) if here else self.none()


class SessionTemplate(OnRecord):
    """A frequent case (자주 쓰는 상담), offered to be filled into the form of a session.

    ``owner`` is whose it is; without one it is the whole centre's. ``fields`` are texts by the names of the form's
    fields, as a draft has them.
    """

    whose = ()  # of no client

    workspace = workspace_key()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    name = models.CharField(_("name"), max_length=60)
    fields = models.JSONField(default=dict)

    objects = SessionTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("template of a session")
        verbose_name_plural = _("templates of sessions")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "owner", "name"],
                nulls_distinct=False,
                name="session_template_named_once",
                violation_error_message=_("There is a template of this name already."),
            ),
        ]

    def __str__(self):
        return self.name
