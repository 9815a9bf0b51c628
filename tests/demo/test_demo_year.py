"""The year of 2025 as the demonstration shows it: what the command rolls up is what was published."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from demo import signins
from kpi.models import Target
from tests import databases
from workbook.services import import_workbook

ROOT = Path(__file__).parents[2]
CENTRES = ROOT / "tests" / "data" / "centres.xlsx"

# Jeonbuk State's performance plan of 2025 (성과계획서, 외국인국제정책과): weights and targets by year.
WEIGHTS = {"visa-recruitment": 35, "settlement-support": 35, "sister-exchange": 30}
TARGETS = {
    "visa-recruitment": {2023: 0, 2024: 0, 2025: 200, 2026: 220, 2027: 240},
    "settlement-support": {2023: 0, 2024: 0, 2025: 5, 2026: 6, 2027: 6},
    "sister-exchange": {2023: 0, 2024: 47, 2025: 47, 2026: 47, 2027: 47},
}
SETTLEMENT_PROGRAMMES = 6  # those of the plan's unit project on settlement
# Press release of 2026-01-07 on the results of 2025.
SETTLED_WORKERS, SETTLED_DEPENDANTS, CENTRES_RUNNING, D2_CAPACITY = 611, 808, 13, 670
RECOMMENDED_WAYS = ("F-2-R", "F-4-R", "E-7-4", "E-7-4R")
# Derived, not published: one voucher of 300,000 won for each of them, 30 % of it borne by the province.
VOUCHERS = {"paid": 611, "won": 183_300_000, "province_won": 54_990_000, "municipality_won": 128_310_000}


@pytest.fixture
def demonstration(committed):
    assert not import_workbook(CENTRES).refused
    signins.take_one_centre_out()
    return committed


def rolled_up(database: str) -> dict:
    variables = {"DATABASE_URL": databases.url(database), "DATABASE_OWNER_URL": databases.url(database, owner=True)}
    done = subprocess.run(
        [sys.executable, "manage.py", "rollup_kpi", "--year", "2025", "--format", "json"],
        cwd=ROOT,
        env=os.environ | variables | {"SETTLEMENT_EMBEDDED": "1"},
        capture_output=True,
        check=True,
        timeout=120,
    )
    return json.loads(done.stdout)


class DemoYearTests:
    def test_the_command_gives_what_was_published(self, demonstration):
        answer = rolled_up(demonstration)
        visas = answer["visas"]
        assert sum(visas["by_programme"][way]["settled"] for way in RECOMMENDED_WAYS) == SETTLED_WORKERS
        assert visas["dependants_settled"] == SETTLED_DEPENDANTS
        assert answer["centres"] == {"designated": 14, "operating": CENTRES_RUNNING}
        assert {pool["code"]: pool["capacity"] for pool in answer["quotas"]}["d2-2025-2026"] == D2_CAPACITY
        assert {name: answer["vouchers"][name] for name in VOUCHERS} == VOUCHERS

    def test_the_indicators_are_those_of_the_plan(self, demonstration):
        indicators = {row["code"]: row for row in rolled_up(demonstration)["indicators"]}
        assert {code: row["weight"] for code, row in indicators.items()} == WEIGHTS
        assert {code: row["target"] for code, row in indicators.items()} == {c: t[2025] for c, t in TARGETS.items()}
        assert indicators["visa-recruitment"]["actual"] == SETTLED_WORKERS
        assert indicators["visa-recruitment"]["achievement_percent"] == 305.5
        assert indicators["settlement-support"]["actual"] == SETTLEMENT_PROGRAMMES
        assert indicators["sister-exchange"]["actual"] is None  # collected by hand, and not published

    def test_every_target_of_the_plan_is_there(self, demonstration):
        found = {code: {} for code in TARGETS}
        for target in Target.objects.all():
            found[target.indicator_id][target.year] = target.value
        assert found == TARGETS
