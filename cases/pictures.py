"""Whether a file is a picture from its first byte to its last, and not by its head alone.

A picture in PNG is read through: every part with its check sum, and the picture itself as far as its lines. Of JPEG
and WebP the parts are walked, as far as their lengths tell; what is drawn in them is not looked at.
"""

import zlib
from collections.abc import Callable, Iterator
from itertools import starmap
from struct import Struct

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEAD = Struct(">IIBBBBB")  # width, height, depth, colour, compression, filter, interlace
LENGTH, CHECK, SHORT, LITTLE = Struct(">I"), Struct(">I"), Struct(">H"), Struct("<I")
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}  # by colour
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
LARGEST = 400_000_000  # bytes that a picture may unpack to; a hundred million points in colour and transparent
PIECE = 1 << 20
FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # markers of JPEG that say how large the picture is
ALONE = {0x01, *range(0xD0, 0xD8)}  # markers of JPEG that nothing belongs to
SCAN, END = 0xDA, 0xD9
LOSSY, LOSSLESS = b"\x9d\x01\x2a", b"\x2f"  # how the two kinds of picture in a WebP begin


class NoPicture(ValueError):
    """The bytes are no whole picture."""


def is_picture(content: bytes, ending: str) -> bool:
    """Whether the bytes are a whole picture of the kind that the ending says. Asked of endings in ``READ`` alone."""
    try:
        READ[ending](content)
    except NoPicture:
        return False
    return True


def _png(content: bytes) -> None:
    parts = list(_parts_of_png(content))
    kinds = [kind for kind, _data in parts]
    if kinds[0] != b"IHDR" or len(parts[0][1]) != HEAD.size or kinds.count(b"IHDR") != 1 or b"IDAT" not in kinds:
        raise NoPicture
    _unpack((data for kind, data in parts if kind == b"IDAT"), _unpacked(*HEAD.unpack(parts[0][1])))


def _parts_of_png(content: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Each part with its data, as far as the one that ends the picture; behind that there is nothing."""
    if not content.startswith(SIGNATURE):
        raise NoPicture
    view, at, kind = memoryview(content), len(SIGNATURE), b""
    while kind != b"IEND":
        if at + 12 > len(content):
            raise NoPicture
        (length,) = LENGTH.unpack_from(content, at)
        end = at + 8 + length
        kind = bytes(view[at + 4 : at + 8])
        if end + 4 > len(content) or CHECK.unpack_from(content, end)[0] != zlib.crc32(view[at + 4 : end]):
            raise NoPicture
        yield kind, view[at + 8 : end]
        at = end + 4
    if at != len(content):
        raise NoPicture


def _unpacked(width: int, height: int, depth: int, colour: int, packing: int, filters: int, interlace: int) -> int:
    """How many bytes the lines of the picture have, each with one that says how it is written."""
    if not (width and height) or depth not in DEPTHS.get(colour, ()) or packing or filters or interlace > 1:
        raise NoPicture
    bits = depth * CHANNELS[colour]
    passes = [(-(-(width - x) // by), -(-(height - y) // down)) for x, y, by, down in ADAM7]
    lines = passes if interlace else [(width, height)]
    size = sum(rows * (1 + -(-points * bits // 8)) for points, rows in lines if points > 0 and rows > 0)
    if size > LARGEST:
        raise NoPicture
    return size


def _unpack(pieces: Iterator[memoryview], size: int) -> None:
    """Reads the picture through, a piece at a time and none of it kept, and no further than it may go."""
    packed, found = zlib.decompressobj(), 0
    try:
        for piece in pieces:
            rest = piece
            while rest:
                found += len(packed.decompress(rest, PIECE))
                rest = packed.unconsumed_tail
                if found > size:
                    raise NoPicture
    except zlib.error as error:
        raise NoPicture from error
    if found + len(packed.flush()) != size or not packed.eof or packed.unused_data:
        raise NoPicture


def _jpeg(content: bytes) -> None:
    """Its parts as far as the lines of the picture, which end; what a camera puts behind them is left alone."""
    at, sized = 2, False
    while content[at : at + 1] == b"\xff" and at + 4 <= len(content):
        marker = content[at + 1]
        if marker == 0xFF or marker in ALONE:
            at += 1 if marker == 0xFF else 2
            continue
        (length,) = SHORT.unpack_from(content, at + 2)
        if length < 2 or at + 2 + length > len(content):
            break
        sized = sized or (marker in FRAMES and length > 8 and content[at + 7 : at + 9] != b"\0\0")
        at += 2 + length
        if marker == SCAN:
            if sized and content.find(bytes((0xFF, END)), at) > at:
                return
            break
    raise NoPicture


def _webp(content: bytes) -> None:
    """Its parts, which fill the file, and among them a picture."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 20:
        raise NoPicture
    if LITTLE.unpack_from(content, 4)[0] + 8 != len(content) or not any(
        starmap(_is_drawn, _parts_of_riff(content, 12))
    ):
        raise NoPicture


def _parts_of_riff(content: bytes, at: int) -> Iterator[tuple[bytes, bytes]]:
    end = LITTLE.unpack_from(content, 4)[0] + 8
    while at + 8 <= end:
        (length,) = LITTLE.unpack_from(content, at + 4)
        if at + 8 + length > end:
            raise NoPicture
        yield content[at : at + 4], content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _is_drawn(kind: bytes, data: bytes) -> bool:
    """A picture, or one of several that move, which begins behind sixteen bytes of its own."""
    if kind == b"ANMF":
        return LOSSY in data[24:48] or LOSSLESS in data[24:48]
    return (kind == b"VP8 " and data[3:6] == LOSSY) or (kind == b"VP8L" and data[:1] == LOSSLESS)


READ: dict[str, Callable[[bytes], None]] = {".png": _png, ".jpg": _jpeg, ".jpeg": _jpeg, ".webp": _webp}
