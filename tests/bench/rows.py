"""Many synthetic rows, copied in as the owner: people with a file each, and sessions over the centres in 2025."""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

import psycopg

from tests import databases

FIRST = date(2025, 1, 1)
DAYS = 365
SESSION = (
    "workspace_id", "ref", "client_id", "person_id", "held_on", "programme_id", "language_id", "channel_id",
    "topic_id", "nationality_id", "minutes", "clients", "counsellor_name", "note", "summary",
)  # fmt: skip


def fill(database: str, *, sessions: int, people: int, seed: int = 1) -> None:
    """Copy the rows into a prepared database and let it look at them, as autovacuum would in time."""
    dice = random.Random(seed)
    with psycopg.connect(databases.url(database, owner=True)) as owner:
        centres = _codes(
            owner, "SELECT id FROM centers_workspace WHERE code LIKE '52%-c1' AND municipality_id IS NOT NULL"
        )
        clients = _people(owner, dice, centres, people)
        # Read before the copy begins: a connection that copies answers nothing else.
        codes = [
            _codes(owner, f"SELECT code FROM cases_{table} ORDER BY code")
            for table in ("language", "channel", "topic")
        ]
        with owner.cursor().copy(f"COPY cases_session ({', '.join(SESSION)}) FROM STDIN") as copy:
            for row in _sessions(dice, centres, clients, codes, sessions):
                copy.write_row(row)
    with psycopg.connect(databases.url(database, owner=True), autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE) cases_client, cases_session, kpi_dirtymonth")


def _people(owner: psycopg.Connection, dice: random.Random, centres: list, people: int) -> dict[int, list[tuple]]:
    """One identity and one file each; gives the files of every centre."""
    countries = _codes(owner, "SELECT code FROM cases_country ORDER BY code")[:40]
    with owner.cursor().copy("COPY cases_person (id) FROM STDIN") as copy:
        for person in range(1, people + 1):
            copy.write_row((person,))
    files = defaultdict(list)
    columns = "id, workspace_id, ref, person_id, nationality_id, shared_with"
    with owner.cursor().copy(f"COPY cases_client ({columns}) FROM STDIN") as copy:
        for person in range(1, people + 1):
            centre = dice.choice(centres)
            files[centre].append((person, person))
            copy.write_row((person, centre, "", person, dice.choice(countries), []))
    for table in ("cases_person", "cases_client"):
        owner.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), %s)", [people])
    return files


def _sessions(dice: random.Random, centres: list, clients: dict, codes: list[list], count: int) -> Iterator[tuple]:
    languages, channels, topics = codes
    for number in range(count):
        centre = dice.choice(centres)
        client, person = dice.choice(clients[centre]) if dice.random() < 0.85 else (None, None)
        yield (
            centre, f"b{number}", client, person, FIRST + timedelta(days=dice.randrange(DAYS)), "one-centre",
            dice.choice(languages), dice.choice(channels), dice.choice(topics), None, dice.randrange(5, 90), 1,
            "", "", "",
        )  # fmt: skip


def _codes(owner: psycopg.Connection, sql: str) -> list:
    return [row[0] for row in owner.execute(sql)]
