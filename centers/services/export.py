from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queue import queue
from audit.models import Action
from audit.services import record
from centers import tasks
from centers.listing import Shown
from centers.models import Export, ExportFormat, ExportState, Workspace
from centers.selectors import scope_of

AT_ONCE = 3  # unfinished exports of one person


@transaction.atomic
def request_export(
    *, actor: User, shown: Shown, workspace: Workspace | None, format: ExportFormat, reason: str
) -> Export:
    """Ask for a list as a file. The request is on record with its reason; a worker writes the file.

    Raises ValidationError where the person has too many unfinished ones.
    """
    mine = Export.objects.visible_to(actor).filter(state__in=[ExportState.QUEUED, ExportState.RUNNING])
    if mine.count() >= AT_ONCE:
        raise ValidationError(
            _("%(number)s of your files are still being written. Wait for one of them, or cancel it."),
            code="many",
            params={"number": AT_ONCE},
        )
    export = Export.objects.create(
        user=actor,
        listing=shown.listing.code,
        filters=dict(shown.listing.of) | shown.form.kept,
        sort=shown.sort,
        workspace=workspace,
        language=translation.get_language(),
        format=format,
        reason=reason,
        rows_total=shown.rows.count(),
    )
    _record(Action.LIST_EXPORTED, export, filters=export.filters, reason=reason)
    queue(tasks.run_export, export.pk, actor.pk)
    return export


@transaction.atomic
def cancel_export(*, export_id: int, actor: User) -> None:
    """Stop an export that is not finished; its worker notices with the next rows. A finished one stays as it is."""
    mine = Export.objects.visible_to(actor).filter(pk=export_id, state__in=[ExportState.QUEUED, ExportState.RUNNING])
    mine.update(state=ExportState.CANCELLED, finished_at=timezone.now())


@transaction.atomic
def note_download(*, export: Export) -> None:
    """Put on record that the owner took the file."""
    _record(Action.FILE_DOWNLOADED, export, sha256=export.sha256)


def _record(action: Action, export: Export, **data) -> None:
    record(
        action,
        actor=export.user,
        target=export,
        workspace_id=export.workspace_id or scope_of(export.user).only_workspace,
        listing=export.listing,
        rows=export.rows_total,
        format=str(export.format),
        **data,
    )
