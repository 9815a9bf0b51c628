"""What a worker does with an export: rows in chunks, each in a transaction of its own with the rights of that moment.

So a million rows hold no transaction open, what has been done so far is seen at once, and whoever loses their rights
half-way gets no further row.
"""

import logging
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queue import queue
from audit.access import gathering, note_work
from centers import tasks
from centers.exports.sealed import SealedWriter
from centers.exports.sheets import SHEETS, Sheet
from centers.listing import Column, Listing, Shown, find
from centers.listing.page import chunks_of
from centers.models import Export, ExportProblem, ExportState
from centers.reader import read_by
from centers.scope import Scope, set_scope
from centers.selectors import narrow, scope_of, workspace_at

logger = logging.getLogger(__name__)
CHUNK = 2000
ATTEMPTS = 3
KEPT = timedelta(hours=24)
PULSE = 10  # seconds between two signs of life


class _Stopped(Exception):
    """The export is no longer this worker's: cancelled, taken up by another, or its owner may no longer read it."""


def run_export(export_id: int, user_id: int) -> None:
    """Write one export. Does nothing where it is done, given up, or in the hands of a worker that is alive."""
    export = _claim(export_id, user_id)
    if export is None:
        return
    clear(export_id)
    try:
        with translation.override(export.language):
            _write(export)
    except _Stopped:
        clear(export_id, export.attempt)
    except DatabaseError:
        raise  # the sweep takes it up again
    except Exception as error:  # whatever it was, its owner is told, and no row of it goes into the log
        logger.error("export %s failed: %s", export_id, type(error).__name__)
        clear(export_id, export.attempt)
        _fail(export, ExportProblem.ERROR)


def sweep_exports() -> None:
    """Take up what was forgotten, and delete the files whose day is over. The table says which; a queue cannot."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM wall.exports_due(%s)", [settings.EXPORT_FORGOTTEN_SECONDS])
        due = cursor.fetchall()
    for export_id, user_id, over in due:
        if over:
            _expire(export_id, user_id)
        else:
            queue(tasks.run_export, export_id, user_id)
    _delete_old_files()


def folder() -> Path:
    """Where the files lie; only the service's own user looks into it."""
    settings.EXPORT_FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
    return settings.EXPORT_FOLDER


def clear(export_id: int, attempt: int | None = None) -> None:
    """Delete every file of an export, finished or not; or those of one attempt, which may have a successor."""
    for name in (
        (f"{export_id}-*",) if attempt is None else (f"{export_id}-{attempt}-*", f"{export_id}-{attempt}.work")
    ):
        for path in folder().glob(name):
            _delete(path)


@contextmanager
def owned_by(user_id: int) -> Iterator[None]:
    """A transaction that sees the exports of one person and nothing else."""
    with transaction.atomic():
        set_scope(Scope(user_id))
        yield


def _claim(export_id: int, user_id: int) -> Export | None:
    dead = timezone.now() - timedelta(seconds=settings.EXPORT_FORGOTTEN_SECONDS)
    with owned_by(user_id):
        export = Export.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=export_id).first()
        if export is None or not export.unfinished:
            return None
        if export.state == ExportState.RUNNING and export.progressed_at > dead:
            return None
        if export.attempt < ATTEMPTS:
            now = timezone.now()
            export.state, export.attempt, export.rows_done = ExportState.RUNNING, export.attempt + 1, 0
            export.started_at = export.progressed_at = now
            export.save(update_fields=["state", "attempt", "rows_done", "started_at", "progressed_at"])
            return export
    clear(export_id)
    _fail(export, ExportProblem.INTERRUPTED)
    return None


def _write(export: Export) -> None:
    listing = find(export.listing, export.filters)
    work = folder() / f"{export.pk}-{export.attempt}.work"
    work.mkdir(mode=0o700)
    name = f"{export.pk}-{export.attempt}-{secrets.token_hex(8)}"
    with SealedWriter(folder() / name, name, pulse=_Pulse(export)) as target:
        with _reading(export, listing) as shown:
            columns = shown.columns
        sheet = SHEETS[export.format](target, headings_of(columns), work, str(listing.title)[:28])
        _write_rows(export, listing, columns, sheet)
        sheet.close()
        target.finish()
        _delete(work)
        _done(export, name, target)


