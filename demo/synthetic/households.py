"""Who comes along: spouses and children of those who settle."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.synthetic.people import Person, Register
from demo.synthetic.places import day_between

SIZES = {0: 34, 1: 24, 2: 24, 3: 13, 4: 5}  # 1.31 for each principal, as 808 are for 611 (published for 2025)
STATUS_OF_FAMILY = {"F-2-R": "F-3-1R", "F-4-R": "F-1"}


@dataclass
class Dependant:
    """A dependant with the days of coming and of settling."""

    principal: Person
    person: Person
    relation: str
    entered_on: date | None = None
    settled_on: date | None = None


@dataclass(frozen=True)
class Household:
    """Whom the members came with, for which programme, and the year in which they are looked at."""

    principal: Person
    programme: str
    year: int


def make_member(register: Register, household: Household, relation: str, number: int = 0) -> Dependant:
    """A spouse of the other sex and about the same age, or a minor child; a higher number is an older one."""
    rng, principal, year = register.rng, household.principal, household.year
    if relation == "spouse":
        sex = "M" if principal.sex == "F" else "F"
        birth = min(principal.birth + timedelta(days=rng.randint(-1500, 1800)), date(year - 21, 6, 30))
    else:
        sex = rng.choice("MF")
        youngest = max(principal.birth + timedelta(days=21 * 366), date(year - 17, 3, 1))
        born_by = date(year - 1, 10, 31) - timedelta(days=300 * number)
        birth = day_between(rng, youngest, max(youngest, born_by))
    status = STATUS_OF_FAMILY.get(household.programme, "F-3")
    person = register.add(status, principal.nationality, sex, birth, principal.municipality, registered=0.8)
    person.phone = person.phone if relation == "spouse" else None
    return Dependant(principal, person, relation)


def enter_before(rng: Random, member: Dependant) -> date:
    """An arrival before the settlement and after the birth."""
    earliest = max(member.person.birth, member.settled_on - timedelta(days=120))
    return day_between(rng, earliest, member.settled_on)
