from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Decided(models.Model):
    """What the province decides by a document: which, on what ground, by whom and when it was entered."""

    document = models.CharField(_("document number"), max_length=100)
    source = models.CharField(_("source"), max_length=300, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered at"), db_default=Now(), editable=False)

    class Meta:
        abstract = True
