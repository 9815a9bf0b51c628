"""Names on file that sound like what somebody types."""

import re
from functools import reduce
from itertools import permutations
from operator import or_

from django.db.models import Q, QuerySet, Value

from cases.matching import hanja, korean
from cases.matching.burmese import romanised
from cases.matching.likeness import UNSURE, Wanted
from cases.matching.signs import latin, words
from cases.matching.sounds import MOST_WORDS, asked, near, sound, turned
from cases.matching.surnames import HAN

READINGS = ("reading", "second_reading", "third_reading")
COLUMNS = ("sound", "second_sound", "third_sound", "turned_sound")
SHORTEST = 2  # kinds; a name that begins with one consonant is anybody's
MOST = 600  # names that each way of looking brings
BEGINNINGS = 8  # keys whose longer names are looked for
PLENTY = 10  # names as good as the same; then no others are looked for
SURE = 0.95


def sounding(names: QuerySet, typed: str) -> list[int]:
    """The ids of the clients with a name that sounds like the text or begins like it, the likest first.

    Looked for are the same sound, names that begin with it, and sounds with one mistake, each by an index: equality
    and beginnings are what row security lets an index answer.
    """
    keys = sorted(asked(typed), key=lambda key: (-len(key), key))
    otherwise = _spelt_otherwise(typed) - set(keys)
    if not (keys or otherwise):
        return []
    name = Wanted(typed)
    best: dict[int, float] = {}
    # Of its own: what is spelt otherwise may be short and anybody's, and would drown those that sound the same.
    others = _same(sorted(otherwise)) if otherwise else None
    same = [_same(keys), others]
    for ways in ([_written(typed)], same, [_near(typed), _begun(keys)]):
        if sum(likeness >= SURE for likeness in best.values()) >= PLENTY:
            break
        rows = _found(names, [way for way in ways if way is not None], and_unsure=ways is same)
        spelt = list(dict.fromkeys(text for _client, text in rows))
        alike = dict(zip(spelt, name.likenesses(spelt), strict=True))
        for client, text in rows:
            if alike[text]:
                best[client] = max(best.get(client, 0.0), alike[text])
    return sorted(best, key=lambda client: (-best[client], client))


def _spelt_otherwise(typed: str) -> set[str]:
    """The sounds of a Korean name as other people spell it in Latin letters."""
    return {sound(way) for hangul in korean.in_hangul(typed) for way in korean.spellings(hangul)}


def read_alike(names: QuerySet, typed: str) -> QuerySet:
    """The names that Koreans read as the text."""
    return names.filter(reading__in=korean.in_hangul(typed))


def given_read_alike(names: QuerySet, typed: str) -> QuerySet:
    """The names of which Koreans read what is given as the text."""
    ways = list(hanja.asked(typed))
    return names.filter(Q(second_reading__in=ways) | Q(third_reading__in=ways))


def reading_begins(names: QuerySet, typed: str) -> QuerySet:
    """The names whose reading begins so, where the text is in Hangul alone: of Chinese signs many are read alike."""
    begun = "" if re.search(HAN, typed) else hanja.reading("".join(words(typed)))
    return names.filter(_any({f"{column}__begins": begun} for column in READINGS)) if begun else names.none()


def _found(names: QuerySet, ways: list[Q], *, and_unsure: bool) -> list[tuple[int, str]]:
    """Client and text of so many names that each way of looking finds, in one statement. Where the first finds more
    and they are asked for, of those in scripts that sound like little else as many again.
    """
    each = [names.filter(way).values_list("client_id", "text", Value(place)) for place, way in enumerate(ways)]
    first, *others = (found[:MOST] for found in each)
    rows = list(first.union(*others, all=True))
    if and_unsure and sum(place == 0 for _client, _text, place in rows) == MOST:
        rows += each[0].filter(text__regex=UNSURE.pattern)[:MOST]
    return [(client, text) for client, text, _place in rows]


def _written(text: str) -> Q:
    """The very letters, the words in any order."""
    parts = words(text)
    orders = permutations(parts) if len(parts) <= MOST_WORDS else [parts]
    ways = [way for order in orders for way in ("".join(order), romanised("".join(order)))]
    return Q(key__in=sorted({latin(way) for way in ways}))


def _same(keys: list[str]) -> Q:
    return _any({f"{column}__among": keys} for column in COLUMNS)


def _begun(keys: list[str]) -> Q | None:
    long = [key for key in keys if len(key) >= SHORTEST][:BEGINNINGS]
    return _any({f"{column}__begins": key} for column in COLUMNS for key in long) if long else None


def _near(text: str) -> Q:
    """Sounds with one mistake, the words as they are typed or with the last one first."""
    ways = {way for spelt in (text, romanised(text)) for way in (spelt, turned(spelt) or spelt)}
    mistaken = sorted(set().union(*(near(sound(way)) for way in ways)))
    return _any({f"{column}__among": mistaken} for column in COLUMNS)


def _any(conditions) -> Q:
    return reduce(or_, (Q(**condition) for condition in conditions))
