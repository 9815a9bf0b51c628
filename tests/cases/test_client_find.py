"""Whom a session is with, found on its page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from centers.models import Role
from tests.make import make_client, make_contact, make_number, make_user, name_client

pytestmark = pytest.mark.django_db
FIND = "/clients/find/"


@pytest.fixture
def found(client):
    """A function that looks for a text as a counsellor of 52110-c1: the ids, and which of them are exact."""
    client.force_login(make_user(Role.COUNSELLOR))

    def find(text: str) -> dict[int, bool]:
        answer = client.post(FIND, {"q": text})
        assert answer.status_code == 200
        return {entry["client"].pk: entry["exact"] for entry in answer.context["found"]}

    return find


def test_the_whole_name_is_exact_and_a_part_of_it_is_not(found):
    one, other = make_client(name="NGUYEN VAN AN"), make_client(name="NGUYEN VAN ANH")
    name_client(one, "응우옌 반 안")
    assert found("nguyễn văn an") == {one.pk: True, other.pk: False}
    assert found("응우옌반안") == {one.pk: True, other.pk: False}
    assert found("NGUYEN") == {one.pk: False, other.pk: False}


def test_a_whole_name_as_on_a_passport_is_exact(found):
    person, other = make_client(name="NGUYEN THI PHUONG LINH"), make_client(name="NGUYEN THI PHUONG LINHA")
    assert found("NGUYEN<<THI<PHUONG<LINH") == {person.pk: True, other.pk: False}


def test_a_name_of_one_letter_is_exact(found):
    person, other = make_client(name="金"), make_client(name="金龙")
    assert found("金") == {person.pk: True, other.pk: False}


def test_a_korean_reading_is_not_exact_since_several_signs_are_read_so(found):
    person = make_client(name="李明花")
    assert found("이명화") == {person.pk: False}
    assert found("李明花") == {person.pk: True}


@pytest.mark.parametrize("text", ["p0948", "P0948", "900304-5123456", "9003045123456"])
def test_a_whole_number_of_the_state_is_exact(found, text):
    person = make_client()
    make_number(person, "passport", "P0948")
    make_number(person, "registration", "900304-5123456")
    assert found(text) == {person.pk: True}


@pytest.mark.parametrize("text", ["+82 10-0000-1234", "821000001234", "0082 10 0000 1234", "０１０００００１２３４"])
def test_a_whole_telephone_is_exact_in_each_of_its_forms(found, text):
    person = make_client()
    make_contact(person, "010-0000-1234")
    assert found(text) == {person.pk: True}


def test_two_of_one_name_are_both_exact(found):
    pair = {make_client(name="KIM MIN").pk, make_client(name="KIM MIN").pk}
    assert found("kim min") == dict.fromkeys(pair, True)


def test_a_number_and_a_whole_telephone_are_exact(found):
    person = make_client(ref="C-17")
    make_contact(person, "010-0000-1234")
    assert found("C-17") == found("c-17") == {person.pk: True}
    assert found("01000001234") == {person.pk: True}
    assert found("1234") == {person.pk: False}


@pytest.mark.parametrize("text", ["", "x", "\x00\x00", "!" * 200, "nobody at all"])
def test_nothing_is_found_for_nothing(found, text):
    make_client(name="NGUYEN VAN AN")
    assert found(text) == {}


def test_tells_apart_and_says_no_more(client, found):
    make_client(name="KIM MIN", nationality_id="VN", birth_date="1990-05-04", ref="C-17")
    page = client.post(FIND, {"q": "KIM"}).content.decode()
    assert "1990" in page
    assert "1990-05" not in page
    assert "C-17" in page


def test_a_client_of_another_centre_is_not_found(found):
    make_client("52130-c1", name="KIM MIN")
    assert found("kim min") == {}


def test_asks_as_often_for_many_as_for_one(client, found):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.post(FIND, {"q": text})
        return len(caught)

    text = "01000001234"
    make_contact(make_client(name="KIM MIN"), text)
    queries()
    one = queries()
    for _ in range(5):
        make_contact(make_client(name="KIM MIN"), text)
    assert queries() == one
