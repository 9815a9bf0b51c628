"""Loads the reference data from the CSV files in each app's ``reference/`` folder.

The files are what a person reads and corrects; loading them again changes what differs and nothing else.
A row taken out of a file stays in the database, since records may point to it.
"""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import models, transaction
from django.db.models import Sum

from cases import models as cases
from centers import models as centers
from kpi import models as kpi
from visas import models as visas
from visas.services.quota import Move, write_entry

NAMES = ("name_ko", "name_en", "name_vi", "name_zh_hans")


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


class WrongReference(ValueError):
    """A cell of a reference file cannot be read. Its text says which line."""


@dataclass(frozen=True)
class Sheet:
    """One file and the table it fills: how each column is read, and into which field where that is named otherwise.

    ``term``: the file has the columns every code set has: code, names, aliases, order. ``kept_if`` is a field that has
    a value where a person has changed the row since: it stays as it is.
    """

    path: str
    model: type[models.Model]
    key: tuple[str, ...]
    columns: dict[str, Callable]
    fields: dict[str, str] = field(default_factory=dict)
    term: bool = False
    kept_if: str = ""

    def rows(self) -> Iterator[dict]:
        for place, line in enumerate(_lines(self.path)):
            try:
                yield self._values(line, place)
            except (ValueError, TypeError, KeyError, centers.Workspace.DoesNotExist) as error:
                raise WrongReference(f"{self.path}, line {place + 2}: {error}. Correct the cell.") from error

    def _values(self, line: dict[str, str], place: int) -> dict:
        values = {self.field(column): read(line[column]) for column, read in self.columns.items()}
        if self.term:
            values |= {name: line[name] for name in ("code", *NAMES)}
            values["aliases"] = several(line.get("aliases") or "")
            values["order"] = number(line.get("order") or "") or place
        return values

    def field(self, column: str) -> str:
        """The model's field; for a key, the one that holds the code."""
        return self.model._meta.get_field(self.fields.get(column, column)).attname


def _term(
    path: str, model: type[models.Model], fields: dict[str, str] | None = None, kept_if: str = "", **columns
) -> Sheet:
    return Sheet(path, model, ("code",), columns, fields or {}, term=True, kept_if=kept_if)


def _sheet(
    path: str, model: type[models.Model], key: str, fields: dict[str, str] | None = None, kept_if: str = "", **columns
) -> Sheet:
    return Sheet(path, model, tuple(key.split()), columns, fields or {}, kept_if=kept_if)


def _in_each_language(name: str) -> dict[str, Callable]:
    return {f"{name}_{language}": text for language in ("ko", "en", "vi", "zh_hans")}


