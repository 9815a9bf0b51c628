from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class ExportFormat(models.TextChoices):
    XLSX = "xlsx", _("Excel workbook (XLSX)")
    CSV = "csv", _("Text with commas (CSV)")

    @property
    def media_type(self) -> str:
        """What a browser is told of such a file."""
        if self == ExportFormat.XLSX:
            return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return "text/csv; charset=utf-8"


class ExportState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Being written")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Deleted")


class ExportProblem(models.TextChoices):
    """Why an export failed. The sentence is what its owner reads."""

    RIGHTS = "rights", _("Your roles no longer reach all that you asked for, so nothing was written.")
    INTERRUPTED = "interrupted", _("The writing was interrupted several times and was given up. Ask for it anew.")
    ERROR = "error", _("The mistake is ours. Tell your administrator when you asked for it.")


UNFINISHED = (ExportState.QUEUED, ExportState.RUNNING)


class ExportQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "ExportQuerySet":
        """The person's own exports: a file is handed out to nobody else."""
        return self.filter(user=user) if user.is_authenticated and user.is_active else self.none()


class Export(models.Model):
    """A list that somebody asked to have as a file, and why.

    QUEUED, then RUNNING in a worker, then DONE, until the file is deleted a day later (EXPIRED); FAILED with its
    ``problem``, or CANCELLED by its owner. ``filters`` and ``sort`` are the list's query string, codes and days only.
    ``scope`` is what the owner's roles reached when they asked: the file is theirs as long as they still do.
    ``attempt`` numbers the workers that took it up: one that was given up for dead writes no more. ``file`` lies
    encrypted in the export folder; ``size`` (bytes) and ``sha256`` are those of what is downloaded. A row is never
    deleted: who took out what is kept.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    listing = models.CharField(max_length=40)
    filters = models.JSONField(default=dict)
    sort = models.CharField(max_length=40, blank=True)
    workspace = models.ForeignKey("centers.Workspace", models.PROTECT, null=True, blank=True, related_name="+")
    scope = models.JSONField(default=dict)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    format = models.CharField(_("format"), max_length=4, choices=ExportFormat)
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(_("state"), max_length=10, choices=ExportState, default=ExportState.QUEUED)
    problem = models.CharField(max_length=12, choices=ExportProblem, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    rows_total = models.PositiveIntegerField(_("rows"))
    rows_done = models.PositiveIntegerField(default=0)
    file = models.CharField(max_length=60, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    requested_at = models.DateTimeField(_("asked for at"), db_default=Now(), editable=False)
    started_at = models.DateTimeField(null=True)
    progressed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(_("deleted at"), null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [
            models.Index(fields=["user", "-id"], name="export_by_user"),
            models.Index(
                fields=["state"], name="export_by_state", condition=Q(state__in=["queued", "running", "done"])
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done")
                | ~Q(file="") & Q(size__isnull=False, expires_at__isnull=False, finished_at__isnull=False),
                name="export_done_with_its_file",
            ),
            models.CheckConstraint(
                condition=Q(state="failed") & ~Q(problem="") | ~Q(state="failed") & Q(problem=""),
                name="export_failed_iff_problem",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="export_has_a_reason",
                violation_error_message=_("Say what the file is for."),
            ),
        ]

    def __str__(self):
        return f"{self.listing} {self.pk}"

    def get_absolute_url(self):
        return reverse("centers:export", args=[self.pk])

    @property
    def unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def downloadable(self) -> bool:
        """Whether the file is there and its day not over."""
        return self.state == ExportState.DONE and self.expires_at > timezone.now() and self.path.is_file()

    @property
    def gone(self) -> bool:
        """Whether it was written and is there no more: the sweep that says so in ``state`` comes by later."""
        return self.state == ExportState.EXPIRED or (self.state == ExportState.DONE and not self.downloadable)

    @property
    def standing(self) -> str:
        """How far the file is, in a word."""
        return ExportState.EXPIRED.label if self.gone else self.get_state_display()

    @property
    def path(self) -> Path:
        """Where the file lies, encrypted."""
        return Path(settings.EXPORT_FOLDER) / self.file
