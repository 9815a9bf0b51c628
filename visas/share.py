"""Those who were recommended beside a case, of whom the share of one nationality is worked out."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models.expressions import RawSQL

UNSAID = "unsaid"


@dataclass(frozen=True)
class Beside:
    """The others recommended in the municipality and quota of a case up to a day, as ``wall.recommended_beside`` finds
    them: all, or with ``unsaid`` those without a nationality on record. ``code`` is how an address asks for them.
    """

    case: int
    day: date
    unsaid: bool = False

    @classmethod
    def asked(cls, code: str) -> "Beside | None":
        """What an address asks for; none where it says nothing that could be."""
        case, day, *rest = (*code.split("."), "")[:4]
        if not (case.isascii() and case.isdecimal() and len(case) < 19) or rest not in ([""], [UNSAID, ""]):
            return None
        try:
            return cls(int(case), date.fromisoformat(day), UNSAID in rest)
        except ValueError:
            return None

    @property
    def code(self) -> str:
        return ".".join([str(self.case), self.day.isoformat(), *[UNSAID] * self.unsaid])

    @property
    def keys(self) -> RawSQL:
        """The keys of the cases; of none where the running scope may not read the case that they stand beside."""
        return RawSQL("SELECT wall.recommended_beside(%s, %s, %s)", self._told)

    def count(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM wall.recommended_beside(%s, %s, %s)", self._told)
            return cursor.fetchone()[0]

    @property
    def _told(self) -> list:
        return [self.case, self.day, self.unsaid]
