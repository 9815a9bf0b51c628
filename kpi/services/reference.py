"""Loads the reference data from the CSV files in each app's ``reference/`` folder.

The files are what a person reads and corrects; loading them again changes what differs and nothing else.
A row taken out of a file stays in the database, since records may point to it.
"""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import models, transaction

from cases import models as cases
from centers import models as centers
from kpi import models as kpi
from visas import models as visas

NAMES = {f"name_{language}": f"name_{language}" for language in ("ko", "en", "vi", "zh_hans")}


def text(cell: str) -> str:
    return cell


def day(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None


def number(cell: str) -> int | None:
    return int(cell) if cell else None


def yes(cell: str) -> bool:
    return cell == "yes"


def several(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]


def numbers(cell: str) -> list[int]:
    return [int(part) for part in several(cell)]


def data(cell: str):
    return json.loads(cell) if cell else {}


def or_none(cell: str) -> str | None:
    return cell or None


def workspace(cell: str) -> int | None:
    return centers.Workspace.objects.values_list("pk", flat=True).get(code=cell) if cell else None


@dataclass(frozen=True)
class Sheet:
    """One file and the table it fills. ``columns`` leads from a column to its field and how a cell is read."""

    path: str
    model: type[models.Model]
    key: tuple[str, ...] = ("code",)
    columns: dict[str, tuple[str, Callable]] = field(default_factory=dict)
    term: bool = False  # the columns every code set has: code, names, aliases, order

    def rows(self) -> Iterator[dict]:
        with open(Path(settings.BASE_DIR) / self.path, encoding="utf-8", newline="") as lines:
            for place, line in enumerate(csv.DictReader(lines)):
                yield self._values(line, place)

    def _values(self, line: dict[str, str], place: int) -> dict:
        values = {name: read(line[column]) for column, (name, read) in self.columns.items()}
        if self.term:
            values |= {name: line[name] for name in ("code", *NAMES)}
            values["aliases"] = several(line.get("aliases") or "")
            values["order"] = number(line.get("order") or "") or place
        return values


def _term(path: str, model: type[models.Model], **columns) -> Sheet:
    return Sheet(path, model, columns=columns, term=True)


SHEETS = [
    _term("centers/reference/municipalities.csv", centers.Municipality, decline=("decline", text)),
    Sheet(
        "centers/reference/workspaces.csv",
        centers.Workspace,
        columns={
            "code": ("code", text),
            "kind": ("kind", text),
            "municipality": ("municipality_id", or_none),
            **{name: (name, text) for name in NAMES},
            "aliases": ("aliases", several),
            "opened_on": ("opened_on", day),
            "counts_from": ("counts_from", day),
            "ended_on": ("ended_on", day),
            "days_open": ("weekdays", numbers),
            "telephone": ("telephone", text),
            "source": ("source", text),
        },
    ),
    _term(
        "centers/reference/support_programmes.csv",
        centers.SupportProgramme,
        settlement=("settlement", yes),
        unit_project=("unit_project", text),
        operator_ko=("operator_ko", text),
        support_kind_ko=("support_kind_ko", text),
        what_ko=("what_ko", text),
    ),
    Sheet(
        "centers/reference/support_programme_years.csv",
        centers.ProgrammeYear,
        key=("programme_id", "year"),
        columns={
            "programme": ("programme_id", text),
            "year": ("year", number),
            "budget_million_won": ("budget_million_won", number),
            "state_percent": ("state_percent", number),
            "province_percent": ("province_percent", number),
            "municipality_percent": ("municipality_percent", number),
            "voucher_won": ("voucher_won", number),
            "source": ("source", text),
        },
    ),
    Sheet(
        "centers/reference/shelters.csv",
        centers.Shelter,
        key=("workspace_id",),
        columns={
            "shelter": ("workspace_id", workspace),
            "capacity_confirmed": ("capacity_confirmed", yes),
            "longest_nights": ("longest_nights", number),
            "source": ("source", text),
        },
    ),
    Sheet(
        "centers/reference/rooms.csv",
        centers.Room,
        key=("workspace_id", "code"),
        columns={"shelter": ("workspace_id", workspace), "code": ("code", text), "sex_rule": ("sex_rule", text)},
    ),
    _term("cases/reference/countries.csv", cases.Country, group=("group", text)),
    _term("cases/reference/languages.csv", cases.Language),
    _term("cases/reference/topics.csv", cases.Topic, group=("group_id", or_none)),
    _term("cases/reference/channels.csv", cases.Channel),
    _term("cases/reference/outcomes.csv", cases.Outcome),
    _term("cases/reference/callers.csv", cases.Caller),
    _term("cases/reference/interpretations.csv", cases.Interpretation),
    _term("cases/reference/relations.csv", cases.Relation),
    _term("cases/reference/sexes.csv", cases.Sex),
    _term("cases/reference/stay_reasons.csv", cases.StayReason),
    _term(
        "cases/reference/status_codes.csv",
        cases.StatusCode,
        parent=("parent_id", or_none),
        group=("group", text),
        valid_from=("valid_from", day),
        valid_to=("valid_to", day),
        restricted=("restricted", yes),
    ),
    _term(
        "visas/reference/visa_programmes.csv",
        visas.VisaProgramme,
        workspace_kind=("workspace_kind", text),
        seat_taken_at=("seat_taken_at", text),
        regional=("regional", yes),
    ),
    Sheet(
        "visas/reference/visa_programme_areas.csv",
        visas.ProgrammeArea,
        key=("programme_id", "municipality_id"),
        columns={
            "programme": ("programme_id", text),
            "municipality": ("municipality_id", text),
            "source": ("source", text),
        },
    ),
    _term("visas/reference/quota_pools.csv", visas.QuotaPool, starts_on=("starts_on", day), ends_on=("ends_on", day)),
    Sheet(
        "visas/reference/quota_entries.csv",
        visas.QuotaEntry,
        key=("pool_id", "effective_on", "amount", "document"),
        columns={
            "pool": ("pool_id", text),
            "effective_on": ("effective_on", day),
            "amount": ("amount", number),
            "document": ("document", text),
        },
    ),
    Sheet(
        "visas/reference/voucher_budgets.csv",
        visas.VoucherBudget,
        key=("municipality_id", "year"),
        columns={
            "municipality": ("municipality_id", text),
            "year": ("year", number),
            "amount_won": ("amount_won", number),
            "source": ("source", text),
        },
    ),
    _term(
        "kpi/reference/indicators.csv",
        kpi.Indicator,
        **{f"unit_{language}": (f"unit_{language}", text) for language in ("ko", "en", "vi", "zh_hans")},
        kind_ko=("kind_ko", text),
        weight=("weight", number),
        formula_ko=("formula_ko", text),
        rationale_ko=("rationale_ko", text),
        data_source_ko=("data_source_ko", text),
    ),
    Sheet(
        "kpi/reference/targets.csv",
        kpi.Target,
        key=("indicator_id", "year"),
        columns={
            "indicator": ("indicator_id", text),
            "year": ("year", number),
            "value": ("value", number),
            "source": ("source", text),
        },
    ),
    Sheet(
        "kpi/reference/printed_results.csv",
        kpi.PrintedResult,
        key=("indicator_id", "year"),
        columns={
            "indicator": ("indicator_id", text),
            "year": ("year", number),
            "value": ("value", number),
            "source": ("source", text),
        },
    ),
    _term(
        "kpi/reference/counting_rules.csv",
        kpi.CountingRule,
        indicator=("indicator_id", text),
        **{f"text_{language}": (f"text_{language}", text) for language in ("ko", "en", "vi", "zh_hans")},
        reading=("reading", text),
        parameters=("parameters", data),
        version=("version", number),
        document=("document", text),
        is_default=("default", yes),
    ),
    Sheet(
        "kpi/reference/rule_examples.csv",
        kpi.RuleExample,
        key=("rule_id", "number"),
        columns={
            "rule": ("rule_id", text),
            "number": ("number", number),
            **{f"title_{language}": (f"title_{language}", text) for language in ("ko", "en", "vi", "zh_hans")},
            "given": ("given", data),
            "expected": ("expected", number),
        },
    ),
]


@transaction.atomic
def load_reference_data() -> dict[str, tuple[int, int]]:
    """Bring the tables to what the files say. Returns for each file how many rows were new and how many changed."""
    done = {sheet.path: _load(sheet) for sheet in SHEETS}
    _load_beds()
    _load_pool_programmes()
    return done


def _load(sheet: Sheet) -> tuple[int, int]:
    known = {tuple(getattr(row, name) for name in sheet.key): row for row in sheet.model.objects.all()}
    new = changed = 0
    for values in sheet.rows():
        row = known.get(tuple(values[name] for name in sheet.key))
        if row is None:
            sheet.model(**values).save(force_insert=True)
            new += 1
            continue
        different = [name for name, value in values.items() if getattr(row, name) != value]
        if different:
            for name in different:
                setattr(row, name, values[name])
            # Only these: a trigger keeps counters on the same rows.
            row.save(update_fields=[*different, *({"name"} if "name_ko" in different else ())])
            changed += 1
    return new, changed


def _load_beds() -> None:
    rooms = {(room.workspace.code, room.code): room for room in centers.Room.objects.select_related("workspace")}
    sheet = Sheet(
        "centers/reference/beds.csv",
        centers.Bed,
        columns={
            "shelter": ("shelter", text),
            "room": ("room", text),
            "code": ("code", text),
            "in_service_from": ("in_service_from", day),
            "in_service_to": ("in_service_to", day),
        },
    )
    for values in sheet.rows():
        room = rooms[values.pop("shelter"), values.pop("room")]
        service = {name: values[name] for name in ("in_service_from", "in_service_to")}
        bed, new = centers.Bed.objects.get_or_create(room=room, code=values["code"], defaults=service)
        if not new and any(getattr(bed, name) != value for name, value in service.items()):
            centers.Bed.objects.filter(pk=bed.pk).update(**service)


def _load_pool_programmes() -> None:
    sheet = Sheet(
        "visas/reference/quota_pools.csv",
        visas.PoolProgramme,
        columns={"code": ("pool", text), "programmes": ("programmes", several)},
    )
    for values in sheet.rows():
        for programme in values["programmes"]:
            visas.PoolProgramme.objects.get_or_create(pool_id=values["pool"], programme_id=programme)
