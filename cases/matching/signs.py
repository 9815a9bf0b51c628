"""The signs of the world's scripts in Latin letters: ``signs.csv``, a sign having one reading.

The readings are those of AnyAscii 0.3.3 (ISC licence), one sign at a time, with these changes: Hangul letters by the
Revised Romanisation (국어의 로마자 표기법), Burmese consonants as passports spell them, Cyrillic letters of the
languages of Central Asia, and Chinese surnames that are read otherwise than the word (曾 zeng, 单 shan). Chinese signs
are those of GB 2312 and of the first level of Big5. A sign that is read by nobody, such as a tone mark, has an empty
reading.
"""

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("signs.csv")
HAN = ("\u4e00", "\u9fff")
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LETTERS = CAPITALS.lower()
BEFORE = (
    "([\u0e40-\u0e44\u0ec0-\u0ec4])([\u0e01-\u0e2e\u0e81-\u0eae])",
    r"\2\1",
)  # Thai, Lao: vowel before its consonant
BLANKS = " \t\n\r\f\v\u00a0\u3000<,·.‐‑–-"  # between the words of a name; "<" is that of passports (ICAO 9303)
GAP = f"[{re.escape(BLANKS)}]+"


@cache
def readings() -> dict[str, str]:
    """Each sign with its reading, in small Latin letters."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {sign: row["latin"] for row in csv.DictReader(file) for sign in row["signs"]}


@cache
def _spelling() -> dict[int, str]:
    return {ord(sign): latin for sign, latin in (readings() | dict(zip(CAPITALS, LETTERS, strict=True))).items()}


def words(name: str) -> list[str]:
    """The words of a name as they are written, in whatever form: "NGUYEN<<VAN<AN" has three."""
    return [word for word in re.split(GAP, name) if word]


def letters(text: str) -> str:
    """The text in single letters, in the order in which they are spoken: marks and syllables taken apart."""
    return re.sub(*BEFORE, unicodedata.normalize("NFKD", text))


def latin(text: str) -> str:
    """A name in small Latin letters, without marks and gaps: "Nguyễn" and "NGUYEN" are one."""
    spelt = text.lower() if text.isascii() else letters(text).translate(_spelling())
    return re.sub("[^a-z]", "", spelt)


def initials(text: str) -> str:
    """First letters of Hangul syllables: "응우옌" and "ㅇㅇㅇ" give the same three. Empty for other scripts."""
    return re.sub("[^\u1100-\u1112]", "", unicodedata.normalize("NFKD", text))


def are_initials(text: str) -> bool:
    """Whether the text is first letters of Hangul syllables and nothing else."""
    return bool(re.fullmatch("[\u3131-\u314e\u1100-\u1112]+", text.replace(" ", "")))
