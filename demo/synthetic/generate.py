"""Makes a Jeonbuk in a database: first people and what happened to them, then sessions, two parts at a time."""

from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from threading import Event, Lock

import psycopg

from cases.secrecy import digest
from demo.synthetic import activities, applicants, families, sessions, stays, vouchers
from demo.synthetic.calendar import Cell, share_out
from demo.synthetic.files import Cabinet
from demo.synthetic.known import Known, Site, look
from demo.synthetic.people import Person, Register
from demo.synthetic.permits import expiry
from demo.synthetic.residents import RESTRICTED, add_residents
from demo.synthetic.sessions import Callers, Clerk, callers_of
from demo.synthetic.writing import copy_into, draw_ids, insert, pieces

WRITERS = 2  # parts of the sessions are written at the same time
LINES = 2_000  # handed to the database in one go
DEPENDANTS = 0.25  # of the people, at most
WRITTEN_TWICE = 0.02
TABLES = (
    "cases_person, cases_personkey, cases_client, cases_clientname, cases_contact, cases_identifier, cases_household, "
    "cases_familylink, cases_session, cases_sessionissue, cases_followupanswer, cases_activity, cases_stay, "
    "cases_stayleave, visas_visacase, visas_casestep, visas_voucher"
)

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Plan:
    """What to make: people (human beings, with one file or several), sessions, and from which day on.

    Everything lies between ``first`` and today, or ``last`` where that is earlier. ``today_at`` are centres that hold
    at least so many sessions on the last day.
    """

    people: int
    sessions: int
    first: date
    seed: int
    last: date | None = None
    today_at: dict[str, int] = field(default_factory=dict)


def first_day(years: int, today: date) -> date:
    """Calendar years that end with the running one: one year begins on its first of January."""
    return date(today.year - years + 1, 1, 1)


def _silent(what: str, done: int, total: int) -> None:
    pass


def generate(plan: Plan, address: str, progress: Progress = _silent) -> None:
    """Make it all in the database at this address, as its owner.

    The same plan on the same day in the same database gives the same rows; ids and times of writing are the
    database's own. People come in as a whole, sessions part by part: what was broken off half-way is to be thrown
    away. Leaves marks for the monthly summary. Raises ``NoOpenCentre`` and what the database refuses.
    """
    with psycopg.connect(address) as owner:
        known = look(owner, plan.first)
        known.today = min(known.today, plan.last or known.today)
        span = (plan.first, known.today)
        parts = share_out(_dice(plan, "calendar"), known, span, plan.sessions, plan.today_at)
        callers = _people(owner, plan, known, progress)
        first = draw_ids(owner, "cases_session", plan.sessions) if plan.sessions else 1
    _write_sessions(address, plan, known, callers, parts, first, progress)
    with psycopg.connect(address, autocommit=True) as owner:
        owner.execute(KEPT, {"first": first, "last": first + plan.sessions, "waits": known.today - LONG_AGO})
        owner.execute(f"VACUUM (ANALYZE) {TABLES}")


# What became of the follow-ups: the next session with the client keeps one, and what is long over ended for a reason.
LONG_AGO = timedelta(days=30)
KEPT = """
INSERT INTO cases_followupanswer (workspace_id, session_id, answer_id, promised_on, reason)
SELECT s.workspace_id, s.id, next.id, s.follow_up_on, CASE WHEN next.id IS NULL THEN '전화로 확인함 (예시)' ELSE '' END
  FROM cases_session s
  LEFT JOIN LATERAL (SELECT n.id FROM cases_session n
                      WHERE n.client_id = s.client_id AND n.held_on > s.held_on AND n.voided_at IS NULL
                      ORDER BY n.held_on, n.id LIMIT 1) next ON true
 WHERE s.id >= %(first)s AND s.id < %(last)s AND s.client_id IS NOT NULL AND s.follow_up_on IS NOT NULL
   AND (next.id IS NOT NULL OR s.follow_up_on < %(waits)s)
"""


def _dice(plan: Plan, *what) -> Random:
    """A thought's own chances, so that one does not move another."""
    return Random("/".join(map(str, (plan.seed, *what))))  # noqa: S311  (nothing secret is drawn)


# People.


def _people(owner: psycopg.Connection, plan: Plan, known: Known, progress: Progress) -> dict[int, Callers]:
    """Everything but the sessions, in one transaction; who may come to which centre."""
    rng, today = _dice(plan, "people"), known.today
    first_person = draw_ids(owner, "cases_person", 1)
    register = Register(
        rng, plan.first, lambda rng, status: expiry(rng, status, today), serial=first_person, prefix="G",
        taken=lambda number: digest("registration", number) in known.digests,
    )  # fmt: skip
    cabinet = Cabinet(rng, plan.first, today)
    applications = applicants.make_applications(rng, register, cabinet, known, plan.people)
    most = min(int(plan.people * DEPENDANTS), plan.people - len(register.people))
    made = families.make_families(rng, register, cabinet, known, applications, most)
    residents = add_residents(register, plan.people - len(register.people), today)
    _open_at_centres(rng, cabinet, known, register, len(residents))
    beds = stays.make_stays(rng, cabinet, known, [one for one in residents if _may_stay(one)], plan.first)
    _write_twice(rng, cabinet, known)
    letters = vouchers.make_vouchers(rng, applications, known)
    progress("people", 0, plan.people)
    if cabinet.files:
        # The first is drawn already, as the number from which names are counted.
        draw_ids(owner, "cases_person", cabinet.identities)
        cabinet.write(owner, first_person, draw_ids(owner, "cases_client", len(cabinet.files)))
    _write_cases(owner, applications, known)
    _write_families(owner, made)
    insert(owner, "visas_voucher", vouchers.COLUMNS, vouchers.voucher_rows(letters))
    _write_stays(owner, beds)
    if plan.sessions:
        chances = _dice(plan, "activities")
        held = activities.make_activities(chances, known, plan.first)
        insert(owner, "cases_activity", activities.COLUMNS, activities.activity_rows(chances, held))
    owner.commit()
    progress("people", plan.people, plan.people)
    return callers_of(_dice(plan, "callers"), cabinet.files, today)


