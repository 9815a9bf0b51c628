"""Files that come with a client: kept encrypted, given back, deleted and taken back, and gone in time.

Other records keep their proof here: add the file with ``attach`` and hold its key.
"""

from hashlib import sha256

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from audit.models import Action
from audit.services import record
from cases.attachments import clean_name, media_type_of
from cases.models import Attachment, AttachmentContent, AttachmentKind, Client, Session
from centers.secrecy import seal, unseal


@transaction.atomic
def attach(
    *, actor: User, client: Client, kind: AttachmentKind, name: str, content: bytes, session: Session | None = None
) -> Attachment:
    """Keep a file on a client, and on one of their sessions. What is there already in the same bytes is kept once.

    Raises ValidationError where the file is not what its name says or is not kept (``media_type_of``).
    """
    media_type, digest = media_type_of(content, name), sha256(content).digest()
    Client.objects.select_for_update(no_key=True).get(pk=client.pk)  # a button pressed twice waits here
    before = client.attachments.filter(digest=digest).alive().first()
    if before:
        return before
    row = Attachment(
        workspace_id=client.workspace_id,
        client=client,
        session=session,
        kind=kind,
        name=clean_name(name),
        media_type=media_type,
        size=len(content),
        digest=digest,
        added_by=actor,
    )
    row.expires_on = row.kept_until(timezone.localdate())
    row.save()
    AttachmentContent.objects.create(
        workspace_id=client.workspace_id, attachment=row, sealed=seal(content, _about(row))
    )
    record(Action.FILE_ATTACHED, actor=actor, target=row, workspace_id=row.workspace_id, size=row.size)
    return row


def content_of(row: Attachment) -> bytes:
    """The bytes as they were sent. Raises ValueError where what is kept is not what was sent."""
    content = unseal(row.content.sealed, _about(row))
    if sha256(content).digest() != bytes(row.digest):
        raise ValueError("the content of an attachment is not what was sent")
    return content


def _about(row: Attachment) -> bytes:
    return f"attachment:{row.pk}".encode()


@transaction.atomic
def delete_attachment(row: Attachment, *, actor: User) -> None:
    """Take a file away; it can be taken back for ``RESTORABLE``, then its content is gone."""
    row.deleted_at = timezone.now()
    row.save(update_fields=["deleted_at"])
    record(Action.FILE_DELETED, actor=actor, target=row, workspace_id=row.workspace_id)


@transaction.atomic
def restore_attachment(row: Attachment) -> None:
    row.deleted_at = None
    row.save(update_fields=["deleted_at"])


def purge_attachments() -> int:
    """Delete the content of what was deleted a week ago or whose days are over; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wall.purge_attachments()")
        return cursor.fetchone()[0]
