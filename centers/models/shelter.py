from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from centers.models.workspace import Workspace


class SexRule(models.TextChoices):
    """Who may share a room on a night."""

    MEN = "men", _("Men")
    WOMEN = "women", _("Women")
    EITHER = "either", _("One sex or one household")


class Shelter(models.Model):
    """What is known of a shelter beside its workspace.

    ``capacity_confirmed``: the operator vouches for the beds. ``longest_nights``: its rule for a stay without
    extension; a longer one is a warning, never refused.
    """

    workspace = models.OneToOneField(Workspace, models.PROTECT, primary_key=True, related_name="shelter")
    capacity_confirmed = models.BooleanField(_("capacity confirmed"), default=False)
    longest_nights = models.PositiveSmallIntegerField(_("longest stay (nights)"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("shelter")
        verbose_name_plural = _("shelters")

    def __str__(self):
        return str(self.workspace)


class Room(models.Model):
    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="rooms")
    code = models.CharField(_("room"), max_length=20)
    sex_rule = models.CharField(_("who may share it"), max_length=10, choices=SexRule)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["workspace", "code"]
        constraints = [models.UniqueConstraint(fields=["workspace", "code"], name="room_once_in_its_shelter")]

    def __str__(self):
        return f"{self.workspace} {self.code}"


class Bed(models.Model):
    """A bed, in service from one day up to and without another (half-open, as nights are)."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="beds")
    code = models.CharField(_("bed"), max_length=20)
    in_service_from = models.DateField(_("in service from"))
    in_service_to = models.DateField(_("in service to"), null=True, blank=True)

    class Meta:
        verbose_name = _("bed")
        verbose_name_plural = _("beds")
        ordering = ["room", "code"]
        constraints = [
            models.UniqueConstraint(fields=["room", "code"], name="bed_once_in_its_room"),
            models.CheckConstraint(
                condition=Q(in_service_to=None) | Q(in_service_to__gt=F("in_service_from")),
                name="bed_leaves_service_after_it_entered",
                violation_error_message=_("A bed leaves service after the day it entered it."),
            ),
        ]

    def __str__(self):
        return f"{self.room} {self.code}"
