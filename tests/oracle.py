"""What `rollup_kpi` must answer, worked out a second time and in another way.

`expected_rollup` reads a workbook and counts its rows with loops and dictionaries: no database, no Django, and nothing
of the code it stands against. It answers for an installation that holds the reference data and exactly this workbook.
Each function names the line of the table of figures that it follows; where that table is silent, the function says how
it was read.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from python_calamine import CalamineWorkbook

ROOT = Path(__file__).resolve().parent.parent
SEOUL = ZoneInfo("Asia/Seoul")

# The indicators and programmes of the plan, in its order.
INDICATORS = (
    ("visa-recruitment", "recommended-persons", 35, {2023: 0, 2024: 0, 2025: 200, 2026: 220, 2027: 240}),
    ("settlement-support", "programmes-carried-out", 35, {2023: 0, 2024: 0, 2025: 5, 2026: 6, 2027: 6}),
    ("sister-exchange", "entered-figure", 30, {2023: 0, 2024: 47, 2025: 47, 2026: 47, 2027: 47}),
)
SETTLEMENT_PROGRAMMES = (
    "worker-settlement",
    "one-centre",
    "visa-upgrade-voucher",
    "worker-shelter",
    "civil-groups",
    "resident-support-system",
)
PROGRAMMES = ("visa-transition", *SETTLEMENT_PROGRAMMES, "overseas-koreans")
RECRUITING = {"F-2-R", "F-4-R", "E-7-4", "E-7-4R"}
SCORE_CAP = Decimal(100)

# Reference data of the acceptance document, §3: code, visa programmes, period, ledger.
POOLS = (
    ("d2-2025-2026", {"D-2"}, date(2025, 1, 1), date(2026, 12, 31), ((date(2025, 1, 1), 670),)),
    (
        "e74-2025",
        {"E-7-4", "E-7-4R"},
        date(2025, 1, 1),
        date(2025, 12, 31),
        ((date(2025, 1, 1), 160), (date(2025, 7, 1), 273), (date(2025, 12, 1), 47)),
    ),
    ("f2r-2025-2026", {"F-2-R"}, date(2025, 1, 1), date(2026, 12, 31), ()),
)
MUNICIPAL_CENTRES = 14
MUNICIPAL_CENTRES_COUNT_FROM = date(2025, 1, 1)
PROVINCE_CENTRE = "52-c1"
BEDS = 12
BEDS_IN_SERVICE_FROM = date(2021, 8, 1)

# English sheet and column names, for a workbook that uses them.
SHEETS = {
    "people": "사람",
    "dependants": "동반가족",
    "visa_cases": "비자추천",
    "vouchers": "승급지원금",
    "stays": "쉼터",
    "sessions": "상담",
    "activities": "활동",
}
KEYS = {
    "번호": "ref",
    "사람번호": "person_ref",
    "주신청자번호": "principal_ref",
    "국적": "nationality",
    "외국인등록번호": "registration_number",
    "언어": "language",
    "시군": "municipality",
    "정착일": "settled_on",
    "유형": "programme",
    "대학": "university",
    "접수일": "received_on",
    "추천일": "recommended_on",
    "허가일": "granted_on",
    "불허일": "refused_on",
    "부적격일": "ineligible_on",
    "철회일": "withdrawn_on",
    "실효일": "lapsed_on",
    "이탈일": "left_on",
    "취소일": "cancelled_on",
    "지급일": "paid_on",
    "지급액": "amount_won",
    "입소일": "checked_in_on",
    "퇴소일": "checked_out_on",
    "센터": "center",
    "상담일": "held_on",
    "활동일": "held_on",
    "경로": "channel",
    "주유형": "topic",
    "소요분": "minutes",
    "인원": "clients",
    "사업": "programme",
    "참여인원": "participants",
}

# Which reference file names the codes of a column, by the end of its path.
REFERENCE = {
    "nationality": "countries.csv",
    "language": "languages.csv",
    "channel": "channels.csv",
    "topic": "topics.csv",
    "municipality": "municipalities.csv",
    "support_programme": "support_programmes.csv",
    "visa_programme": "visa_programmes.csv",
    "workspace": "workspaces.csv",
}
UNIVERSITIES = ("전북대", "군산대", "전주대", "우석대", "원광대")


def load_codes(root: Path = ROOT) -> dict[str, dict[str, str]]:
    """For each kind of code, every name and alias with its code; a kind whose file is missing has no names.

    Then the codes in the workbook are taken as they stand, which is enough for a workbook that uses no names.
    """
    codes: dict[str, dict[str, str]] = {}
    for kind, filename in REFERENCE.items():
        codes[kind] = {}
        for path in sorted(root.glob(f"*/reference/{filename}")):
            with path.open(encoding="utf-8-sig", newline="") as file:
                for row in csv.DictReader(file):
                    codes[kind].update(names_of(row))
    codes["university"] = {name: f"{short}학교" for short in UNIVERSITIES for name in (short, f"{short}학교")}
    return codes


def names_of(row: dict[str, str]) -> dict[str, str]:
    """The names under which one row of a reference file may be given."""
    names = [row["code"], *(row.get("aliases") or "").split(";")]
    names += [value for column, value in row.items() if column.startswith("name_")]
    return {folded(name): row["code"] for name in names if name and name.strip()}


def folded(name: str) -> str:
    """A name as it is compared: without case and outer blanks."""
    return name.strip().casefold()


class Workbook:
    """The rows of one workbook as dictionaries by English key, with dates, codes and whole numbers."""

    def __init__(self, path: Path | str, codes: dict[str, dict[str, str]]):
        self.codes = codes
        self.sheets: dict[str, list[dict]] = {name: [] for name in SHEETS.values()}
        book = CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            if SHEETS.get(name, name) in self.sheets:
                rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                self.sheets[SHEETS.get(name, name)] = list(dict_rows(rows))
        for case in self["비자추천"]:
            case["programme"] = self.code("visa_programme", case["programme"])
        self.people = {row["ref"]: row for row in self["사람"]}
        self.identities = {ref: identity_of(row) for ref, row in self.people.items()}

    def __getitem__(self, sheet: str) -> list[dict]:
        return self.sheets[sheet]

    def code(self, kind: str, value: str) -> str:
        """The code behind a name. An unknown name is a mistake of the test, not a figure."""
        names = self.codes.get(kind)
        if not names:
            return value
        if folded(value) not in names:
            raise ValueError(f"{kind}: no code for {value!r}")
        return names[folded(value)]

    def identity(self, row: dict) -> str | None:
        """The person behind a row: two rows of `사람` with one registration number are one identity."""
        ref = row.get("person_ref")
        return self.identities[ref] if ref else None


def dict_rows(rows: list[list]) -> Iterator[dict]:
    """Rows below the heading that are not empty, blanks left out."""
    if not rows:
        return
    heading = [KEYS.get(str(cell).strip(), str(cell).strip()) for cell in rows[0]]
    for row in rows[1:]:
        cells = {key: plain(key, cell) for key, cell in zip(heading, row, strict=False) if str(cell).strip()}
        if cells:
            yield cells


def plain(key: str, cell):
    """A cell as a day, a whole number or text, whichever its column holds."""
    if key.endswith("_on"):
        return as_day(cell)
    if key in {"minutes", "clients", "participants", "amount_won"}:
        return int(float(cell))
    # A number typed where text belongs: 1.0 is row "1", 52140.0 the municipality "52140".
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def as_day(cell) -> date:
    """The day of an Excel date or of `YYYY-MM-DD` text."""
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else date.fromisoformat(str(cell).strip()[:10])


def identity_of(person: dict) -> str:
    """The registration number without its hyphen, else the row's own number."""
    number = "".join(filter(str.isalnum, person.get("registration_number", ""))).upper()
    return f"number {number}" if number else f"row {person['ref']}"


