"""The families of those who settled: some settled with them, some only here, some not come yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from demo.synthetic.applicants import Application
from demo.synthetic.files import Cabinet, File
from demo.synthetic.households import SIZES, Dependant, Household, enter_before, make_member
from demo.synthetic.known import Known
from demo.synthetic.people import Register
from demo.synthetic.places import day_between, weighted


@dataclass
class Family:
    """A household as one workspace knows it; ``pk`` is its row."""

    pk: int
    principal: File
    members: list[tuple[Dependant, File]]


def make_families(
    rng: Random, register: Register, cabinet: Cabinet, known: Known, applications: list[Application], most: int
) -> list[Family]:
    """Families of the settled principals, with no more than so many members in all."""
    families: list[Family] = []
    for application in applications:
        size = min(weighted(rng, SIZES), most) if application.settled and application.municipality else 0
        if size:
            families.append(_family(rng, register, cabinet, known, application, size))
            families[-1].pk = len(families)
            most -= size
    return families


def _family(
    rng: Random, register: Register, cabinet: Cabinet, known: Known, application: Application, size: int
) -> Family:
    case = application.case
    household = Household(case.person, case.programme, known.today.year)
    members = []
    for number in range(size):
        member = make_member(register, household, "spouse" if number == 0 else "child", number)
        _tell(rng, member, application, known)
        members.append((member, cabinet.open(member.person, application.file.site)))
    return Family(0, application.file, members)


def _tell(rng: Random, member: Dependant, application: Application, known: Known) -> None:
    """Most settle with or after the principal's permit; one in eight is here without it, or has not come yet."""
    chance, granted = rng.random(), application.case.granted_on
    if chance < 0.87:
        member.settled_on = day_between(rng, granted, known.today)
        member.entered_on = max(enter_before(rng, member), member.person.birth)
        member.person.here_from = member.settled_on
    elif chance < 0.95:
        member.entered_on = day_between(rng, granted, known.today)
        member.person.here_from = member.entered_on
    else:
        member.person.here_from = known.today


HOUSEHOLD = ("id", "workspace_id", "principal_id", "principal_person_id")
LINK = (
    "workspace_id", "ref", "recorded_on", "household_id", "client_id", "person_id", "relation_id", "status_id",
    "entered_on", "settled_on",
)  # fmt: skip


def household_rows(families: list[Family], first: int) -> Iterator[tuple]:
    for family in families:
        file = family.principal
        yield first - 1 + family.pk, file.site.pk, file.pk, file.identity


def link_rows(families: list[Family], first: int) -> Iterator[tuple]:
    for family in families:
        for member, file in family.members:
            yield (
                file.site.pk, f"{file.recorded_on.year}-{file.pk}", file.recorded_on, first - 1 + family.pk, file.pk,
                file.identity, member.relation, member.person.status, member.entered_on, member.settled_on,
            )  # fmt: skip
