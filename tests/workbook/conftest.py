import pytest

from tests.make import everywhere
from tests.workbook.files import workbook
from workbook.services import import_workbook


@pytest.fixture
def province(db):
    """The whole province, for the length of the test."""
    with everywhere():
        yield


@pytest.fixture
def bring(tmp_path):
    """Write a workbook of these sheets and import it. Whether it is refused has to be said."""
    made = []

    def bring(*, refused=False, name=None, **options):
        sheets = {key: options.pop(key) for key in list(options) if isinstance(options[key], list)}
        made.append(name)
        outcome = import_workbook(workbook(tmp_path / (name or f"{len(made)}.xlsx"), **sheets), **options)
        assert outcome.refused == refused, [str(problem) for problem in outcome.problems.errors]
        return outcome

    return bring


@pytest.fixture
def load(province, bring):
    """``bring``, within the test's transaction."""
    return bring