class Window:
    """A calendar year up to a day."""

    def __init__(self, year: int, as_of: date):
        self.first = date(year, 1, 1)
        self.last = date(year, 12, 31)
        self.as_of = as_of

    def counts(self, day: date | None) -> bool:
        """Figure "a date counts": it lies in the year and is not after as-of."""
        return day is not None and self.first <= day <= min(self.last, self.as_of)

    def happened(self, day: date | None) -> bool:
        """It was there by as-of, in whatever year."""
        return day is not None and day <= self.as_of

    def nights(self, start: date, end: date | None) -> int:
        """Figures `bed_nights` and `capacity_nights`: days d, start <= d < end, of the year and up to as-of."""
        after_last = min(self.last, self.as_of) + timedelta(days=1)
        stop = min(end, after_last) if end else after_last
        return max(0, (stop - max(start, self.first)).days)


def expected_rollup(
    path: Path | str,
    year: int,
    as_of: date | None = None,
    today: date | None = None,
    codes: dict[str, dict[str, str]] | None = None,
) -> dict:
    """The JSON of `rollup_kpi --year`, for an installation that holds this workbook and the reference data.

    Without `as_of` it is the earlier of today and the last day of the year. `codes` stands in for the reference files.
    """
    as_of = as_of or min(today or datetime.now(SEOUL).date(), date(year, 12, 31))
    window = Window(year, as_of)
    book = Workbook(path, load_codes() if codes is None else codes)
    programmes = programme_figures(book, window)
    indicators = indicator_figures(year, recruited(book, window), carried_out(programmes))
    scores = [row for row in indicators if row["score"] is not None]
    return {
        "year": year,
        "as_of": as_of.isoformat(),
        "indicators": indicators,
        "total_score": rounded(sum((Decimal(str(row["score"])) for row in scores), Decimal(0)), "0.01"),
        "weight_evaluated": sum(row["weight"] for row in scores),
        "complete": len(scores) == len(indicators),
        "programmes": programmes,
        "centres": centre_figures(as_of),
        "counselling": counselling_figures(book, window),
        "visas": visa_figures(book, window),
        "quotas": [quota_figures(book, window, *pool) for pool in POOLS if meets(window, pool[2], pool[3])],
        "vouchers": voucher_figures(book, window),
        "shelter": shelter_figures(book, window),
    }


