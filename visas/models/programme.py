from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from centers.models import Municipality, WorkspaceKind
from centers.models.municipality import Term
from visas.models.decided import Decided


class SeatTaken(models.TextChoices):
    """The step at which a case takes its place in the quota."""

    RECEPTION = "reception", _("At reception")
    RECOMMENDATION = "recommendation", _("At recommendation")
    SUBMISSION = "submission", _("At application to the immigration office")
    PERMIT = "permit", _("At the permit")


AFTER_RECOMMENDATION = (SeatTaken.SUBMISSION, SeatTaken.PERMIT)


class WaitingOrder(models.TextChoices):
    """What orders those who wait for a place. No source says it for Jeonbuk; other provinces use each of these."""

    REVIEWED = "reviewed", _("Day of the provincial review")
    RECEIVED = "received", _("Day of reception")
    POINTS = "points", _("Points of the self-assessment")


class GivenBack(models.TextChoices):
    """What ends a case so that its place may be given back."""

    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Lapsed")
    INELIGIBLE = "ineligible", _("Ineligible")
    LEFT = "left", _("Left, cancelled or moved away after the permit")


def given_back_by() -> list[str]:
    """What gives a place back where a programme has no rule of its own."""
    return ["refused", "withdrawn", "lapsed", "ineligible"]


class Settings(models.Model):
    """What the province decides of a programme.

    ``seat_taken_at`` says when a case takes its place in the quota, ``seat_given_back_by`` which of refused,
    withdrawn, lapsed, ineligible and left gives it back; left is also a permit that was cancelled, and a move away.
    ``waiting_order`` is who comes first where none is free. ``letter_valid_days`` is proposed as the validity of a
    letter, none where it is not published; ``letter_reminder_days`` is how long before its end the office is reminded.
    ``long_after_days`` is how long a case may wait for its next step until it is marked, none where none is.
    """

    seat_taken_at = models.CharField(
        _("place taken"), max_length=20, choices=SeatTaken, default=SeatTaken.RECOMMENDATION
    )
    seat_given_back_by = ArrayField(models.CharField(max_length=12), default=given_back_by, blank=True)
    waiting_order = models.CharField(
        _("order of the waiting list"),
        max_length=20,
        choices=WaitingOrder,
        default=WaitingOrder.REVIEWED,
        db_default=WaitingOrder.REVIEWED,
    )
    letter_valid_days = models.PositiveSmallIntegerField(_("days a letter is valid"), null=True, blank=True)
    letter_reminder_days = models.PositiveSmallIntegerField(
        _("days of warning before a letter runs out"), default=30, db_default=30
    )
    long_after_days = models.PositiveSmallIntegerField(
        _("days after which a case that waits is marked"), default=30, db_default=30, null=True, blank=True
    )

    class Meta:
        abstract = True


class VisaProgramme(Settings, Term):  # noqa: DJ008  (a term says how it reads)
    """A way to a status that the province recommends for (지역특화형, 숙련기능인력, 광역형).

    ``workspace_kind`` is who keeps its cases: a university for D-2, else the office of the municipality.
    ``from_statuses`` are the statuses from which it is applied for, empty where any will do or none is published.
    Once the province has changed the settings (``set_at``), the reference file changes the programme no more.
    """

    workspace_kind = models.CharField(_("kept by"), max_length=12, choices=WorkspaceKind, default=WorkspaceKind.OFFICE)
    regional = models.BooleanField(_("region-specific"), default=False)
    from_statuses = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    set_at = models.DateTimeField(_("settings changed at"), null=True, editable=False)

    class Meta(Term.Meta):
        verbose_name = _("visa programme")
        verbose_name_plural = _("visa programmes")


class ProgrammeSetting(Settings, Decided):
    """The settings of a programme as the province has decided them, by a document. Append-only.

    They hold from ``from_on``, which is no day before the last ones and none to come: a place that was taken or given
    back by the rule of an earlier day stays so. Triggers give them to the programme, keep what held before them, and
    give each case its place.
    """

    from_on = models.DateField(_("from"))
    seat_taken_before = models.CharField(max_length=20, editable=False, db_default="")
    seat_given_back_before = ArrayField(models.CharField(max_length=12), default=list, db_default=[], editable=False)
    programme = models.ForeignKey(VisaProgramme, models.PROTECT, related_name="decided")

    class Meta:
        verbose_name = _("settings of a programme")
        verbose_name_plural = _("settings of programmes")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(document=""),
                name="programme_setting_names_its_document",
                violation_error_message=_("The settings of a programme are changed by a document."),
            ),
        ]

    def __str__(self):
        return f"{self.programme_id} {self.document}"


class ProgrammeArea(models.Model):
    """A municipality in which a programme is offered. ``source`` says where that stands."""

    programme = models.ForeignKey(VisaProgramme, models.PROTECT, related_name="areas")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("area of a programme")
        verbose_name_plural = _("areas of programmes")
        constraints = [models.UniqueConstraint(fields=["programme", "municipality"], name="programme_area_once")]

    def __str__(self):
        return f"{self.programme_id} {self.municipality_id}"
