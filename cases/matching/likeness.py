"""How alike two names are, from 0 to 1, whatever scripts they are written in."""

import re
from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from cases.matching.burmese import romanised
from cases.matching.signs import latin, words
from cases.matching.sounds import MOST_WORDS
from cases.matching.surnames import parts_of

ENOUGH = 0.75  # less alike is another name
PART = 0.96  # what the beginning of a longer name is worth, against the whole
BONES = 0.9  # what the same consonants are worth, in scripts that write vowels seldom or not as they are spoken
VOWELS = str.maketrans("", "", "aiu")
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
    """A name as it might sound in Korean, in Latin letters: finer than ``sounds.sound``."""
    spelt = latin(text)
    for pattern, instead in HEARD_AS:
        spelt = pattern.sub(instead, spelt)
    return spelt


class Spelling(NamedTuple):
    """A name written without gaps: its letters, its sound, and the sound's consonants."""

    letters: str
    sound: str
    bones: str
    unsure: bool

    @classmethod
    def of(cls, parts: Sequence[tuple[str, str, bool]]) -> "Spelling":
        sound = "".join([part[1] for part in parts])
        letters = "".join([part[0] for part in parts])
        return cls(letters, sound, sound.translate(VOWELS), any([part[2] for part in parts]))


class Wanted:
    """A name that somebody types, made ready to be compared with many. It keeps what it reads as long as it lives."""

    def __init__(self, text: str):
        self._read: dict[str, tuple[str, str, bool]] = {}
        parts = self._parts(text)
        orders = permutations(parts) if len(parts) <= MOST_WORDS else [parts]
        self.forms = {Spelling.of(order) for order in orders}
        self.shortest = min(len(form.letters) for form in self.forms)

    def likeness(self, name: str) -> float:
        """How alike the name is, or a beginning of it; less than ``ENOUGH`` is 0."""
        return self.likenesses([name])[0]

    def likenesses(self, names: Sequence[str]) -> list[float]:
        """The same for each of the names, hundreds at a time."""
        spelt = [(place, form) for place, name in enumerate(names) for form in self._forms(name)]
        best = [0.0] * len(names)
        for wanted in self.forms:
            for weight, text, has in _sides(wanted, [form for _place, form in spelt]):
                for place, likeness in _alike(text, has):
                    owner = spelt[place][0]
                    best[owner] = max(best[owner], weight * likeness)
        return [each if each >= ENOUGH else 0.0 for each in best]

    def _parts(self, name: str) -> list[tuple[str, str, bool]]:
        return [self._part(word) for word in words(name)]

    def _part(self, word: str) -> tuple[str, str, bool]:
        if word not in self._read:
            spelt = romanised(word)
            self._read[word] = (latin(spelt), heard(spelt), bool(UNSURE.search(spelt)))
        return self._read[word]

    def _forms(self, name: str) -> list[Spelling]:
        """The name from each of its words on, and with its last word first; of one word, also what is given of it."""
        parts = self._parts(name)
        others = [[*parts[-1:], *parts[:-1]]] if len(parts) > 1 else self._given(name, parts)
        return [Spelling.of(some) for some in [*(parts[place:] for place in range(len(parts))), *others]]

    def _given(self, name: str, parts: list[tuple[str, str, bool]]) -> list[list[tuple[str, str, bool]]]:
        """What is given of a name without a gap, where the text is too short to be like the whole of it."""
        if not parts or self.shortest > ENOUGH * len(parts[0][0]):
            return []
        given = parts_of(name)[1:]
        return [self._parts("".join(given))] if given else []


def _sides(wanted: Spelling, has: Sequence[Spelling]) -> Iterator[tuple[float, str, list[str | None]]]:
    """What is compared with what, and what it is worth."""
    yield 1.0, wanted.letters, [form.letters for form in has]
    yield HEARD, wanted.sound, [form.sound for form in has]
    yield BONES, wanted.bones, [form.bones if wanted.unsure or form.unsure else None for form in has]


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
