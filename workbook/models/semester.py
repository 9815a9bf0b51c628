from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.models.kept import staff_key, workspace_key
from centers.querysets import scoped


class ListState(models.TextChoices):
    """Where a semester list stands: looked at and not written yet, written, or left."""

    WAITING = "waiting", _("Waits for your yes")
    WRITTEN = "written", _("Written")
    LEFT = "left", _("Set aside")


class SemesterList(models.Model):
    """The list of its students (학기 명단) that a university brings in as a file.

    ``content`` is the file, encrypted, until it is written or left: what is written is read from the very file that
    was looked at. ``plan`` is the fingerprint of what it was to change when it was looked at, ``counts`` how many
    students are new, changed, corrected and as they were, and ``written`` the same as the records answer afterwards.
    """

    workspace = workspace_key(verbose_name=_("university"))
    name = models.CharField(_("file"), max_length=255)
    content = models.BinaryField(null=True)
    plan = models.CharField(max_length=64)
    counts = models.JSONField(default=dict)
    written = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ListState, default=ListState.WAITING)
    brought_by = staff_key(verbose_name=_("brought in by"))
    brought_at = models.DateTimeField(_("brought in at"), db_default=Now(), editable=False)
    ended_at = models.DateTimeField(_("written or left at"), null=True, blank=True)

    objects = scoped("work_clients").as_manager()

    class Meta:
        verbose_name = _("semester list")
        verbose_name_plural = _("semester lists")
        indexes = [models.Index(fields=["workspace", "-brought_at"], name="semester_list_by_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ListState.WAITING, content__isnull=False, ended_at=None)
                | ~Q(state=ListState.WAITING) & Q(content=None, ended_at__isnull=False),
                name="semester_list_keeps_no_file_once_ended",
                violation_error_message=_("A list that was written or left keeps no file."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("workbook:semester", args=[self.pk])
