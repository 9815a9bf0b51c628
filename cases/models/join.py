from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.access import OnRecord
from cases.models.kept import staff_key
from centers.querysets import scoped


class PersonJoin(models.Model):
    """Two identities found to be one human being. No file moves; parting them again restores what was.

    ``clients`` and ``keys`` are what belonged to the identity that gave way.
    """

    kept_id = models.BigIntegerField()
    absorbed_id = models.BigIntegerField()
    clients = ArrayField(models.BigIntegerField(), default=list)
    keys = ArrayField(models.BigIntegerField(), default=list)
    joined_at = models.DateTimeField(auto_now_add=True)
    parted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("join of identities")
        verbose_name_plural = _("joins of identities")

    def __str__(self):
        return f"{self.absorbed_id} → {self.kept_id}"


class ClientMerge(OnRecord):
    """Two files of one workspace made one. ``moved`` lists, by table, the rows that changed hands.

    ``parted_by`` is whom the database knows to have undone it; nobody for those undone before it was kept.
    """

    whose = ("kept_id", "absorbed_id")

    workspace = models.ForeignKey("centers.Workspace", models.PROTECT, related_name="+")
    kept_id = models.BigIntegerField()
    absorbed_id = models.BigIntegerField()
    moved = models.JSONField(default=dict)
    merged_by = staff_key()
    merged_at = models.DateTimeField(auto_now_add=True)
    parted_at = models.DateTimeField(null=True)
    parted_by = staff_key(editable=False)

    objects = scoped("view_clients").as_manager()

    class Meta:
        verbose_name = _("merge of files")
        verbose_name_plural = _("merges of files")
        indexes = [models.Index(fields=["kept_id"], name="merge_by_kept")]

    def __str__(self):
        return f"{self.absorbed_id} → {self.kept_id}"
