"""``python -m tests.data.make_names``: writes ``tests/data/names/*.csv``, names as kept and as somebody types them.

The names are put together by lot from frequent parts of names (``name_parts.csv``), each spelt as passports,
newspapers and the Korean rules for foreign words (외래어표기법) spell it. Nobody is meant. One file a pair of scripts:
``kept``, ``typed``.
"""

import csv
import random
from collections.abc import Callable
from pathlib import Path

from tests.data.people import slip

FOLDER = Path(__file__).with_name("names")
PARTS = Path(__file__).with_name("name_parts.csv")
EACH = 60
LANGUAGES = ("vietnamese", "chinese", "cyrillic", "thai", "khmer", "nepali", "burmese")
KOREAN = "korean"  # names of Koreans of China: signs, read in Pinyin on the passport and in Korean by everybody
AS_SPELT = {"이": "리", "유": "류", "임": "림"}  # surnames, as they are written in China
Name = tuple[str, str, str]  # Latin, own script, Hangul


def names(language: str, rng: random.Random) -> list[Name]:
    """Every first part with some second parts, in an order by lot."""
    firsts, seconds = (_parts(language, place) for place in ("first", "second"))
    apart = "" if language in {"chinese", KOREAN} else " "
    made = [
        (f"{first[0]} {second[0]}", first[1] + apart + second[1], first[2] + second[2])
        for first in firsts
        for second in seconds
    ]
    rng.shuffle(made)
    return made[:EACH]


def _parts(language: str, place: str) -> list[Name]:
    with PARTS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if (row["language"], row["place"]) == (language, place)]
    return [(row["latin"], row["own"], row["hangul"]) for row in rows]


def pairs() -> dict[str, list[tuple[str, str]]]:
    """For each pair of scripts, names as they are kept and as they are typed."""
    rng = random.Random(4)
    made = {language: names(language, rng) for language in LANGUAGES}
    everybody = [name for some in made.values() for name in some]
    latin = rng.sample(everybody, EACH)

    def some(change: Callable[[str], str]) -> list[tuple[str, str]]:
        return [(name[0], change(name[0])) for name in rng.sample(everybody, EACH)]

    # By a lot of their own, so that the names of the other pairs stay the same.
    signs = names(KOREAN, random.Random(5))
    own = {f"latin-{language}": [(name[0], name[1]) for name in made[language]] for language in LANGUAGES}
    back = {f"{language}-latin": [(name[1], name[0]) for name in made[language]] for language in LANGUAGES}
    return {
        **own,
        **back,
        "latin-hangul": [(name[0], name[2]) for name in latin],
        "hangul-latin": [(name[2], name[0]) for name in latin],
        "hangul-chinese": [(name[2], name[1]) for name in made["chinese"]],
        "chinese-hangul": [(name[1], name[2]) for name in made["chinese"]],
        "hangul-cyrillic": [(name[2], name[1]) for name in made["cyrillic"]],
        "passport": some(lambda text: text.replace(" ", "<<", 1).replace(" ", "<") + "<<<<"),
        "order": some(lambda text: " ".join([*text.split()[1:], text.split()[0]])),
        "mistake": some(lambda text: slip(rng, text)),
        "hanja-hangul": [(name[1], _spelt(name[2], number)) for number, name in enumerate(signs)],
        "hangul-hanja": [(name[2], name[1]) for name in signs],
        "given": [(name[place], _given(name[place])) for name in signs for place in (1, 2)],
    }


def _spelt(name: str, number: int) -> str:
    """Every second name with its surname as it is spelt in China."""
    return AS_SPELT.get(name[0], name[0]) + name[1:] if number % 2 else name


def _given(name: str) -> str:
    """What stands after the surname, which is one syllable or a double one."""
    return name[2:] if name[:2] in {"欧阳", "구양"} else name[1:]


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for pair, rows in pairs().items():
        with (FOLDER / f"{pair}.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(("kept", "typed"))
            table.writerows(rows)


if __name__ == "__main__":
    main()
