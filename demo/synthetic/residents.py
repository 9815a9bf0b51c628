"""The ordinary clients of the centres, in the proportions of the province's foreign residents."""

from dataclasses import dataclass
from datetime import date

from demo.synthetic.people import Person, Register, birth_at_age
from demo.synthetic.places import day_between, weighted

RESTRICTED = "UNREG"  # a status for counsellors alone


@dataclass(frozen=True)
class Kind:
    """Who holds a status: how many of them there are, how many are men, from where, and how likely with a number."""

    share: int
    men: float
    nations: dict[str, int]
    ages: tuple[int, int] = (20, 52)
    registered: float = 0.75


_WORKERS = {"NP": 20, "KH": 18, "VN": 15, "ID": 10, "MM": 9, "LK": 8, "TH": 8, "BD": 5, "PH": 5, "UZ": 4, "MN": 2}
_SETTLED = {"CN": 45, "VN": 30, "UZ": 10, "RU": 5, "PH": 5, "MN": 5}
_STUDENTS = {"VN": 45, "CN": 22, "UZ": 13, "MN": 10, "NP": 6, "MM": 4}

# The groups are those of the province's own page on its foreign residents of 2024-11-01 (jeonbuk.go.kr
# DOM_000000104014003000): 14,956 workers, 5,936 marriage migrants, 10,198 students, 2,768 overseas Koreans, 23,830
# others, who include permanent residents and those without papers, and 7,540 naturalised. How a group divides into
# statuses, and all nationalities and ages, are made up.
KINDS = {
    "E-9": Kind(11_500, 0.9, _WORKERS),
    "E-8": Kind(1_700, 0.6, {"VN": 12, "KH": 5, "PH": 8}),
    "E-7": Kind(1_000, 0.85, _WORKERS),
    "E-10": Kind(756, 0.97, {"ID": 40, "VN": 40, "LK": 20}),
    "F-6": Kind(5_936, 0.08, {"VN": 45, "CN": 25, "PH": 10, "KH": 8, "TH": 5, "MN": 4}),
    "D-2": Kind(7_000, 0.5, _STUDENTS, (18, 30)),
    "D-4": Kind(3_198, 0.5, {"VN": 60, "MN": 20, "UZ": 20}, (18, 27)),
    "F-4": Kind(1_700, 0.5, {"CN": 60, "RU": 20, "UZ": 20}, (25, 70)),
    "H-2": Kind(1_068, 0.6, {"CN": 70, "UZ": 15, "KZ": 15}, (25, 65)),
    "F-5": Kind(5_000, 0.4, _SETTLED, (25, 65)),
    "F-2": Kind(3_400, 0.5, _SETTLED),
    "F-1": Kind(3_000, 0.3, _SETTLED, (20, 70)),
    "F-3": Kind(3_600, 0.3, _SETTLED),
    "D-10": Kind(1_500, 0.55, _STUDENTS, (22, 32)),
    "G-1": Kind(2_500, 0.7, {"BD": 30, "NP": 20, "MM": 50}),
    "C-3": Kind(2_130, 0.5, _SETTLED, (20, 70), 0.0),
    RESTRICTED: Kind(2_700, 0.65, {"VN": 30, "TH": 35, "CN": 15, "UZ": 10, "MN": 10}, registered=0.0),
    "KOR": Kind(7_540, 0.1, {"VN": 45, "CN": 35, "PH": 12, "KH": 8}, (25, 65), 0.0),
}
_SHARES = {status: kind.share for status, kind in KINDS.items()}


def add_residents(register: Register, count: int, today: date) -> list[Person]:
    """So many adults. Most are here when the time begins, the others come one by one."""
    rng, made = register.rng, []
    for status in rng.choices(list(_SHARES), weights=list(_SHARES.values()), k=count):
        kind = KINDS[status]
        sex = "M" if rng.random() < kind.men else "F"
        birth = birth_at_age(rng, today, *kind.ages)
        person = register.add(status, weighted(rng, kind.nations), sex, birth, registered=kind.registered)
        person.nationality = "KR" if status == "KOR" else person.nationality
        person.sex = "X" if rng.random() < 0.003 else person.sex
        person.here_from = register.first if rng.random() < 0.6 else day_between(rng, register.first, today)
        made.append(person)
    return made
