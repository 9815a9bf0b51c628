from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from audit.models import Action
from audit.services import record
from cases.models import Client, ClientName, Contact, Identifier, IdentifierKind
from cases.secrecy import digest, encrypt
from centers.models import Workspace
from centers.scope import settle_constraints


@dataclass(frozen=True)
class Told:
    """What somebody enters of a client; what is not in it stays as it is.

    ``of_file`` are fields of ``Client`` by their names, ``names`` the names of a script by its kind, ``phones`` all
    telephone numbers, ``numbers`` those of the state by their kind: an empty one is taken away.
    """

    of_file: dict[str, object] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    phones: list[str] | None = None
    numbers: dict[str, str] = field(default_factory=dict)

    def __bool__(self):
        return bool(self.of_file or self.names or self.phones is not None or self.numbers)


@transaction.atomic
def create_client(*, workspace: Workspace, told: Told, form_token: UUID | None = None) -> Client:
    """Open a file on a person in a workspace, as of today; once for one form (rule ``client_opened_once``).

    Whoever holds the registration number, else the passport number, is the person; without either they are new.
    Raises IntegrityError where the database refuses, ValueError for a number without a digit or a letter.
    """
    numbers = {kind: number for kind, number in told.numbers.items() if number}
    order = [kind for kind in IdentifierKind.values if kind in numbers]
    client = Client.objects.create(
        workspace=workspace,
        person_id=_person_for(digest(order[0], numbers[order[0]]) if order else None),
        recorded_on=timezone.localdate(),
        form_token=form_token,
        **told.of_file,
    )
    _write(client, told)
    settle_constraints()
    return client


@transaction.atomic
def edit_client(client: Client, *, told: Told) -> Client:
    """Change what is told of a client and nothing else.

    A number that another identity holds makes the file one of that identity; a number that was corrected leads to
    nobody any more. Raises as ``create_client`` does, also where the person would then hold twice what there is once.
    """
    if told.of_file:
        for name, value in told.of_file.items():
            setattr(client, name, value)
        client.save(update_fields=list(told.of_file))
    _write(client, told)
    settle_constraints()
    client.refresh_from_db()
    return client


def _write(client: Client, told: Told) -> None:
    for kind, names in told.names.items():
        _replace(client.names.filter(kind=kind), "text", names, lambda text, kind=kind: _name(client, kind, text))
    if told.phones is not None:
        _replace(client.contacts.filter(kind="phone"), "value", told.phones, lambda value: _contact(client, value))
    for kind, number in told.numbers.items():
        _number(client, kind, number)


def _name(client: Client, kind: str, text: str) -> ClientName:
    return ClientName(workspace_id=client.workspace_id, client=client, kind=kind, text=text)


def _contact(client: Client, value: str) -> Contact:
    return Contact(workspace_id=client.workspace_id, client=client, kind="phone", value=value)


def _replace(rows, column: str, wanted: Iterable[str], make) -> None:
    """Let the rows be those texts: what stays is not touched, what is corrected keeps its row."""
    wanted = list(dict.fromkeys(wanted))
    kept = list(rows.order_by("pk"))
    missing = [text for text in wanted if text not in {getattr(row, column) for row in kept}]
    for row in kept:
        if getattr(row, column) in wanted:
            continue
        if missing:
            setattr(row, column, missing.pop(0))
            row.save(update_fields=[column])
        else:
            row.delete()
    for text in missing:
        make(text).save()


def _number(client: Client, kind: str, number: str) -> None:
    """The number in use, in place of the one before; a former one that is typed again is in use again."""
    hashed = digest(kind, number) if number else None
    for before in client.identifiers.filter(Q(former=False) | Q(digest=hashed), kind=kind):
        before.delete()
        _forget(client.person_id, bytes(before.digest))
    if hashed is None:
        return
    Identifier.objects.create(
        workspace_id=client.workspace_id, client=client, kind=kind, ciphertext=encrypt(number), digest=hashed
    )
    holder = _holder(client.person_id, hashed)
    if holder != client.person_id:
        client.person_id = holder
        client.save(update_fields=["person"])


@transaction.atomic
def take_away_number(number: Identifier, *, actor: User, reason: str) -> None:
    """A former number that was never the client's leads to them no more. What it was stays in the history, sealed.

    Raises ValueError for the number in use: that one is corrected in the file.
    """
    if not number.former:
        raise ValueError("A number in use is corrected, not taken away")
    client, told = number.client, {"kind": number.kind, "reason": reason}
    number.delete()
    _forget(client.person_id, bytes(number.digest))
    settle_constraints()
    record(Action.NUMBER_TAKEN_AWAY, actor=actor, target=client, workspace_id=client.workspace_id, **told)


def _person_for(hashed: bytes | None) -> int:
    return _ask("SELECT person_id FROM wall.persons_for(ARRAY[%s]::bytea[])", hashed)


def _holder(person: int, hashed: bytes) -> int:
    """Who holds the number: the person themselves from now on, if nobody did."""
    return _ask("SELECT wall.name_person(%s, %s)", person, hashed)


def _forget(person: int, hashed: bytes) -> None:
    _ask("SELECT wall.forget_number(%s, %s)", person, hashed)


def _ask(statement: str, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]
