"""The sheet of counselling sessions, one centre after the other, in as many rows as asked for."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from demo.synthetic.names import NATIONS
from demo.synthetic.people import Person
from demo.synthetic.places import PROVINCE_CENTRE, weighted
from demo.synthetic.words import FOREIGN_NOTES, KOREAN_NOTES
from tests.data.demo_workbook.people import SEXES
from tests.data.demo_workbook.places import CENTRES, LAST, Centre, Hand, hand_of

CHANNELS = {
    ("visit", "내방"): 46,
    ("phone", "전화"): 26,
    ("messenger", "SNS"): 11,
    ("accompany", "동행"): 6,
    ("three_way", "3자통화"): 4,
    ("outreach", "찾아가는 상담"): 4,
    ("online", "온라인"): 2,
    ("email", "이메일"): 1,
}
TOPICS = {
    ("labour.wages", "임금체불"): 11,
    ("labour", "사업장변경"): 12,
    ("labour", "퇴직금"): 5,
    ("labour", "노동"): 5,
    ("stay", "체류연장"): 14,
    ("stay", "체류·국적"): 11,
    ("education", "한국어"): 8,
    ("health", "진료통역"): 7,
    ("health", "건강보험"): 5,
    ("living", "주거/임대차"): 5,
    ("living", "금융/송금"): 4,
    ("family", "가족·폭력"): 3,
    ("jobs", "구직·창업"): 4,
    ("legal", "법률·형사"): 2,
    ("interpreting", "통·번역"): 3,
    ("emergency", "긴급·쉼터"): 1,
}
OTHER_TOPICS = ("임금체불", "labour", "체류연장", "건강보험", "education", "주거/임대차", "퇴직금", "living")
OUTCOMES = {"정보제공": 58, "해결": 20, "연계": 14, "진행중": 8}
CALLERS = {"본인": 76, "배우자": 8, "고용주": 9, "지인": 7}
ANONYMOUS = {"VN": 30, "NP": 15, "KH": 13, "CN": 12, "MM": 8, "TH": 8, "UZ": 7, "PH": 4, "BD": 3}
STATUSES = {"E-9": 50, "F-6": 15, "D-2": 12, "E-8": 8, "G-1": 5, "H-2": 5}

HABITS = {PROVINCE_CENTRE: Hand(text_dates=False, codes=True)}


def session_rows(rng: Random, people: list[Person], total: int) -> Iterator[dict]:
    """So many rows, one at a time; each centre numbers from 1 and works by its own days."""
    clients = clients_by_place(people)
    shares = sum(centre.share for centre in CENTRES)
    left = total
    for centre in CENTRES[1:]:
        # No two years are alike; without some noise the shares would show.
        count = int(total * centre.share / shares * rng.uniform(0.86, 1.08))
        left -= count
        yield from centre_rows(rng, centre, clients[centre.code[:5]], count)
    # The province's worker support centre counts from April 2024; its last winter must stay out of the year.
    yield from centre_rows(rng, CENTRES[0], people, left, last_winter=min(25, left))


def clients_by_place(people: list[Person]) -> dict[str, list[Person]]:
    """The adults of each municipality; whom a centre met most comes first."""
    places: dict[str, list[Person]] = {}
    for person in people:
        if person.birth < date(2007, 1, 1):
            places.setdefault(person.municipality, []).append(person)
    return places


def centre_rows(
    rng: Random, centre: Centre, clients: list[Person], count: int, last_winter: int = 0
) -> Iterator[dict]:
    """The rows of one centre in the order of their days."""
    hand = HABITS.get(centre.code, hand_of(centre.code))
    days = [date(2024, 11, 4) + timedelta(days=n % 5) for n in range(last_winter)]
    days += rng.choices(centre.days(), k=count - last_winter)
    for number, day in enumerate(sorted(days), 1):
        client = None if day.year < 2025 else find_client(rng, clients, day)
        row = {
            "번호": number,
            "센터": centre.code,
            "상담일": hand.day(day),
            "상담원": f"데모상담원{rng.randint(1, 4)}",
        }
        row |= describe_client(rng, hand, client)
        row |= describe_session(rng, hand, day)
        if client is None and rng.random() < 0.18:
            row |= describe_group(rng)
        row |= describe_programme(rng, hand, centre, day)
        yield row


def find_client(rng: Random, clients: list[Person], day: date) -> Person | None:
    """A client who is in the country by then, a regular one more often than not; else nobody with a name."""
    if rng.random() < 0.13:
        return None
    for _ in range(4):
        regulars = max(1, len(clients) // 4)
        client = clients[rng.randrange(regulars if rng.random() < 0.4 else len(clients))]
        if client.here_from <= day:
            return client
    return None


def describe_client(rng: Random, hand: Hand, client: Person | None) -> dict:
    """Who came: a row of `사람`, or what an anonymous client let us know."""
    nationality = client.nationality if client else weighted(rng, ANONYMOUS)
    tag = client.language if client else NATIONS[nationality].language
    tag = "ko" if rng.random() < 0.22 else tag
    row = {
        "언어": hand.pick(tag, "한국어" if tag == "ko" else NATIONS[nationality].language_korean),
        "의뢰인": weighted(rng, CALLERS),
        "통역": "불필요" if tag == "ko" else rng.choice(("상담원", "통역사", "3자통화", "번역앱", "지인")),
    }
    if rng.random() < 0.22:
        row |= make_note(rng, tag)
    if client:
        return row | {"사람번호": client.ref}
    if rng.random() < 0.75:
        row["국적"] = hand.pick(nationality, NATIONS[nationality].korean)
        row["체류자격"] = weighted(rng, STATUSES)
        row["성별"] = SEXES[rng.choice("MMMF")]
    return row


def make_note(rng: Random, language: str) -> dict:
    """A note in Korean, or in the client's language with its summary."""
    foreign = FOREIGN_NOTES.get(language)
    if foreign and rng.random() < 0.5:
        note, summary = rng.choice(foreign)
        return {"내용": note, "요지": summary}
    return {"내용": rng.choice(KOREAN_NOTES)}


