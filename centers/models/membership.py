from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from centers.models.workspace import Workspace
from centers.ranges import ends_after_start


class Role(models.TextChoices):
    """A named set of permissions; ``centers/roles.py`` says which. Code asks for permissions, never for roles."""

    COUNSELLOR = "counsellor", _("Counsellor")
    MANAGER = "manager", _("Centre manager")
    CITY_OFFICER = "city_officer", _("City officer")
    SHELTER_OPERATOR = "shelter_operator", _("Shelter operator")
    UNIVERSITY_COORDINATOR = "university_coordinator", _("University coordinator")
    PROVINCE_STAFF = "province_staff", _("Province staff")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")
    SYSTEM_ADMIN = "system_admin", _("System administrator")


class Membership(models.Model):
    """A person holds a role in a workspace from one day to another (``ends_on`` is the last day).

    Rows are ended, never deleted: who could read what is kept (개인정보의 안전성 확보조치 기준 제5조).
    ``official`` says whether the person carries the duty to report of 출입국관리법 84조; it follows
    from who employs them and not from the role.

    A stand-in holds the role of ``stands_in_for`` for some days of theirs and no longer. ``declaration`` says why one
    person holds two roles that are kept apart (``Separation``) though not strictly.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=30, choices=Role)
    official = models.BooleanField(_("public official"), default=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    stands_in_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("stands in for"),
    )
    declaration = models.CharField(_("why one person holds both"), max_length=300, blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["workspace", "user"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_it_starts",
                violation_error_message=_("A role cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=~Q(granted_by=F("user")),
                name="membership_not_granted_to_oneself",
                violation_error_message=_("Nobody grants a role to themselves."),
            ),
            models.CheckConstraint(
                condition=Q(stands_in_for=None) | Q(ends_on__isnull=False) & ~Q(stands_in_for=F("user")),
                name="membership_stands_in_for_some_days",
                violation_error_message=_("Who stands in does so for somebody else, and up to a day that is named."),
            ),
            ExclusionConstraint(
                name="membership_one_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("workspace", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (
                        Func("starts_on", "ends_on", Value("[]"), function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("The person already holds this role there on some of these days."),
            ),
        ]

    def __str__(self):
        return f"{self.user} · {self.get_role_display()} · {self.workspace}"

    def clean(self):
        ends_after_start(self, "starts_on", "ends_on", _("A role cannot end before it starts."))
