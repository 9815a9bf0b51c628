"""Loads the reference data from the CSV files in each app's ``reference/`` folder.

The files are what a person reads and corrects; loading them again changes what differs and nothing else.
A row taken out of a file stays in the database, since records may point to it.
"""

from collections import Counter
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Sum

from centers import models as centers
from kpi.services.reference_sheets import SHEETS, Sheet, day, lines_of, several
from visas import models as visas
from visas.decisions import ALL
from visas.services.quota import Move, write_entry


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
    for values in _left_to_the_file(sheet):
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


def _left_to_the_file(sheet: Sheet) -> Iterator[dict]:
    """The rows of a file without what the province has decided since."""
    decided = (
        set(visas.Decision.objects.filter(book=sheet.book).values_list("key", flat=True)) if sheet.book else set()
    )
    for values in sheet.rows():
        if not decided.intersection({values.get(sheet.of_row), ALL}):
            yield values
        elif sheet.decided:
            yield {name: value for name, value in values.items() if name not in sheet.decided}


LEDGER = "visas/reference/quota_entries.csv"


def _load_ledger() -> tuple[int, int]:
    """The ledger of the quotas is added to and never changed: a corrected number is a line of the difference."""
    new = changed = 0
    stated, told = Counter(), {}
    for line in lines_of(LEDGER):
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
    for line in lines_of("centers/reference/beds.csv"):
        service = {name: day(line[name]) for name in ("in_service_from", "in_service_to")}
        room = rooms[line["shelter"], line["room"]]
        bed, new = centers.Bed.objects.get_or_create(room=room, code=line["code"], defaults=service)
        if not new and any(getattr(bed, name) != value for name, value in service.items()):
            centers.Bed.objects.filter(pk=bed.pk).update(**service)


def _load_pool_programmes() -> None:
    for line in lines_of("visas/reference/quota_pools.csv"):
        for programme in several(line["programmes"]):
            visas.PoolProgramme.objects.get_or_create(pool_id=line["code"], programme_id=programme)
