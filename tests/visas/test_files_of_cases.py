"""The province reads the files of those with a visa case: names and household, and nothing of others."""

from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.urls import reverse

from cases.models import Client, ClientName, FamilyLink, Household, Identifier
from centers.models import Role
from centers.scope import set_scope
from centers.selectors import scope_of
from tests.make import (
    everywhere,
    make_client,
    make_contact,
    make_dependant,
    make_user,
    make_visa_case,
    place,
)
from visas.models import VisaCase

pytestmark = pytest.mark.django_db
OFFICE = "52140-office"
TABLES = (
    "cases_client",
    "cases_clientname",
    "cases_contact",
    "cases_identifier",
    "cases_household",
    "cases_familylink",
)


@contextmanager
def as_province():
    viewer = make_user(Role.PROVINCE_STAFF, "52-office")
    with transaction.atomic():
        set_scope(scope_of(viewer))
        yield viewer


def number_client(client: Client) -> None:
    with everywhere():
        Identifier.objects.create(
            workspace_id=client.workspace_id, client=client, kind="passport", ciphertext=b"x", digest=b"%d" % client.pk
        )


def rows_open() -> dict[str, int]:
    """How many rows of each table the database shows to the running scope."""
    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            (found[table],) = cursor.fetchone()
        return found


def file_of_a_case(**fields) -> Client:
    file = make_client(OFFICE, name="DEMO TRAN THI BINH")
    make_visa_case(client=file, **fields)
    return file


def shared(client: Client) -> list[int]:
    with everywhere():
        return Client.objects.get(pk=client.pk).shared_with


def test_names_are_read_with_the_file_and_numbers_are_not():
    file, other = file_of_a_case(), make_client(OFFICE)
    for client in (file, other):
        make_contact(client, "010-0000-0000")
        number_client(client)
    with as_province() as viewer:
        assert rows_open() == dict.fromkeys(TABLES, 0) | {"cases_client": 1, "cases_clientname": 1}
        assert [name.text for name in ClientName.objects.visible_to(viewer)] == ["DEMO TRAN THI BINH"]


def test_who_came_with_them_is_read_with_them():
    file = file_of_a_case()
    dependant, elsewhere = make_dependant(file), make_dependant(make_client(OFFICE))
    with as_province() as viewer:
        assert list(FamilyLink.objects.visible_to(viewer)) == list(FamilyLink.objects.all()) == [dependant]
        assert list(Household.objects.visible_to(viewer)) == list(Household.objects.all()) == [dependant.household]
        assert set(Client.objects.visible_to(viewer)) == {file, dependant.client}
        assert ClientName.objects.filter(client=dependant.client).count() == 1
        assert not ClientName.objects.filter(client=elsewhere.client).exists()


def test_a_dependant_is_read_from_the_case_on_and_no_longer_than_the_household():
    principal = make_client(OFFICE)
    link = make_dependant(principal)
    province = [place("52-office").pk]
    assert shared(link.client) == []
    make_visa_case(client=principal)
    assert shared(link.client) == province
    other = make_client(OFFICE)
    with everywhere():
        link.client, link.person_id = other, other.person_id
        link.save()
    assert shared(other) == province
    with everywhere(), connection.cursor() as cursor:
        cursor.execute("SELECT client_id FROM cases_familylink")
        assert cursor.fetchall() == [(other.pk,)]


def test_the_file_of_a_centre_stays_the_centre_s():
    """The household that a centre keeps of the same people is not the one of the case."""
    file = file_of_a_case()
    there = make_client("52110-c1", person=file.person_id)
    link = make_dependant(there)
    assert shared(there) == shared(link.client) == []


@pytest.mark.parametrize(("role", "at"), [(Role.CITY_OFFICER, "52110-office"), (Role.COUNSELLOR, "52110-c1")])
def test_nobody_else_reads_them(role, at):
    file = file_of_a_case()
    make_dependant(file)
    viewer = make_user(role, at)
    with transaction.atomic():
        set_scope(scope_of(viewer))
        assert rows_open() == dict.fromkeys(TABLES, 0)
        assert not ClientName.objects.visible_to(viewer).exists()


class PageTests:
    @pytest.fixture(autouse=True)
    def made(self, client):
        self.file = file_of_a_case()
        self.link = make_dependant(self.file)
        with everywhere():
            self.case = VisaCase.objects.get(client=self.file)
            self.link.client.names.update(text="DEMO BAN DI CUNG")
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))

    @pytest.mark.parametrize("page", ["visas:board", "visas:cases", "cases:clients"])
    def test_lists_and_board_say_who_it_is(self, client, page):
        assert "DEMO TRAN THI BINH" in client.get(reverse(page)).content.decode()

    def test_the_case_and_the_file_say_who_it_is_and_who_came_with_them(self, client):
        for page in (self.case, self.file):
            told = client.get(page.get_absolute_url()).content.decode()
            assert "DEMO TRAN THI BINH" in told and "DEMO BAN DI CUNG" in told

    def test_the_search_finds_them(self, client):
        told = client.post(reverse("cases:search"), {"q": "TRAN THI"}).content.decode()
        assert "DEMO TRAN THI BINH" in told