def rounded(number: Decimal, step: str) -> float:
    """Half up, to the decimals of `step`."""
    return float(number.quantize(Decimal(step), ROUND_HALF_UP))


def percent(part: int, whole: int | None) -> float | None:
    """Figures `fill_percent` and `occupancy_percent`: null of an unknown whole, 0.0 of none."""
    if whole is None:
        return None
    return rounded(Decimal(part) * 100 / whole, "0.1") if whole else 0.0


def recruited(book: Workbook, window: Window) -> int:
    """Figure `visa-recruitment`: distinct persons with a recommendation that counts, under four programmes."""
    return len(
        {
            book.identity(case)
            for case in book["비자추천"]
            if case["programme"] in RECRUITING and window.counts(case.get("recommended_on"))
        }
    )


def carried_out(programmes: list[dict]) -> int:
    """Figure `settlement-support`: how many of the six settlement programmes have a record that counts."""
    return sum(row["carried_out"] for row in programmes if row["code"] in SETTLEMENT_PROGRAMMES)


def indicator_figures(year: int, recruited_persons: int, programmes_carried_out: int) -> list[dict]:
    """Figures `achievement_percent` and `score`; nobody has entered an exchange figure, so it stays null."""
    actuals = {"visa-recruitment": recruited_persons, "settlement-support": programmes_carried_out}
    rows = []
    for code, rule, weight, targets in INDICATORS:
        target, actual = targets.get(year), actuals.get(code)
        achievement = Decimal(actual) * 100 / target if target and actual is not None else None
        row = {"code": code, "rule": rule, "target": target, "actual": actual}
        row["achievement_percent"] = None if achievement is None else rounded(achievement, "0.1")
        row["weight"] = weight
        row["score"] = None if achievement is None else rounded(weight * min(achievement, SCORE_CAP) / 100, "0.01")
        rows.append(row)
    return rows


