from datetime import date, timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.access import OnRecord
from cases.models.kept import client_key, code_key, staff_key, workspace_key
from cases.models.session import Session
from centers.models.codes import kept_rows
from centers.models.municipality import Term
from centers.querysets import scoped
from centers.selectors import is_official

RESTORABLE = timedelta(days=7)  # in which a deleted file can be taken back


class AttachmentKind(Term):
    """What a file is (첨부 종류), as reference data.

    ``keep_days`` count from the day it was added; no source gives a number, so it is the office's to set.
    ``restricted`` kinds are for those who counsel and reach no official.
    """

    keep_days = models.PositiveSmallIntegerField(_("days kept"))
    restricted = models.BooleanField(_("for counsellors only"), default=False)

    class Meta(Term.Meta):
        verbose_name = _("kind of attachment")
        verbose_name_plural = _("kinds of attachments")


ALIVE = Q(deleted_at=None, expires_on__gte=Now())


class AttachmentQuerySet(scoped("view_clients")):
    def visible_to(self, user: User) -> "AttachmentQuerySet":
        """Those on files that the person may read, without what their kind keeps from an official."""
        rows = super().visible_to(user)
        return rows.filter(kind__restricted=False) if is_official(user) else rows

    def alive(self) -> "AttachmentQuerySet":
        return self.filter(ALIVE)


class Attachment(OnRecord):
    """A file that came with a client: encrypted, of a kind, and gone when its days are over.

    ``media_type`` is what the file is by its bytes; ``size`` is in bytes, ``digest`` the SHA-256 of what was sent.
    The content lies apart (``AttachmentContent``), so that a list of files reads none.
    """

    workspace = workspace_key()
    client = client_key("attachments")
    session = models.ForeignKey(
        Session, models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="attachments"
    )
    kind = code_key(AttachmentKind, verbose_name=_("kind"))
    name = models.CharField(_("file name"), max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size"))
    digest = models.BinaryField()
    added_by = staff_key()
    added_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_on = models.DateField(_("kept until"))
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        indexes = [
            models.Index(fields=["client", "-id"], name="attachment_by_client"),
            models.Index(fields=["expires_on"], name="attachment_by_end"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gt=0), name="attachment_is_not_empty"),
        ]

    def __str__(self):
        return f"{self.workspace_id}-{self.pk}"

    def get_absolute_url(self):
        return reverse("cases:attachment", args=[self.pk])

    def kept_until(self, added: date) -> date:
        return added + timedelta(days=kept_rows(AttachmentKind)[self.kind_id].keep_days)


class AttachmentContent(models.Model):
    """The bytes of one attachment as ``centers.secrecy.seal`` keeps them, about its own id."""

    workspace = workspace_key()
    attachment = models.OneToOneField(Attachment, models.CASCADE, related_name="content")
    sealed = models.BinaryField()

    objects = scoped("view_clients").as_manager()

    class Meta:
        verbose_name = _("content of an attachment")
        verbose_name_plural = _("contents of attachments")

    def __str__(self):
        return f"{self.attachment_id}"
