"""What record each row of a sheet becomes: its table, its columns, and their values."""

from collections.abc import Callable
from dataclasses import dataclass

from cases.services.session import default_programme
from workbook.batch import Row
from workbook.identity import People
from workbook.known import Known
from workbook.rules.voucher import VOUCHER_WON
from workbook.sheets import ACTIVITIES, DEPENDANTS, SESSIONS, STAYS, VISA_CASES, VOUCHERS


@dataclass
class Writing:
    """What rows need to know of each other while they are written."""

    people: People
    known: Known
    file_name: str
    exceptions: dict[str, int]
    households: dict[tuple[str, int], int]

    def client_of(self, ref: str | None, workspace: int) -> int | None:
        return self.people.files[ref][workspace].client if ref else None


@dataclass(frozen=True)
class Record:
    """``fixed`` are columns set once, ``columns`` those an update sets again; both in the order of the values."""

    table: str
    columns: tuple[str, ...]
    values: Callable[[Writing, Row], tuple]
    fixed: tuple[str, ...] = ()
    fixed_values: tuple = ()

    def inserted(self, writing: Writing, row: Row) -> tuple:
        own = (row.record_id, row.workspace, row.ref, row["first_recorded_on"])
        return (*own, *self.values(writing, row), *self.fixed_values)

    def changed(self, writing: Writing, row: Row) -> tuple:
        return (row.record_id, row["first_recorded_on"], *self.values(writing, row))

    @property
    def insert_columns(self) -> tuple[str, ...]:
        return ("id", "workspace_id", "ref", "recorded_on", *self.columns, *self.fixed)

    @property
    def change_columns(self) -> tuple[str, ...]:
        return ("id", "recorded_on", *self.columns)


def _session(writing: Writing, row: Row) -> tuple:
    person = writing.people.rows[row["person_ref"]] if row["person_ref"] else None
    return (
        writing.client_of(row["person_ref"], row.workspace),
        row.person,
        row["held_on"],
        row["programme"] or default_programme(writing.known.workspaces[row.workspace]),
        row["language"],
        row["channel"],
        row["topic"],
        row["caller"],
        row["interpretation"],
        row["outcome"],
        row["nationality"],
        row["status"] or (person["status"] if person else None),
        row["sex"],
        row["minutes"],
        row["clients"] or 1,
        row["counsellor"] or "",
        row["note"] or "",
        row["summary"] or "",
        row["follow_up_on"],
    )


def _visa_case(writing: Writing, row: Row) -> tuple:
    return (
        writing.client_of(row["person_ref"], row.workspace),
        row.person,
        row["programme"],
        row["municipality"],
        *(row[column] for column in _VISA_DATES),
        row["letter_number"] or "",
        writing.exceptions["order"] if "order" in row.exceptions else None,
        writing.exceptions["quota"] if "quota" in row.exceptions else None,
    )


_VISA_DATES = (
    "received_on", "recommended_on", "submitted_on", "granted_on", "refused_on", "ineligible_on", "withdrawn_on",
    "lapsed_on", "settled_on", "left_on",
)  # fmt: skip


def _voucher(writing: Writing, row: Row) -> tuple:
    return (
        writing.client_of(row["person_ref"], row.workspace),
        row.person,
        row["municipality"],
        row["status_changed_on"],
        row["applied_on"],
        row["ineligible_on"],
        row["cancelled_on"],
        row["paid_on"],
        row["amount_won"] or VOUCHER_WON,
        writing.file_name,
    )


def _stay(writing: Writing, row: Row) -> tuple:
    return (
        writing.client_of(row["person_ref"], row.workspace),
        row.person,
        writing.known.beds[row["shelter"], row["room"], row["bed"]].pk,
        row["checked_in_on"],
        row["checked_out_on"],
        row["reason"],
    )


def _activity(writing: Writing, row: Row) -> tuple:
    evidence = row["evidence"] or ""
    return (
        row["programme"],
        row["held_on"],
        row["title"],
        row["participants"],
        row["language"],
        evidence,
        writing.known.today if evidence else None,
        writing.file_name if evidence else "",
    )


def _dependant(writing: Writing, row: Row) -> tuple:
    return (
        writing.households[row["principal_ref"], row.workspace],
        writing.client_of(row["ref"], row.workspace),
        row.person,
        row["relation"],
        row["status"] or writing.people.rows[row["ref"]]["status"],
        row["entered_on"],
        row["settled_on"],
    )


# In the order in which they are written: a dependant settles behind a permit.
RECORDS = {
    VISA_CASES: Record(
        "visas_visacase",
        (
            "client_id", "person_id", "programme_id", "municipality_id", *_VISA_DATES, "letter_number",
            "order_exception_id", "quota_exception_id",
        ),
        _visa_case,
        ("period", "shared_with"),
        ("", []),
    ),
    DEPENDANTS: Record(
        "cases_familylink",
        ("household_id", "client_id", "person_id", "relation_id", "status_id", "entered_on", "settled_on"),
        _dependant,
    ),
    VOUCHERS: Record(
        "visas_voucher",
        (
            "client_id", "person_id", "municipality_id", "status_changed_on", "applied_on", "ineligible_on",
            "cancelled_on", "paid_on", "amount_won", "registered_by_file",
        ),
        _voucher,
        ("shared_with",),
        ([],),
    ),
    STAYS: Record(
        "cases_stay",
        ("client_id", "person_id", "bed_id", "checked_in_on", "checked_out_on", "reason_id"),
        _stay,
    ),
    SESSIONS: Record(
        "cases_session",
        (
            "client_id", "person_id", "held_on", "programme_id", "language_id", "channel_id", "topic_id", "caller_id",
            "interpretation_id", "outcome_id", "nationality_id", "status_id", "sex_id", "minutes", "clients",
            "counsellor_name", "note", "summary", "follow_up_on",
        ),
        _session,
    ),
    ACTIVITIES: Record(
        "cases_activity",
        (
            "programme_id", "held_on", "title", "participants", "language_id", "evidence", "approved_on",
            "approved_by_file",
        ),
        _activity,
    ),
}  # fmt: skip
