from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.access import OnRecord
from cases.models.kept import client_key, workspace_key
from centers.selectors import scope_of

KEPT_DISCARDED = 7  # days in which a discarded draft can be taken back
KEPT_UNTOUCHED = 60  # days after which one that nobody went on with is deleted


class DraftQuerySet(models.QuerySet):
    view_permission = "work_sessions"

    def visible_to(self, user: User) -> "DraftQuerySet":
        """The person's own drafts, in the centres where they counsel today: nobody reads another's."""
        here = scope_of(user).of(self.view_permission)
        return self.filter(user=user, workspace_id__in=here) if here else self.none()


class Draft(OnRecord):
    """What one counsellor has typed of a session and not put on record yet.

    ``token`` is the form's, and becomes ``Session.form_token``: a form that is on record has no draft, and gets none
    again. ``session`` is the one that is being corrected, none where a new one is typed. ``fields`` are the texts of
    the form by its names, as they were typed and not checked.

    ``version`` goes up with each save; a tab says which one it has seen. What a tab wrote without having seen the
    newest is kept beside it in ``rivals``, by the tab, until the person has chosen (``aside``) or put one on record.
    ``tab`` and ``sequence`` say who saved last, so that one tab's own saves never meet as rivals, in whatever order.
    """

    token = models.UUIDField(unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+")
    workspace = workspace_key()
    client = client_key("drafts", null=True, blank=True)
    session = models.ForeignKey(
        "cases.Session", models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    fields = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    tab = models.CharField(max_length=36, blank=True)
    sequence = models.PositiveBigIntegerField(default=0)
    rivals = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField(db_default=Now())
    discarded_at = models.DateTimeField(null=True, blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        indexes = [
            models.Index(fields=["user", "-updated_at"], name="draft_by_user"),
            models.Index(fields=["client"], name="draft_by_client", condition=~models.Q(client=None)),
        ]

    def __str__(self):
        return f"{self.workspace_id}-{self.pk}"

    def get_absolute_url(self):
        """The form, as it was left."""
        page = (
            reverse("cases:session_edit", args=[self.session_id]) if self.session_id else reverse("cases:session_new")
        )
        return f"{page}?draft={self.token}"

    @property
    def asks(self) -> bool:
        """Whether two versions wait for the person to choose."""
        return any(not rival.get("aside") for rival in self.rivals.values())
