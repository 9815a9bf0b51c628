"""The sound of a name as a short key, alike for every way the name is written.

Korean has few consonants, so a name that has been through Hangul comes back with only their kinds. The key keeps the
kinds alone: P (b f p v), T (ch d j t z), S (s x), K (c g k q), N, M, L (l r). Vowels, h, w and y are dropped. Gaps do
not count, since a Hangul name is written without them: 응우옌반안 and NGUYEN VAN AN are both NPNN.

``wall.name_sound`` makes the same keys in the database (``cases/matching/database.py``).
"""

import re
import unicodedata
from functools import cache
from itertools import permutations

from cases.matching.burmese import romanised
from cases.matching.signs import CAPITALS, HAN, LETTERS, letters, readings, words
from cases.matching.surnames import parts_of

KINDS = "PTSKNML"
VOWEL = "A"
#        abcdefghijklmnopqrstuvwxyz
KIND_OF = "APKTAPKAATKLMNAPKLSTAPASAT"
DIGRAPHS = (("ch", "T"), ("qi", "TA"))  # what two Latin letters sound like together
RUNS = ((f"[^{KINDS}{VOWEL}]", ""), ("NK+", "N"), ("TS+", "T"), (r"(.)\1+", r"\1"))
SYLLABLES = [first + VOWEL + last for first in ("", *KINDS) for last in ("", "N", "L")]
FIRST_SYLLABLE = 0xE000  # a Chinese sign stands for a syllable: a private sign for each, until it is spelt out
EDITS_FROM = 3  # kinds; a shorter key that is changed in one place fits everybody
MOST_WORDS = 3  # whose orders are all tried


def kinds(reading: str) -> str:
    """The kinds of a reading in Latin letters, vowels still in place."""
    for pair, kind in DIGRAPHS:
        reading = reading.replace(pair, kind)
    return reading.translate(str.maketrans(LETTERS, KIND_OF))


def syllable(reading: str) -> str:
    """A Chinese syllable: what it begins with, a vowel, and whether it ends in n or r."""
    first = kinds("ch" if reading[0] in "cqz" else reading[0]).strip(VOWEL)
    last = {"n": "N", "g": "N", "r": "L"}.get(reading[-1] if len(reading) > 1 else "", "")
    return first + VOWEL + last


def one_kind(reading: str) -> str:
    """The kind of a sign that is a letter: its first consonant, or the vowel, or nothing."""
    found = kinds(reading)
    return (found.strip(VOWEL) or found)[:1]


@cache
def alphabet() -> tuple[dict[str, str], dict[str, str]]:
    """The signs that are letters, each with its kind or nothing, and the Chinese signs, each with its syllable."""
    same = dict(zip(CAPITALS + LETTERS, LETTERS * 2, strict=True))
    signs = sorted(readings().items(), key=lambda item: not "\u1100" <= item[0] <= "\u11ff")  # Hangul is the commonest
    spoken = {sign: one_kind(reading) for sign, reading in signs if not HAN[0] <= sign <= HAN[1]}
    chinese = {
        sign: chr(FIRST_SYLLABLE + SYLLABLES.index(syllable(reading)))
        for sign, reading in signs
        if HAN[0] <= sign <= HAN[1]
    }
    return same | spoken, chinese


@cache
def _table() -> dict[int, str]:
    spoken, chinese = alphabet()
    return str.maketrans(spoken | chinese)


def sound(text: str) -> str:
    """The key of a name or of some of its words. Empty where nothing of it is a letter."""
    key = letters(text).translate(_table())
    for pair, kind in DIGRAPHS:
        key = key.replace(pair, kind)
    key = key.translate(str.maketrans(LETTERS, KIND_OF))
    for place, spelt in enumerate(SYLLABLES):
        key = key.replace(chr(FIRST_SYLLABLE + place), spelt)
    for pattern, instead in RUNS:
        key = re.sub(pattern, instead, key)
    return key.replace(VOWEL, "") or key


def turned(name: str) -> str:
    """The name with its last word first; empty where it has one word."""
    parts = words(name)
    return "".join([parts[-1], *parts[:-1]]) if len(parts) > 1 else ""


def keys(name: str) -> list[str]:
    """What a name is kept under: its sound from the first, second and third word on, and with the last word first.

    A surname that is written together with what follows is a word of its own (``surnames``).
    """
    parts = parts_of(name)
    begun = ["".join(parts[place:]) for place in range(3)]
    return [sound(text) for text in (*begun, turned(name))]


def asked(text: str) -> set[str]:
    """The keys under which a name that somebody types may begin: its words in every order, and unsure letters."""
    parts = words(text)
    orders = permutations(parts) if len(parts) <= MOST_WORDS else [parts]
    return {sound(way) for order in orders for way in _ways("".join(order))} - {"", VOWEL}


def _ways(text: str) -> set[str]:
    """The text, and how else its sound may be spelt: tr is 쩌 in a Vietnamese name, else 트르; ထက် is htet."""
    small = unicodedata.normalize("NFKD", text).lower()
    ways = {small, romanised(small), small.replace("tr", "ch"), re.sub("[qc]", "ch", small)}
    return ways | {way.replace("\u110d", "tr") for way in ways}


def near(key: str) -> set[str]:
    """The key and those one mistake away: a kind more, fewer or other, or two that changed places."""
    if len(key) < EDITS_FROM:
        return {key}
    cuts = [(key[:place], key[place:]) for place in range(len(key) + 1)]
    fewer = {left + right[1:] for left, right in cuts if right}
    other = {left + kind + right[1:] for left, right in cuts if right for kind in KINDS}
    more = {left + kind + right for left, right in cuts for kind in KINDS}
    changed = {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    return {key} | fewer | other | more | changed
