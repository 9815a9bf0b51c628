import base64

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.access import OnRecord
from cases.models.client import IdentifierKind
from cases.models.kept import client_key, workspace_key
from centers.secrecy import seal, unseal
from centers.selectors import scope_of

KEPT_DISCARDED = 7  # days in which a discarded draft can be taken back
KEPT_UNTOUCHED = 60  # days after which one that nobody went on with is deleted


SECRET = frozenset(IdentifierKind.values)  # fields that are encrypted also in a draft

Fields = dict[str, list[str]]  # the texts of a form by its names, as they were typed and not checked


class DraftKind(models.TextChoices):
    """Which form is being written. The permission it asks for is ``WORK`` of it."""

    SESSION = "session", _("Session")
    CLIENT = "client", _("Client file")


WORK = {DraftKind.SESSION: "work_sessions", DraftKind.CLIENT: "work_clients"}


def sealed(fields: Fields) -> Fields:
    """The texts as they are kept: numbers of the state encrypted."""
    return {name: [_sealed(text) for text in texts] if name in SECRET else texts for name, texts in fields.items()}


def opened(fields: Fields) -> Fields:
    """The texts of ``sealed``."""
    return {name: [_opened(text) for text in texts] if name in SECRET else texts for name, texts in fields.items()}


def _sealed(text: str) -> str:
    return text and base64.b64encode(seal(text.encode())).decode()


def _opened(text: str) -> str:
    return text and unseal(base64.b64decode(text)).decode()


class DraftQuerySet(models.QuerySet):
    view_permission = "work_clients"

    def visible_to(self, user: User) -> "DraftQuerySet":
        """The person's own drafts, in the workspaces where they work on files today: nobody reads another's."""
        here = scope_of(user).of(self.view_permission)
        return self.filter(user=user, workspace_id__in=here) if here else self.none()


class Draft(OnRecord):
    """What one person has typed of a session or a client's file and not put on record yet.

    ``token`` is the form's, and becomes the ``form_token`` of what is made of it: a form that is on record has no
    draft, and gets none again. ``client`` is the file that is being edited, or whom the session was with; ``session``
    is the one that is being corrected. Both are none where a new one is typed. ``fields`` are as ``sealed`` keeps
    them; ``texts`` reads them.

    ``version`` goes up with each save; a tab says which one it has seen. What a tab wrote without having seen the
    newest is kept beside it in ``rivals``, by the tab, until the person has chosen (``aside``) or put one on record.
    ``tab`` and ``sequence`` say who saved last, so that one tab's own saves never meet as rivals, in whatever order.
    """

    token = models.UUIDField(unique=True)
    kind = models.CharField(max_length=10, choices=DraftKind, default=DraftKind.SESSION, db_default=DraftKind.SESSION)
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
    started_at = models.DateTimeField(db_default=Now(), editable=False)
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
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind=DraftKind.SESSION) | models.Q(session=None),
                name="draft_of_a_file_corrects_no_session",
            ),
        ]

    def __str__(self):
        return f"{self.workspace_id}-{self.pk}"

    def get_absolute_url(self):
        """The form, as it was left."""
        return f"{self._page()}?draft={self.token}"

    def _page(self) -> str:
        if self.kind == DraftKind.CLIENT:
            return (
                reverse("cases:client_edit", args=[self.client_id]) if self.client_id else reverse("cases:client_new")
            )
        return (
            reverse("cases:session_edit", args=[self.session_id]) if self.session_id else reverse("cases:session_new")
        )

    @property
    def texts(self) -> Fields:
        """What was typed, by the names of the fields."""
        return opened(self.fields)

    @property
    def asks(self) -> bool:
        """Whether two versions wait for the person to choose."""
        return any(not rival.get("aside") for rival in self.rivals.values())
