"""Applications for the upgrade voucher by those who have their permit: paid, waiting, refused, withdrawn."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.synthetic.applicants import Application
from demo.synthetic.chronicle import deck
from demo.synthetic.known import Known
from demo.synthetic.places import after

CLERKS = ("데모담당1", "데모담당2")  # who took an application in, as an office's own file names them
WON = 300_000  # a voucher of the plan of 2025
# The plan pays it to whom 2025 had changed to a regional visa; who still waits and who is turned down is made up.
STAGES = {"paid": 76, "applied": 14, "ineligible": 5, "cancelled": 5}


@dataclass
class Voucher:
    application: Application
    applied_on: date
    paid_on: date | None = None
    ineligible_on: date | None = None
    cancelled_on: date | None = None


def make_vouchers(rng: Random, applications: list[Application], known: Known) -> list[Voucher]:
    """One for each who may apply by now, as far as the budgets go that are known."""
    candidates = [(one, earliest(one, known)) for one in applications if one.municipality and one.settled]
    candidates = [(one, day) for one, day in candidates if day <= known.today]
    # Who may apply since lately is still waiting.
    candidates.sort(key=lambda pair: pair[1])
    stages = sorted(deck(rng, STAGES, len(candidates)), key=lambda stage: stage == "applied")
    room, made = dict(known.voucher_room), []
    for (application, day), stage in zip(candidates, stages, strict=True):
        voucher = Voucher(application, after(rng, day, 0, 40, known.today))
        budget = (application.municipality, voucher.applied_on.year)
        if stage in {"paid", "applied"} and room.get(budget, WON) < WON:
            continue
        if budget in room and stage in {"paid", "applied"}:
            room[budget] -= WON
        if stage != "applied":
            setattr(voucher, f"{stage}_on", after(rng, voucher.applied_on, 5, 35, known.today))
        made.append(voucher)
    return made


def earliest(application: Application, known: Known) -> date:
    """The first day after the months of residence that the municipality asks for, one where no notice is known."""
    granted = application.case.granted_on
    months = known.voucher_months.get((application.municipality, granted.year), 1)
    return granted + timedelta(days=31 * months)


COLUMNS = (
    "workspace_id", "ref", "recorded_on", "client_id", "person_id", "municipality_id", "status_changed_on",
    "applied_on", "ineligible_on", "cancelled_on", "paid_on", "amount_won", "registered_by_file", "approved_by_id",
    "shared_with",
)  # fmt: skip


def voucher_rows(vouchers: list[Voucher]) -> Iterator[tuple]:
    """Who approves is somebody else than who took it in, and known by name where the office has an officer."""
    for voucher in vouchers:
        file = voucher.application.file
        approves = file.site.officers[0] if voucher.paid_on and file.site.officers else None
        yield (
            file.site.pk, f"{voucher.applied_on.year}-{file.pk}", voucher.applied_on, file.pk, file.identity,
            voucher.application.municipality, voucher.application.case.granted_on, voucher.applied_on,
            voucher.ineligible_on, voucher.cancelled_on, voucher.paid_on, WON, CLERKS[file.pk % len(CLERKS)], approves,
            [],
        )  # fmt: skip
