"""Files of any size kept encrypted: sealed piece by piece, so that neither side ever holds the whole.

Each piece says which one of which file it is and whether it is the last: pieces left out, changed places or taken from
another file do not open.
"""

import os
from collections.abc import Callable
from hashlib import sha256
from io import RawIOBase
from pathlib import Path

from centers.secrecy import seal, unseal

PIECE = 256 * 1024  # bytes
_LENGTH = 4  # bytes before each piece that say how long it is


class SealedWriter(RawIOBase):
    """Writes a file under a temporary name; ``finish`` gives it its own, so that half of one is never there.

    ``size`` and ``sha256`` are those of what was written to it. ``pulse`` is called after each piece.
    """

    def __init__(self, path: Path, about: str, *, pulse: Callable[[], None] = lambda: None):
        self.size = 0
        self._path, self._about, self._pulse = path, about, pulse
        self._draft = path.with_name(f"{path.name}.part")
        self._digest = sha256()
        self._held = bytearray()
        self._number = 0
        self._file = open(os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")  # noqa: SIM115

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        given = bytes(data)
        self.size += len(given)
        self._digest.update(given)
        self._held += given
        while len(self._held) > PIECE:  # the last piece is kept back: only the end knows that it is
            self._put(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        return len(given)

    def finish(self) -> None:
        """Write the end, make sure that it lies on the disk, and give the file its name."""
        self._put(bytes(self._held), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._draft.rename(self._path)

    def close(self) -> None:
        """What was not finished is gone."""
        if not self.closed:
            self._file.close()
            self._draft.unlink(missing_ok=True)
        super().close()

    def _put(self, piece: bytes, *, last: bool) -> None:
        sealed = seal(piece, _about(self._about, self._number, last=last))
        self._file.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)
        self._number += 1
        self._pulse()


class SealedReader(RawIOBase):
    """Reads such a file as what was written to it.

    Raises ``cryptography.exceptions.InvalidTag`` as soon as a piece is met that is not the one that was written.
    """

    def __init__(self, path: Path, about: str):
        self._file = open(path, "rb")  # noqa: SIM115  (closed with the reader)
        self._about = about
        self._number = 0
        self._held = b""
        self._length = self._file.read(_LENGTH)
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        while not self._held and not self._ended:
            self._held = self._next()
        given = self._held[: len(buffer)]
        buffer[: len(given)] = given
        self._held = self._held[len(given) :]
        return len(given)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _next(self) -> bytes:
        sealed = self._file.read(int.from_bytes(self._length, "big"))
        self._length = self._file.read(_LENGTH)
        self._ended = not self._length
        piece = unseal(sealed, _about(self._about, self._number, last=self._ended))
        self._number += 1
        return piece


def _about(name: str, number: int, *, last: bool) -> bytes:
    return f"|{name}|{number}|{'last' if last else 'more'}".encode()
