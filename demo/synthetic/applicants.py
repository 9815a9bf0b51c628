"""Who asks the governor for a recommendation, and how far each of them has come."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.synthetic.files import Cabinet, File
from demo.synthetic.known import Known, Site
from demo.synthetic.people import Person, Register, birth_at_age
from demo.synthetic.places import RESIDENTS, after, day_between, weighted, workday_between
from demo.synthetic.quotas import seat_days
from demo.synthetic.visas import NATIONS_OF, SKILLED, VisaCase

STUDENTS = "D-2"

# How far cases have come, in per cent. All of it is made up but for this: the great majority settles, as the year of
# 2025 had 460 recruited skilled workers among 480 places (segye 20260206511248, jjan.kr 20251207500102).
STAGES = {
    "settled": 46, "granted": 10, "submitted": 7, "recommended": 7, "received": 9, "left": 4, "refused": 5,
    "lapsed": 3, "withdrawn": 4, "ineligible": 5,
}  # fmt: skip
# The earlier a place was taken, the further the case has come.
SEATED = {"settled": 0, "left": 0, "refused": 0, "lapsed": 0, "granted": 1, "submitted": 2, "recommended": 3}


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
    """A case in the file it hangs on. ``municipality`` is empty for a student, who goes through a university."""

    case: VisaCase
    file: File
    municipality: str | None

    @property
    def settled(self) -> bool:
        return bool(self.case.settled_on) and not self.case.left_on


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
        return [*_earlier_attempts(self.rng, made, self.span[0]), *made]

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
            offered = self._offered(way)
            if offered is None:
                continue
            programme, site, municipality = offered
            person = self._applicant(way, programme, municipality, stage)
            case = VisaCase(person, programme, site.code, self.span[0])
            _tell(self.rng, case, stage, day, self.span)
            person.here_from = case.received_on
            file = self.cabinet.open(person, site)
            yield Application(case, file, None if programme == STUDENTS else municipality)

    def _offered(self, way: Way) -> tuple[str, Site, str] | None:
        """A programme, the workspace that takes it in and the municipality of that; none where it is not offered."""
        programme = self.rng.choice(way.programmes)
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
        status = programme if stage in {"granted", "settled"} else way.status_before
        sex = "M" if rng.random() < way.men else "F"
        birth = birth_at_age(rng, self.known.today, *way.ages)
        nation = weighted(rng, NATIONS_OF[programme])
        registered = 0.6 if programme == STUDENTS else 0.97
        return self.register.add(status, nation, sex, birth, municipality, registered)


def deck(rng: Random, shares: dict[str, int], count: int) -> list[str]:
    """So many stages in these shares, shuffled; each at least once where there are enough cards."""
    total = sum(shares.values())
    cards = [stage for stage, share in shares.items() for _ in range(count * share // total)]
    missing = [stage for stage in shares if stage not in cards]
    while len(cards) < count:
        cards.append(missing.pop() if missing else weighted(rng, shares))
    rng.shuffle(cards)
    return cards


def _tell(rng: Random, case: VisaCase, stage: str, day: date | None, span: tuple[date, date]) -> None:
    """Give the case the days of its stage; ``day`` is that of the recommendation, if it came so far."""
    first, today = span
    if day is None:
        recent = max(first, today - timedelta(days=45)) if stage == "received" else first
        case.received_on = workday_between(rng, recent, today)
        if stage != "received":
            setattr(case, f"{stage}_on", after(rng, case.received_on, 8, 40, today))
        return
    case.recommended_on = day
    case.received_on = max(first, workday_between(rng, day - timedelta(days=35), day - timedelta(days=7)))
    if stage == "lapsed":
        case.lapsed_on = after(rng, day, 60, 100, today)
    elif stage != "recommended":
        _tell_submitted(rng, case, stage, today)


def _tell_submitted(rng: Random, case: VisaCase, stage: str, today: date) -> None:
    case.submitted_on = after(rng, case.recommended_on, 1, 12, today)
    if stage == "refused":
        case.refused_on = after(rng, case.submitted_on, 10, 40, today)
    elif stage != "submitted":
        case.granted_on = after(rng, case.submitted_on, 10, 35, today)
        if stage != "granted":
            case.settled_on = after(rng, case.granted_on, 5, 25, today)
            case.left_on = after(rng, case.settled_on, 20, 100, today) if stage == "left" else None


def _earlier_attempts(rng: Random, made: list[Application], first: date) -> Iterator[Application]:
    """Every fortieth had asked before and was not eligible then."""
    for application in made:
        case = application.case
        received = case.received_on - timedelta(days=rng.randint(60, 120))
        if received >= first and rng.random() < 0.025:
            ended = day_between(rng, received + timedelta(days=8), received + timedelta(days=40))
            attempt = VisaCase(case.person, case.programme, case.place, received, ineligible_on=ended)
            case.person.here_from = received
            yield Application(attempt, application.file, application.municipality)


COLUMNS = (
    "workspace_id", "ref", "recorded_on", "client_id", "person_id", "programme_id", "municipality_id", "letter_number",
    "received_on", "recommended_on", "submitted_on", "granted_on", "refused_on", "ineligible_on", "withdrawn_on",
    "lapsed_on", "settled_on", "left_on", "pool_id", "period", "shared_with",
)  # fmt: skip


def case_rows(applications: list[Application]) -> Iterator[tuple]:
    """In the order of receipt; a trigger finds the quota and the period."""
    for application in sorted(applications, key=lambda one: one.case.received_on):
        case, file = application.case, application.file
        # The file's number: a letter is one person's, also where cases are made on several days.
        letter = f"시연-{case.programme}-{case.recommended_on.year}-{file.pk}" if case.recommended_on else ""
        yield (
            file.site.pk, f"{case.received_on.year}-{file.pk}", case.received_on, file.pk, file.identity,
            case.programme, application.municipality, letter, case.received_on, case.recommended_on,
            case.submitted_on, case.granted_on, case.refused_on, case.ineligible_on, case.withdrawn_on,
            case.lapsed_on, case.settled_on, case.left_on, None, "", [],
        )  # fmt: skip
