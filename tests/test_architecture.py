"""What no reviewer has to look for: who imports whom, where rows are read, how work is queued, how long a file is."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ORDER = ["accounts", "audit", "centers", "cases", "visas", "kpi", "workbook", "demo"]
INTERFACE = {"views", "urls", "management"}
LONGEST = 500
# The one place that queues work: after the commit, and so that a broker that is down costs nothing but time.
QUEUE = {"accounts/queue.py"}
MODULES = [
    path for app in [*ORDER, "config"] for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts
]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def interface(path: Path) -> bool:
    return bool(INTERFACE & {*path.relative_to(ROOT).parts, path.stem})


@pytest.mark.parametrize("app", ORDER)
def test_core_modules_import_only_from_apps_to_the_left(app):
    right = set(ORDER[ORDER.index(app) + 1 :])
    wrong = {
        name(path): found
        for path in sorted((ROOT / app).rglob("*.py"))
        if not interface(path) and (found := {module for module in imports(path) if module.split(".")[0] in right})
    }
    assert wrong == {}


PEOPLE = (
    "AccessEntry|Activity|AskedElsewhere|AuditEntry|CaseBatch|CaseFact|CaseStep|Client|ClientMerge|ClientName|Contact|"
    "DuplicateCandidate|Enrolment|FamilyLink|Household|Identifier|MonthReview|PutOff|ReviewFinding|Session|"
    "SessionClient|SessionIssue|StatusChange|Stay|StayLeave|VisaCase|Voucher"
)
READS_ROWS = re.compile(rf"\b(?:{PEOPLE})\.objects\.(?!visible_to\()")


def test_a_view_reads_people_only_as_far_as_its_user_may():
    views = [path for path in MODULES if "views" in {*path.parts, path.stem}]
    wrong = {name(path): found for path in views if (found := READS_ROWS.findall(path.read_text()))}
    assert wrong == {}


def test_work_is_queued_in_one_place():
    pattern = re.compile(r"\.(?:delay|apply_async|delay_on_commit|send_task)\(")
    found = {name(path) for path in MODULES if pattern.search(path.read_text())}
    assert found <= QUEUE


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_read_in_one_sitting(path):
    assert path.read_text().count("\n") <= LONGEST


def test_money_and_counts_are_whole():
    assert {name(path) for path in MODULES if "FloatField" in path.read_text()} == set()


def test_a_day_is_a_day_in_seoul():
    pattern = re.compile(r"date\.today\(|datetime\.now\(|utcnow\(|CURRENT_DATE|current_date")
    assert {name(path) for path in MODULES if pattern.search(path.read_text())} == set()


def test_no_migration_counts_days_of_its_own():
    migrations = [path for app in ORDER for path in (ROOT / app / "migrations").glob("*.py")]
    assert {name(path) for path in migrations if "current_date" in path.read_text().lower()} == set()
