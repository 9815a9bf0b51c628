from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.access import OnRecord
from cases.models.kept import person_key, staff_key, workspace_key
from visas.models.case import VisaCase


class CaseRowQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "CaseRowQuerySet":
        """The rows of the cases that the person may read."""
        return self.filter(case__in=VisaCase.objects.visible_to(user))


class CaseRow(OnRecord):
    """What is put on record of a visa case: rows are added and never changed.

    Beside these keys each has ``case`` and ``client``, whose other ends have names of their own. The composite keys of
    its table say that all of them are those of the case; ``of_case`` gives them.
    """

    workspace = workspace_key()
    person = person_key()
    actor = staff_key()
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)

    objects = CaseRowQuerySet.as_manager()

    class Meta:
        abstract = True


def case_key(related_name: str) -> models.ForeignKey:
    """The case that a row is of."""
    return models.ForeignKey(VisaCase, models.PROTECT, db_constraint=False, db_index=False, related_name=related_name)


def of_case(case: VisaCase) -> dict:
    """Whose row it is, as its keys say it."""
    keys = {name: getattr(case, name) for name in ("workspace_id", "client_id", "person_id")}
    return keys | {"case_id": case.pk}
