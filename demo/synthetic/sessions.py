"""Counselling sessions, as lines for COPY: ten million of them are put together in a minute or two."""

from bisect import bisect, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.synthetic import words
from demo.synthetic.calendar import Cell
from demo.synthetic.files import SEXES, File
from demo.synthetic.known import Known, Site
from demo.synthetic.names import NATIONS
from demo.synthetic.places import PROVINCE_CENTRE
from demo.synthetic.residents import KINDS

SLOTS = 1000  # a table of choices is this long
NULL = "\\N"
ADULT = 17  # years; younger people are counselled with their parents

COLUMNS = (
    "id", "workspace_id", "ref", "recorded_on", "held_on", "client_id", "person_id", "nationality_id", "status_id",
    "sex_id", "residence_id", "language_id", "wanted_language_id", "channel_id", "topic_id", "caller_id",
    "interpretation_id", "outcome_id", "urgency_id", "minutes", "clients", "programme_id", "counsellor_id",
    "counsellor_name", "note", "summary", "follow_up_on",
)  # fmt: skip
ISSUE = ("workspace_id", "session_id", "topic_id")

ANONYMOUS = 0.13
GROUP = 0.18  # of the anonymous sessions: guidance for several people at once
LATE = 0.05
NOTED = 0.22
FURTHER = 0.12
# How often a holder of a status comes, against others. The call centre of 충남 heard most of E-9, H-2 and F-6, in this
# order (joongdo 20170905000007269); the factors are made up.
VISITS = {"E-9": 2.2, "H-2": 2.0, "E-8": 1.2, "F-6": 1.0, "G-1": 1.5, "KOR": 0.3, "F-5": 0.4}


def slots(weights: dict) -> list:
    """A table in which each key stands as often as its weight says, to be picked from blindly."""
    total, table, reached = sum(weights.values()), [], 0.0
    for key, weight in weights.items():
        reached += weight * SLOTS / total
        table += [key] * (round(reached) - len(table))
    return table


WORKER, FAMILY, STUDENT = range(3)
TOPICS = [slots(words.WORKER_TOPICS), slots(words.FAMILY_TOPICS), slots(words.STUDENT_TOPICS)]
CALLERS = [slots(words.WORKER_CALLERS), slots(words.FAMILY_CALLERS), slots(words.STUDENT_CALLERS)]
CHANNELS = slots(words.CHANNELS)
URGENCIES, URGENCIES_PRESSING = (
    slots({code or NULL: share for code, share in shares.items()})
    for shares in (words.URGENCIES, words.URGENCIES_PRESSING)
)
OUTCOMES = slots(words.OUTCOMES)
INTERPRETATIONS = slots(words.INTERPRETATIONS)
FURTHER_TOPICS = ("labour.wages", "stay.extension", "health.insurance", "education.korean", "living.housing", "living")
STRANGERS = slots({"VN": 30, "NP": 15, "KH": 13, "CN": 12, "MM": 8, "TH": 8, "UZ": 7, "PH": 4, "BD": 3})
STRANGE_STATUSES = slots({status: kind.share for status, kind in KINDS.items() if status[0] in "EFGHU"})


def group_of(status: str) -> int:
    return {"E": WORKER, "H": WORKER, "D": STUDENT}.get(status[0], FAMILY)


@dataclass
class Callers:
    """Who may come to one centre, by the day from which they are here; ``weights`` add up from the first on."""

    days: list[int]
    weights: list[float]
    who: list[tuple[str, str, int]]


def callers_of(rng: Random, files: Iterable[File], today: date) -> dict[int, Callers]:
    """For each centre its adults with a file there. Whom a centre met once it often meets again."""
    by_site: dict[int, list[tuple[int, float, File]]] = defaultdict(list)
    for file in files:
        status = file.person.status
        if file.site.kind == "center" and file.person.birth < today - timedelta(days=366 * ADULT):
            weight = VISITS.get(status, 0.8) * rng.paretovariate(2)
            by_site[file.site.pk].append((file.recorded_on.toordinal(), weight, file))
    return {site: _callers(rng, sorted(found, key=lambda one: (one[0], one[2].pk))) for site, found in by_site.items()}


def _callers(rng: Random, found: list[tuple[int, float, File]]) -> Callers:
    callers, total = Callers([], [], []), 0.0
    for day, weight, file in found:
        total += weight
        callers.days.append(day)
        callers.weights.append(total)
        person = file.person
        lives_in = person.municipality if person.municipality and rng.random() > words.NOT_TOLD else NULL
        who = f"{file.pk}\t{file.identity}\t{NULL}\t{person.status}\t{NULL}\t{lives_in}"
        callers.who.append((who, person.language, group_of(person.status)))
    return callers


