"""Which signs the fonts of papers have, read from the fonts themselves (OpenType ``cmap``, formats 4 and 12)."""

import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

import typst

PACKAGES = (
    "cvttf_NotoSansCJK_Regular", "cvttf_NotoSansCJK_Bold", "fontpkg_noto_sans", "fontpkg_noto_sans_khmer",
    "fontpkg_noto_sans_thai", "fontpkg_noto_sans_devanagari", "fontpkg_hind_siliguri",
)  # fmt: skip
# In this order a sign is looked for; a paper falls back on whatever else the system has. No wheel has the last three.
FAMILIES = (
    "Noto Sans CJK TC", "Noto Sans", "Noto Sans Khmer", "Noto Sans Thai", "Noto Sans Devanagari", "Hind Siliguri",
    "Noto Sans Myanmar", "Noto Sans Lao", "Noto Sans Sinhala",
)  # fmt: skip
UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}  # nothing is drawn for them
SELECTORS = range(0xFE00, 0xFE10)  # of variants
NO_SIGN = 0xFFFF  # closes a table of format 4


@cache
def font_folders() -> tuple[str, ...]:
    """Where the wheels keep their fonts; those of the system are found without."""
    folders = (Path(str(files(package))) for package in PACKAGES)
    return tuple(sorted({str(font.parent) for folder in folders for font in folder.rglob("*.[ot]tf")}))


def without_font(text: str) -> str:
    """The signs of a text that no font here has, each once, by their code: a paper would show a box for them."""
    left = {sign for sign in text if unicodedata.category(sign) not in UNSEEN and ord(sign) not in SELECTORS}
    for path, index in _fonts():
        if not left:
            break
        firsts, lasts = _ranges(path, index)
        left = {sign for sign in left if not _within(ord(sign), firsts, lasts)}
    return "".join(sorted(left))


def _within(code: int, firsts: list[int], lasts: list[int]) -> bool:
    place = bisect_right(firsts, code) - 1
    return place >= 0 and code <= lasts[place]


@cache
def _fonts() -> list[tuple[str, int]]:
    """One font of each family, those of papers first: the others are read only for what these have not."""
    of_family = {font.family: (font.path, font.index) for font in _known() if font.path}
    ours = [of_family.pop(family) for family in FAMILIES if family in of_family]
    return [*ours, *of_family.values()]


def _known() -> list[typst.FontInfo]:
    return typst.Fonts(include_embedded_fonts=False, font_paths=list(font_folders())).fonts()


@cache
def _ranges(path: str, index: int) -> tuple[list[int], list[int]]:
    """First and last codes of the runs of signs that a font has."""
    runs = sorted(_runs(Path(path).read_bytes(), index))
    return [first for first, _last in runs], [last for _first, last in runs]


def _runs(font: bytes, index: int) -> Iterator[tuple[int, int]]:
    start = struct.unpack_from(">I", font, 12 + 4 * index)[0] if font[:4] == b"ttcf" else 0
    tables = struct.unpack_from(">H", font, start + 4)[0]
    places = {}
    for table in range(tables):
        tag, _sum, offset, _length = struct.unpack_from(">4sIII", font, start + 12 + 16 * table)
        places[tag] = offset
    base = places[b"cmap"]
    offsets = {struct.unpack_from(">I", font, base + 8 + 8 * n)[0] for n in range(_word(font, base + 2))}
    read = {12: _long_runs, 4: _short_runs}
    by_format = {_word(font, base + offset): base + offset for offset in sorted(offsets)}
    for kind, runs in read.items():
        if kind in by_format:
            return runs(font, by_format[kind])
    return iter(())


def _word(font: bytes, at: int) -> int:
    return struct.unpack_from(">H", font, at)[0]


def _long_runs(font: bytes, at: int) -> Iterator[tuple[int, int]]:
    for number in range(struct.unpack_from(">I", font, at + 12)[0]):
        first, last, glyph = struct.unpack_from(">III", font, at + 16 + 12 * number)
        if glyph:
            yield first, last


def _short_runs(font: bytes, at: int) -> Iterator[tuple[int, int]]:
    size = _word(font, at + 6)  # twice the number of segments
    for place in range(0, size, 2):
        last, first = _word(font, at + 14 + place), _word(font, at + 16 + size + place)
        delta, where = _word(font, at + 16 + 2 * size + place), at + 16 + 3 * size + place
        skip = _word(font, where)
        for code in range(first, last + 1):
            glyph = _word(font, where + skip + 2 * (code - first)) if skip else (code + delta) & 0xFFFF
            if glyph and code != NO_SIGN:
                yield code, code
