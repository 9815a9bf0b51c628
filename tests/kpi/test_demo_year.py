"""The demo workbook through import and roll-up, against a count of the same rows in plain Python."""

from datetime import date
from pathlib import Path

import pytest

from kpi.rollup import roll_up
from kpi.services.verification import verify
from tests.make import everywhere
from tests.oracle import expected_rollup, load_codes
from workbook.services import import_workbook

ROOT = Path(__file__).parents[2]
CENTRES = ROOT / "tests" / "data" / "centres.xlsx"


@pytest.fixture
def demo_year(committed):
    outcome = import_workbook(CENTRES)
    assert not outcome.refused
    return outcome


class DemoYearTests:
    def test_every_figure_is_what_counting_by_hand_gives(self, demo_year):
        codes = load_codes(ROOT)
        for year, day in [
            (2025, None), (2025, date(2025, 1, 1)), (2025, date(2025, 7, 15)), (2025, date(2025, 12, 30)),
            (2024, None), (2026, None), (1999, None),
        ]:  # fmt: skip
            with everywhere():
                answer = roll_up(year, as_of=day)
            assert answer == expected_rollup(CENTRES, year, as_of=day, codes=codes), (year, day)
        with everywhere():
            assert not verify().differences