def _write_rows(export: Export, listing: Listing, columns: list[Column], sheet: Sheet) -> None:
    done, after = 0, None
    while True:
        with gathering() as files, _reading(export, listing) as shown:
            found = chunks_of(shown.rows, shown.running, descending=shown.descending, size=CHUNK, after=after)
            listing.beside(found, shown.viewer)
            lines = [values_of(row, columns, shown.viewer) for row in found]
            done += len(lines)
            _still_mine(export, rows_done=done)
            note_work("centers:export", files, workspace_id=export.workspace_id, purpose=export.reason)
        sheet.write(lines)
        if len(found) < CHUNK:
            return
        after = shown.running.key_of(found[-1])


def headings_of(columns: list[Column]) -> list[str]:
    headings = []
    for column in columns:
        headings.append(str(column.label))
        if column.code:
            headings.append(_("%(column)s (code)") % {"column": column.label})
    return headings


def values_of(row, columns: list[Column], viewer: User) -> list:
    """A row as plain values: what the page says, and the code behind a name."""
    values = []
    for column in columns:
        values.append(column.value(row, viewer))
        if column.code:
            values.append(column.code(row))
    return values


@contextmanager
def _reading(export: Export, listing: Listing) -> Iterator[Shown]:
    """The list as its owner may read it now. Raises _Stopped, and says why, where they may not any more."""
    with transaction.atomic():
        viewer = User.objects.get(pk=export.user_id)
        if may_still(viewer, export):
            set_scope(scope_of(viewer))
            with read_by(viewer):
                yield Shown(listing, viewer, {**export.filters, "sort": export.sort})
            return
    _fail(export, ExportProblem.RIGHTS)
    raise _Stopped


def may_still(viewer: User, export: Export) -> bool:
    """Whether the owner may read the list where they asked for it, today."""
    if export.workspace_id:
        if workspace_at(viewer, export.workspace.code) is None:
            return False
        narrow(viewer, export.workspace)
    return find(export.listing, export.filters).is_open_to(viewer)


def _still_mine(export: Export, **changed) -> None:
    """Write down how far it is. Raises _Stopped where it was cancelled, or another worker took it up."""
    mine = Export.objects.filter(pk=export.pk, attempt=export.attempt, state=ExportState.RUNNING)
    if not mine.update(progressed_at=timezone.now(), **changed):
        raise _Stopped


def _done(export: Export, name: str, target: SealedWriter) -> None:
    now = timezone.now()
    with owned_by(export.user_id):
        _still_mine(
            export,
            state=ExportState.DONE,
            file=name,
            size=target.size,
            sha256=target.sha256,
            finished_at=now,
            expires_at=now + KEPT,
        )


def _fail(export: Export, problem: ExportProblem) -> None:
    with owned_by(export.user_id):
        mine = Export.objects.filter(pk=export.pk, attempt=export.attempt, state__in=["queued", "running"])
        mine.update(state=ExportState.FAILED, problem=problem, finished_at=timezone.now())


def _expire(export_id: int, user_id: int) -> None:
    with owned_by(user_id):
        Export.objects.filter(pk=export_id, state=ExportState.DONE).update(state=ExportState.EXPIRED, file="")
    clear(export_id)


def _delete_old_files() -> None:
    """What no row names any more, as after a crash between the file and its row."""
    old = (timezone.now() - KEPT - timedelta(hours=1)).timestamp()
    for path in folder().iterdir():
        if path.stat().st_mtime < old:
            _delete(path)


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


class _Pulse:
    """A sign of life while a long file is put together, at most one in ``PULSE`` seconds."""

    def __init__(self, export: Export):
        self._export, self._last = export, monotonic()

    def __call__(self) -> None:
        if monotonic() - self._last > PULSE:
            self._last = monotonic()
            with owned_by(self._export.user_id):
                _still_mine(self._export)
