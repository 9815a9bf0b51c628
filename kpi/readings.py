"""The ways an indicator may be read. A reading counts records; which rule uses it on what is data (``CountingRule``).

Worked examples and the real records go through the same functions. A record of a programme may stand for many:
``records`` says how many, ``quantity`` how many clients they had.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

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
    years = [int(year) for year in parameters["programmes"] if int(year) <= window.year]
    chosen = parameters["programmes"][str(max(years))] if years else ()
    return programmes(records, window, parameters | {"settlement": chosen})


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
RECORDS_OF = {persons: VisaRecord, entered: None}


def records_of(reading: str) -> type | None:
    """What the reading counts: visa cases, records of programmes, or nothing."""
    return RECORDS_OF.get(READINGS[reading], ProgrammeRecord)
