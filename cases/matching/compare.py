"""Two records against each other: the score from 0 to 1, and why."""

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from cases.matching.records import Record
from cases.matching.weights import MIXED_UP, Population

CLOSE = 0.8  # of a name's letters stand in their place
NAMES = ("given", "surname")
APART = {"other", "unlike"}
FAMILY = ("surname", "phone", "address", "nationality")
FAMILY_MOST = 10.0  # bits: what a family shares tells no more than this of two whose given names are unlike
UNLIKE = 0.4  # of a name's letters stand in their place: two names, and no mistake
TWINS_MOST = 0.6  # who shares all but the given name may be a twin: likely enough to be looked at, and never sure
Part = tuple[str, str, float]  # field, level, bits
MIXED: Part = ("mixed", "up", MIXED_UP)
MOVED: Part = ("order", "up", MIXED_UP)
LEAST_WORDS = 3  # of a whole name of which one has a slip; of fewer, given name and surname tell by themselves
BEGUN = 3  # letters that a shortened name keeps


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one person. ``why`` has (field, level) of what agrees and of what does not."""

    one: str
    other: str
    score: float
    why: tuple[tuple[str, str], ...]


def compare(one: Record, other: Record, people: Population) -> Pair:
    """How likely two records are one person's, among these people."""
    bits, why = evidence(one, other, people)
    return Pair(one.id, other.id, score_of(bits + people.prior, why), why)


def evidence(one: Record, other: Record, people: Population) -> tuple[float, tuple[tuple[str, str], ...]]:
    """Bits in favour of one person, before it is asked how many pairs there are, and what they come from."""
    parts = [*_names(one, other, people), *_rest(one, other, people)]
    family = sum(weight for name, _level, weight in parts if name in FAMILY)
    bits = _bits(parts)
    if any(part[:2] == ("given", "unlike") for part in parts):
        bits -= max(0.0, family - FAMILY_MOST)
    return bits, tuple((name, level) for name, level, _weight in parts)


def score_of(bits: float, why: tuple[tuple[str, str], ...]) -> float:
    """The probability, which stays below certain for two who may be twins."""
    return min(chance(bits), TWINS_MOST) if may_be_twins(why) else chance(bits)


def may_be_twins(why: tuple[tuple[str, str], ...]) -> bool:
    """Of one surname, or of none that can be compared, and born on one day, with given names that are no slip of each
    other and no number in common.
    """
    levels = dict(why)
    named_apart = levels.get("given") in APART and levels.get("surname") in {"same", "close", "sound", None}
    return named_apart and levels.get("born") == "same" and levels.get("number") != "same"


def chance(bits: float) -> float:
    """The probability that so many bits stand for."""
    return 1 / (1 + 2 ** -max(-60.0, min(60.0, bits)))


def _names(one: Record, other: Record, people: Population) -> list[Part]:
    straight = _parts(one, other, ("given", "surname"), people)
    if (one.given, one.surname) == (other.given, other.surname):
        return straight
    elsewhere = _in_another_order(one, other, straight, people) or _taken_apart(one, other, people)
    if elsewhere or _bits(straight) > 0 or len(straight) < len(NAMES):
        return elsewhere or straight or _apart(one, other, people)
    mixed = [MIXED, *_parts(one, other, ("surname", "given"), people)]
    return mixed if _bits(mixed) > _bits(straight) else straight


def _parts(one: Record, other: Record, against: tuple[str, str], people: Population) -> list[Part]:
    """The two names of a record, each against one of the other's."""
    found = []
    for name, theirs in zip(NAMES, against, strict=True):
        value, has = getattr(one, name), getattr(other, theirs)
        if value and has:
            mine, its = NAMES.index(name), NAMES.index(theirs)
            level = name_level(value, has, one.sounds[mine], other.sounds[its])
            if level in APART and one.read[mine] == other.read[its] != "":
                level = "sound"
            found.append((name, level, people.weight(name, level, value)))
    return found


def _in_another_order(one: Record, other: Record, straight: list[Part], people: Population) -> list[Part]:
    """The whole names as far as they are one, whatever stands first and in which column; else nothing."""
    level = whole_level(one, other)
    if level == "close" and len(straight) == len(NAMES) and not any(part[1] in APART for part in straight):
        return []
    turned = (one.given, one.surname) == (other.surname, other.given)
    return level and [MIXED if turned else MOVED, *_weighed(one, other, level, people)]


def _weighed(one: Record, other: Record, level: str, people: Population) -> list[Part]:
    """Both names at one level. What is the same tells as much as the commoner of the two ways to write it."""
    ways = [
        [(name, level, people.weight(name, level, getattr(record, name))) for name in NAMES]
        for record in (one, other)
        if record.given and record.surname
    ]
    undivided = [[("given", level, 1.5 * people.weight("given", level, one.given or one.surname))]]
    return min(ways or undivided, key=_bits)


