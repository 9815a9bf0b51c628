from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audit.access import OnRecord
from cases.models.client import PartOfFileQuerySet
from cases.models.kept import Kept, client_key, code_key, person_key, with_history, workspace_key
from cases.models.terms import Relation, StatusCode


class Household(OnRecord):
    """A principal (주신청자) and who came with them, as one workspace knows it."""

    whose = ("principal_id",)

    workspace = workspace_key()
    principal = client_key("households")
    principal_person = person_key()

    objects = PartOfFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        constraints = [models.UniqueConstraint(fields=["principal"], name="household_one_per_principal")]

    def __str__(self):
        return f"{self.workspace_id}-{self.pk}"

    @property
    def people(self) -> int:
        """How many belong to it (인원): the principal and the dependants that were read with it."""
        return 1 + len(self.links.all())


@with_history
class FamilyLink(Kept):
    """A dependant (동반가족) of a household, with the dates of coming and of settling.

    Settling needs a principal who has a permit on or before that day; a trigger of the visas app holds it.
    """

    household = models.ForeignKey(Household, models.PROTECT, related_name="links")
    client = client_key("family_links")
    person = person_key()
    relation = code_key(Relation)
    status = code_key(StatusCode, null=True, blank=True)
    entered_on = models.DateField(_("entered on"), null=True, blank=True)
    settled_on = models.DateField(_("settled on"), null=True, blank=True)

    objects = PartOfFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("dependant")
        verbose_name_plural = _("dependants")
        indexes = [
            models.Index(fields=["household"], name="family_link_by_household"),
            models.Index(fields=["client"], name="family_link_by_client"),
            models.Index(fields=["person"], name="family_link_by_person"),
            models.Index(fields=["workspace", "settled_on"], name="family_link_by_settled"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "client"],
                name="family_link_once",
                violation_error_message=_("This person is already a dependant of this principal."),
            ),
            models.CheckConstraint(
                condition=Q(entered_on=None) | Q(settled_on=None) | Q(settled_on__gte=F("entered_on")),
                name="family_link_settles_after_entry",
                violation_error_message=_("A dependant settles on or after the day of entry."),
            ),
        ]

    def __str__(self):
        return f"{self.workspace_id}-{self.pk}"
