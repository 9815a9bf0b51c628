from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone


@dataclass(frozen=True)
class Window:
    """A calendar year up to a day: a date counts when it lies in the year and not after that day."""

    year: int
    as_of: date

    @classmethod
    def of(cls, year: int, as_of: date | None = None) -> "Window":
        """Without a day, up to the earlier of today and the year's last day."""
        return cls(year, as_of or min(timezone.localdate(), date(year, 12, 31)))

    @property
    def first(self) -> date:
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        return min(self.as_of, date(self.year, 12, 31))

    @property
    def whole_until(self) -> date:
        """The first day that whole months do not reach; from here to ``last`` rows have to be counted.

        Nothing that happened lies in the future, so a month that is still running is whole up to today.
        """
        following = self.last + timedelta(days=1)
        if following.day == 1 or self.last >= timezone.localdate():
            return following
        return self.last.replace(day=1)

    def counts(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last

    def happened(self, day: date | None) -> bool:
        """It was so by then, in whatever year."""
        return day is not None and day <= self.as_of
