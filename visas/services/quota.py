"""Writes the ledger of the quotas. Each entry goes in as a whole, balanced, or is refused with the reason."""

from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import Action
from audit.services import record
from centers.models import Workspace, WorkspaceKind
from centers.refusals import rule_of, sentence
from centers.scope import settle_constraints
from visas.models import EntryKind, QuotaClosing, QuotaEntry, QuotaLine, QuotaPool, QuotaShare


@dataclass(frozen=True)
class Move:
    """So many places to a quota, or to a share of it; without a quota, back to the ministry."""

    pool: str | None
    amount: int
    share: int | None = None
    provisional: bool = False


@transaction.atomic
def write_entry(fields: dict, moves: Iterable[Move]) -> QuotaEntry:
    """Write an entry with its lines in one statement, so that quotas are locked in one order.

    Raises IntegrityError where it does not balance (at the latest when the transaction ends) or a quota would hold
    less than is taken in it.
    """
    entry = QuotaEntry.objects.create(**fields)
    QuotaLine.objects.bulk_create(QuotaLine(entry=entry, **_line(move)) for move in moves)
    return entry


def _line(move: Move) -> dict:
    return {
        "pool_id": move.pool, "share_id": move.share, "amount": move.amount, "provisional": move.provisional
    }  # fmt: skip


def enter(
    *,
    kind: EntryKind,
    pool: QuotaPool,
    amount: int,
    effective_on: date,
    document: str,
    actor: User,
    source: str = "",
    provisional: bool = False,
) -> QuotaEntry:
    """Enter a grant, a supplement or a return of so many places (a positive number) from a day on.

    Raises ValidationError where the ledger would hold less than is taken, where it has the entry already, or nothing
    was written of the document.
    """
    signed = -amount if kind == EntryKind.RETURN else amount
    fields = {"kind": kind, "effective_on": effective_on, "document": document.strip(), "source": source.strip()}
    moves = [Move(pool.pk, signed, provisional=provisional), Move(None, -signed)]
    return _put(fields, moves, pool, actor)


def reallocate(
    *,
    pool: QuotaPool,
    giver: int | None,
    taker: int | None,
    amount: int,
    effective_on: date,
    document: str,
    actor: User,
    source: str = "",
) -> QuotaEntry:
    """Move places of a quota between its shares, None for the rest of it.

    Raises ValidationError where the giver would hold less than is taken there, the quota was closed or has ended by
    that day.
    """
    if giver == taker:
        raise ValidationError(_("Places are reallocated from one place to another."), code="same")
    fields = {
        "kind": EntryKind.REALLOCATION,
        "effective_on": effective_on,
        "document": document.strip(),
        "source": source.strip(),
    }
    return _put(fields, [Move(pool.pk, -amount, giver), Move(pool.pk, amount, taker)], pool, actor)


def confirm(*, pool: QuotaPool, amount: int, effective_on: date, document: str, actor: User) -> QuotaEntry:
    """Settle the provisional places of a quota: so many of them stay, the others go back.

    Raises ValidationError where there are none, or fewer would stay than are taken.
    """
    with _refusing(pool):
        waiting = provisional_of(pool)
        if waiting <= 0:
            raise ValidationError(_("No place of this quota is provisional."), code="none")
        if amount > waiting:
            raise ValidationError(
                {"amount": _("%(waiting)d places are provisional: settle as many at most, and enter what comes beyond "
                             "them as a supplement.") % {"waiting": waiting}}
            )  # fmt: skip
        moves = [Move(pool.pk, -waiting, provisional=True), Move(pool.pk, amount), Move(None, waiting - amount)]
        fields = {"kind": EntryKind.CONFIRMATION, "effective_on": effective_on, "document": document.strip()}
        return _put(fields, [move for move in moves if move.amount], pool, actor)


def provisional_of(pool: QuotaPool) -> int:
    """How many places of a quota are provisional, whatever the day."""
    return QuotaLine.objects.filter(pool=pool, provisional=True).aggregate(n=Sum("amount"))["n"] or 0


