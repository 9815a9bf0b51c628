import os

import pytest

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


def pytest_configure(config):
    """The catalogues, compiled once, before any worker reads them."""
    if not hasattr(config, "workerinput"):
        from accounts.catalogues import compile_catalogues

        compile_catalogues()


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
    """A scope or a language of one test never reaches the next."""
    from django.utils import translation

    yield
    translation.deactivate()
