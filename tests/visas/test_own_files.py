"""A centre knows by its own file whose voucher, check or question another office keeps."""

import csv
import io
from datetime import date

import pytest

from centers.exports.run import folder, run_export
from centers.exports.sealed import SealedReader
from centers.models import Export, Role
from centers.scope import set_scope
from centers.selectors import scope_of
from tests.make import (
    DAY,
    make_check,
    make_client,
    make_dependant_question,
    make_export,
    make_user,
    make_visa_case,
    make_voucher,
)

pytestmark = pytest.mark.django_db
NAME = "DEMO NGUYEN VAN AN"
PERMIT = {"recommended_on": DAY, "letter_number": "1", "granted_on": date(2025, 3, 4)}


@pytest.fixture
def file():
    """That of the office, on which the records hang; the centre has one of its own of the same person."""
    file = make_client("52140-office", name="OFFICE NAME")
    make_client("52110-c1", person=file.person_id, name=NAME)
    return file


@pytest.fixture
def counsellor(client):
    user = make_user(Role.COUNSELLOR, official=False)
    client.force_login(user)
    return user


def told(browser, address: str) -> str:
    return browser.get(address).content.decode()


@pytest.mark.usefixtures("counsellor")
class CentreTests:
    def test_a_voucher(self, client, file):
        voucher = make_voucher(client=file)
        for address in ("/visas/vouchers/", voucher.get_absolute_url()):
            page = told(client, address)
            assert NAME in page and "OFFICE NAME" not in page, address

    def test_a_check(self, client, file):
        check = make_check(make_visa_case("F-2-R", client=file, **PERMIT))
        for address in ("/visas/checks/", check.get_absolute_url()):
            assert NAME in told(client, address), address

    def test_a_question_about_a_dependant(self, client, file):
        question = make_dependant_question(make_visa_case("F-2-R", client=file, **PERMIT))
        make_client("52110-c1", person=question.person_id, name="DEMO DEPENDANT")
        assert "DEMO DEPENDANT" in told(client, "/visas/questions/")

    def test_someone_of_whom_it_has_no_file_is_not_named(self, client, file):
        make_voucher(client=make_client("52140-office", name="STRANGER"))
        assert "STRANGER" not in told(client, "/visas/vouchers/")


def test_the_file_that_is_taken_away_says_who_it_is(file, counsellor, settings, tmp_path):
    settings.EXPORT_FOLDER = tmp_path / "exports"
    make_voucher(client=file)
    export = make_export(counsellor, listing="vouchers")
    run_export(export.pk, counsellor.pk)
    set_scope(scope_of(counsellor))
    export = Export.objects.get(pk=export.pk)
    with SealedReader(folder() / export.file, export.file) as source:
        rows = list(csv.reader(io.StringIO(source.read().decode("utf-8-sig"))))
    assert NAME in rows[1]
