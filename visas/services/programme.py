"""The settings of a visa programme, as the province decides them by a document."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.models import Action
from audit.services import record
from centers.scope import settle_constraints
from visas.models import ProgrammeSetting, VisaProgramme


@transaction.atomic
def set_programme(
    *, programme: VisaProgramme, told: dict, document: str, actor: User, from_on: date | None = None, source: str = ""
) -> VisaProgramme:
    """Decide a programme's settings: ``told`` has all fields of ``visas.models.programme.Settings``.

    They hold from ``from_on``, today by default: each case of the programme takes its place, or gives it back, by the
    rule of the first day on which one says so, and past days stay as they were counted. Raises IntegrityError where a
    quota would hold fewer places than its cases then take, for a day before the last decision or to come, and for who
    is not the province.
    """
    row = ProgrammeSetting.objects.create(
        programme=programme,
        document=document,
        source=source,
        entered_by=actor,
        from_on=from_on or timezone.localdate(),
        **told,
    )
    settle_constraints()
    record(Action.PROGRAMME_SET, actor=actor, target=row, programme=programme.pk, document=document)
    return VisaProgramme.objects.get(pk=programme.pk)
