"""What a PDF of Typst really draws."""

import re
import zlib
from collections.abc import Iterator

UNASSIGNED = "\u0378"  # a sign that no font will ever have
# A page is read sign by sign: an escape in a string, the ends of a string, and whatever is between.
SIGN = re.compile(rb"\\([0-7]{1,3}|.)|(.)", re.DOTALL)
LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
READ_ALOUD = re.compile(rb"/ActualText\s*$")  # what a string after this says is not drawn


def boxes_in(pdf: bytes) -> int:
    """How many glyphs are ``.notdef`` (number 0 of its font): the boxes a reader would see."""
    return sum(glyph == 0 for glyph in glyphs_in(pdf))


def glyphs_in(pdf: bytes) -> Iterator[int]:
    """The numbers of the glyphs of all pages, each two bytes long."""
    for page in _pages(pdf):
        for drawn in _strings(page):
            yield from (int.from_bytes(drawn[at : at + 2]) for at in range(0, len(drawn), 2))


def _pages(pdf: bytes) -> Iterator[bytes]:
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            content = zlib.decompress(stream)
        except zlib.error:
            continue
        if re.search(rb"/f\d+ [\d.]+ Tf", content):
            yield content


def _strings(page: bytes) -> Iterator[bytes]:
    """The strings a page draws. Parentheses in pairs stand in them as they are."""
    depth, drawn, before = 0, bytearray(), 0
    for sign in SIGN.finditer(page):
        depth += {b"(": 1, b")": -1}.get(sign[2], 0)
        if sign[2] == b"(" and depth == 1:
            drawn, before = bytearray(), sign.start()
        elif sign[2] == b")" and depth == 0:
            if not READ_ALOUD.search(page, max(0, before - 20), before):
                yield bytes(drawn)
        elif depth:
            drawn += sign[2] or _byte(sign[1])


def _byte(escaped: bytes) -> bytes:
    return bytes([int(escaped, 8)]) if escaped.isdigit() else LETTERS.get(escaped, escaped)
