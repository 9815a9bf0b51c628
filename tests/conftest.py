import os
import shutil

import pytest

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


def pytest_configure(config):
    """The catalogues, compiled once, before any worker reads them."""
    if not hasattr(config, "workerinput"):
        from accounts.catalogues import compile_catalogues

        compile_catalogues()


def pytest_collection_modifyitems(items):
    """A machine without a browser runs all else; where everything has to run, nothing is left out."""
    if os.environ.get("CI") or shutil.which("chromium"):
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="there is no Chromium; on Debian: apt-get install chromium"))


def pytest_sessionfinish(session):
    """Where everything has to run, a skipped test is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("A test was skipped, and here none may be.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """A database of this worker's own. The tests run as the application, behind the second wall."""
    from django.db import connections

    from tests import databases

    name = f"settlement_worker_{WORKER}"
    with django_db_blocker.unblock():
        databases.clone(name)
        databases.use(name)
        yield
        connections.close_all()
        databases.discard(name)


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """A database of the test's own, where transactions really commit. Gives its name."""
    from django.db import connections

    from tests import databases

    name = f"settlement_committed_{WORKER}"
    with django_db_blocker.unblock():
        databases.clone(name)
        databases.use(name)
        yield name
        connections.close_all()
        databases.use(f"settlement_worker_{WORKER}")
        databases.discard(name)


@pytest.fixture(autouse=True)
def no_leftovers():
    """A scope, a language or the code sets of one test never reach the next."""
    from django.utils import translation

    from centers.models.codes import forget_kept_rows

    yield
    translation.deactivate()
    forget_kept_rows()
