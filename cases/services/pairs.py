"""The queue of likely pairs: filled when a file is written and by a task, and what people make of them."""

from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from cases.likely import Known, Likely
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
    """Take the pairs of a file into the queue, as far as they are new. Returns how many are."""
    same = [row for row in likely if row.client.workspace_id == client.workspace_id]
    return _keep(client.workspace_id, {_ordered(client.pk, row.client.pk): (row.score, row.why) for row in same})


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
    firsts = {first for first, _second in found}
    known = set(DuplicateCandidate.objects.filter(first__in=firsts).values_list("first_id", "second_id"))
    fresh = [
        DuplicateCandidate(
            workspace_id=workspace_id, first_id=first, second_id=second, score=round(100 * score), why=list(why)
        )
        for (first, second), (score, why) in sorted(found.items())
        if (first, second) not in known
    ]
    DuplicateCandidate.objects.bulk_create(fresh, batch_size=AT_ONCE)
    return len(fresh)


def decide(pair: DuplicateCandidate, *, actor: User, state: PairState) -> None:
    """Remember that the two are not the same person, or take the question up again."""
    pair.state = state
    pair.decided_by = None if state == PairState.OPEN else actor
    pair.decided_at = None if state == PairState.OPEN else timezone.now()
    pair.save(update_fields=["state", "decided_by", "decided_at"])
