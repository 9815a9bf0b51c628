from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from centers.models import Workspace
from centers.querysets import scoped


class CompletionRule(models.Model):
    """What a centre wants filled in with each session before the month closes (기록 보완 항목).

    ``fields`` are fields of ``Session``. A session that lacks one counts all the same and waits in the completion
    queue. A centre without a row asks for what ``cases.completion.BY_DEFAULT`` names.
    """

    workspace = models.OneToOneField(Workspace, models.PROTECT, primary_key=True, related_name="+")
    fields = ArrayField(models.CharField(max_length=20), default=list, blank=True)

    objects = scoped("view_sessions").as_manager()

    class Meta:
        verbose_name = _("what a session needs")
        verbose_name_plural = _("what sessions need")

    def __str__(self):
        return str(self.workspace_id)
