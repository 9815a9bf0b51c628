"""The sheet of people, and the register from which the other sheets take them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tests.data.demo_workbook.names import NATIONS, Name, make_name, make_phone, make_registration_number
from tests.data.demo_workbook.places import FIRST, RESIDENTS, day_between, hand_of, weighted

SEXES = {"M": "남", "F": "여", "X": "기타"}


@dataclass
class Person:
    """One row of the sheet. Nobody is counselled before `here_from`, the day of arrival as far as it matters."""

    ref: str
    name: Name
    nationality: str
    birth: date
    sex: str
    status: str
    municipality: str
    language: str
    phone: str | None
    registration: str | None
    expires_on: date
    here_from: date = FIRST


class Register:
    """Hands out new people, each with a number and a registration number of their own."""

    def __init__(self, rng: Random):
        self.rng = rng
        self.people: list[Person] = []
        self.registrations: set[str] = set()

    def add(
        self,
        status: str,
        nationality: str,
        sex: str,
        birth: date,
        municipality: str | None = None,
        registered: float = 0.9,
    ) -> Person:
        """A new person; `registered` is how likely a registration number is known."""
        rng, serial = self.rng, len(self.people) + 1
        nation = NATIONS[nationality]
        person = Person(
            ref=f"P{serial:04d}",
            name=make_name(rng, nation, sex, serial),
            nationality=nationality,
            birth=birth,
            sex=sex,
            status=status,
            municipality=municipality or weighted(rng, RESIDENTS),
            language="ko" if rng.random() < 0.08 else nation.language,
            phone=make_phone(serial) if rng.random() < 0.7 else None,
            registration=self._number(birth, sex) if rng.random() < registered else None,
            expires_on=day_between(rng, date(2027, 1, 1), date(2029, 12, 31)),
        )
        self.people.append(person)
        return person

    def add_again(self, person: Person, municipality: str) -> Person:
        """The same person under a second number, as another centre met them; the registration number tells."""
        serial = len(self.people) + 1
        swapped = Name(" ".join(reversed(person.name.roman.split())), person.name.korean, None)
        twin = Person(**{**vars(person), "ref": f"P{serial:04d}", "name": swapped, "municipality": municipality})
        self.people.append(twin)
        return twin

    def _number(self, birth: date, sex: str) -> str:
        number = make_registration_number(self.rng, birth, sex)
        while number in self.registrations:
            number = make_registration_number(self.rng, birth, sex)
        self.registrations.add(number)
        return number


def birth_at_age(rng: Random, youngest: int, oldest: int) -> date:
    """A day of birth for someone of this age when the year begins."""
    return FIRST - timedelta(days=rng.randint(youngest * 366, oldest * 365))


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
    for status, (count, men, nations) in OTHERS.items():
        for _ in range(count):
            sex = "M" if rng.random() < men else "F"
            person = register.add(status, weighted(rng, nations), sex, birth_at_age(rng, 20, 52), registered=0.75)
            person.expires_on = day_between(rng, date(2025, 10, 1), date(2028, 12, 31))
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
