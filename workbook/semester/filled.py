"""The semester list as it stands on record, to be changed and brought in again instead of typed anew."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import Action
from audit.services import record
from cases.models import ClientName, NameKind
from centers.models import ExportFormat, Workspace
from visas.models import Enrolment
from visas.student_listings import STUDENTS
from workbook.cells import code_sets
from workbook.problems import FileRefused
from workbook.semester.plan import DEGREES
from workbook.semester.sheet import MOST, list_of


def present_students(viewer: User, places: QuerySet[Workspace]) -> QuerySet[Enrolment]:
    """The students of some universities whose studies go on today, as far as the person may read them."""
    return Enrolment.objects.visible_to(viewer).present(timezone.localdate()).filter(workspace__in=places)


@transaction.atomic
def take_list(*, actor: User, workspace: Workspace, semester: str, reason: str) -> bytes:
    """The list of the present students as a file, all of them or those admitted in one semester. That it was taken
    is on record with the reason, as an export is.

    Raises FileRefused where there is nobody to list, or more than a list that is brought in may have.
    """
    students = present_students(actor, Workspace.objects.filter(pk=workspace.pk))
    students = students.filter(semester=semester) if semester else students
    rows = students.count()
    if not rows:
        raise FileRefused(_("There is no such student now: choose another semester."))
    if rows > MOST:
        raise FileRefused(
            _("That would be %(rows)d rows, and a list has %(most)d at most: choose a semester.")
            % {"rows": rows, "most": MOST}
        )
    record(
        Action.LIST_EXPORTED,
        actor=actor,
        workspace_id=workspace.pk,
        listing=STUDENTS.code,
        rows=rows,
        format=str(ExportFormat.XLSX),
        filters={"semester": semester} if semester else {},
        reason=reason,
    )
    return list_of(_rows(students, workspace, actor))


def _rows(students: QuerySet[Enrolment], workspace: Workspace, viewer: User) -> Iterator[dict]:
    """The students by the keys of the columns.

    Registration numbers stay empty, as they are part of no file that is taken away; and so do the days of a change,
    since a row whose status is changed has to say its own.
    """
    sets = code_sets()
    names = ClientName.objects.visible_to(viewer).order_by("-pk")  # the first of a kind is the one that stays
    found = students.select_related("major", "client").prefetch_related(Prefetch("client__names", names))
    for student in found.order_by("ref", "pk"):
        client, major = student.client, student.major
        yield {
            "ref": student.ref,
            **{f"{NameKind(name.kind).value}_name": name.text for name in client.names.all()},
            "birth_date": client.birth_date,
            "nationality": sets["country"].word_of(client.nationality_id),
            "sex": sets["sex"].word_of(client.sex_id),
            "university": sets["university"].word_of(workspace.pk),
            "major": major.name,
            "degree": DEGREES[major.degree][0],
            "semester": student.semester,
            "admitted_on": student.admitted_on,
            "status": sets["study_status"].word_of(student.state),
        }
