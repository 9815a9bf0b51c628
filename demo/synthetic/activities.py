"""Classes, events and meetings of the plan's programmes; most have their evidence, some wait for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.synthetic.known import Known, Site
from demo.synthetic.places import PROVINCE_CENTRE, after, workday_between

# Programme, title, how many a year, from and to how many people; held by the province's centre, by the province
# itself, or by each centre. The programmes are those of the plan of 2025, what they did and how often is made up.
BY_THE_PROVINCE_CENTRE = (
    ("worker-settlement", "한국어 교육", 10, 12, 28),
    ("worker-settlement", "용접 기능 교육", 4, 8, 16),
    ("worker-settlement", "지게차 안전 교육", 4, 8, 16),
    ("overseas-koreans", "재외동포 체류 안내", 5, 10, 30),
)
BY_THE_PROVINCE = (
    ("worker-shelter", "쉼터 이웃과 함께하는 음식 나눔", 3, 10, 25),
    ("civil-groups", "세계인 어울림 행사", 2, 120, 400),
    ("civil-groups", "민간단체 국제교류 모임", 5, 20, 60),
    ("resident-support-system", "외국인주민지원위원회", 2, 12, 15),
    ("resident-support-system", "외국인 도정 모니터링단 회의", 3, 15, 25),
    ("visa-transition", "유학생 기업 연계 설명회", 4, 25, 70),
    ("visa-upgrade-voucher", "승급지원금 안내 설명회", 2, 20, 45),
)
BY_EACH_CENTRE = (
    ("one-centre", "작은 어울림 모임", 2, 8, 30),
    ("one-centre", "생활 한국어 교실", 2, 8, 20),
)
BROUGHT_BY = "시연"  # what approved them
LANGUAGES = ("vi", "ko", "ne", "km", "zh", "en")


@dataclass
class Activity:
    site: Site
    programme: str
    title: str
    held_on: date
    participants: int
    evidence: str
    approved_on: date | None
    reported_on: date | None


def make_activities(rng: Random, known: Known, first: date) -> list[Activity]:
    """A year's worth for each year of the span, those of a part of a year for a part."""
    made: list[Activity] = []
    for site in known.sites.values():
        running = site.span(first, known.today) if site.kind == "center" else (first, known.today)
        if running:
            for programme, title, a_year, smallest, largest in _kinds_of(site):
                number = _rounded(rng, a_year * ((running[1] - running[0]).days + 1) / 365)
                size = (smallest, largest)
                made += (_activity(rng, site, programme, title, size, running) for _ in range(number))
    return sorted(made, key=lambda activity: (activity.held_on, activity.site.pk, activity.title))


def _kinds_of(site: Site) -> tuple:
    if site.kind == "province":
        return BY_THE_PROVINCE
    if site.kind != "center":
        return ()
    return BY_THE_PROVINCE_CENTRE if site.code == PROVINCE_CENTRE else BY_EACH_CENTRE


def _rounded(rng: Random, number: float) -> int:
    return int(number) + (rng.random() < number % 1)


def _activity(rng: Random, site: Site, programme: str, title: str, size, span) -> Activity:
    held = workday_between(rng, *span)
    approved = after(rng, held, 1, 14, span[1]) if rng.random() < 0.8 else None
    evidence = f"시연-결과보고-{site.code}-{held:%y%m%d}" if approved else ""
    reported = approved if approved and rng.random() < 0.5 else None
    return Activity(site, programme, f"{title} (시연)", held, rng.randint(*size), evidence, approved, reported)


COLUMNS = (
    "workspace_id", "ref", "recorded_on", "programme_id", "held_on", "title", "participants", "language_id",
    "evidence", "approved_on", "approved_by_file", "reported_on",
)  # fmt: skip


def activity_rows(rng: Random, activities: list[Activity]) -> Iterator[tuple]:
    for number, one in enumerate(activities, 1):
        recorded = min(one.held_on + timedelta(days=1), one.approved_on or one.held_on)
        yield (
            one.site.pk, f"{one.held_on.year}-{number}", recorded, one.programme, one.held_on, one.title,
            one.participants, rng.choice(LANGUAGES), one.evidence, one.approved_on,
            BROUGHT_BY if one.approved_on else "", one.reported_on,
        )  # fmt: skip
