"""How many names are found that somebody types in another way than they are kept."""

import csv
from dataclasses import dataclass
from pathlib import Path

from accounts.models import User
from cases.models import Client, ClientName, NameKind
from cases.search import search

FOLDER = Path(__file__).with_name("names")
FIRST = 10  # hits that are looked at
PAIRS = sorted(path.stem for path in FOLDER.glob("*.csv"))


@dataclass(frozen=True)
class Found:
    """Of the names of a pair of scripts: the share among the first ten hits, and the mean number of hits."""

    pair: str
    recall: float
    length: float


def rows(pair: str) -> list[tuple[str, str]]:
    """Names as they are kept and as they are typed."""
    with (FOLDER / f"{pair}.csv").open(encoding="utf-8", newline="") as file:
        return [(row["kept"], row["typed"]) for row in csv.DictReader(file)]


def keep(workspace, make_person, every: int = 1) -> None:
    """Put each name on file, once, in a scope that may write."""
    kept = dict.fromkeys(name for pair in PAIRS for name, _typed in rows(pair)[::every])
    clients = Client.objects.bulk_create(Client(workspace=workspace, person_id=make_person()) for _name in kept)
    ClientName.objects.bulk_create(
        ClientName(workspace=workspace, client=client, kind=NameKind.NATIVE, text=name)
        for client, name in zip(clients, kept, strict=True)
    )


def measure(viewer: User, pair: str, every: int = 1) -> Found:
    """What the viewer finds of a pair, in the scope of the viewer."""
    hits, lengths = [], []
    tried = rows(pair)[::every]
    for kept, typed in tried:
        clients = search(viewer, typed).clients
        lengths.append(len(clients))
        hits.append(any(name.text == kept for client in clients[:FIRST] for name in client.names.all()))
    return Found(pair, sum(hits) / len(tried), sum(lengths) / len(tried))
