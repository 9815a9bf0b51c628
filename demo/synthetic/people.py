"""People who do not exist, and the register that hands them out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.synthetic.names import NATIONS, Name, make_name, make_phone, make_registration_number
from demo.synthetic.places import RESIDENTS, weighted


@dataclass
class Person:
    """Somebody made up. Nobody is met before ``here_from``; ``identity`` is their row, once they have one."""

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
    expires_on: date | None
    here_from: date
    identity: int = 0


class Register:
    """Hands out new people, each with a number and a registration number of their own.

    ``first`` is the day from which they are here, ``expires`` draws the last day of stay for a status; people are
    numbered from ``serial`` on. ``taken`` tells the registration numbers that somebody else has.
    """

    def __init__(
        self,
        rng: Random,
        first: date,
        expires: Callable[[Random, str], date | None],
        *,
        serial: int = 1,
        prefix: str = "P",
        taken: Callable[[str], bool] = lambda number: False,
    ):
        self.rng = rng
        self.first = first
        self.expires = expires
        self.serial = serial
        self.prefix = prefix
        self.taken = taken
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
        """A new person; ``registered`` is how likely a registration number is known."""
        rng, serial = self.rng, self.serial
        nation = NATIONS[nationality]
        person = Person(
            ref=f"{self.prefix}{serial:04d}",
            name=make_name(rng, nation, sex, serial),
            nationality=nationality,
            birth=birth,
            sex=sex,
            status=status,
            municipality=municipality or weighted(rng, RESIDENTS),
            language="ko" if rng.random() < 0.08 else nation.language,
            phone=make_phone(serial) if rng.random() < 0.7 else None,
            registration=self._number(birth, sex) if rng.random() < registered else None,
            expires_on=self.expires(rng, status),
            here_from=self.first,
        )
        self._keep(person)
        return person

    def add_again(self, person: Person, municipality: str) -> Person:
        """The same person under a second number, as another centre met them; the registration number tells."""
        swapped = Name(swapped_order(person.name.roman), person.name.korean, None)
        number = f"{self.prefix}{self.serial:04d}"
        twin = Person(**{**vars(person), "ref": number, "name": swapped, "municipality": municipality})
        self._keep(twin)
        return twin

    def _keep(self, person: Person) -> None:
        self.people.append(person)
        self.serial += 1

    def _number(self, birth: date, sex: str) -> str:
        number = make_registration_number(self.rng, birth, sex)
        while number in self.registrations or self.taken(number):
            number = make_registration_number(self.rng, birth, sex)
        self.registrations.add(number)
        return number


def swapped_order(roman: str) -> str:
    """The same words the other way round, as a clerk of another habit writes them."""
    return " ".join(reversed(roman.split()))


def birth_at_age(rng: Random, day: date, youngest: int, oldest: int) -> date:
    """A day of birth for someone of this age on a day."""
    return day - timedelta(days=rng.randint(youngest * 366, oldest * 365))
