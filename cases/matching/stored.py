"""Names on file that sound like what somebody types."""

from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from cases.matching.likeness import ENOUGH, Wanted
from cases.matching.sounds import asked, near

COLUMNS = ("sound", "second_sound", "third_sound", "turned_sound")
SHORTEST = 2  # kinds; a name that begins with one consonant is anybody's
MOST = 300  # names that are compared one by one
BEGINNINGS = 8  # keys whose longer names are looked for


def sounding(names: QuerySet, text: str) -> list[int]:
    """The ids of the clients with a name that sounds like the text or begins like it, the likest first.

    Looked for are the same sound, names that begin with it, and sounds with one mistake, each by an index: equality
    and beginnings are what row security lets an index answer.
    """
    keys = sorted(asked(text), key=lambda key: (-len(key), key))
    if not keys:
        return []
    rows = {}
    for wanted in (_same(keys), _begun(keys), _near(keys)):
        if wanted is not None and len(rows) < MOST:
            rows |= {row[0]: row[1:] for row in names.filter(wanted).values_list("pk", "client_id", "text")[:MOST]}
    return _likest(rows.values(), text)


def _likest(rows, text: str) -> list[int]:
    name = Wanted(text)
    best: dict[int, float] = {}
    for client, spelt in rows:
        best[client] = max(best.get(client, 0.0), name.likeness(spelt))
    alike = [(-likeness, client) for client, likeness in best.items() if likeness >= ENOUGH]
    return [client for _likeness, client in sorted(alike)]


def _same(keys: list[str]) -> Q:
    return _any({f"{column}__in": keys} for column in COLUMNS)


def _begun(keys: list[str]) -> Q | None:
    long = [key for key in keys if len(key) >= SHORTEST][:BEGINNINGS]
    return _any({f"{column}__begins": key} for column in COLUMNS for key in long) if long else None


def _near(keys: list[str]) -> Q:
    mistaken = sorted({other for key in keys for other in near(key)})
    return _any({f"{column}__in": mistaken} for column in COLUMNS)


def _any(conditions) -> Q:
    return reduce(or_, (Q(**condition) for condition in conditions))