def reverse(*, entry_id: int, reason: str, effective_on: date, actor: User) -> QuotaEntry:
    """Take an entry back, line by line, from a day on. The entry itself stays.

    Raises ValidationError where it was reversed before or is a reversal, where no reason is given, and where the
    ledger would then hold less than is taken.
    """
    entry = QuotaEntry.objects.prefetch_related("lines__pool").get(pk=entry_id)
    if entry.reverses_id or QuotaEntry.objects.filter(reverses=entry).exists():
        raise ValidationError(_("The entry was reversed before, or is itself a reversal."), code="reversed")
    if not reason.strip():
        raise ValidationError(_("A reversal needs a reason."), code="reason")
    if effective_on < entry.effective_on:
        raise ValidationError(_("A reversal does not hold before the entry that it takes back."), code="early")
    fields = {
        "kind": EntryKind.REVERSAL,
        "effective_on": effective_on,
        "document": entry.document,
        "source": reason.strip(),
        "reverses": entry,
    }
    lines = list(entry.lines.all())
    moves = [Move(line.pool_id, -line.amount, line.share_id, line.provisional) for line in lines]
    loser = next((line.pool for line in lines if line.pool_id and line.amount > 0), None)
    return _put(fields, moves, loser or next(line.pool for line in lines if line.pool_id), actor)


def open_share(
    *,
    pool: QuotaPool,
    amount: int,
    effective_on: date,
    document: str,
    actor: User,
    municipality_id: str | None = None,
    university: Workspace | None = None,
    semester: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> QuotaShare:
    """Give a municipality, a university or a semester a share of a quota, out of what no share has.

    Raises ValidationError where the share is there, is of nothing, or is smaller than what is taken in it.
    """
    if university and university.kind != WorkspaceKind.UNIVERSITY:
        raise ValidationError(_("A share is of a municipality, a university or a semester."), code="university")
    share = QuotaShare(
        pool=pool,
        municipality_id=municipality_id,
        university=university,
        semester=semester.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
    )
    share.full_clean()
    told = {"effective_on": effective_on, "document": document, "actor": actor}
    try:
        with _refusing(pool):
            share.save()
            reallocate(pool=pool, giver=None, taker=share.pk, amount=amount, **told)
    except ValidationError as error:
        if getattr(error, "code", "") != "quota_share_not_exceeded":
            raise
        raise ValidationError(
            _(
                "The cases that would count in this share already hold more places than that: give it as many at "
                "least."
            ),
            code=error.code,
        ) from error
    return share


def close(*, pool: QuotaPool, closed: bool, reason: str, actor: User) -> QuotaClosing:
    """Close a quota by hand, so that no further place is taken, or open it again. Raises ValidationError without a
    reason.
    """
    if not reason.strip():
        raise ValidationError(_("Say why."), code="reason")
    with transaction.atomic():
        closing = QuotaClosing.objects.create(pool=pool, closed=closed, reason=reason.strip(), entered_by=actor)
        record(Action.QUOTA_CHANGED, actor=actor, quota=pool.pk, kind="closed" if closed else "opened")
    return closing


def _put(fields: dict, moves: list[Move], pool: QuotaPool, actor: User) -> QuotaEntry:
    if not fields["document"] and fields["kind"] != EntryKind.REVERSAL:
        raise ValidationError({"document": _("An entry names its document.")}, code="document")
    with _refusing(pool):
        entry = write_entry(fields | {"entered_by": actor}, moves)
        settle_constraints()
        record(
            Action.QUOTA_CHANGED,
            actor=actor,
            target=entry,
            quota=pool.pk,
            kind=str(entry.kind),
            places=max(move.amount for move in moves),
        )
    return entry


@contextmanager
def _refusing(pool: QuotaPool):
    """Turn a refusal of the database into a sentence that says what the quota holds and what is taken."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        said = sentence(error)
        if not said:
            raise
        held = QuotaPool.objects.get(pk=pool.pk)
        if rule_of(error) == "quota_not_exceeded" and held.capacity is None:
            said = _(
                "%(quota)s has no number yet and %(taken)d places are taken, so the first grant is of at least "
                "%(taken)d. What holds them is listed below, the last in order first."
            ) % {"quota": held, "taken": held.taken - held.excepted}
        elif rule_of(error) == "quota_not_exceeded":
            said = _(
                "%(quota)s holds %(capacity)d places and %(taken)d are taken, so at most %(free)d can go. What holds "
                "them is listed below, the last in order first."
            ) % {
                "quota": held,
                "capacity": held.capacity,
                "taken": held.taken,
                "free": max(held.capacity + held.excepted - held.taken, 0),
            }
        elif rule_of(error) == "quota_entry_once":
            raise ValidationError({"document": said}) from error
        raise ValidationError(said, code=rule_of(error)) from error
