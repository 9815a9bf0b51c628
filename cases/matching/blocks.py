"""Which records are worth comparing: those that share a key that one mistake leaves whole."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from cases.matching.records import Record

BIGGEST = 30  # records of a key that are all compared with one another
BIGGEST_OF_WEAK = 14  # of a key that tells little; in a long list the others have to do
WINDOW = 10  # in a bigger block of a strong key, records that are compared with their neighbours
LONG = 3  # letters; shorter words of an address are in too many
STRONG = {"name", "words", "sound", "tones", "read", "born"}


def keys(record: Record) -> Iterator[tuple]:
    """The keys of a record; names and sounds in the order of the alphabet, since many files mix the two up."""
    first, last = sorted((record.given, record.surname))
    year, day = record.born[:4], "".join(sorted((record.born[4:6], record.born[6:8])))
    houses = sorted(word for word in record.address if word.isdigit())
    if first + last:
        yield ("name", first + last)
        yield ("sound", *sorted(record.sounds))
    if len(record.parts) > 1:
        yield ("words", *record.parts)
        yield ("tones", *record.tones)
    if all(record.read):
        yield ("read", *record.read)
    if record.born:
        yield ("born", record.born)
    for name, second in ((first, last), (last, first)):
        if name:
            yield ("both", name[:3], second[:2], year)
            yield ("both", name[:3], second[:2], day)
            yield ("letters", name[:3], year)
            yield ("day", name[:3], day)
            yield from (("word", name[:3], word) for word in record.address if len(word) > LONG)
            yield ("house", name[:3], *houses)
            yield from (("street", name[:3], word, year) for word in record.address if len(word) > LONG)
            yield from (("near", name[:2], word, *houses) for word in record.address if len(word) > LONG)
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
            found[key].append(place)
    blocks = []
    for key, block in found.items():
        if 1 < len(block) <= (BIGGEST if key[0] in STRONG else BIGGEST_OF_WEAK):
            blocks.append(block)
        elif len(block) > BIGGEST and key[0] in STRONG:
            blocks += _windows(block, records)
    return blocks


def _windows(block: list[int], records: Sequence[Record]) -> Iterator[list[int]]:
    """A big block in overlapping pieces: neighbours by name, and again by birth date."""
    by_name = sorted(block, key=lambda place: (records[place].surname, records[place].given, records[place].born))
    by_birth = sorted(block, key=lambda place: (records[place].born, records[place].given))
    for ordered in (by_name, by_birth):
        for start in range(0, len(ordered), WINDOW // 2):
            yield ordered[start : start + WINDOW]