def programme_figures(book: Workbook, window: Window) -> list[dict]:
    """Figure "records of a programme": all eight, with what counts for each and the participants of activities."""
    records = {code: Counter() for code in PROGRAMMES}
    participants = Counter()
    for session in book["상담"]:
        if window.counts(session["held_on"]):
            records[programme_of(book, session)]["session"] += 1
    for activity in book["활동"]:
        if window.counts(activity["held_on"]):
            programme = book.code("support_programme", activity["programme"])
            records[programme]["activity"] += 1
            participants[programme] += activity.get("participants", 0)
    records["visa-upgrade-voucher"]["voucher"] = sum(window.counts(row.get("paid_on")) for row in book["승급지원금"])
    records["worker-shelter"]["stay"] = len(stays_that_count(book, window))
    return [
        {
            "code": code,
            "carried_out": sum(counted.values()) > 0,
            "records": {kind: counted[kind] for kind in ("session", "activity", "stay", "voucher")},
            "participants": participants[code],
        }
        for code, counted in records.items()
    ]


def programme_of(book: Workbook, session: dict) -> str:
    """The programme of a session: its own, else `worker-settlement` at `52-c1` and `one-centre` elsewhere."""
    if "programme" in session:
        return book.code("support_programme", session["programme"])
    at_province = book.code("workspace", session["center"]) == PROVINCE_CENTRE
    return "worker-settlement" if at_province else "one-centre"


def centre_figures(as_of: date) -> dict:
    """Figure `centres`: all known ones, and those that count from a day not after as-of; none has ended."""
    operating = MUNICIPAL_CENTRES if as_of >= MUNICIPAL_CENTRES_COUNT_FROM else 0
    return {"designated": MUNICIPAL_CENTRES, "operating": operating}


def counselling_figures(book: Workbook, window: Window) -> dict:
    """Figures `sessions`, `client_visits`, `unique_persons` and the `by_*` of counselling, in sessions."""
    sessions = [row for row in book["상담"] if window.counts(row["held_on"])]
    return {
        "sessions": len(sessions),
        "client_visits": sum(row.get("clients", 1) for row in sessions),
        "anonymous_sessions": sum(book.identity(row) is None for row in sessions),
        "unique_persons": len({book.identity(row) for row in sessions} - {None}),
        "minutes": sum(row.get("minutes", 0) for row in sessions),
        "by_center": tally(book.code("workspace", row["center"]) for row in sessions),
        "by_month": tally(f"{row['held_on']:%Y-%m}" for row in sessions),
        "by_language": tally(book.code("language", row["language"]) for row in sessions),
        "by_channel": tally(book.code("channel", row["channel"]) for row in sessions),
        "by_topic": tally(book.code("topic", row["topic"]) for row in sessions),
        "by_nationality": tally(nationality_of(book, row) for row in sessions),
    }


def tally(values: Iterable[str]) -> dict[str, int]:
    """How often each value occurs, in the order of the values."""
    return dict(sorted(Counter(values).items()))


def nationality_of(book: Workbook, session: dict) -> str:
    """Figure `by_*`: the nationality of the person's row, else the session's own, else unknown.

    The row is the one the session names; what another row of the same identity says is not looked up.
    """
    person = book.people.get(session.get("person_ref"), {})
    nationality = person.get("nationality") or session.get("nationality")
    return book.code("nationality", nationality) if nationality else "unknown"


STAGES = ("received", "recommended", "granted", "settled")


def visa_figures(book: Workbook, window: Window) -> dict:
    """Figures visas `received` to `left`, their `by_*`, and `dependants_settled`, distinct dependants.

    A case is listed under a code where one of the four stages counts. A case without a municipality stands under "52";
    one without a university stands under no university.
    """
    cases = book["비자추천"]
    figures: dict = {
        stage: sum(window.counts(case.get(f"{stage}_on")) for case in cases)
        for stage in ("received", "recommended", "granted", "refused", "settled", "left")
    }
    figures["dependants_settled"] = len(
        {book.identities[row["ref"]] for row in book["동반가족"] if window.counts(row.get("settled_on"))}
    )
    figures["by_programme"] = stages_by(cases, window, lambda case: case["programme"])
    figures["by_municipality"] = stages_by(
        cases,
        window,
        lambda case: book.code("municipality", case["municipality"]) if "municipality" in case else "52",
    )
    figures["by_university"] = stages_by(
        [case for case in cases if "university" in case],
        window,
        lambda case: book.code("university", case["university"]),
    )
    return figures


