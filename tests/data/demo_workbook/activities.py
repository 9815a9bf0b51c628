"""The sheet of activities: classes, events and meetings of the eight programmes of the plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from demo.synthetic.places import PROVINCE_CENTRE, workday_between
from tests.data.demo_workbook.places import CENTRES, LAST

LANGUAGES = ("베트남어", "ko", "네팔어", "크메르어", "중국어", "en")


@dataclass(frozen=True)
class Kind:
    """What is held how often, for how many; `center` is empty for what the province itself holds."""

    programme: str
    title: str
    count: int
    smallest: int
    largest: int
    center: str = ""
    first: date = date(2025, 2, 10)


KINDS = (
    Kind("worker-settlement", "한국어 교육", 8, 12, 28, PROVINCE_CENTRE),
    Kind("worker-settlement", "용접 기능 교육", 4, 8, 16, PROVINCE_CENTRE),
    Kind("worker-settlement", "지게차 안전 교육", 3, 8, 16, PROVINCE_CENTRE),
    Kind("worker-settlement", "지역 역사 배우기", 3, 15, 35, PROVINCE_CENTRE),
    Kind("worker-shelter", "쉼터 이웃과 함께하는 음식 나눔", 3, 10, 25),
    Kind("civil-groups", "세계인 어울림 행사", 2, 120, 400),
    Kind("civil-groups", "민간단체 국제교류 모임", 5, 20, 60),
    Kind("resident-support-system", "외국인주민지원위원회", 2, 12, 15),
    Kind("resident-support-system", "외국인 도정 모니터링단 회의", 3, 15, 25),
    Kind("visa-transition", "유학생 기업 연계 설명회", 4, 25, 70),
    Kind("visa-upgrade-voucher", "승급지원금 안내 설명회", 2, 20, 45),
    Kind("overseas-koreans", "재외동포 체류 안내", 3, 10, 30, PROVINCE_CENTRE, date(2025, 8, 11)),
)


def activity_rows(rng: Random) -> Iterator[dict]:
    """The rows of `활동`; what has a document number is evidenced, some rows still wait for one."""
    numbers: dict[str, int] = {}
    kinds = [*KINDS, *(Kind("one-centre", "작은 어울림 모임", 1, 8, 30, c.code, c.opened_on) for c in CENTRES[1:])]
    kinds += [Kind("one-centre", "생활 한국어 교실", 1, 8, 20, c.code, c.opened_on) for c in CENTRES[1:6]]
    held = [(workday_between(rng, kind.first, LAST), kind) for kind in kinds for _ in range(kind.count)]
    for day, kind in sorted(held, key=lambda item: (item[1].center, item[0], item[1].title)):
        number = numbers[kind.center] = numbers.get(kind.center, 0) + 1
        yield {
            "번호": number,
            "사업": kind.programme,
            "센터": kind.center or None,
            "활동일": day,
            "활동명": f"{kind.title} (시연)",
            "참여인원": rng.randint(kind.smallest, kind.largest),
            "언어": rng.choice(LANGUAGES) if kind.center else None,
            "증빙": f"시연-결과보고-{kind.center or '52'}-{number:02d}" if rng.random() < 0.8 else None,
        }
