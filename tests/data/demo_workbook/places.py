"""Where things happen: the fourteen municipalities, their centres and offices, and the habits of their clerks."""

from dataclasses import dataclass
from datetime import date

from demo.synthetic.places import MONDAY_TO_FRIDAY, PROVINCE_CENTRE, SHARES, open_days

YEAR = 2025
FIRST, LAST = date(YEAR, 1, 1), date(YEAR, 12, 31)

MUNICIPALITIES = {
    "52110": "전주시",
    "52130": "군산시",
    "52140": "익산시",
    "52180": "정읍시",
    "52190": "남원시",
    "52210": "김제시",
    "52710": "완주군",
    "52720": "진안군",
    "52730": "무주군",
    "52740": "장수군",
    "52750": "임실군",
    "52770": "순창군",
    "52790": "고창군",
    "52800": "부안군",
}

DEPOPULATING = ("52180", "52190", "52210", "52720", "52730", "52740", "52750", "52770", "52790", "52800")
OFFERED_IN = {
    "F-2-R": DEPOPULATING,
    "F-4-R": DEPOPULATING,
    "E-7-4R": (*DEPOPULATING, "52140"),
    "E-7-4": tuple(MUNICIPALITIES),
}
UNIVERSITIES = {
    "전북대학교": "52110",
    "군산대학교": "52130",
    "전주대학교": "52110",
    "우석대학교": "52710",
    "원광대학교": "52140",
}


@dataclass(frozen=True)
class Centre:
    """A counselling centre: its first day of work and its open weekdays (1 is Monday)."""

    code: str
    opened_on: date = FIRST
    weekdays: tuple[int, ...] = MONDAY_TO_FRIDAY

    @property
    def share(self) -> int:
        return SHARES[self.code]

    def days(self) -> list[date]:
        """Every day of the year on which the centre receives people."""
        return open_days(self.weekdays, self.opened_on, LAST)


# Jangsu (52740) is left out: thirteen of the fourteen are known to have run, which one did not is not published.
CENTRES = (
    Centre(PROVINCE_CENTRE, weekdays=(1, 2, 3, 4, 5, 7)),
    Centre("52110-c1", date(2025, 7, 16)),
    Centre("52130-c1", date(2025, 2, 18), (2, 3, 4, 5, 6)),
    Centre("52140-c1"),
    Centre("52180-c1"),
    Centre("52190-c1", date(2025, 3, 25)),
    Centre("52210-c1"),
    Centre("52710-c1", date(2025, 8, 13), (3, 4, 5, 6, 7)),
    Centre("52720-c1"),
    Centre("52730-c1"),
    Centre("52750-c1"),
    Centre("52770-c1"),
    Centre("52790-c1"),
    Centre("52800-c1"),
)


@dataclass(frozen=True)
class Hand:
    """How one clerk fills cells: the format allows text dates and codes, so some clerks use them."""

    text_dates: bool
    codes: bool

    def day(self, day: date | None) -> date | str | None:
        """The same day as an Excel date or as text."""
        return day.isoformat() if day and self.text_dates else day

    def pick(self, code: str, name: str) -> str:
        """The code or its Korean name."""
        return code if self.codes else name

    def municipality(self, code: str) -> str:
        """The five digits or the Korean name of a municipality."""
        return self.pick(code, MUNICIPALITIES[code])


def hand_of(place: str) -> Hand:
    """The same place always writes the same way."""
    number = sum(map(ord, place))
    return Hand(text_dates=number % 3 == 0, codes=number % 4 == 0)