def describe_session(rng: Random, hand: Hand, day: date) -> dict:
    """What was asked, how long it took and how it ended."""
    outcome = weighted(rng, OUTCOMES)
    follow_up = day + timedelta(days=rng.randint(3, 21)) if outcome == "진행중" else None
    recorded = min(day + timedelta(days=rng.randint(0, 9)), max(day, LAST)) if rng.random() < 0.03 else None
    others = rng.sample(OTHER_TOPICS, rng.randint(1, 3)) if rng.random() < 0.12 else []
    return {
        "경로": hand.pick(*weighted(rng, CHANNELS)),
        "주유형": hand.pick(*weighted(rng, TOPICS)),
        "부유형": ";".join(others) or None,
        "소요분": rng.choice((10, 15, 20, 20, 30, 30, 40, 60, 90)) if rng.random() < 0.93 else None,
        "결과": outcome,
        "다음상담일": hand.day(follow_up),
        "최초입력일": hand.day(recorded),
    }


def describe_group(rng: Random) -> dict:
    """Guidance for a group whose members gave no names: one session, several visits."""
    return {
        "경로": "찾아가는 상담",
        "주유형": "education",
        "인원": rng.randint(4, 24),
        "소요분": 90,
        "의뢰인": None,
        "국적": None,
        "체류자격": None,
        "성별": None,
    }


def describe_programme(rng: Random, hand: Hand, centre: Centre, day: date) -> dict:
    """Most rows leave the programme to the centre; the desk for overseas Koreans opened in August."""
    if centre.code != PROVINCE_CENTRE:
        return {"사업": "one-centre"} if hand.codes and rng.random() < 0.5 else {}
    if day >= date(2025, 8, 4) and rng.random() < 0.08:
        return {"사업": "overseas-koreans"}
    return {"사업": "visa-transition"} if rng.random() < 0.04 else {}
