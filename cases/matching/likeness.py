"""How alike two names are, from 0 to 1, whatever scripts they are written in."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from cases.matching import korean
from cases.matching.burmese import romanised
from cases.matching.signs import latin, words
from cases.matching.sounds import MOST_WORDS
from cases.matching.surnames import parts_of

ENOUGH = 0.75  # less alike is another name
PART = 0.96  # what the beginning of a longer name is worth, against the whole
BONES = 0.9  # what the same consonants are worth, in scripts that write vowels seldom or not as they are spoken
VOWELS = str.maketrans("", "", "aiu")
UNSURE = re.compile("[\u0600-\u06ff\u0900-\u109f\u1780-\u17ff]")
WORDS = 16_384  # of names, that a process keeps as it read them
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


def heard(spelt: str) -> str:
    """A name in small Latin letters as it might sound in Korean: finer than ``sounds.sound``."""
    for pattern, instead in HEARD_AS:
        spelt = pattern.sub(instead, spelt)
    return spelt


class Part(NamedTuple):
    """A word of a name: its letters, its sound, and whether its script leaves the vowels unsure."""

    letters: str
    sound: str
    unsure: bool


class Spelling(NamedTuple):
    """A name written without gaps: its letters, its sound, and where the vowels are unsure, the sound's consonants."""

    letters: str
    sound: str
    bones: str | None


class Wanted:
    """A name that somebody types, made ready to be compared with many."""

    def __init__(self, text: str):
        parts = _parts(text)
        orders = permutations(parts) if len(parts) <= MOST_WORDS else [parts]
        self.korean = frozenset(korean.in_hangul(text))
        self.unsure = any(part.unsure for part in parts)
        self.least_letters, self.least_sound = 0.0, 0.0
        self.forms = {self._spelling(order) for order in orders}
        self.shortest = min(len(form.letters) for form in self.forms)
        self.least_letters = ENOUGH * self.shortest
        self.least_sound = ENOUGH * min(len(form.sound) for form in self.forms)

    def likeness(self, name: str) -> float:
        """How alike the name is, or a beginning of it; less than ``ENOUGH`` is 0."""
        return self.likenesses([name])[0]

    def likenesses(self, names: Sequence[str]) -> list[float]:
        """The same for each of the names, hundreds at a time."""
        spelt = [(place, form) for place, name in enumerate(names) for form in self._forms(name)]
        best = [HEARD if self._is_korean(name) else 0.0 for name in names]
        for wanted in self.forms:
            for weight, text, has in _sides(wanted, [form for _place, form in spelt]):
                for place, likeness in _alike(text, has):
                    owner = spelt[place][0]
                    best[owner] = max(best[owner], weight * likeness)
        return [each if each >= ENOUGH else 0.0 for each in best]

    def _is_korean(self, name: str) -> bool:
        """Whether the name is in Latin letters what the text is in Hangul."""
        return bool(self.korean) and not self.korean.isdisjoint(korean.hangul_of(name))

    def _forms(self, name: str) -> list[Spelling]:
        """The name from each of its words on, and with its last word first; of one word, also what is given of it."""
        parts = _parts(name)
        others = [[*parts[-1:], *parts[:-1]]] if len(parts) > 1 else self._given(name, parts)
        letters, sound, unsure, found = "", "", self.unsure, []
        for part in reversed(parts):  # a word more in front of those behind it: hundreds of names are read so
            letters, sound, unsure = part.letters + letters, part.sound + sound, unsure or part.unsure
            if unsure or len(letters) >= self.least_letters or len(sound) >= self.least_sound:
                found.append(_written(letters, sound, unsure=unsure))
        return found + [form for way in others if (form := self._spelling(way))]

    def _spelling(self, parts: Sequence[Part]) -> Spelling | None:
        """Some words written without gaps; nothing where they are too short to be like the text."""
        sound = "".join([part.sound for part in parts])
        letters = "".join([part.letters for part in parts])
        unsure = self.unsure or any([part.unsure for part in parts])
        if not unsure and len(letters) < self.least_letters and len(sound) < self.least_sound:
            return None
        return _written(letters, sound, unsure=unsure)

    def _given(self, name: str, parts: list[Part]) -> list[list[Part]]:
        """What is given of a name without a gap, where the text is too short to be like the whole of it."""
        if not parts or self.shortest > ENOUGH * len(parts[0].letters):
            return []
        given = parts_of(name)[1:]
        return [_parts("".join(given))] if given else []


def _parts(name: str) -> list[Part]:
    return [_part(word) for word in words(name)]


@lru_cache(maxsize=WORDS)
def _part(word: str) -> Part:
    """A word as it is read. A process keeps those it read last, without whose they are: few words make most names."""
    spelt = romanised(word)
    letters = latin(spelt)
    return Part(letters, heard(letters), bool(UNSURE.search(spelt)))


def _written(letters: str, sound: str, *, unsure: bool) -> Spelling:
    return Spelling(letters, sound, sound.translate(VOWELS) if unsure else None)


def _sides(wanted: Spelling, has: Sequence[Spelling]) -> Iterator[tuple[float, str, list[str | None]]]:
    """What is compared with what, and what it is worth."""
    yield 1.0, wanted.letters, [form.letters for form in has]
    yield HEARD, wanted.sound, [form.sound for form in has]
    yield BONES, wanted.sound.translate(VOWELS), [form.bones for form in has]


def _alike(wanted: str, has: Sequence[str | None]) -> Iterator[tuple[int, float]]:
    """The places of texts that are alike, or begin alike, and how much."""
    if not wanted:
        return
    begun = [text[: len(wanted)] if text and len(text) > len(wanted) else None for text in has]
    for weight, texts in ((1.0, has), (PART, begun)):
        found = process.extract(
            wanted, texts, scorer=OSA.normalized_similarity, processor=None, limit=None, score_cutoff=ENOUGH
        )
        yield from ((place, weight * likeness) for _text, likeness, place in found)
