"""Many made-up rows for a benchmark: a year of the centres, 2025 where no other days are asked for."""

from datetime import date

from demo.synthetic.generate import Plan, generate
from tests import databases


def fill(
    database: str,
    *,
    sessions: int,
    people: int,
    seed: int = 1,
    first: date = date(2025, 1, 1),
    last: date = date(2025, 12, 31),
) -> None:
    """Make the rows in a prepared database; it has looked at them then, as autovacuum would in time."""
    plan = Plan(people, sessions, first=first, last=last, seed=seed)
    generate(plan, databases.url(database, owner=True))
