"""Cohorts of a university's students, and the numbers the ministry evaluates on.

How the ministry works its rates out is not published (domain report, section 2): the definitions here are this
system's, stand beside each figure, and a published one takes their place.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import User
from centers.models import Major, Workspace
from visas.access import read_files
from visas.models import Enrolment, KoreanResult, KoreanTest, StudyPermit, StudyStatus, VisaCase
from visas.models.enrolment import EnrolmentQuerySet
from visas.obligations import FEW, few

MARKS: dict[str, str] = {
    "in_class": gettext_lazy("In class"),
    "graduated": gettext_lazy("Graduated"),
    "departed": gettext_lazy("Departed"),
    "attending": gettext_lazy("In KIIP"),
    "permitted": gettext_lazy("Permission to work"),
}


def with_marks(rows: EnrolmentQuerySet, day: date) -> tuple[EnrolmentQuerySet, dict[str, Q]]:
    """Students with their status of a day, ready to be told apart by the condition of each mark."""
    kiip = KoreanResult.objects.standing().filter(enrolment=OuterRef("pk"), test=KoreanTest.KIIP, held_on__lte=day)
    permits = StudyPermit.objects.standing().filter(enrolment=OuterRef("pk"), starts_on__lte=day, ends_on__gte=day)
    statuses = list(StudyStatus.objects.all())

    def standing(name: str) -> Q:
        return Q(state__in=[status.pk for status in statuses if getattr(status, name)])

    in_class = standing("studying")
    conditions = {
        "in_class": in_class,
        "graduated": standing("graduates"),
        "departed": standing("departs"),
        "attending": in_class & Q(kiip=True),
        "permitted": in_class & Q(permit=True),
    }
    return rows.as_of(day).alias(kiip=Exists(kiip), permit=Exists(permits)), conditions


@dataclass(frozen=True)
class Cohort:
    """Those admitted in one semester to one major: how many they were, and how many bear each mark today."""

    semester: str
    major: Major
    admitted: int
    marks: list[tuple[str, int]]


def cohorts_of(viewer: User) -> list[Cohort]:
    """The cohorts that the person reads, the newest first."""
    rows, conditions = with_marks(Enrolment.objects.visible_to(viewer), timezone.localdate())
    counted = rows.values("semester", "major").annotate(
        admitted=Count("pk"), **{mark: Count("pk", filter=condition) for mark, condition in conditions.items()}
    )
    majors = Major.objects.in_bulk({row["major"] for row in counted})
    return [
        Cohort(row["semester"], majors[row["major"]], row["admitted"], [(mark, row[mark]) for mark in MARKS])
        for row in counted.order_by("-semester", "major__name", "major__degree")
    ]


@dataclass(frozen=True)
class Evaluated:
    """What the evaluation looks at, of one university or of all.

    Of those who departed few are told as few, and no rate of them, since the province reads it. ``hidden`` are those
    of a total that a reader of the others could work out for the one university that is told as few.
    """

    admitted: int = 0
    in_class: int = 0
    departed: int = 0
    attending: int = 0
    graduated: int = 0
    employed: int = 0
    hidden: int = 0

    @property
    def told(self) -> dict[str, str]:
        numbers = {name: f"{number:,}" for name, number in vars(self).items()}
        departed = f"≥ {self.departed - self.hidden:,}" if self.hidden else few(self.departed)
        return numbers | {"departed": departed}

    @property
    def departure(self) -> str:
        """Departed of all that were admitted; none where it would tell of few people."""
        stayed = self.admitted - self.departed
        return "" if self.hidden or min(self.departed, stayed) < FEW else _rate(self.departed, self.admitted)

    @property
    def participation(self) -> str:
        """In class and in KIIP, attending or passed, of all in class."""
        return _rate(self.attending, self.in_class)

    @property
    def employment(self) -> str:
        """At work with an employer in the province, of all that graduated."""
        return _rate(self.employed, self.graduated)


def _rate(part: int, whole: int) -> str:
    """A rate in per cent; of nothing there is none."""
    return f"{part / whole:.1%}" if whole else ""


def total_of(parts: list[Evaluated]) -> Evaluated:
    """All universities together. Where one alone has few who departed, the total does not give them away."""
    sums = {
        name: sum(getattr(part, name) for part in parts) for name in Evaluated.__dataclass_fields__ if name != "hidden"
    }
    small = [part.departed for part in parts if 0 < part.departed < FEW]
    alone = len(small) == 1 and sums["departed"] > small[0]
    return Evaluated(**sums, hidden=small[0] if alone else 0)


@dataclass(frozen=True)
class StudyRow:
    """A student behind a number that is evaluated, as the province is told of one.

    ``case`` is the visa case that brought the student. Without it there is no name, and of those who are neither in
    class nor graduated neither number nor major; ``stands`` is the mark of who is.
    """

    university: Workspace
    semester: str
    case: VisaCase | None
    ref: str
    major: Major | None
    stands: str


def opens(mark: str, number: int, *, whole: bool) -> bool:
    """Whether the rows behind a number of ``Evaluated`` are listed: of departed students of one university alone, and
    where they are not few.
    """
    return number > 0 and (mark != "departed" or (not whole and number >= FEW))


def study_rows(viewer: User, day: date, mark: str, university: str = "", *, first: int, page: int) -> list[StudyRow]:
    """The students behind a number of ``Evaluated`` on a day, from the ``first`` on; of all universities without the
    code of one. Nothing for who does not read the visa cases of the whole province.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM wall.study_rows(%s, %s, %s, %s, %s, %s)", [day, university, mark, FEW, first, page]
        )
        rows = cursor.fetchall()
    cases = VisaCase.objects.visible_to(viewer).in_bulk({case for _place, _semester, case, *_rest in rows if case})
    read_files(cases.values(), viewer)
    majors = Major.objects.in_bulk({major for *_before, major, _stands in rows if major})
    places = Workspace.objects.in_bulk({place for place, *_rest in rows})
    return [
        StudyRow(places[place], semester, cases.get(case), ref or "", majors.get(major), stands)
        for place, semester, case, ref, major, stands in rows
    ]


def evaluated(day: date | None = None) -> dict[str, Evaluated]:
    """The numbers of each university that the running scope reads, by its code, as they stood on a day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM wall.study_counts(%s)", [day or timezone.localdate()])
        return {code: Evaluated(*counts) for code, *counts in cursor.fetchall()}
