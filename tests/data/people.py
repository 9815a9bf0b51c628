"""A made-up list of people, some of them twice and with the mistakes of clerks, in the manner of FEBRL's sets.

The names are put together from frequent parts of names, the numbers are counted up. Nobody is meant.
"""

import random
import string
from collections.abc import Iterable
from datetime import date, timedelta

from cases.matching.compare import Pair


def _words(text: str) -> list[str]:
    return text.split()


SURNAMES = _words("""
    NGUYEN TRAN LE PHAM HUYNH VO DANG BUI DO HO WANG LI ZHANG LIU CHEN YANG ZHAO HUANG KARIMOV YUSUPOVA RAHIMOV
    THAPA GURUNG RAI SHRESTHA SOK CHAN KEO SENG SANTOS REYES CRUZ GARCIA BATBAYAR DORJ KHAN HOSSAIN
""")
PARTS = _words("""
    VAN THI MINH ANH HOA LAN BINH DUNG HAI LONG WEI XIU YING NA JING FANG AZIZ DILNOZA RAM SITA BAHADUR MAYA DARA
    SOPHEA VANNAK MARIA JOSE ANA GRACE BOLD OYUN MD ABDUL KARIM FATIMA NARIN
""")
TOWNS = _words("""
    Jeonju Gunsan Iksan Jeongeup Namwon Gimje Wanju Jinan Muju Jangsu Imsil Sunchang Gochang Buan
""")
STREETS = [
    first + last + "-ro" for first in ("Demo", "Bon", "Saem", "Hak", "Dol") for last in ("gil", "san", "cheon", "dong")
]
BORN = date(1950, 1, 1)


def people(count: int, *, seed: int, missing: Iterable[str] = ()) -> list[dict[str, str]]:
    """Rows of which two thirds are people and one third are second records; the id before the dash says whose."""
    rng = random.Random(seed)
    rows = []
    for number in range(count * 2 // 3):
        person = _person(rng, number)
        rows.append(person)
        if number % 2:
            rows.append(_mistaken(rng, {**person, "id": f"{number}-2"}))
    rng.shuffle(rows)
    return [{name: text for name, text in row.items() if name not in set(missing)} for row in rows]


def twins(count: int, *, seed: int, missing: Iterable[str] = ()) -> list[dict[str, str]]:
    """Two rows each of people who share all but the given name and the end of the number; ids end in a and b."""
    rng = random.Random(seed)
    rows = []
    for number in range(count):
        one = {**_person(rng, number), "id": f"twin{number}-a"}
        others = [part for part in PARTS if part not in one["given_name"].split()]
        number_of_other = f"{one['registration_number'][:8]}{rng.randrange(10**6):06}"
        other = {"given_name": " ".join(rng.sample(others, 2)), "registration_number": number_of_other}
        rows += [one, {**one, **other, "id": f"twin{number}-b"}]
    return [{name: text for name, text in row.items() if name not in set(missing)} for row in rows]


def moved(rows: Iterable[dict[str, str]], *, seed: int) -> list[dict[str, str]]:
    """The same rows, each second record with the words of its name in any order, in either column or both."""
    rng = random.Random(seed)
    return [_moved(rng, row) if row["id"].endswith("-2") else row for row in rows]


def _moved(rng: random.Random, row: dict[str, str]) -> dict[str, str]:
    words = [*row["given_name"].split(), *row["surname"].split()]
    rng.shuffle(words)
    cut = rng.randrange(len(words) + 1)
    return {**row, "given_name": " ".join(words[:cut]), "surname": " ".join(words[cut:])}


def score(rows: list[dict[str, str]], pairs: Iterable[Pair]) -> tuple[float, float]:
    """Precision and recall of the pairs."""
    wanted = sum(row["id"].endswith("-2") for row in rows)
    found = [pair.one.split("-")[0] == pair.other.split("-")[0] for pair in pairs]
    return sum(found) / max(1, len(found)), sum(found) / wanted


def _person(rng: random.Random, number: int) -> dict[str, str]:
    born = BORN + timedelta(days=rng.randrange(55 * 365))
    return {
        "id": f"{number}-1",
        "given_name": " ".join(rng.sample(PARTS, rng.choice((1, 2, 2)))),
        "surname": rng.choices(SURNAMES, weights=range(len(SURNAMES), 0, -1))[0],
        "birth_date": born.isoformat(),
        "sex": rng.choice("FM"),
        "nationality": rng.choice(("VN", "CN", "UZ", "NP", "KH", "PH", "MN", "BD")),
        "phone": f"010-0000-{rng.randrange(10**4):04}",
        "address": f"{rng.choice(TOWNS)} {rng.choice(STREETS)} {rng.randrange(1, 300)}",
        "registration_number": f"{born:%y%m%d}-5{number:06}",
    }


def _mistaken(rng: random.Random, row: dict[str, str]) -> dict[str, str]:
    for name in rng.sample(list(row)[1:], 2):
        if rng.random() < 0.4:
            row[name] = ""
    for _time in range(rng.choice((1, 1, 2, 2, 2))):
        name = rng.choice(("given_name", "surname", "birth_date", "phone", "address", "registration_number", "both"))
        if name == "both":
            row["given_name"], row["surname"] = row["surname"], row["given_name"]
        elif name == "birth_date" and row[name].count("-") == 2 and rng.random() < 0.5:
            year, month, day = row[name].split("-")
            row[name] = f"{year}-{day}-{month}"
        else:
            row[name] = slip(rng, row[name])
    return row


def slip(rng: random.Random, text: str) -> str:
    """A text with one slip of a finger: a sign dropped, doubled, changed, or two that changed places."""
    if len(text) < 2:
        return text
    place = rng.randrange(len(text) - 1)
    sign = rng.choice(string.digits if text[place].isdigit() else string.ascii_uppercase)
    before, here, after = text[:place], text[place], text[place + 1 :]
    return rng.choice(
        (before + after, before + here + here + after, before + sign + after, before + after[0] + here + after[1:])
    )