class Clerk:
    """Writes the lines of one part; ``first`` is the id of its first session."""

    def __init__(self, rng: Random, known: Known, callers: dict[int, Callers], first: int):
        self.rng = rng
        self.today = known.today
        self.callers = callers
        self.next = first
        self.issues: list[tuple[int, int, str]] = []

    def lines(self, cells: Iterable[Cell]) -> Iterator[str]:
        """Sessions as COPY takes them; the further topics of each are kept in ``issues``."""
        for cell in cells:
            yield from self._of_day(cell)

    def _of_day(self, cell: Cell) -> Iterator[str]:
        chance, site, day = self.rng.random, cell.site, cell.day
        callers = self.callers.get(site.pk)
        here = bisect_right(callers.days, day.toordinal()) if callers else 0
        counsellors, programmes, text = carried_by(site, cell.signed_in), programmes_of(site), day.isoformat()
        for number in range(self.next, self.next + cell.sessions):
            if here and chance() > ANONYMOUS:
                place = bisect(callers.weights, chance() * callers.weights[here - 1], 0, here - 1)
                who, spoken, group = callers.who[place]
                several, channel = "", CHANNELS[int(chance() * SLOTS)]
            else:
                who, spoken, group, several, channel = self._stranger(site)
            language = "ko" if chance() < words.IN_KOREAN else spoken
            wanted = spoken if language != spoken and not several and chance() < words.NOT_GIVEN else NULL
            topic = "education" if several else TOPICS[group][int(chance() * SLOTS)]
            outcome = OUTCOMES[int(chance() * SLOTS)]
            urgencies = URGENCIES_PRESSING if topic in words.PRESSING else URGENCIES
            yield (
                f"{number}\t{site.pk}\t{day.year}-{number}\t{self._recorded(day, text)}\t{text}\t{who}\t{language}\t"
                f"{wanted}\t{channel}\t{topic}\t"
                f"{NULL if several else CALLERS[group][int(chance() * SLOTS)]}\t"
                f"{'none' if language == 'ko' else INTERPRETATIONS[int(chance() * SLOTS)]}\t{outcome}\t"
                f"{urgencies[int(chance() * SLOTS)]}\t"
                f"{several or self._minutes()}\t{programmes[int(chance() * SLOTS)]}\t"
                f"{counsellors[int(chance() * len(counsellors))]}\t{self._note(language)}\t"
                f"{self._follow_up(day) if outcome == 'in_progress' else NULL}\n"
            )
            if chance() < FURTHER:
                self._add_issues(site.pk, number, topic)
        self.next += cell.sessions

    def _stranger(self, site: Site) -> tuple[str, str, int, str, str]:
        """Somebody without a name: what they told of themselves, if anything, or a group, and how they came."""
        chance = self.rng.random
        nationality = STRANGERS[int(chance() * SLOTS)]
        language = NATIONS[nationality].language
        if chance() < GROUP:
            who = "\t".join([NULL] * 6)
            return who, language, FAMILY, f"90\t{4 + int(chance() * 20)}", "outreach"
        status = STRANGE_STATUSES[int(chance() * len(STRANGE_STATUSES))]
        told = f"{nationality}\t{status}\t{SEXES['MMMF'[int(chance() * 4)]]}"
        if chance() > 0.75:
            told = f"{NULL}\t{NULL}\t{NULL}"
        channel = CHANNELS[int(chance() * SLOTS)]
        who = f"{NULL}\t{NULL}\t{told}\t{self._lives_in(site, channel)}"
        return who, language, group_of(status), "", channel

    def _lives_in(self, site: Site, channel: str) -> str:
        """Where somebody without a name lives: near the centre, or anywhere when they ask from afar."""
        chance = self.rng.random
        if channel in words.AFAR and chance() < words.OUTSIDE:
            return "other_province"
        return (site.municipality or NULL) if chance() > words.NOT_TOLD else "unknown"

    def _recorded(self, day: date, text: str) -> str:
        """The day of typing: the same as a rule, some days later for one in twenty."""
        if self.rng.random() > LATE:
            return text
        return min(day + timedelta(days=1 + int(self.rng.random() * 14)), self.today).isoformat()

    def _minutes(self) -> str:
        chance = self.rng.random()
        return f"{words.MINUTES[int(chance * len(words.MINUTES))] if chance < 0.95 else NULL}\t1"

    def _note(self, language: str) -> str:
        """A note in Korean, or in the client's language with its summary in Korean."""
        chance = self.rng.random
        if chance() > NOTED:
            return "\t"
        foreign = words.FOREIGN_NOTES.get(language)
        if foreign and chance() < 0.5:
            return "\t".join(foreign[int(chance() * len(foreign))])
        return words.KOREAN_NOTES[int(chance() * len(words.KOREAN_NOTES))] + "\t"

    def _follow_up(self, day: date) -> str:
        return (day + timedelta(days=3 + int(self.rng.random() * 19))).isoformat()

    def _add_issues(self, site: int, number: int, topic: str) -> None:
        others = [other for other in FURTHER_TOPICS if other != topic]
        self.issues += ((site, number, other) for other in self.rng.sample(others, 1 + int(self.rng.random() * 3)))


def carried_by(site: Site, signed_in: bool) -> list[str]:
    """Counsellors of a centre: those who can sign in hold every other session, the others are names alone."""
    users = [f"{user}\t데모상담원1" for user in site.counsellors]
    names = [f"{NULL}\t데모상담원{number}" for number in range(2, 5)]
    return users if users and signed_in else users * len(names) + names * max(1, len(users))


def programmes_of(site: Site) -> list[str]:
    if site.code != PROVINCE_CENTRE:
        return ["one-centre"] * SLOTS
    return slots({"worker-settlement": 90, "overseas-koreans": 6, "visa-transition": 4})
