"""Visa cases by their dates: what a case is, who asks for which programme, and every stage that one can be in."""

from dataclasses import dataclass, field
from datetime import date

from demo.synthetic.people import Person

NATIONS_OF = {
    "F-2-R": {"VN": 28, "UZ": 14, "CN": 15, "NP": 10, "MN": 10, "MM": 6, "KZ": 4, "BD": 4, "PH": 4, "ID": 5},
    "F-4-R": {"UZ": 35, "CN": 25, "RU": 20, "KZ": 20},
    "D-2": {"VN": 36, "CN": 24, "UZ": 12, "MN": 10, "NP": 8, "MM": 5, "BD": 5},
    "E-7-4": {"VN": 22, "NP": 18, "KH": 15, "MM": 8, "LK": 7, "ID": 7, "TH": 6, "UZ": 6, "BD": 4, "PH": 4, "MN": 2},
}
NATIONS_OF["E-7-4R"] = NATIONS_OF["E-7-4"]

SKILLED = ("E-7-4", "E-7-4R")


@dataclass(frozen=True)
class Step:
    """A step between reception and recommendation, which leaves no day on its case."""

    kind: str
    day: date


@dataclass
class VisaCase:
    """A case in one place, an office or a university; only those dates are set that came to pass."""

    person: Person
    programme: str
    place: str
    received_on: date
    recommended_on: date | None = None
    submitted_on: date | None = None
    granted_on: date | None = None
    refused_on: date | None = None
    ineligible_on: date | None = None
    withdrawn_on: date | None = None
    lapsed_on: date | None = None
    settled_on: date | None = None
    left_on: date | None = None
    completed_on: date | None = None
    moved_on: date | None = None
    cancelled_on: date | None = None
    steps: list[Step] = field(default_factory=list)
