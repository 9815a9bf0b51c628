"""Pictures made of their parts, and what is left of one when a part is wrong."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# One transparent point, as an encoder without loss writes it.
WEBP = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0"
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"  # eight bits, one point, one colour
    b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x7f\xa0\xff\xd9"
)


def part(kind: bytes, data: bytes = b"") -> bytes:
    """A part of a PNG with its length and its check sum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def head(width: int, height: int, depth: int = 8, colour: int = 2, interlace: int = 0) -> bytes:
    return part(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))


def png(width: int = 2, height: int = 3, *, lines: bytes | None = None) -> bytes:
    """A picture in three colours; ``lines`` are others than it should have."""
    drawn = lines if lines is not None else (b"\x00" + b"\x7f" * 3 * width) * height
    return SIGNATURE + head(width, height) + part(b"IDAT", zlib.compress(drawn)) + part(b"IEND")
