"""What a student may do and has reached beside the studies: put on record, and withdrawn where it was wrong."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from centers.scope import settle_constraints
from visas.models import Enrolment, KoreanResult, StudyPermit, StudyPermitKind
from visas.services.enrolment import of_student, record_student


@transaction.atomic
def give_permit(
    row: Enrolment,
    *,
    actor: User | None,
    kind: StudyPermitKind,
    starts_on: date,
    ends_on: date,
    place: str,
    hours: int | None = None,
    document: str = "",
) -> StudyPermit:
    """Put leave to work on record. Raises IntegrityError where the database refuses: no hours where the kind has a
    limit, more than it has, alone or together with others, the same leave twice on a day, or a day outside of the
    studies.
    """
    made = StudyPermit.objects.create(
        **of_student(row), kind=kind, starts_on=starts_on, ends_on=ends_on, place=place, hours=hours,
        document=document, actor=actor,
    )  # fmt: skip
    return _kept(made, row, actor)


@transaction.atomic
def keep_korean(
    row: Enrolment,
    *,
    actor: User | None,
    test: str,
    level: int,
    held_on: date,
    passed: bool = True,
    document: str = "",
) -> KoreanResult:
    """Put a level of Korean on record, or a stage of KIIP that is attended. Raises IntegrityError as above."""
    made = KoreanResult.objects.create(
        **of_student(row), test=test, level=level, passed=passed, held_on=held_on, document=document, actor=actor
    )
    return _kept(made, row, actor)


@transaction.atomic
def withdraw_record(row: StudyPermit | KoreanResult, *, actor: User, reason: str) -> None:
    """What was entered wrongly holds no more and stays in sight. Raises DoesNotExist where it was withdrawn before."""
    row = type(row).objects.standing().select_for_update(of=("self",)).get(pk=row.pk)
    row.withdrawn_on, row.withdrawn_why = timezone.localdate(), reason
    row.save(update_fields=["withdrawn_on", "withdrawn_why"])
    record_student(actor, row.enrolment)


def _kept(made, row: Enrolment, actor: User | None):
    record_student(actor, row)
    settle_constraints()
    return made
