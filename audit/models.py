"""What was done, by whom: one append-only log. Row history is pghistory's."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    """Everything the system can put on record."""

    ROLE_GRANTED = "role.granted", _("Role granted")
    ROLE_ENDED = "role.ended", _("Role ended")
    PROVINCE_ENTERED = "province.entered", _("Worked on the whole province")
    WORKBOOK_IMPORTED = "workbook.imported", _("Workbook imported")
    FIGURE_ENTERED = "figure.entered", _("Figure entered")
    PERSONS_JOINED = "persons.joined", _("Identities joined")
    PERSONS_PARTED = "persons.parted", _("Identities parted")
    CLIENTS_MERGED = "clients.merged", _("Client files merged")
    CLIENTS_PARTED = "clients.parted", _("Client files parted")
    LIST_EXPORTED = "list.exported", _("List exported")
    FILE_DOWNLOADED = "file.downloaded", _("File downloaded")


class AuditEntry(models.Model):
    """One thing that was done. Rows are added and never changed: a trigger refuses.

    ``data`` holds codes, counts and ids, never what someone wrote about a person. ``actor`` is empty
    for the system itself. Grants are kept for three years (개인정보의 안전성 확보조치 기준 제5조).
    """

    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    action = models.CharField(_("action"), max_length=40, choices=Action)
    workspace_id = models.BigIntegerField(_("workspace"), null=True)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [models.Index(fields=["workspace_id", "-at"], name="audit_by_workspace")]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"