def stages_by(cases: list[dict], window: Window, key) -> dict[str, dict[str, int]]:
    """The four stages under each key that has any."""
    groups: dict[str, Counter] = defaultdict(Counter)
    for case in cases:
        for stage in STAGES:
            if window.counts(case.get(f"{stage}_on")):
                groups[key(case)][stage] += 1
    return {name: {stage: groups[name][stage] for stage in STAGES} for name in sorted(groups)}


def meets(window: Window, first: date, last: date) -> bool:
    """Figure quota: listed are the pools whose period meets the year."""
    return first <= window.last and last >= window.first


def quota_figures(
    book: Workbook, window: Window, code: str, programmes: set[str], first: date, last: date, ledger: tuple
) -> dict:
    """Figure quota: the live recommendations inside the pool's own period, up to as-of, against the ledger of then."""
    taken = [
        case
        for case in book["비자추천"]
        if case["programme"] in programmes and takes_a_seat(window, case, first, last)
    ]
    capacity = sum(count for day, count in ledger if window.happened(day)) if ledger else None
    return {
        "code": code,
        "capacity": capacity,
        "taken": len(taken),
        "granted": sum(window.happened(case.get("granted_on")) for case in taken),
        "settled": sum(window.happened(case.get("settled_on")) for case in taken),
        "remaining": None if capacity is None else capacity - len(taken),
        "fill_percent": percent(len(taken), capacity),
    }


def takes_a_seat(window: Window, case: dict, first: date, last: date) -> bool:
    """Recommended within the period and by as-of, and not refused, withdrawn, lapsed or ineligible by then."""
    recommended_on = case.get("recommended_on")
    if not window.happened(recommended_on) or not first <= recommended_on <= last:
        return False
    ends = ("refused_on", "withdrawn_on", "lapsed_on", "ineligible_on")
    return not any(window.happened(case.get(end)) for end in ends)


def voucher_figures(book: Workbook, window: Window) -> dict:
    """Figure voucher shares: of each voucher paid, 30 % rounded down to the won; totals are sums of vouchers."""
    empty = {"paid": 0, "won": 0, "province_won": 0, "municipality_won": 0}
    total, groups = dict(empty), {}
    for voucher in book["승급지원금"]:
        if not window.counts(voucher.get("paid_on")):
            continue
        won = voucher.get("amount_won", 300_000)
        province_won = won * 30 // 100
        municipality = book.code("municipality", voucher["municipality"])
        for sums in (total, groups.setdefault(municipality, dict(empty))):
            sums["paid"] += 1
            sums["won"] += won
            sums["province_won"] += province_won
            sums["municipality_won"] += won - province_won
    return total | {"by_municipality": dict(sorted(groups.items()))}


def stays_that_count(book: Workbook, window: Window) -> list[tuple[dict, int]]:
    """Stays with at least one night that counts, and the number of such nights."""
    nights = [(stay, window.nights(stay["checked_in_on"], stay.get("checked_out_on"))) for stay in book["쉼터"]]
    return [(stay, count) for stay, count in nights if count]


def shelter_figures(book: Workbook, window: Window) -> dict:
    """Figures `bed_nights`, `capacity_nights`, `shelter.stays` and `shelter.persons`; no bed count is confirmed."""
    stays = stays_that_count(book, window)
    bed_nights = sum(count for _, count in stays)
    capacity_nights = BEDS * window.nights(BEDS_IN_SERVICE_FROM, None)
    return {
        "stays": len(stays),
        "persons": len({book.identity(stay) for stay, _ in stays}),
        "bed_nights": bed_nights,
        "capacity_nights": capacity_nights,
        "capacity_confirmed": False,
        "occupancy_percent": percent(bed_nights, capacity_nights),
    }
