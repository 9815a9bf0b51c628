from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from centers.models.municipality import Municipality


class WorkspaceKind(models.TextChoices):
    CENTER = "center", _("Support centre")
    SHELTER = "shelter", _("Shelter")
    OFFICE = "office", _("City or county office")
    UNIVERSITY = "university", _("University")
    AGENCY = "agency", _("Intake agency")
    PROVINCE = "province", _("Province office")


class Workspace(models.Model):
    """Where work is done and rights are held: everything about people hangs on exactly one of these.

    ``counts_from`` is the first day on which its records count; ``opened_on`` is the published
    opening day and is only shown. ``weekdays`` are the ISO weekdays (1 = Monday) on which it is
    open, empty where they are not known.
    """

    code = models.CharField(_("code"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=WorkspaceKind)
    municipality = models.ForeignKey(Municipality, models.PROTECT, null=True, blank=True, related_name="workspaces")
    name = models.CharField(_("name"), max_length=200)
    aliases = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    counts_from = models.DateField(_("counts from"), null=True, blank=True)
    ended_on = models.DateField(_("end of operation"), null=True, blank=True)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    telephone = models.CharField(_("telephone"), max_length=30, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("workspace")
        verbose_name_plural = _("workspaces")
        ordering = ["code"]
        default_permissions = ()
        permissions = [
            ("view_clients", "Can read clients and households of the workspace"),
            ("work_clients", "Can write clients and households of the workspace"),
            ("view_sessions", "Can read counselling sessions of the workspace"),
            ("work_sessions", "Can write counselling sessions of the workspace"),
            ("view_activities", "Can read activities of the workspace"),
            ("work_activities", "Can write activities of the workspace"),
            ("accept_activities", "Can approve activities and their result reports"),
            ("view_stays", "Can read shelter stays"),
            ("work_stays", "Can write shelter stays"),
            ("view_visa_cases", "Can read visa cases and dependants"),
            ("work_visa_cases", "Can take in and change visa cases and dependants"),
            ("review_visa_cases", "Can review and recommend visa cases"),
            ("view_vouchers", "Can read upgrade vouchers"),
            ("work_vouchers", "Can register upgrade vouchers"),
            ("approve_vouchers", "Can approve upgrade vouchers"),
            ("view_figures", "Can read figures"),
            ("enter_figures", "Can enter figures that no record carries"),
            ("import_workbooks", "Can import workbooks"),
            ("view_access_log", "Can read the access log"),
            ("grant_roles", "Can grant and end roles"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(counts_from=None) | Q(ended_on__gte=F("counts_from")),
                name="workspace_ends_after_it_counts",
                violation_error_message=_("A workspace cannot end before the day it counts from."),
            ),
        ]

    def __str__(self):
        return self.name


class WorkspaceGrant(UserObjectPermissionBase):
    """guardian's grant of one permission on one workspace to one person, by a real foreign key."""

    content_object = models.ForeignKey(Workspace, models.CASCADE, related_name="grants")

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
