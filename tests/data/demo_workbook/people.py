"""The sheet of people, from whom the other sheets take theirs."""

from collections.abc import Callable, Iterator
from datetime import date
from random import Random

from demo.synthetic.names import NATIONS
from demo.synthetic.people import Person, Register, birth_at_age
from demo.synthetic.permits import fitted
from demo.synthetic.places import RESIDENTS, day_between, weighted
from tests.data.demo_workbook.places import FIRST, LAST, hand_of

SEXES = {"M": "남", "F": "여", "X": "기타"}


def new_register(rng: Random) -> Register:
    return Register(rng, FIRST, _expiry(date(2027, 1, 1), date(2029, 12, 31)))


def _expiry(first: date, last: date) -> Callable[[Random, str], date | None]:
    """Any day of the span, as far off from the end of the year as the status lets it be."""
    return lambda rng, status: fitted(status, day_between(rng, first, last), LAST)


# How often each kind of resident comes who is neither recommended nor anybody's dependant.
OTHERS = {
    "E-9": (150, 0.9, {"NP": 20, "KH": 18, "VN": 15, "ID": 10, "MM": 9, "LK": 8, "TH": 8, "BD": 5, "PH": 5, "MN": 2}),
    "E-8": (20, 0.6, {"VN": 12, "KH": 5, "PH": 8}),
    "F-6": (60, 0.08, {"VN": 45, "CN": 25, "PH": 10, "KH": 8, "TH": 5, "MN": 4}),
    "D-4": (25, 0.5, {"VN": 60, "MN": 20, "UZ": 20}),
    "H-2": (25, 0.6, {"CN": 70, "UZ": 15, "KZ": 15}),
    "F-4": (20, 0.5, {"CN": 60, "RU": 20, "UZ": 20}),
    "F-5": (12, 0.4, {"CN": 50, "VN": 30, "UZ": 20}),
    "G-1": (12, 0.7, {"BD": 30, "NP": 20, "MM": 50}),
}


def add_others(register: Register) -> list[Person]:
    """The ordinary clients of the centres: workers, marriage migrants, trainees, overseas Koreans."""
    rng, others = register.rng, []
    expiry = _expiry(date(2025, 10, 1), date(2028, 12, 31))
    for status, (count, men, nations) in OTHERS.items():
        for _ in range(count):
            sex = "M" if rng.random() < men else "F"
            person = register.add(
                status, weighted(rng, nations), sex, birth_at_age(rng, FIRST, 20, 52), registered=0.75
            )
            person.expires_on = expiry(rng, status)
            others.append(person)
    others[7].sex = "X"
    return others


def add_twins(register: Register, people: list[Person], count: int) -> list[Person]:
    """Some people whom a second centre wrote down anew."""
    known = [person for person in people if person.registration]
    return [register.add_again(person, weighted(register.rng, RESIDENTS)) for person in known[:count]]


def people_rows(rng: Random, people: list[Person]) -> Iterator[dict]:
    """The rows of `사람`; a clerk leaves out what they did not learn, but never all three names."""
    for person in people:
        hand, nation = hand_of(person.municipality), NATIONS[person.nationality]
        language = hand.pick(person.language, "한국어" if person.language == "ko" else nation.language_korean)
        roman_known = rng.random() < 0.96
        yield {
            "번호": person.ref,
            "로마자이름": person.name.roman if roman_known else None,
            "한글이름": person.name.korean if not roman_known or rng.random() < 0.25 else None,
            "본국이름": person.name.native if rng.random() < 0.3 else None,
            "국적": hand.pick(person.nationality, nation.korean),
            "생년월일": hand.day(person.birth),
            "성별": hand.pick(person.sex, SEXES[person.sex]),
            "체류자격": person.status,
            "체류만료일": hand.day(person.expires_on) if rng.random() < 0.6 else None,
            "외국인등록번호": person.registration,
            "전화번호": person.phone,
            "언어": language,
            "시군": hand.municipality(person.municipality),
            "최초입력일": hand.day(max(person.here_from, date(2025, 1, 2))) if rng.random() < 0.02 else None,
        }
