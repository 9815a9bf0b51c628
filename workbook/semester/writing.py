"""A semester list on its way in: brought, looked at, and written or left."""

from collections import Counter

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from audit.models import Action
from audit.services import record
from cases.attachments import clean_name
from cases.models import Client, IdentifierKind
from cases.services.client import Told, create_client, edit_client
from centers.models import Workspace
from centers.secrecy import seal, unseal
from visas.models import Enrolment, StatusChange, VisaCase
from visas.services.enrolment import change_status, edit_enrolment, enrol
from visas.services.obligation import report_semester
from workbook.models import ListState, SemesterList
from workbook.semester.plan import CHANGED, CORRECTED, NEW, Entry, Plan, plan_of
from workbook.semester.sheet import NAMES, read_list


class OtherThanSeen(Exception):
    """The records changed since the list was looked at: it would write something else now."""


def bring_list(*, actor: User, workspace: Workspace, name: str, content: bytes) -> tuple[SemesterList | None, Plan]:
    """Read a list and keep it until it is written or left; with any problem in it, it is not kept.

    Raises FileRefused for a file that is no such list.
    """
    plan = plan_of(workspace, read_list(content))
    if plan.problems:
        return None, plan
    row = SemesterList.objects.create(
        workspace=workspace,
        name=clean_name(name),
        content=seal(content),
        plan=plan.fingerprint,
        counts=plan.counts,
        brought_by=actor,
    )
    return row, plan


def plan_again(row: SemesterList) -> Plan:
    """What the list would change now."""
    return plan_of(row.workspace, read_list(unseal(row.content)))


@transaction.atomic
def write_list(row: SemesterList, *, actor: User, seen: str) -> SemesterList:
    """Write the list, all of it or nothing; ``seen`` is the fingerprint of what the person looked at.

    Raises OtherThanSeen where it would write something else than that, IntegrityError where the database refuses,
    SemesterList.DoesNotExist where it was written or left meanwhile.
    """
    row = SemesterList.objects.select_for_update(of=("self",)).get(pk=row.pk, state=ListState.WAITING)
    plan = plan_again(row)
    if plan.problems or plan.fingerprint != seen:
        raise OtherThanSeen
    began = timezone.now()
    for entry in sorted(plan.entries, key=lambda entry: entry.goes_on):  # who ends one number may begin another
        _write(entry, actor=actor, workspace=row.workspace)
    written = _written(row, plan, began) | {"checks": _report(row, plan, actor)}
    return _end(row, actor=actor, state=ListState.WRITTEN, counts=plan.counts, written=written)


def _report(row: SemesterList, plan: Plan, actor: User) -> int:
    """The enrolment of the semester is checked for whoever the list shows in class; how many checks that made."""
    return report_semester(actor=actor, workspace_id=row.workspace_id, cases=plan.in_class, document=row.name)


def _write(entry: Entry, *, actor: User, workspace: Workspace) -> None:
    client = Client.objects.get(pk=entry.file) if entry.file else None
    if entry.number:
        client = edit_client(client, told=Told(numbers={IdentifierKind.REGISTRATION: entry.number}))
    if NEW in entry.kinds:
        client = client or _open_file(entry, workspace)
        case = VisaCase.objects.filter(pk=entry.case).first()
        student = enrol(actor=actor, client=client, ref=entry.row.ref, case=case, **entry.told)
    elif entry.kinds & {CORRECTED, CHANGED}:
        student = Enrolment.objects.get(pk=entry.held.pk)
    if entry.before:
        edit_enrolment(student, actor=actor, **entry.told)
    if entry.status:
        days = {"happened_on": entry.happened_on, "known_on": entry.known_on}
        change_status(student, actor=actor, kind=entry.status, **days)


def _open_file(entry: Entry, workspace: Workspace) -> Client:
    row = entry.row
    of_file = {"birth_date": row["birth_date"], "nationality_id": row["nationality"], "sex_id": row["sex"]}
    names = {key.removesuffix("_name"): [row[key]] for key in NAMES if row[key]}
    numbers = {IdentifierKind.REGISTRATION: row["registration_number"]} if row["registration_number"] else {}
    return create_client(workspace=workspace, told=Told(of_file=of_file, names=names, numbers=numbers))


def _written(row: SemesterList, plan: Plan, began) -> dict[str, int]:
    """What the records answer of the list: how many of its students are there, as the list has them."""
    refs = {entry.row.ref: entry.row["status"] for entry in plan.entries}
    changes = StatusChange.objects.filter(workspace=row.workspace, recorded_at__gte=began)
    held = dict(
        StatusChange.objects.standing()
        .filter(workspace=row.workspace, enrolment__ref__in=refs)
        .order_by("happened_on", "pk")
        .values_list("enrolment__ref", "kind")
    )
    agree = Counter(held.get(ref) == status for ref, status in refs.items())
    return {"students": agree[True], "otherwise": agree[False], "changes": changes.count()}


@transaction.atomic
def leave_list(row: SemesterList, *, actor: User) -> None:
    """Take a list away without writing it."""
    row = SemesterList.objects.select_for_update(of=("self",)).get(pk=row.pk, state=ListState.WAITING)
    _end(row, actor=actor, state=ListState.LEFT, counts=row.counts, written={})


def _end(row: SemesterList, *, actor: User, state: str, counts: dict, written: dict) -> SemesterList:
    row.state, row.content, row.ended_at, row.counts, row.written = state, None, timezone.now(), counts, written
    row.save(update_fields=["state", "content", "ended_at", "counts", "written"])
    if state == ListState.WRITTEN:
        record(Action.SEMESTER_WRITTEN, actor=actor, target=row, workspace_id=row.workspace_id, **counts)
    return row


def purge_lists() -> int:
    """Leave the lists that waited a week for their yes; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wall.purge_semester_lists()")
        return cursor.fetchone()[0]
