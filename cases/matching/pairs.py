"""The same person twice: in a list, or against one record."""

from collections.abc import Iterable, Iterator
from math import log2

from cases.matching.blocks import candidates
from cases.matching.compare import Pair, chance, compare, evidence, score_of
from cases.matching.records import Record
from cases.matching.weights import Population

LIKELY = 0.2  # pairs below are seldom one person; docs/matching.md
WORTH_KEEPING = -12.0  # bits
FURTHEST = 3.0  # bits from what is assumed
ROUNDS = 5


def duplicates(records: Iterable[Record], *, at_least: float = LIKELY) -> Iterator[Pair]:
    """Every two records of a list that may be one person, in the order of the list.

    How many there are to be found is judged from the list itself, as the share of the pairs that look like it.
    """
    listed = list(records)
    people = Population.of(listed)
    found = []
    for place, other in candidates(listed):
        bits, why = evidence(listed[other], listed[place], people)
        if bits + people.prior > WORTH_KEEPING:
            found.append((bits, listed[other].id, listed[place].id, why))
    prior = _prior([row[0] for row in found], people)
    for bits, one, other, why in found:
        score = score_of(bits + prior, why)
        if score >= at_least:
            yield Pair(one, other, score, why)


def _prior(bits: list[float], people: Population) -> float:
    """Bits before the comparison, so that as many pairs are expected as are found."""
    prior = people.prior
    every = max(people.size, 2) ** 2 / 2
    for _round in range(ROUNDS):
        expected = sum(chance(each + prior) for each in bits)
        prior = min(people.prior + FURTHEST, max(people.prior - FURTHEST, log2(max(expected, 0.1) / every)))
    return prior


def likely_same(
    record: Record, others: Iterable[Record], *, people: Population | None = None, at_least: float = LIKELY
) -> list[Pair]:
    """Those of ``others`` who may be the person of ``record``, the likeliest first.

    ``people`` is whom they were drawn from, so that a name that many bear tells less; without it the others are.
    """
    listed = [other for other in others if other.id != record.id]
    people = people or Population.of([record, *listed])
    pairs = (compare(record, other, people) for other in listed)
    return sorted((pair for pair in pairs if pair.score >= at_least), key=lambda pair: (-pair.score, pair.other))
