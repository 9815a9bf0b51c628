"""Rows into the tables by COPY, as the owner: row security refuses it to the application.

Constraints and triggers look at every row all the same. A statement's trigger sees all its rows at once, so long
tables go in as several statements.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import psycopg
from psycopg import sql

STATEMENT = 20_000  # rows of one COPY; its triggers keep them all until it ends


def insert(owner: psycopg.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence]) -> int:
    """Copy the rows in; how many there were."""
    total = 0
    for some in pieces(rows, STATEMENT):
        with owner.cursor().copy(copy_into(table, columns)) as copy:
            for row in some:
                copy.write_row(row)
        total += len(some)
    return total


def copy_into(table: str, columns: Sequence[str]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)


def pieces(rows: Iterable, size: int) -> Iterator[list]:
    rows = iter(rows)
    while some := list(islice(rows, size)):
        yield some


def draw_ids(owner: psycopg.Connection, table: str, count: int) -> int:
    """The first of so many ids in a row, which nobody else will be given."""
    name = "pg_get_serial_sequence(%s, 'id')"
    answer = owner.execute(f"SELECT setval({name}, nextval({name}) + %s)", [table, table, count])
    return answer.fetchone()[0] - count
