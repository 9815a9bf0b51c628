"""Dependants: 808 who settled with one of the 611, and some who have not come or may not stay."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from demo.synthetic.households import SIZES, Dependant, Household, enter_before, make_member
from demo.synthetic.people import Person, Register
from demo.synthetic.places import day_between
from demo.synthetic.visas import VisaCase
from tests.data.demo_workbook.places import LAST, YEAR, hand_of

SETTLED = 808
RELATIONS = {"spouse": "배우자", "child": "자녀", "parent": "부모"}


def make_families(register: Register, cases: list[VisaCase]) -> list[Dependant]:
    """Families of the settled principals, 808 members in all who settled on or after the principal's permit."""
    rng = register.rng
    principals = [case for case in cases if case.settled_on and not case.left_on and case.programme != "D-2"]
    sizes = family_sizes(rng, len(principals))
    dependants = []
    for case, size in zip(principals, sizes, strict=True):
        for number in range(size):
            member = make_member(register, household_of(case), "spouse" if number == 0 else "child", number)
            member.settled_on = day_between(rng, case.granted_on, LAST)
            member.entered_on = enter_before(rng, member)
            member.person.here_from = member.settled_on
            dependants.append(member)
    return dependants + waiting_members(register, principals)


def household_of(case: VisaCase) -> Household:
    return Household(case.person, case.programme, YEAR)


def family_sizes(rng: Random, families: int) -> list[int]:
    """Sizes from none to four that add up to the published number."""
    sizes = rng.choices(list(SIZES), weights=list(SIZES.values()), k=families)
    while sum(sizes) != SETTLED:
        chosen = rng.randrange(families)
        step = 1 if sum(sizes) < SETTLED else -1
        sizes[chosen] = min(4, max(0, sizes[chosen] + step))
    return sizes


def waiting_members(register: Register, principals: list[VisaCase]) -> list[Dependant]:
    """Family members who have entered without being settled, or not entered yet; parents among them."""
    rng, members = register.rng, []
    for number, case in enumerate(rng.sample(principals, 36)):
        if number % 6 == 0:
            member = Dependant(case.person, make_parent(register, case.person), "parent")
        else:
            member = make_member(register, household_of(case), "child")
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
    spouse = make_member(register, household_of(student), "spouse")
    child = make_member(register, household_of(student), "child", 1)
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
            "관계": RELATIONS[member.relation],
            "체류자격": member.person.status,
            "입국일": hand.day(member.entered_on),
            "정착일": hand.day(member.settled_on),
        }
