"""Many rows into a table at once: COPY into a temporary table, then one INSERT or UPDATE.

COPY straight into a table with row security is refused; and so the rows meet the policies, constraints and
triggers of the table as typed rows do.
"""

from collections.abc import Iterable, Sequence

from django.db import connection
from psycopg import sql

STAGE = sql.Identifier("stage")


def insert(table: str, columns: Sequence[str], rows: Iterable[Sequence]) -> None:
    names = _names(columns)
    with connection.cursor() as cursor:
        _stage(cursor, table, columns, rows)
        cursor.execute(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(sql.Identifier(table), names, names, STAGE)
        )
        cursor.execute(sql.SQL("DROP TABLE {}").format(STAGE))


def change(table: str, columns: Sequence[str], rows: Iterable[Sequence]) -> None:
    """Update rows by their ``id``, which is the first column."""
    new = sql.SQL(", ").join(sql.SQL("s.{}").format(sql.Identifier(column)) for column in columns[1:])
    with connection.cursor() as cursor:
        _stage(cursor, table, columns, rows)
        cursor.execute(
            sql.SQL("UPDATE {} t SET ({}) = ROW ({}) FROM {} s WHERE t.id = s.id").format(
                sql.Identifier(table), _names(columns[1:]), new, STAGE
            )
        )
        cursor.execute(sql.SQL("DROP TABLE {}").format(STAGE))


def remove(table: str, column: str, keys: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("DELETE FROM {} WHERE {} = ANY (%s)").format(sql.Identifier(table), sql.Identifier(column)), [keys]
        )


def new_ids(table: str, count: int) -> list[int]:
    """Ids for rows that are about to be written, so that others can point to them already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [number for (number,) in cursor.fetchall()]


def _stage(cursor, table: str, columns: Sequence[str], rows: Iterable[Sequence]) -> None:
    cursor.execute(
        sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
            STAGE, _names(columns), sql.Identifier(table)
        )
    )
    with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(STAGE)) as copy:
        for row in rows:
            copy.write_row(row)


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
