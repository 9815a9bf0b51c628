"""Who reads what is being made: a code that is not for officials has another name for them, wherever it is written.

A name is written by ``str(row)`` in a template, a list, a file or a message, where no viewer is at hand. So the reader
stands beside the work as the language does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from accounts.models import User

_reader: ContextVar[User | None] = ContextVar("reader", default=None)


@contextmanager
def read_by(user: User | None) -> Iterator[None]:
    """What is made in the block is read by this person; nobody in particular reads it where there is none."""
    before = _reader.set(user)
    try:
        yield
    finally:
        _reader.reset(before)


def reader() -> User | None:
    """Who reads what is being made; none where nobody in particular does."""
    return _reader.get()


def by_an_official() -> bool:
    """Whether the reader is an official (``centers.selectors.is_official``); nobody is where nobody reads."""
    from centers.selectors import is_official  # the models, which selectors read, need this module

    user = _reader.get()
    return user is not None and is_official(user)
