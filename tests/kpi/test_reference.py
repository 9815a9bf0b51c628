"""The reference data: loaded from files that a person corrects, as often as one likes."""

import csv
import shutil

import pytest

from centers.models import Workspace
from kpi.services.reference import LEDGER, load_reference_data
from kpi.services.reference_sheets import SHEETS, WrongReference
from tests import databases
from tests.make import everywhere, make_visa_case
from visas.models import QuotaPool


@pytest.fixture
def files(committed, tmp_path, settings):
    """A copy of the files that a test may correct; the loader runs as the owner, as ``prepare`` does."""
    for sheet in {*(sheet.path for sheet in SHEETS), "centers/reference/beds.csv", LEDGER}:
        (tmp_path / sheet).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(settings.BASE_DIR / sheet, tmp_path / sheet)
    settings.BASE_DIR = tmp_path
    return tmp_path


def correct(path, column: str, code: str, value: str) -> None:
    with open(path, encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        if next(iter(row.values())) == code:
            row[column] = value
    with open(path, "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def load(committed) -> tuple[int, int]:
    databases.use(committed, owner=True)
    done = load_reference_data()
    databases.use(committed)
    return sum(new for new, _changed in done.values()), sum(changed for _new, changed in done.values())


class ReferenceDataTests:
    def test_loading_again_changes_nothing(self, files, committed):
        assert load(committed) == (0, 0)

    def test_a_corrected_cell_is_taken_over_and_nothing_else(self, files, committed):
        correct(files / "centers/reference/workspaces.csv", "name_ko", "52140-c1", "익산시 데모센터")
        assert load(committed) == (0, 1)
        assert Workspace.objects.get(code="52140-c1").name_ko == "익산시 데모센터"

    def test_a_corrected_quota_keeps_its_count(self, files, committed):
        with everywhere():
            make_visa_case(recommended_on="2025-04-01")
        correct(files / "visas/reference/quota_pools.csv", "name_en", "e74-2025", "Corrected")
        assert load(committed) == (0, 1)
        assert QuotaPool.objects.get(pk="e74-2025").taken == 1

    def test_a_corrected_quota_is_a_line_of_the_difference(self, files, committed):
        path = files / LEDGER
        for number, capacity in ((671, 671), (672, 672), (660, 660)):
            correct(path, "amount", "d2-2025-2026", str(number))
            assert load(committed) == (0, 1)
            assert QuotaPool.objects.get(pk="d2-2025-2026").capacity == capacity
        with open(path, "a", encoding="utf-8") as lines:
            lines.write("e74-2025,2025-12-15,5,문서-1,\n")
        assert load(committed) == (1, 0)
        assert QuotaPool.objects.get(pk="e74-2025").capacity == 485
        assert load(committed) == (0, 0)

    def test_a_wrong_cell_is_told_by_its_line(self, files, committed):
        correct(files / "centers/reference/workspaces.csv", "counts_from", "52110-c1", "어제")
        with pytest.raises(WrongReference, match=r"workspaces\.csv, line \d+"):
            load(committed)
        databases.use(committed)
