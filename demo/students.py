"""The students of the universities in the demonstration: those whose visa was granted, and how they stand."""

from datetime import date, timedelta

from django.utils import timezone

from centers.models import Degree, Major, Standing, UniversityPeriod, Workspace, WorkspaceKind
from centers.scope import WHOLE_PROVINCE, acting_for, settle_constraints
from visas.models import Enrolment, KoreanResult, StatusChange, StudyPermit, VisaCase
from visas.students import STUDENT_VISA

# Made up: which majors take part is published in part only, and what these are called says that they are examples.
MAJORS = (
    ("예시 스마트농생명학과", Degree.BACHELOR, "농생명"), ("예시 첨단소재공학과", Degree.BACHELOR, "첨단소재"),
    ("예시 디지털ICT학과", Degree.ASSOCIATE, "디지털 ICT"), ("예시 청정에너지학과", Degree.MASTER, "청정에너지"),
)  # fmt: skip
MADE_UP = "시연용으로 지어낸 자료"
# Of so many students one is so; the others are in class.
STANDINGS = {"leave": 17, "absent": 53, "withdrew": 61, "graduated": 29}
KIIP, TOPIK, WORK = 3, 4, 5  # one of so many attends KIIP, has a level of TOPIK, has leave to work


def study_somewhere() -> None:
    """Students for every university that has none."""
    with acting_for(WHOLE_PROVINCE, reason="demo"):
        for place in Workspace.objects.filter(kind=WorkspaceKind.UNIVERSITY).order_by("pk"):
            if not Enrolment.objects.filter(workspace=place).exists():
                _fill(place, timezone.localdate())
        settle_constraints()


def _fill(place: Workspace, today: date) -> None:
    begin = date(today.year - 2, 1, 1)
    if not place.periods.exists():
        UniversityPeriod.objects.create(
            workspace=place, standing=Standing.ELIGIBLE, starts_on=begin, source=MADE_UP, document="예시-1"
        )
    majors = [
        Major.objects.get_or_create(
            workspace=place, name=name, degree=degree,
            defaults={"industry": industry, "offered_from": begin, "source": MADE_UP},
        )[0]
        for name, degree, industry in MAJORS
    ]  # fmt: skip
    cases = VisaCase.objects.filter(workspace=place, programme=STUDENT_VISA, granted_on__isnull=False)
    cases = list(cases.filter(granted_on__lt=today - timedelta(days=1)).order_by("granted_on", "pk"))
    students = Enrolment.objects.bulk_create(
        Enrolment(**_of(case), case=case, major=majors[number % len(majors)], **_admission(case, number, today))
        for number, case in enumerate(cases)
    )
    StatusChange.objects.bulk_create(_changes(students, today))
    KoreanResult.objects.bulk_create(_korean(students, today))
    StudyPermit.objects.bulk_create(_permits(students, today))


def _of(row) -> dict:
    return {"workspace_id": row.workspace_id, "client_id": row.client_id, "person_id": row.person_id}


def _admission(case: VisaCase, number: int, today: date) -> dict:
    """Admitted at the first semester after the permit, or the day after it where that lies ahead."""
    first = date(case.granted_on.year, 3, 2), date(case.granted_on.year, 9, 1), date(case.granted_on.year + 1, 3, 2)
    day = next(day for day in first if day > case.granted_on)
    day = day if day <= today else case.granted_on + timedelta(days=1)
    half = 1 if day.month < 8 else 2
    return {
        "ref": f"{day.year}9{number:04d}",
        "semester": f"{day.year}-{half}",
        "admitted_on": day,
        "recorded_on": day,
    }


def _changes(students: list[Enrolment], today: date):
    for student in students:
        day = student.admitted_on
        yield StatusChange(**_of(student), enrolment=student, kind_id="enrolled", happened_on=day, known_on=day)
    for number, student in enumerate(students, start=1):
        kind = next((kind for kind, each in STANDINGS.items() if number % each == 0), None)
        happened = max(student.admitted_on, today - timedelta(days=number % 40 + 3))
        if kind:
            told = {"happened_on": happened, "known_on": happened, "note": "예시"}
            reported = {"reported_on": today, "report_document": f"예시-{number}"} if number % 2 else {}
            yield StatusChange(**_of(student), enrolment=student, kind_id=kind, **told, **reported)


def _korean(students: list[Enrolment], today: date):
    for number, student in enumerate(students):
        held = min(student.admitted_on + timedelta(days=20), today)
        if number % KIIP == 0:
            yield KoreanResult(
                **_of(student), enrolment=student, test="kiip", level=number % 5, passed=False, held_on=held
            )
        if number % TOPIK == 0:
            yield KoreanResult(**_of(student), enrolment=student, test="topik", level=3 + number % 3, held_on=held)


def _permits(students: list[Enrolment], today: date):
    for number, student in enumerate(students):
        if number % WORK == 0:
            yield StudyPermit(
                **_of(student), enrolment=student, kind_id="work_30", place="예시식당", hours=20,
                starts_on=student.admitted_on, ends_on=max(student.admitted_on, today + timedelta(days=90)),
                document=f"예시-{number}",
            )  # fmt: skip