SHEETS = [
    _term("centers/reference/municipalities.csv", centers.Municipality, decline=text),
    _sheet(
        "centers/reference/workspaces.csv",
        centers.Workspace,
        "code",
        {"days_open": "weekdays"},
        code=text,
        kind=text,
        municipality=or_none,
        **_in_each_language("name"),
        aliases=several,
        opened_on=day,
        counts_from=day,
        ended_on=day,
        days_open=numbers,
        telephone=text,
        source=text,
    ),
    _term(
        "centers/reference/support_programmes.csv",
        centers.SupportProgramme,
        settlement=yes,
        unit_project=text,
        operator_ko=text,
        support_kind_ko=text,
        what_ko=text,
    ),
    _sheet(
        "centers/reference/support_programme_years.csv",
        centers.ProgrammeYear,
        "programme_id year",
        programme=text,
        year=number,
        budget_million_won=number,
        state_percent=number,
        province_percent=number,
        municipality_percent=number,
        voucher_won=number,
        source=text,
    ),
    _sheet(
        "centers/reference/shelters.csv",
        centers.Shelter,
        "workspace_id",
        {"shelter": "workspace"},
        shelter=workspace,
        capacity_confirmed=yes,
        longest_nights=number,
        source=text,
    ),
    _sheet(
        "centers/reference/rooms.csv",
        centers.Room,
        "workspace_id code",
        {"shelter": "workspace"},
        shelter=workspace,
        code=text,
        sex_rule=text,
    ),
    Sheet(
        "centers/reference/separations.csv",
        centers.Separation,
        ("code",),
        {"code": text, "one": text, "other": text}
        | _in_each_language("name")
        | {"refused": yes, "rule": text}
        | _in_each_language("reason")
        | _in_each_language("source"),
        kept_if="edited_by_id",
    ),
    _term("cases/reference/countries.csv", cases.Country, group=text),
    _term("cases/reference/languages.csv", cases.Language),
    _term("cases/reference/topics.csv", cases.Topic, group=or_none, restricted=yes, guarded=yes),
    _term("cases/reference/deadline_kinds.csv", cases.DeadlineKind, days=number, topics=several, source=text),
    _term("cases/reference/channels.csv", cases.Channel),
    _term("cases/reference/outcomes.csv", cases.Outcome),
    _term("cases/reference/callers.csv", cases.Caller),
    _term("cases/reference/interpretations.csv", cases.Interpretation),
    _term("cases/reference/urgencies.csv", cases.Urgency),
    _term("cases/reference/residences.csv", cases.Residence),
    _term("cases/reference/attachment_kinds.csv", cases.AttachmentKind, keep_days=number, restricted=yes),
    _term("cases/reference/relations.csv", cases.Relation, one_at_a_time=yes, younger_by=number),
    _term("cases/reference/sexes.csv", cases.Sex),
    _term("cases/reference/stay_reasons.csv", cases.StayReason),
    _term(
        "cases/reference/status_codes.csv",
        cases.StatusCode,
        parent=or_none,
        group=text,
        valid_from=day,
        valid_to=day,
        restricted=yes,
    ),
    _term(
        "visas/reference/visa_programmes.csv",
        visas.VisaProgramme,
        kept_if="set_at",
        workspace_kind=text,
        seat_taken_at=text,
        seat_given_back_by=several,
        regional=yes,
        from_statuses=several,
    ),
    _term(
        "visas/reference/study_permit_kinds.csv",
        visas.StudyPermitKind,
        hours=number,
        korean_level=number,
        source=text,
    ),
    _term(
        "visas/reference/study_statuses.csv",
        visas.StudyStatus,
        studying=yes,
        ends=yes,
        graduates=yes,
        departs=yes,
        report_days=number,
        follows=several,
        source=text,
    ),
    _term(
        "visas/reference/question_reasons.csv",
        visas.QuestionReason,
        asked_when=text,
        days=number,
        age=number,
        relations=several,
        source=text,
    ),
    _term("visas/reference/dependant_outcomes.csv", visas.DependantOutcome, with_note=yes, with_status=yes),
    _sheet(
        "visas/reference/visa_programme_areas.csv",
        visas.ProgrammeArea,
        "programme_id municipality_id",
        programme=text,
        municipality=text,
        source=text,
    ),
    _sheet(
        "visas/reference/visa_rules.csv",
        visas.EligibilityRule,
        "programme_id kind label valid_from",
        kept_if="entered_by_id",
        programme=text,
        kind=text,
        label=text,
        valid_from=day,
        valid_to=day,
        threshold=number,
        at_most=yes,
        area_class=text,
        one_of=text,
        pending=yes,
        text_ko=text,
        source=text,
    ),
    _sheet(
        "visas/reference/visa_points.csv",
        visas.PointItem,
        "programme_id code valid_from",
        kept_if="entered_by_id",
        programme=text,
        code=text,
        valid_from=day,
        valid_to=day,
        points=number,
        bands=several,
        at_least=number,
        text_ko=text,
        source=text,
    ),
    _sheet(
        "visas/reference/visa_papers.csv",
        visas.RequiredPaper,
        "programme_id text_ko valid_from",
        kept_if="entered_by_id",
        programme=text,
        text_ko=text,
        from_whom=text,
        valid_from=day,
        valid_to=day,
        source=text,
    ),
    _sheet(
        "visas/reference/letter_texts.csv",
        visas.LetterText,
        "programme_id",
        programme=text,
        title_ko=text,
        body_ko=text,
        signer_ko=text,
        own_letter=yes,
        source=text,
    ),
    _sheet(
        "visas/reference/obligation_rules.csv",
        visas.ObligationRule,
        "programme_id kind status_id valid_from",
        kept_if="entered_by_id",
        programme=text,
        kind=text,
        status=or_none,
        valid_from=day,
        valid_to=day,
        months=number,
        until=day,
        check_every=number,
        days_ahead=number,
        text_ko=text,
        source=text,
    ),
    _term("visas/reference/quota_pools.csv", visas.QuotaPool, kept_if="named_at", starts_on=day, ends_on=day),
    _sheet(
        "visas/reference/voucher_budgets.csv",
        visas.VoucherBudget,
        "municipality_id year",
        municipality=text,
        year=number,
        amount_won=number,
        source=text,
    ),
    _sheet(
        "visas/reference/voucher_rules.csv",
        visas.VoucherRule,
        "municipality_id year",
        municipality=text,
        year=number,
        minimum_months=number,
        source=text,
    ),
    _term(
        "kpi/reference/indicators.csv",
        kpi.Indicator,
        **_in_each_language("unit"),
        **_in_each_language("kind"),
        weight=number,
        formula_ko=text,
        rationale_ko=text,
        data_source_ko=text,
    ),
    _sheet(
        "kpi/reference/targets.csv",
        kpi.Target,
        "indicator_id year",
        indicator=text,
        year=number,
        value=number,
        source=text,
    ),
    _sheet(
        "kpi/reference/printed_results.csv",
        kpi.PrintedResult,
        "indicator_id year",
        indicator=text,
        year=number,
        value=number,
        source=text,
    ),
    _term("kpi/reference/measures.csv", kpi.Measure, {"leads_to": "path"}, leads_to=text),
    _sheet(
        "kpi/reference/published_figures.csv",
        kpi.PublishedFigure,
        "code",
        code=text,
        year=number,
        as_of=day,
        said_on=day,
        audience=text,
        value=number,
        unit_ko=text,
        wording=text,
        **_in_each_language("definition"),
        paths=data,
        source=text,
    ),
    _term(
        "kpi/reference/counting_rules.csv",
        kpi.CountingRule,
        {"is_default": "default"},
        indicator=text,
        **_in_each_language("text"),
        reading=text,
        parameters=data,
        version=number,
        document=text,
        is_default=yes,
    ),
    _sheet(
        "kpi/reference/rule_examples.csv",
        kpi.RuleExample,
        "rule_id number",
        rule=text,
        number=number,
        **_in_each_language("title"),
        given=data,
        expected=number,
    ),
]


