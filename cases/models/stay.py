from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from audit.access import OnRecord
from cases.models.kept import Kept, Voidable, client_key, code_key, person_key, with_history, workspace_key
from cases.models.terms import StayReason
from centers.models import Bed
from centers.querysets import scoped
from centers.ranges import ends_after_start
from config.addresses import address_of


def nights(start: str, end: str) -> Func:
    """The nights from the day of coming up to and without the day of leaving; open where there is none."""
    return Func(start, end, Value("[)"), function="daterange", output_field=DateRangeField())


@with_history
class Stay(Voidable, Kept):
    """Somebody's use of one bed of a shelter, night by night.

    A night d counts where ``checked_in_on`` ≤ d < ``checked_out_on``; no check-out yet means still there.
    No bed holds two people on a night, and nobody sleeps in two beds, in any shelter. Who may share a
    room is the room's rule, held by a trigger.
    """

    client = client_key("stays")
    person = person_key()
    bed = models.ForeignKey(Bed, models.PROTECT, related_name="stays")
    checked_in_on = models.DateField(_("checked in on"))
    checked_out_on = models.DateField(_("checked out on"), null=True, blank=True)
    reason = code_key(StayReason, null=True, blank=True)

    objects = scoped("view_stays").as_manager()

    class Meta:
        verbose_name = _("stay")
        verbose_name_plural = _("stays")
        indexes = [
            models.Index(fields=["workspace", "-checked_in_on", "-id"], name="stay_by_workspace"),
            models.Index(fields=["client"], name="stay_by_client"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_out_on=None) | Q(checked_out_on__gte=F("checked_in_on")),
                name="stay_ends_after_it_starts",
                violation_error_message=_("Nobody leaves before they came: the check-out is before the check-in."),
            ),
            ExclusionConstraint(
                name="stay_one_in_a_bed",
                expressions=[
                    ("bed", RangeOperators.EQUAL),
                    (nights("checked_in_on", "checked_out_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(voided_at=None),
                deferrable=models.Deferrable.IMMEDIATE,
                violation_error_message=_("The bed is taken on at least one of these nights."),
            ),
            ExclusionConstraint(
                name="stay_one_of_a_person",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (nights("checked_in_on", "checked_out_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(voided_at=None),
                deferrable=models.Deferrable.IMMEDIATE,
                violation_error_message=_("The person already has a bed on at least one of these nights."),
            ),
        ]

    def __str__(self):
        return f"{self.checked_in_on:%Y-%m-%d} {self.workspace_id}-{self.ref or self.pk}"

    def get_absolute_url(self):
        return address_of("cases:stay", self.pk)

    def clean(self):
        message = _("Nobody leaves before they came: the check-out is before the check-in.")
        ends_after_start(self, "checked_in_on", "checked_out_on", message)


@with_history
class StayLeave(OnRecord):
    """Nights of a stay spent elsewhere (외박): half-open, and not counted."""

    whose = ()  # the stay tells

    workspace = workspace_key()
    stay = models.ForeignKey(Stay, models.PROTECT, db_constraint=False, related_name="leaves")
    left_on = models.DateField(_("away from"))
    back_on = models.DateField(_("back on"))

    objects = scoped("view_stays").as_manager()

    class Meta:
        verbose_name = _("nights on leave")
        verbose_name_plural = _("nights on leave")
        constraints = [
            models.CheckConstraint(
                condition=Q(back_on__gt=F("left_on")),
                name="stay_leave_has_a_night",
                violation_error_message=_("A leave has at least one night."),
            ),
            ExclusionConstraint(
                name="stay_leave_once_a_night",
                expressions=[
                    ("stay", RangeOperators.EQUAL),
                    (nights("left_on", "back_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("These nights are already marked as spent elsewhere."),
            ),
        ]

    def __str__(self):
        return f"{self.left_on:%Y-%m-%d}"

    def clean(self):
        ends_after_start(self, "left_on", "back_on", _("A leave has at least one night."))
