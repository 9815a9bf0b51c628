"""Which records are worth comparing: those that share a key that one mistake leaves whole."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from cases.matching.records import Record

BIGGEST = 60  # records of a key that are all compared with one another
WINDOW = 10  # in a bigger block, with so many neighbours


def keys(record: Record) -> Iterator[tuple]:
    """The keys of a record; names and sounds in the order of the alphabet, since many files mix the two up."""
    first, last = sorted((record.given, record.surname))
    year, day = record.born[:4], "".join(sorted((record.born[4:6], record.born[6:8])))
    if first + last:
        yield ("name", first + last)
        yield ("sound", *sorted(record.sounds))
    if record.born:
        yield ("born", record.born)
    for name in filter(None, (first, last)):
        yield ("letters", name[:3], year)
        yield ("day", name[:2], day)
        yield from (("name, address", name, word) for word in record.address if len(word) > 2)
    yield from _numbers(record)


def _numbers(record: Record) -> Iterator[tuple]:
    for kind, number in (("phone", record.phone), ("number", record.number)):
        if len(number) > 3:
            half = len(number) // 2
            yield (kind, "begin", number[:half])
            yield (kind, "end", number[half:])


def candidates(records: Sequence[Record]) -> Iterator[tuple[int, int]]:
    """Places of records to compare, the later one first, each pair once."""
    blocks = _blocks(records)
    of_record = defaultdict(list)
    for block in blocks:
        for place in block:
            of_record[place].append(block)
    for place in range(len(records)):
        others = {other for block in of_record[place] for other in block if other < place}
        yield from ((place, other) for other in sorted(others))


def _blocks(records: Sequence[Record]) -> list[list[int]]:
    found = defaultdict(list)
    for place, record in enumerate(records):
        for key in set(keys(record)):
            found[hash(key)].append(place)
    blocks = []
    for block in found.values():
        if len(block) > BIGGEST:
            blocks += _windows(block, records)
        elif len(block) > 1:
            blocks.append(block)
    return blocks


def _windows(block: list[int], records: Sequence[Record]) -> Iterator[list[int]]:
    """A big block in overlapping pieces: neighbours by name, and again by birth date."""
    by_name = sorted(block, key=lambda place: (records[place].surname, records[place].given, records[place].born))
    by_birth = sorted(block, key=lambda place: (records[place].born, records[place].given))
    for ordered in (by_name, by_birth):
        for start in range(0, len(ordered), WINDOW // 2):
            yield ordered[start : start + WINDOW]
