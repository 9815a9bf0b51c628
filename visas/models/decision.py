from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from visas.models.decided import Decided


class Reference(models.TextChoices):
    """The reference data that the province changes by a document."""

    POINTS = "points", _("Tables of points")
    LETTERS = "letters", _("Texts of letters")
    AREAS = "areas", _("Areas of programmes")
    CLASSES = "classes", _("Population classes")
    STATUSES = "statuses", _("Study statuses")
    PERMITS = "permits", _("Permitted work of students")
    REASONS = "reasons", _("Questions about dependants")


class Decision(Decided):
    """One change of reference data, by a document. Append-only.

    ``key`` is the row of ``book`` that it changes: a programme, a code, or ``all`` where a document says the whole
    book. ``told`` is all that the row says from ``from_on`` on, ``before`` what it said until then; triggers keep the
    latter, give the former to the row, and let nothing hold from a day before the last decision or, but for tables of
    points, from a day to come. What was made by then keeps what it was made with. Where a row has a decision the
    reference file changes what was decided no more.
    """

    book = models.CharField(_("reference data"), max_length=10, choices=Reference)
    key = models.CharField(_("code"), max_length=40)
    decided_on = models.DateField(_("day of the document"))
    from_on = models.DateField(_("from"))
    told = models.JSONField()
    before = models.JSONField(editable=False, default=dict, db_default={})

    class Meta:
        verbose_name = _("decision on reference data")
        verbose_name_plural = _("decisions on reference data")
        ordering = ["-id"]
        indexes = [models.Index(fields=["book", "key", "-id"], name="decision_by_row")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(document="") & ~Q(source=""),
                name="decision_names_its_document",
                violation_error_message=_(
                    "Reference data is changed by a document: write its number and what it says."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.book} {self.key} {self.document}"
