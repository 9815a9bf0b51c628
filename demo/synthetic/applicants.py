"""Who asks the governor for a recommendation, and how far each of them has come."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.synthetic.chronicle import COMPLETED_WITHIN, SEATED, STAGES, Chronicle, deck
from demo.synthetic.files import Cabinet, File
from demo.synthetic.known import Known, Site
from demo.synthetic.people import Person, Register, birth_at_age
from demo.synthetic.places import RESIDENTS, weighted, workday_between
from demo.synthetic.quotas import seat_days
from demo.synthetic.visas import NATIONS_OF, SKILLED, VisaCase

STUDENTS = "D-2"
# Who has these behind them and nothing else holds the status that was asked for.
HOLDERS = {"granted", "settled", "completed", "moved"}
ASKED_FOR = "제출 서류 보완 요청 (예시)"
LOOKED_AT = "제출서류 확인 (예시)"  # what the other steps rest on


@dataclass(frozen=True)
class Way:
    """Programmes that share their places: the most a year, and how many in a thousand people ask for it."""

    programmes: tuple[str, ...]
    a_year: int
    per_mille: int
    men: float
    ages: tuple[int, int]
    status_before: str


WAYS = (
    Way(SKILLED, 620, 120, 0.86, (25, 43), "E-9"),
    Way(("F-2-R",), 150, 50, 0.55, (24, 43), "D-10"),
    Way(("F-4-R",), 40, 20, 0.5, (30, 59), "F-4"),
    Way((STUDENTS,), 850, 280, 0.5, (18, 27), "D-2"),
)


@dataclass
class Application:
    """A case in the file it hangs on. ``municipality`` is empty for a student, who goes through a university.

    ``pk`` is its row, once it is numbered.
    """

    case: VisaCase
    file: File
    municipality: str | None
    pk: int = 0

    @property
    def settled(self) -> bool:
        """Whether the person has settled and nothing has come after."""
        case = self.case
        return bool(case.settled_on) and not (case.left_on or case.moved_on or case.cancelled_on or case.completed_on)


def make_applications(
    rng: Random, register: Register, cabinet: Cabinet, known: Known, people: int
) -> list[Application]:
    """Cases of up to so many people, in every programme and at every stage where there are enough of them."""
    years = max((known.today - register.first).days / 365, 0.1)
    intake = Intake(rng, register, cabinet, known)
    made: list[Application] = []
    for way in WAYS:
        made += intake.of_way(way, min(people * way.per_mille // 1000, round(way.a_year * years)))
    return made


@dataclass
class Intake:
    rng: Random
    register: Register
    cabinet: Cabinet
    known: Known

    def __post_init__(self):
        self.chronicle = Chronicle(self.rng, self.known, self.span)

    @property
    def span(self) -> tuple[date, date]:
        return self.register.first, self.known.today

    def of_way(self, way: Way, wanted: int) -> list[Application]:
        stages = deck(self.rng, STAGES, wanted)
        seated = sorted((stage for stage in stages if stage in SEATED), key=SEATED.__getitem__)
        days = seat_days(self.rng, self.known.pools, way.programmes, self.span, len(seated))
        # Where the quota has no room for all of them, those who came last have not come at all.
        made = list(self._applications(way, zip(seated, days, strict=False)))
        made += self._applications(way, ((stage, None) for stage in stages if stage not in SEATED))
        made += self._applications(way, self._given_back(made))
        return [*self._earlier_attempts(made), *made]

    def _earlier_attempts(self, made: list[Application]) -> Iterator[Application]:
        for application in made:
            attempt = self.chronicle.earlier_attempt(application.case)
            if attempt:
                attempt.person.here_from = attempt.received_on
                yield Application(attempt, application.file, application.municipality)

    def _given_back(self, made: list[Application]) -> Iterator[tuple[str, date]]:
        """Places that a refusal or a lapse gave back, taken once more on some later day of the same quota."""
        for application in list(made):
            case = application.case
            ended = case.refused_on or case.lapsed_on
            pool = next((pool for pool in self.known.pools if ended and pool.holds(case.programme, ended)), None)
            if pool:
                last = min(pool.ends_on, self.span[1])
                if ended < last:
                    day = workday_between(self.rng, ended + timedelta(days=1), last)
                    yield "settled" if (self.span[1] - day).days > 70 else "recommended", day

    def _applications(self, way: Way, cases: Iterable[tuple[str, date | None]]) -> Iterator[Application]:
        for stage, day in cases:
            offered = self._offered(way, stage)
            if offered is None:
                continue
            programme, site, municipality = offered
            person = self._applicant(way, programme, municipality, stage)
            case = VisaCase(person, programme, site.code, self.span[0])
            self.chronicle.tell(case, stage, day, programme == STUDENTS)
            person.here_from = case.received_on
            file = self.cabinet.open(person, site)
            yield Application(case, file, None if programme == STUDENTS else municipality)

    def _offered(self, way: Way, stage: str) -> tuple[str, Site, str] | None:
        """A programme, the workspace that takes it in and the municipality of that; none where it is not offered.

        None too where no case of the programmes can be at the stage.
        """
        able = [one for one in way.programmes if self.chronicle.knows(stage, one, one == STUDENTS)]
        if not able:
            return None
        programme = self.rng.choice(able)
        kind = "university" if programme == STUDENTS else "office"
        areas = self.known.areas.get(programme, ())
        sites = {
            site.code: site for site in self.known.sites.values() if site.kind == kind and site.municipality in areas
        }
        if not sites:
            return None
        places = {code: RESIDENTS.get(site.municipality, 1) for code, site in sites.items()}
        site = sites[weighted(self.rng, places)]
        return programme, site, site.municipality

    def _applicant(self, way: Way, programme: str, municipality: str, stage: str) -> Person:
        """Whoever has the permit has its status; the others still have the one from which they ask."""
        rng = self.rng
        status = programme if stage in HOLDERS else way.status_before
        sex = "M" if rng.random() < way.men else "F"
        birth = birth_at_age(rng, self.known.today, *way.ages)
        nation = weighted(rng, NATIONS_OF[programme])
        registered = 0.6 if programme == STUDENTS else 0.97
        return self.register.add(status, nation, sex, birth, municipality, registered)


COLUMNS = (
    "id", "workspace_id", "ref", "recorded_on", "client_id", "person_id", "programme_id", "municipality_id",
    "letter_number", "received_on", "recommended_on", "submitted_on", "granted_on", "refused_on", "ineligible_on",
    "withdrawn_on", "lapsed_on", "settled_on", "left_on", "completed_on", "moved_on", "cancelled_on", "pool_id",
    "period", "shared_with",
)  # fmt: skip


def number_from(first: int, applications: list[Application]) -> list[Application]:
    """The applications in the order of receipt, with ids from the first on."""
    ordered = sorted(applications, key=lambda one: one.case.received_on)
    for pk, application in enumerate(ordered, start=first):
        application.pk = pk
    return ordered


def case_rows(applications: list[Application]) -> Iterator[tuple]:
    """A trigger finds the quota and the period. A case of before the files was recorded with them."""
    for application in applications:
        case, file = application.case, application.file
        # The file's number: a letter is one person's, also where cases are made on several days.
        letter = f"시연-{case.programme}-{case.recommended_on.year}-{file.pk}" if case.recommended_on else ""
        recorded_on = max(case.received_on, file.recorded_on) if case.completed_on else case.received_on
        yield (
            application.pk, file.site.pk, f"{case.received_on.year}-{file.pk}", recorded_on, file.pk, file.identity,
            case.programme, application.municipality, letter, case.received_on, case.recommended_on,
            case.submitted_on, case.granted_on, case.refused_on, case.ineligible_on, case.withdrawn_on,
            case.lapsed_on, case.settled_on, case.left_on, case.completed_on, case.moved_on, case.cancelled_on, None,
            "", [],
        )  # fmt: skip


STEP = (
    "workspace_id", "case_id", "client_id", "person_id", "kind", "happened_on", "takes_back", "document", "due_on",
    "papers", "note", "against_advice", "consented",
)  # fmt: skip


def step_waves(applications: list[Application], known: Known) -> Iterator[list[tuple]]:
    """Rows of the first steps of all cases, then of the second ones, and so on.

    Where a case stands is worked out at the end of a statement, so two steps of one case go in by two.
    """
    for number in range(max((len(one.case.steps) for one in applications), default=0)):
        yield [_step_row(one, number, known) for one in applications if len(one.case.steps) > number]


def _step_row(application: Application, number: int, known: Known) -> tuple:
    case, file, step = application.case, application.file, application.case.steps[number]
    due_on, papers, note = None, [], LOOKED_AT
    if step.kind == "asked":
        due_on, note = step.day + timedelta(days=COMPLETED_WITHIN), ASKED_FOR
        papers = known.papers_of(case.programme, case.received_on)[:2]
    return (
        file.site.pk, application.pk, file.pk, file.identity, step.kind, step.day, False, "", due_on, papers, note, "",
        False,
    )  # fmt: skip