def _apart(one: Record, other: Record, people: Population) -> list[Part]:
    """Two names that stand in different columns, and are not one whichever way they are read."""
    return [("given", "other", people.weight("given", "other", one.parts[0]))] if one.parts and other.parts else []


def _taken_apart(one: Record, other: Record, people: Population) -> list[Part]:
    """A name that stands in one column against a divided one: the surname of that is taken out, and the rest compared.

    Else twins would not be told by their given names, since neither column has its fellow on the other side.
    """
    divided, joined = (one, other) if one.given and one.surname else (other, one)
    if not (divided.given and divided.surname) or (joined.given and joined.surname):
        return []
    if len(joined.parts) < len(NAMES) or divided.surname not in joined.parts:
        return []
    rest, given = (tuple(part for part in each.parts if part != divided.surname) for each in (joined, divided))
    level = "begun" if set(rest) < set(given) or set(rest) > set(given) else name_level("".join(rest), "".join(given))
    return [
        MOVED,
        ("given", level, people.weight("given", level, divided.given)),
        ("surname", "same", people.weight("surname", "same", divided.surname)),
    ]


def whole_level(one: Record, other: Record) -> str:
    """At which level two whole names agree whatever the order of their words, and whichever column they stand in.

    Empty where they do not, or where only the order as it is written can tell.
    """
    if not (one.parts and other.parts):
        return ""
    if one.parts == other.parts or _run_together(one, other):
        return "same"
    if not (one.in_latin and other.in_latin) and len(one.tones) > 1 and one.tones == other.tones:
        return "sound"
    undivided = not (one.given and one.surname and other.given and other.surname)
    if undivided and _both_ways(*one.sounds) & _both_ways(*other.sounds):
        return "sound"
    return "close" if _all_but_one(one.parts, other.parts) else ""


def _run_together(one: Record, other: Record) -> bool:
    """Whether the letters are the same, wherever the gaps are."""
    if len(one.given) + len(one.surname) != len(other.given) + len(other.surname):
        return False
    return bool(_both_ways(one.given, one.surname) & _both_ways(other.given, other.surname))


def _both_ways(first: str, second: str) -> set[str]:
    return {first + second, second + first}


def _all_but_one(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether the words are the same but for a slip in one of them."""
    if len(one) != len(other) or len(one) < LEAST_WORDS:
        return False
    mine, theirs = set(one).difference(other), set(other).difference(one)
    return len(mine) == len(theirs) == 1 and name_level(*mine, *theirs) == "close"


def _bits(parts: list[Part]) -> float:
    return sum(weight for _name, _level, weight in parts)


def name_level(one: str, other: str, sound: str = "", other_sound: str = "") -> str:
    """At which level two names in Latin letters agree."""
    if one == other:
        return "same"
    mistakes = OSA.distance(one, other)
    short, long = sorted((len(one), len(other)))
    if mistakes <= (1 - CLOSE) * long or (mistakes == 1 and short > 2):
        return "close"
    if short >= BEGUN and (one.startswith(other) or other.startswith(one)):
        return "begun"
    if sound == other_sound and len(sound) > 1:
        return "sound"
    return "other" if mistakes <= (1 - UNLIKE) * long else "unlike"


def _rest(one: Record, other: Record, people: Population) -> Iterator[tuple[str, str, float]]:
    for name, level_of in LEVEL_OF.items():
        value, has = getattr(one, name), getattr(other, name)
        if value and has:
            level = "same" if value == has else level_of(value, has)
            yield name, level, people.weight(name, level, value)
    if one.address and other.address:
        yield _address(one.address, other.address, people)


def _address(one: frozenset, other: frozenset, people: Population) -> Part:
    """Words that both addresses have; a rare one tells more."""
    shared = one & other
    share = len(shared) / min(len(one), len(other))
    level = "same" if one == other else "close" if share >= 0.5 else "part" if shared else "other"
    return ("address", level, people.words_weight(shared))


def birth_level(one: str, other: str) -> str:
    if one[:4] == other[:4] and one[4:6] == other[6:8] and one[6:8] == other[4:6]:
        return "swapped"
    if OSA.distance(one, other, score_cutoff=2) <= (1 if one[:4] != other[:4] else 2):
        return "close"
    return "year" if one[:4] == other[:4] else "other"


def digits_level(one: str, other: str) -> str:
    return "close" if OSA.distance(one, other, score_cutoff=1) <= 1 else "other"


def plain_level(one: str, other: str) -> str:
    return "other"


LEVEL_OF = {
    "born": birth_level,
    "sex": plain_level,
    "nationality": plain_level,
    "phone": digits_level,
    "number": digits_level,
}
