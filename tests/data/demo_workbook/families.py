"""Dependants: 808 who settled with one of the 611, and some who have not come or may not stay."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tests.data.demo_workbook.people import Person, Register
from tests.data.demo_workbook.places import LAST, day_between, hand_of
from tests.data.demo_workbook.visas import VisaCase

SETTLED = 808
STATUS_OF_FAMILY = {"F-2-R": "F-3-1R", "F-4-R": "F-1"}


@dataclass
class Dependant:
    """One row of `동반가족`."""

    principal: Person
    person: Person
    relation: str
    entered_on: date | None = None
    settled_on: date | None = None


def make_families(register: Register, cases: list[VisaCase]) -> list[Dependant]:
    """Families of the settled principals, 808 members in all who settled on or after the principal's permit."""
    rng = register.rng
    principals = [case for case in cases if case.settled_on and not case.left_on and case.programme != "D-2"]
    sizes = family_sizes(rng, len(principals))
    dependants = []
    for case, size in zip(principals, sizes, strict=True):
        for number in range(size):
            member = make_member(register, case, "배우자" if number == 0 else "자녀", number)
            member.settled_on = day_between(rng, case.granted_on, LAST)
            member.entered_on = enter_before(rng, member)
            member.person.here_from = member.settled_on
            dependants.append(member)
    return dependants + waiting_members(register, principals)


def family_sizes(rng: Random, families: int) -> list[int]:
    """Sizes from none to four that add up to the published number."""
    sizes = rng.choices((0, 1, 2, 3, 4), weights=(34, 24, 24, 13, 5), k=families)
    while sum(sizes) != SETTLED:
        chosen = rng.randrange(families)
        step = 1 if sum(sizes) < SETTLED else -1
        sizes[chosen] = min(4, max(0, sizes[chosen] + step))
    return sizes


def make_member(register: Register, case: VisaCase, relation: str, number: int) -> Dependant:
    """A spouse of the other sex and about the same age, or a minor child."""
    rng, principal = register.rng, case.person
    other_sex = "M" if principal.sex == "F" else "F"
    if relation == "배우자":
        sex, birth = other_sex, principal.birth + timedelta(days=rng.randint(-1500, 1800))
        birth = min(birth, date(2004, 6, 30))
    else:
        sex = rng.choice("MF")
        youngest = max(principal.birth + timedelta(days=21 * 366), date(2008, 3, 1))
        birth = day_between(rng, youngest, max(youngest, date(2024, 10, 31) - timedelta(days=300 * number)))
    status = STATUS_OF_FAMILY.get(case.programme, "F-3")
    person = register.add(status, principal.nationality, sex, birth, principal.municipality, registered=0.8)
    person.phone = person.phone if relation == "배우자" else None
    return Dependant(principal, person, relation)


def enter_before(rng: Random, member: Dependant) -> date:
    """An arrival before the settlement and after the birth."""
    earliest = max(member.person.birth, member.settled_on - timedelta(days=120))
    return day_between(rng, earliest, member.settled_on)


def waiting_members(register: Register, principals: list[VisaCase]) -> list[Dependant]:
    """Family members who have entered without being settled, or not entered yet; parents among them."""
    rng, members = register.rng, []
    for number, case in enumerate(rng.sample(principals, 36)):
        if number % 6 == 0:
            member = Dependant(case.person, make_parent(register, case.person), "부모")
        else:
            member = make_member(register, case, "자녀", 0)
        if number % 2 == 0:
            member.entered_on = day_between(rng, case.settled_on, LAST)
        member.person.here_from = member.entered_on or LAST
        members.append(member)
    return members


def make_parent(register: Register, child: Person) -> Person:
    """A parent on a visit, of an age that fits."""
    birth = child.birth - timedelta(days=register.rng.randint(22 * 366, 34 * 365))
    return register.add("C-3", child.nationality, "F", birth, child.municipality, registered=0.0)


def make_student_family(register: Register, student: VisaCase) -> list[Dependant]:
    """A student's spouse and child who came along without a right of settlement; they need a room together."""
    spouse = make_member(register, student, "배우자", 0)
    child = make_member(register, student, "자녀", 1)
    child.person.birth, child.person.registration = date(2023, 4, 11), None
    for member in (spouse, child):
        member.entered_on = student.settled_on
        member.person.here_from = member.entered_on
    return [spouse, child]


def family_rows(dependants: list[Dependant]) -> Iterator[dict]:
    """The rows of `동반가족`."""
    for member in dependants:
        hand = hand_of(member.principal.municipality)
        yield {
            "주신청자번호": member.principal.ref,
            "번호": member.person.ref,
            "관계": member.relation,
            "체류자격": member.person.status,
            "입국일": hand.day(member.entered_on),
            "정착일": hand.day(member.settled_on),
        }
