"""The ways an indicator may be read. A reading counts records; which rule uses it on what is data (``CountingRule``).

Worked examples and the real records go through the same functions. A record of a programme may stand for many:
``records`` says how many, ``quantity`` how many clients they had.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from centers.models import SupportProgramme
from kpi.models import CountingRule
from kpi.window import Window


@dataclass(frozen=True)
class VisaRecord:
    """A visa case as a reading sees it."""

    person: int
    programme: str
    received: date | None = None
    recommended: date | None = None
    refused: date | None = None
    withdrawn: date | None = None
    ineligible: date | None = None
    lapsed: date | None = None
    granted: date | None = None
    settled: date | None = None
    left: date | None = None


@dataclass(frozen=True)
class ProgrammeRecord:
    """Records of one kind, programme and municipality on a day, or in the month that begins on it."""

    kind: str
    programme: str
    municipality: str
    date: date
    approved: bool = False
    reported: bool = False
    records: int = 1
    quantity: int = 1


def persons(cases: Iterable[VisaRecord], window: Window, parameters: dict) -> int:
    """Distinct persons who reached the stage under the programmes of the rule."""
    return len(
        {
            case.person
            for case in cases
            if case.programme in parameters["programmes"] and _reached(case, window, parameters["stage"])
        }
    )


def _reached(case: VisaRecord, window: Window, stage: str) -> bool:
    if stage == "recommended_live":
        ended = window.happened(case.refused) or window.happened(case.withdrawn)
        return window.counts(case.recommended) and not ended
    return window.counts(getattr(case, stage))


def programmes(records: Iterable[ProgrammeRecord], window: Window, parameters: dict) -> int:
    """Settlement programmes with at least the minimum of records."""
    return _groups(_of_settlement(records, window, parameters), parameters, lambda record: record.programme)


def programmes_reported(records: Iterable[ProgrammeRecord], window: Window, parameters: dict) -> int:
    reported = (record for record in _of_settlement(records, window, parameters) if record.reported)
    return _groups(reported, parameters, lambda record: record.programme)


def programmes_by_municipality(records: Iterable[ProgrammeRecord], window: Window, parameters: dict) -> int:
    here = _of_settlement(records, window, parameters)
    return _groups(here, parameters, lambda record: (record.programme, record.municipality))


def programmes_by_quarter(records: Iterable[ProgrammeRecord], window: Window, parameters: dict) -> int:
    here = _of_settlement(records, window, parameters)
    return _groups(here, parameters, lambda record: (record.programme, (record.date.month - 1) // 3))


def programmes_of_a_list(records: Iterable[ProgrammeRecord], window: Window, parameters: dict) -> int:
    """As ``programmes``, over the list of the year, or of the nearest year before it that has one."""
    return programmes(records, window, parameters | {"settlement": _list_of(window, parameters)})


def _list_of(window: Window, parameters: dict) -> list[str]:
    years = [int(year) for year in parameters["programmes"] if int(year) <= window.year]
    return parameters["programmes"][str(max(years))] if years else []


def activities_approved(records: Iterable[ProgrammeRecord], window: Window, parameters: dict) -> int:
    here = _of_settlement(records, window, parameters)
    return sum(record.records for record in here if record.kind == "activity" and record.approved)


def activities_and_sessions(records: Iterable[ProgrammeRecord], window: Window, parameters: dict) -> int:
    """Activities, plus sessions by the rule's unit: ``session`` counts records, ``client`` the people in them."""
    by_client = parameters.get("session_unit") == "client"
    total = 0
    for record in _of_settlement(records, window, parameters):
        if record.kind == "session":
            total += record.quantity if by_client else record.records
        elif record.kind == "activity":
            total += record.records
    return total


def entered(records: Iterable, window: Window, parameters: dict) -> None:
    """No record carries it: the figure is entered by hand, with its evidence."""
    return


def _of_settlement(records: Iterable[ProgrammeRecord], window: Window, parameters: dict) -> Iterable[ProgrammeRecord]:
    wanted = set(parameters["settlement"])
    return (record for record in records if record.programme in wanted and window.counts(record.date))


def _groups(records: Iterable[ProgrammeRecord], parameters: dict, key: Callable) -> int:
    counted = Counter()
    for record in records:
        counted[key(record)] += record.records
    return sum(count >= parameters["minimum"] for count in counted.values())


READINGS: dict[str, Callable[[Iterable, Window, dict], int | None]] = {
    "recommended-persons": persons,
    "received-persons": persons,
    "recommended-live-persons": persons,
    "granted-persons": persons,
    "settled-persons": persons,
    "programmes-carried-out": programmes,
    "programmes-reported": programmes_reported,
    "activities-approved": activities_approved,
    "activities-and-sessions": activities_and_sessions,
    "programmes-by-municipality": programmes_by_municipality,
    "programmes-by-quarter": programmes_by_quarter,
    "programmes-other-set": programmes_of_a_list,
    "entered-figure": entered,
}
# What one row stands for, where a reading counts groups of records; otherwise a record.
ROW_OF = {
    programmes: "programme",
    programmes_reported: "programme",
    programmes_of_a_list: "programme",
    programmes_by_municipality: "programme_municipality",
    programmes_by_quarter: "programme_quarter",
}
KINDS_OF = {
    activities_approved: ["activity"],
    activities_and_sessions: ["activity", "session"],
    programmes_reported: ["activity"],
}
RECORDS_OF = {persons: VisaRecord, entered: None}


def records_of(reading: str) -> type | None:
    """What the reading counts: visa cases, records of programmes, or nothing."""
    return RECORDS_OF.get(READINGS[reading], ProgrammeRecord)


def asked_by(rule: CountingRule, window: Window) -> dict:
    """The records a rule counts, as ``kpi.evidence`` asks for them. Raises ValueError where it counts none."""
    reading, parameters = READINGS[rule.reading], rule.parameters
    if reading is entered:
        raise ValueError("a figure that is entered has no records behind it")
    if reading is persons:
        return _asked_persons(parameters, window)
    where = {"programme": _programmes_of(reading, parameters, window)}
    for name, chosen in (("approved", activities_approved), ("reported", programmes_reported)):
        if reading is chosen:
            where[name] = ["yes"]
    by_client = reading is activities_and_sessions and parameters.get("session_unit") == "client"
    return {
        "kinds": KINDS_OF.get(reading, ["session", "activity", "voucher_paid", "night"]),
        "per": ROW_OF.get(reading, "record"),
        "least": parameters.get("minimum", 1),
        "amount": "clients" if by_client else "",
        "where": where,
    }


def _asked_persons(parameters: dict, window: Window) -> dict:
    stage, live = parameters["stage"], parameters["stage"] == "recommended_live"
    where = {"visa_programme": parameters["programmes"]}
    if live:
        where["live_on"] = [window.as_of.isoformat()]
    return {"kinds": [f"visa_{'recommended' if live else stage}"], "per": "person", "amount": "", "where": where}


def _programmes_of(reading: Callable, parameters: dict, window: Window) -> list[str]:
    if reading is programmes_of_a_list:
        return _list_of(window, parameters)
    return list(SupportProgramme.objects.filter(settlement=True).values_list("code", flat=True))
