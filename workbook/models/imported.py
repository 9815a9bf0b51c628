from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from audit.access import OnRecord
from cases.models.kept import client_key
from centers.models import Workspace


class ImportedFile(models.Model):
    """A workbook that went in. Its name is the reason, approver or registrar of what it brought."""

    name = models.CharField(_("file"), max_length=255)
    digest = models.BinaryField()
    workspace = models.ForeignKey(Workspace, models.PROTECT, null=True, related_name="+")
    historic = models.BooleanField(_("historic"), default=False)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    imported_at = models.DateTimeField(auto_now_add=True)
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("imported file")
        verbose_name_plural = _("imported files")

    def __str__(self):
        return self.name


class ImportedRow(models.Model):
    """What a 번호 of a sheet last brought in, so that the same again changes nothing and other content is seen.

    ``namespace`` is the workspace within which the number is unique, 0 for people of the whole province.
    ``record_id`` is the row it became: a person for ``사람``, else the record of the sheet. A registration
    number stands in ``content`` as its keyed hash and in ``secret`` encrypted.
    """

    sheet = models.CharField(max_length=20)
    namespace = models.IntegerField()
    ref = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    digest = models.BinaryField()
    content = models.TextField()  # JSON, read whole and never searched
    secret = models.BinaryField(null=True)
    file = models.ForeignKey(ImportedFile, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    brought_at = models.DateTimeField(_("brought in at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")
        constraints = [models.UniqueConstraint(fields=["sheet", "namespace", "ref"], name="imported_row_once")]

    def __str__(self):
        return f"{self.sheet} {self.namespace} {self.ref}"


class OpenedFile(OnRecord):
    """A client file that an imported person row opened in a workspace that refers to it."""

    row = models.ForeignKey(ImportedRow, models.PROTECT, related_name="opened")
    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="+")
    client = client_key("+")

    class Meta:
        verbose_name = _("opened file")
        verbose_name_plural = _("opened files")
        indexes = [models.Index(fields=["client"], name="opened_file_by_client")]
        constraints = [models.UniqueConstraint(fields=["row", "workspace"], name="opened_file_once")]

    def __str__(self):
        return f"{self.row_id} → {self.client_id}"