@transaction.atomic
def load_reference_data() -> dict[str, tuple[int, int]]:
    """Bring the tables to what the files say. Returns for each file how many rows were new and how many changed."""
    done = {sheet.path: _load(sheet) for sheet in SHEETS}
    done[LEDGER] = _load_ledger()
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
        if sheet.kept_if and getattr(row, sheet.kept_if) is not None:
            continue
        different = [name for name, value in values.items() if getattr(row, name) != value]
        if different:
            for name in different:
                setattr(row, name, values[name])
            # Only these: a trigger keeps counters on the same rows.
            plain = {name.removesuffix("_ko") for name in different if name.endswith("_ko")}
            row.save(update_fields=[*different, *(plain & {each.name for each in row._meta.fields})])
            changed += 1
    return new, changed


LEDGER = "visas/reference/quota_entries.csv"


def _load_ledger() -> tuple[int, int]:
    """The ledger of the quotas is added to and never changed: a corrected number is a line of the difference."""
    new = changed = 0
    stated, told = Counter(), {}
    for line in _lines(LEDGER):
        key = line["pool"], day(line["effective_on"]), line["document"]
        stated[key] += int(line["amount"])
        told[key] = {"kind": line.get("kind") or visas.EntryKind.SUPPLEMENT, "source": line["source"]}
    for (pool, effective_on, document), amount in stated.items():
        entry = {"effective_on": effective_on, "document": document}
        loaded = {f"entry__{name}": value for name, value in entry.items()} | {"entry__entered_by": None}
        booked = visas.QuotaLine.objects.filter(pool=pool, **loaded).aggregate(total=Sum("amount"))["total"]
        difference = amount - (booked or 0)
        if difference:
            entry |= told[pool, effective_on, document]
            if booked is not None:
                entry["kind"] = visas.EntryKind.SUPPLEMENT if difference > 0 else visas.EntryKind.RETURN
            write_entry(entry, [Move(pool, difference), Move(None, -difference)])
            new, changed = new + (booked is None), changed + (booked is not None)
    return new, changed


def _load_beds() -> None:
    rooms = {(room.workspace.code, room.code): room for room in centers.Room.objects.select_related("workspace")}
    for line in _lines("centers/reference/beds.csv"):
        service = {name: day(line[name]) for name in ("in_service_from", "in_service_to")}
        room = rooms[line["shelter"], line["room"]]
        bed, new = centers.Bed.objects.get_or_create(room=room, code=line["code"], defaults=service)
        if not new and any(getattr(bed, name) != value for name, value in service.items()):
            centers.Bed.objects.filter(pk=bed.pk).update(**service)


def _load_pool_programmes() -> None:
    for line in _lines("visas/reference/quota_pools.csv"):
        for programme in several(line["programmes"]):
            visas.PoolProgramme.objects.get_or_create(pool_id=line["code"], programme_id=programme)


def _lines(path: str) -> list[dict[str, str]]:
    with open(Path(settings.BASE_DIR) / path, encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
