from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audit.access import OnRecord
from cases.matching.reasons import in_words
from cases.models.kept import client_key, staff_key, workspace_key
from centers.querysets import scoped


class PairState(models.TextChoices):
    """What became of a likely pair."""

    OPEN = "open", _("To be looked at")
    DIFFERENT = "different", _("Not the same person")
    MERGED = "merged", _("Merged")


class DuplicateCandidate(OnRecord):
    """Two files of one workspace that may be of one person, the older one first.

    ``score`` is how likely, in hundredths; ``why`` has (field, level) of what agrees and of what does not. That two
    are not the same person is remembered: the pair is never found anew, and can be taken up again.
    """

    whose = ("first_id", "second_id")

    workspace = workspace_key()
    first = client_key("+")
    second = client_key("+")
    score = models.PositiveSmallIntegerField(_("likeness"))
    why = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=10, choices=PairState, default=PairState.OPEN)
    found_at = models.DateTimeField(db_default=Now(), editable=False)
    decided_by = staff_key()
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = scoped("work_clients").as_manager()

    class Meta:
        verbose_name = _("likely pair")
        verbose_name_plural = _("likely pairs")
        indexes = [
            models.Index(fields=["workspace", "state", "-score", "id"], name="pair_by_likeness"),
            models.Index(fields=["second"], name="pair_by_second"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="pair_in_order"),
            models.CheckConstraint(condition=Q(score__lte=100), name="pair_likeness_in_hundredths"),
        ]

    def __str__(self):
        return f"{self.first_id} ~ {self.second_id}"

    def get_absolute_url(self):
        return reverse("cases:pair", args=[self.pk])

    @property
    def reasons(self) -> str:
        """Why it was found, in the language of the moment."""
        return in_words(self.why)
