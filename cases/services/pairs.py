"""The queue of likely pairs: filled when a file is written and by a task, and what people make of them."""

from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from cases.likely import Files, Known, Likely, hundredths, likeness_of
from cases.matching.pairs import duplicates
from cases.matching.records import Record
from cases.models import Client, DuplicateCandidate, PairState
from centers.scope import acting_for

WORTH_LOOKING = 0.5  # the task takes no pair below into the queue; whoever writes a file is told of less likely ones
AT_ONCE = 1_000
Found = dict[tuple[int, int], tuple[float, tuple]]


def different_from(client: Client) -> set[int]:
    """The files of which somebody said that they are not this person's."""
    pairs = DuplicateCandidate.objects.filter(Q(first=client.pk) | Q(second=client.pk), state=PairState.DIFFERENT)
    return {pk for pair in pairs.values_list("first_id", "second_id") for pk in pair} - {client.pk}


@transaction.atomic
def note_likely(client: Client, likely: Iterable[Likely]) -> int:
    """Take the pairs of a file into the queue. Returns how many are new."""
    same = [row for row in likely if row.client.workspace_id == client.workspace_id]
    return _keep(client.workspace_id, {_ordered(client.pk, row.client.pk): (row.score, row.why) for row in same})


@transaction.atomic
def look_again(client: Client) -> None:
    """Say anew how alike a file is to those it waits in a pair with, after it was written: likely or not any more."""
    files = Files((client.workspace_id,))
    ids = {pk for pair in _waiting_with(client) for pk in (pair.first_id, pair.second_id)}
    rows = {row.pk: row for row in files.with_details().filter(pk__in=ids)}
    mine = rows.pop(client.pk, None)
    if mine:
        note_likely(mine, likeness_of(Known.of_file(mine), rows.values(), files))


def _waiting_with(client: Client) -> QuerySet[DuplicateCandidate]:
    return DuplicateCandidate.objects.filter(Q(first=client.pk) | Q(second=client.pk), state=PairState.OPEN)


def not_likelier(client: Client, likely: Iterable[Likely], files: Files) -> set[int]:
    """Of files that are likely after an edit, those whose pair waits already and that were as likely before it.

    The file comes as it was, with its details at hand; ``files`` are those that were looked through.
    """
    waiting = {pk for pair in _waiting_with(client) for pk in (pair.first_id, pair.second_id)}
    after = {row.client.pk: row.score for row in likely if row.client.pk in waiting}
    others = [row.client for row in likely if row.client.pk in after]
    before = likeness_of(Known.of_file(client), others, files)
    return {row.client.pk for row in before if row.score >= after[row.client.pk]}


@transaction.atomic
def pair_up(client: Client, other: Client) -> DuplicateCandidate:
    """The pair of two living files of a workspace, made where nobody has paired them yet; its state stays."""
    note_likely(client, likeness_of(Known.of_file(client), [other], Files((client.workspace_id,))))
    first, second = _ordered(client.pk, other.pk)
    return DuplicateCandidate.objects.get(first=first, second=second)


def find_pairs(workspace_id: int) -> int:
    """Compare all files of a workspace and take the likely pairs into its queue. Returns how many are new."""
    with acting_for([workspace_id]):
        found: Found = {}
        for pair in duplicates(_records(workspace_id), at_least=WORTH_LOOKING):
            key = _ordered(int(pair.one), int(pair.other))
            if key[0] != key[1] and pair.score > found.get(key, (0.0,))[0]:
                found[key] = pair.score, pair.why
        return _keep(workspace_id, found)


def _records(workspace_id: int) -> Iterator[Record]:
    clients = Client.objects.filter(workspace=workspace_id, merged_into=None).order_by("pk")
    clients = clients.prefetch_related("names", "contacts", "identifiers")
    for client in clients.iterator(chunk_size=AT_ONCE):
        yield from Known.of_file(client).records(str(client.pk))


def _ordered(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)


def _keep(workspace_id: int, found: Found) -> int:
    """What is found goes into the queue; a pair that waits there gets the likeness and the reasons of now."""
    firsts = {first for first, _second in found}
    known = {(row.first_id, row.second_id): row for row in DuplicateCandidate.objects.filter(first__in=firsts)}
    fresh, changed = [], []
    for (first, second), (score, why) in sorted(found.items()):
        told = {"score": hundredths(score), "why": [list(part) for part in why]}
        pair = known.get((first, second))
        if pair is None:
            fresh.append(DuplicateCandidate(workspace_id=workspace_id, first_id=first, second_id=second, **told))
        elif pair.state == PairState.OPEN and told != {"score": pair.score, "why": pair.why}:
            pair.score, pair.why = told["score"], told["why"]
            changed.append(pair)
    DuplicateCandidate.objects.bulk_create(fresh, batch_size=AT_ONCE)
    DuplicateCandidate.objects.bulk_update(changed, ["score", "why"], batch_size=AT_ONCE)
    return len(fresh)


def decide(pair: DuplicateCandidate, *, actor: User, state: PairState) -> None:
    """Remember that the two are not the same person, or take the question up again."""
    pair.state = state
    pair.decided_by = None if state == PairState.OPEN else actor
    pair.decided_at = None if state == PairState.OPEN else timezone.now()
    pair.save(update_fields=["state", "decided_by", "decided_at"])
