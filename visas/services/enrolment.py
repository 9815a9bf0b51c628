"""Students: entered with their admission, every change of status, and its report to the immigration office."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.queue import queue
from audit.models import Action
from audit.services import record
from cases.models import Client
from centers.models import Major
from centers.scope import settle_constraints
from visas.models import Enrolment, StatusChange, StudyStatus, VisaCase
from visas.tasks import follow_case


@transaction.atomic
def enrol(
    *,
    actor: User | None,
    client: Client,
    ref: str,
    major: Major,
    semester: str,
    admitted_on: date,
    case: VisaCase | None = None,
) -> Enrolment:
    """Enter a client of a university as a student, whose first status is that of the admission.

    Raises IntegrityError where the database refuses: a number that another student has, another university's major.
    """
    row = Enrolment.objects.create(
        workspace_id=client.workspace_id, client=client, person_id=client.person_id, ref=ref, major=major,
        semester=semester, admitted_on=admitted_on, case=case, recorded_on=timezone.localdate(),
    )  # fmt: skip
    StatusChange.objects.create(
        **of_student(row), kind=first_status(), happened_on=admitted_on, known_on=admitted_on, actor=actor
    )
    record_student(actor, row)
    settle_constraints()
    return row


def first_status() -> StudyStatus:
    """The status that begins the studies."""
    return StudyStatus.objects.filter(follows=[]).first()


def of_student(row: Enrolment) -> dict:
    """Whose a row is that hangs on a student."""
    return {
        "workspace_id": row.workspace_id,
        "enrolment": row,
        "client_id": row.client_id,
        "person_id": row.person_id,
    }


@transaction.atomic
def edit_enrolment(row: Enrolment, *, actor: User, **told) -> Enrolment:
    """Correct what is told of a student. Raises IntegrityError as ``enrol`` does."""
    for name, value in told.items():
        setattr(row, name, value)
    row.save(update_fields=list(told))
    record_student(actor, row)
    settle_constraints()
    return row


@transaction.atomic
def change_status(
    row: Enrolment, *, actor: User | None, kind: StudyStatus, happened_on: date, known_on: date, note: str = ""
) -> StatusChange:
    """Put a change of status on record; the database says by when it has to be reported.

    Raises IntegrityError where the status cannot come there, or a day lies in the future.
    """
    made = StatusChange.objects.create(
        **of_student(row), kind=kind, happened_on=happened_on, known_on=known_on, note=note, actor=actor
    )
    record_student(actor, row)
    settle_constraints()
    _let_the_case_follow(row)
    made.refresh_from_db()
    return made


@transaction.atomic
def report_change(row: StatusChange, *, actor: User, reported_on: date, document: str) -> StatusChange:
    """Say when and by which document the immigration office was told; another time, to correct it.

    Raises IntegrityError for a day in the future or before the change, StatusChange.DoesNotExist where it was
    withdrawn meanwhile.
    """
    row = StatusChange.objects.standing().select_for_update(of=("self",)).get(pk=row.pk)
    row.reported_on, row.report_document, row.reported_by = reported_on, document, actor
    row.save(update_fields=["reported_on", "report_document", "reported_by"])
    record_student(actor, row.enrolment)
    settle_constraints()
    return row


@transaction.atomic
def withdraw_change(row: StatusChange, *, actor: User, reason: str) -> None:
    """A change that was entered wrongly holds no more and stays in sight.

    Raises IntegrityError where the changes that are left do not follow on each other, as without the admission.
    """
    row = StatusChange.objects.standing().select_for_update(of=("self",)).get(pk=row.pk)
    row.withdrawn_on, row.withdrawn_why = timezone.localdate(), reason
    row.save(update_fields=["withdrawn_on", "withdrawn_why"])
    record_student(actor, row.enrolment)
    settle_constraints()
    _let_the_case_follow(row.enrolment)


def _let_the_case_follow(row: Enrolment) -> None:
    """What the studies came to begins or ends the duties of the visa case that brought the student."""
    if row.case_id:
        queue(follow_case, row.case_id, row.workspace_id)


def record_student(actor: User | None, row: Enrolment) -> None:
    """One word whatever has changed: reviewers of the log are officials too."""
    record(Action.STUDENT_KEPT, actor=actor, target=row, workspace_id=row.workspace_id)