def _open_at_centres(rng: Random, cabinet: Cabinet, known: Known, register: Register, residents: int) -> None:
    """A resident is known to the centre of the place, or to the province's; some to both.

    Who has a file at an office or a university is known to a centre too more often than not.
    """
    province = known.home_of(None)
    newcomers = len(register.people) - residents
    for number, person in enumerate(register.people):
        home = known.home_of(person.municipality)
        if home is None:
            continue
        if number >= newcomers:
            cabinet.open(person, province if province and rng.random() < 0.15 else home)
            if province and rng.random() < 0.05:
                cabinet.open(person, province)
        elif rng.random() < 0.6:
            cabinet.open(person, home)


def _may_stay(person: Person) -> bool:
    return person.status not in {RESTRICTED, "KOR", "F-6", "F-5"}


def _write_twice(rng: Random, cabinet: Cabinet, known: Known) -> None:
    """Some whom a second clerk wrote down anew, as often in the same centre as in another one."""
    centres = [site for site in known.centers() if site.opens]
    mine = [file for file in cabinet.files if file.site.kind == "center"]
    for file in rng.sample(mine, int(len(mine) * WRITTEN_TWICE)):
        other: Site = rng.choice(centres) if rng.random() < 0.5 else file.site
        cabinet.open_again(file, other)


def _write_cases(owner: psycopg.Connection, made: list[applicants.Application], known: Known) -> None:
    if made:
        made = applicants.number_from(draw_ids(owner, "visas_visacase", len(made)), made)
        insert(owner, "visas_visacase", applicants.COLUMNS, applicants.case_rows(made))
        for rows in applicants.step_waves(made, known):
            insert(owner, "visas_casestep", applicants.STEP, rows)
            # A case is compared with its steps before the next one moves it on.
            owner.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _write_families(owner: psycopg.Connection, made: list[families.Family]) -> None:
    if made:
        first = draw_ids(owner, "cases_household", len(made))
        insert(owner, "cases_household", families.HOUSEHOLD, families.household_rows(made, first))
        insert(owner, "cases_familylink", families.LINK, families.link_rows(made, first))


def _write_stays(owner: psycopg.Connection, made: list[stays.Stay]) -> None:
    if made:
        first = draw_ids(owner, "cases_stay", len(made))
        insert(owner, "cases_stay", stays.STAY, stays.stay_rows(made, first))
        insert(owner, "cases_stayleave", stays.LEAVE, stays.leave_rows(made, first))


# Sessions.


@dataclass(frozen=True)
class Part:
    """Sessions written in one transaction; ``number`` names its own chances, whoever writes it and when."""

    number: int
    cells: list[Cell]
    first: int


def _write_sessions(
    address: str, plan: Plan, known: Known, callers: dict[int, Callers], cells: list[list[Cell]], first: int,
    progress: Progress,
) -> None:  # fmt: skip
    parts = []
    for number, some in enumerate(cells):
        parts.append(Part(number, some, first))
        first += sum(cell.sessions for cell in some)
    # From both ends: two writers at one centre would wait for each other's locks on its clients.
    turns = [parts[: len(parts) // 2], parts[len(parts) // 2 :][::-1]]
    told, stop = _Told(plan.sessions, progress), Event()
    progress("sessions", 0, plan.sessions)

    def write(mine: list[Part]) -> None:
        with psycopg.connect(address) as owner:
            for part in mine:
                _write_part(owner, Clerk(_dice(plan, "sessions", part.number), known, callers, part.first), part, stop)
                owner.commit()
                told.add(sum(cell.sessions for cell in part.cells))

    with ThreadPoolExecutor(WRITERS) as threads:
        try:
            writing = [threads.submit(write, mine) for mine in turns if mine]
            for one in wait(writing, return_when=FIRST_EXCEPTION).done:
                one.result()
        finally:
            stop.set()


class _Stopped(Exception):
    """The other writer failed, or somebody asked for an end."""


def _write_part(owner: psycopg.Connection, clerk: Clerk, part: Part, stop: Event) -> None:
    with owner.cursor().copy(copy_into("cases_session", sessions.COLUMNS)) as copy:
        for some in pieces(clerk.lines(part.cells), LINES):
            if stop.is_set():
                raise _Stopped
            copy.write("".join(some))
    insert(owner, "cases_sessionissue", sessions.ISSUE, clerk.issues)


class _Told:
    """Counts what both writers have done."""

    def __init__(self, total: int, progress: Progress):
        self.total = total
        self.progress = progress
        self.done = 0
        self.lock = Lock()

    def add(self, number: int) -> None:
        with self.lock:
            self.done += number
            self.progress("sessions", self.done, self.total)
