"""A name in Chinese signs as Koreans read it: 李明花 is 이명화, which is what Koreans of China are called by.

``hanja.csv`` has the readings of Unihan 14.0.0 (``kHangul``; Unicode, Inc., Unicode Licence): of several the one that
Unihan marks as taught in schools, else the first; a simplified sign is read as the traditional one
(``kTraditionalVariant``). Surnames that are read otherwise than the word stand in ``SURNAMES``.

An initial ㄹ or ㄴ is written as it is spoken or as it is spelt, in China and in Korea differently (두음법칙: 이 or
리, 유 or 류, 노 or 로, 여 or 녀). All are kept as one.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import permutations
from pathlib import Path

from cases.matching.signs import words
from cases.matching.sounds import MOST_WORDS
from cases.matching.surnames import parts_of

TABLE = Path(__file__).with_name("hanja.csv")
SURNAMES = {"金": "김", "沈": "심", "車": "차", "车": "차", "單": "선", "单": "선", "葉": "엽", "叶": "엽"}
FIRST, LAST = 0xAC00, 0xD7A3  # Hangul syllables, in the order initial, vowel, final
VOWELS, FINALS = 21, 28
NONE, N, L = 11, 2, 5  # places of the initials ㅇ, ㄴ, ㄹ
BEFORE_I = {2, 3, 6, 7, 12, 17, 20}  # ㅑ ㅒ ㅕ ㅖ ㅛ ㅠ ㅣ
HANGUL = "[\uac00-\ud7a3]+"


def folded(syllable: str) -> str:
    """The syllable as it is spoken at the beginning of a word: 리 is 이, 로 is 노."""
    initial, rest = divmod(ord(syllable) - FIRST, VOWELS * FINALS)
    if initial in {N, L}:
        initial = NONE if rest // FINALS in BEFORE_I else N
    return chr(FIRST + initial * VOWELS * FINALS + rest)


@cache
def spoken() -> dict[str, str]:
    """The Hangul syllables that are spoken otherwise at the beginning of a word."""
    syllables = map(chr, range(FIRST, LAST + 1))
    return {syllable: folded(syllable) for syllable in syllables if folded(syllable) != syllable}


@cache
def readings() -> dict[str, str]:
    """Each Chinese sign with its reading, folded."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {sign: folded(row["hangul"]) for row in csv.DictReader(file) for sign in row["signs"]}


@cache
def _table() -> dict[int, str]:
    return str.maketrans(spoken() | readings())


def reading(name: str, first: int = 1) -> str:
    """A name in Hangul and Chinese signs as one text in Hangul, folded; empty for any other.

    The ``first`` of its words is its surname where it is 1: 金 is 김, and in a given name 금.
    """
    text = unicodedata.normalize("NFC", name)
    if first == 1:
        text = SURNAMES.get(text[:1], text[:1]) + text[1:]
    text = text.translate(_table())
    return text if re.fullmatch(HANGUL, text) else ""


def keys(name: str) -> list[str]:
    """What a name is kept under: how it is read from its first, second and third part on (``surnames``)."""
    parts = parts_of(name)
    return [reading("".join(parts[place:]), place + 1) for place in range(3)]


def asked(text: str) -> Iterator[str]:
    """The readings of what somebody types, its words as they stand first and then in every other order."""
    parts = words(text)
    orders = permutations(parts) if len(parts) <= MOST_WORDS else [parts]
    readings_of = (reading("".join(order)) for order in orders)
    yield from (each for each in dict.fromkeys(readings_of) if each)
