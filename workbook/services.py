"""Importing a workbook: everything of it or nothing, and the same again changes nothing."""

from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path

from django.db import DatabaseError, IntegrityError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import Action
from audit.services import record
from centers.models import Workspace
from centers.refusals import sentence
from centers.scope import WHOLE_PROVINCE, acting_for, settle_constraints
from workbook.batch import CHANGED, NEW, UNCHANGED, Batch, Progress, read_batch
from workbook.cells import Readers
from workbook.identity import compare_with_earlier, find_people, place_rows, refuse_repeated_numbers
from workbook.known import Known
from workbook.models import ImportedFile
from workbook.opening import open_workbook
from workbook.problems import Problem, Problems
from workbook.rules import Check, check_rows
from workbook.writing import write_batch


@dataclass
class Outcome:
    """What an import did, or would do: how many rows were new, changed and unchanged, and what is wrong."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: Problems = field(default_factory=Problems)

    @property
    def refused(self) -> bool:
        return bool(self.problems.errors)


class _NotWritten(Exception):
    """Leaves the transaction and takes everything back: a bad file, or a dry run."""


def _silent(stage: str, done: int, total: int) -> None:
    pass


def import_workbook(
    path: Path,
    *,
    workspace: Workspace | None = None,
    dry_run: bool = False,
    update: bool = False,
    historic: bool = False,
    actor: User | None = None,
    progress: Progress = _silent,
) -> Outcome:
    """Bring a workbook into the records, in one transaction that is short where it locks.

    ``workspace``: people are that workspace's clients. ``update``: a number that came with other content
    changes its record. ``historic``: dates out of order and a full quota become recorded exceptions.
    Raises FileRefused where the file is no workbook; any bad row keeps the whole file out (``Outcome.refused``).
    """
    batch = read_batch(open_workbook(path), Readers.of_today(), progress)
    try:
        with acting_for(WHOLE_PROVINCE, actor=actor, reason="import_workbook"):
            _take_turns()
            _import(batch, path, Known.now(workspace), update, historic, actor, progress)
            if dry_run:
                raise _NotWritten
    except _NotWritten:
        pass
    except (IntegrityError, DatabaseError) as error:
        batch.problems.add(Problem(path.name, 0, "", "", _refusal(error)))
    return Outcome(batch.total(NEW), batch.total(CHANGED), batch.total(UNCHANGED), batch.problems)


def _import(batch: Batch, path: Path, known: Known, update: bool, historic: bool, actor, progress: Progress) -> None:
    place_rows(batch, known)
    refuse_repeated_numbers(batch)
    compare_with_earlier(batch, update=update)
    people = find_people(batch, known)
    check_rows(Check(batch, people, known, historic))
    if batch.problems.errors:
        raise _NotWritten
    if not batch.total(NEW) and not batch.total(CHANGED):
        return
    file = _file_of(path, known, historic, actor)
    write_batch(batch, people, known, file, progress)
    file.counts = {state: batch.total(state) for state in (NEW, CHANGED, UNCHANGED)}
    file.save(update_fields=["counts"])
    record(Action.WORKBOOK_IMPORTED, actor=actor, target=file, workspace_id=file.workspace_id, **file.counts)
    settle_constraints()


def _take_turns() -> None:
    """Imports wait for each other, and for nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('import_workbook'))")


def _file_of(path: Path, known: Known, historic: bool, actor: User | None) -> ImportedFile:
    with open(path, "rb") as content:
        total = file_digest(content, "sha256").digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        (now,) = cursor.fetchone()
    file = ImportedFile.objects.create(
        name=path.name[:200], digest=total, workspace=known.workspace, historic=historic, imported_by=actor
    )
    # The clock of the transaction, as the history of the rows has it.
    file.imported_at = timezone.localtime(now)
    file.save(update_fields=["imported_at"])
    return file


def _refusal(error: Exception) -> str:
    said = sentence(error)
    if said:
        return said
    if "No space left" in str(error):
        return _("The disk of the database is full and nothing was written. Tell the system administrator.")
    return (
        _("The database refused the file and nothing was written (%s). Tell the system administrator.")
        % type(error.__cause__ or error).__name__
    )
