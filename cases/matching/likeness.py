"""How alike two names are, from 0 to 1, whatever scripts they are written in."""

import re
from itertools import permutations

from rapidfuzz.distance import OSA

from cases.matching.signs import latin, words
from cases.matching.sounds import MOST_WORDS

ENOUGH = 0.75  # less alike is another name
PART = 0.96  # what the beginning of a longer name is worth, against the whole
BONES = 0.9  # what the same consonants are worth, in scripts that write vowels seldom or not as they are spoken
UNSURE = re.compile("[\u0600-\u06ff\u0900-\u109f\u1780-\u17ff]")
HEARD = 0.97  # what the same sound is worth, against the same letters
# One spelling for what Korean hears as one, the longer first; what is left of vowels tells 반 from 빈.
HEARD_AS = [
    (re.compile(pattern), instead)
    for pattern, instead in (
        ("eou", "u"), ("q(?=i)", "j"), ("(?<=[sj])wi", "u"), ("eu(?!n$)", ""),
        ("ngh?", "n"), ("nh", "n"), ("ph|pp|f|v", "b"), ("p", "b"),
        ("tr|ch|jj|zh|ts|z|c(?=[aeiou])", "j"), ("kh|gh|kk|ck|[ckq]", "g"), ("th|tt|t", "d"),
        ("(?<=j)ia|(?<=j)e(?=n)", "a"), ("sh|ss|x", "s"), ("r", "l"), ("eo|ae|wa|ya|ie", "a"),
        ("oo|ou|o|wu", "u"), ("ee|ye|e|y", "i"), ("[hw]", ""), (r"(.)\1+", r"\1"),
    )
]  # fmt: skip


def heard(text: str) -> str:
    """A name as it might sound in Korean, in Latin letters: a finer key than ``sounds.sound``, with its vowels."""
    spelt = latin(text)
    for pattern, instead in HEARD_AS:
        spelt = pattern.sub(instead, spelt)
    return spelt


def _begun(name: str) -> set[str]:
    """The name from each of its words on, and with its last word first."""
    parts = words(name)
    return {"".join(parts[place:]) for place in range(len(parts))} | {"".join([*parts[-1:], *parts[:-1]])}


def _spellings(name: str) -> list[tuple[str, str, str]]:
    return [_three(text) for text in _begun(name)]


def _three(text: str) -> tuple[str, str, str]:
    """The letters, the sound, and the sound without vowels where the script leaves them unsure."""
    sound = heard(text)
    return latin(text), sound, re.sub("[aiu]", "", sound) if UNSURE.search(text) else ""


class Wanted:
    """A name that somebody types, made ready to be compared with many."""

    def __init__(self, text: str):
        parts = words(text)
        orders = permutations(parts) if len(parts) <= MOST_WORDS else [parts]
        self.forms = {_three("".join(order)) for order in orders}

    def likeness(self, name: str) -> float:
        """How alike the name is, or a beginning of it."""
        return max((_alike(wanted, has) for wanted in self.forms for has in _spellings(name)), default=0.0)


def _alike(wanted: tuple[str, str, str], has: tuple[str, str, str]) -> float:
    best = max(_same(wanted[0], has[0]), HEARD * _same(wanted[1], has[1]))
    if wanted[2] or has[2]:
        bones = [sides[2] or re.sub("[aiu]", "", sides[1]) for sides in (wanted, has)]
        return max(best, BONES * _same(*bones))
    return best


def _same(wanted: str, has: str) -> float:
    if not wanted or not has:
        return 0.0
    whole = OSA.normalized_similarity(wanted, has)
    if len(has) <= len(wanted):
        return whole
    return max(whole, PART * OSA.normalized_similarity(wanted, has[: len(wanted)]))
