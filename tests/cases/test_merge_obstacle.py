"""What stands against a merge: the pair's page says it beforehand, names the two rows and what to do, and no more."""

from datetime import date

import pytest
from django.apps import apps

from cases.models import Client, ClientMerge, Household, IdentityRequest
from cases.views.merge_obstacle import ADVICE, owner_of
from centers.models import Role
from tests.make import (
    everywhere,
    make_client,
    make_dependant,
    make_pair,
    make_question,
    make_request,
    make_stay,
    make_user,
    make_visa_case,
    make_voucher,
)

pytestmark = pytest.mark.django_db
# What both files may hold once and a merge therefore leaves where it is (``wall.merge_files``).
LEFT_WHERE_IT_IS = {
    "session_client_once", "identifier_one_of_a_kind", "identifier_once", "put_off_status", "request_once",
}  # fmt: skip


def page_of(client, pair):
    return client.get(pair.get_absolute_url())


def two_cases(at: str = "52140-office", **fields):
    return [make_visa_case("F-2-R", client=make_client(at), received_on=date(2025, 3, 3), **fields) for _ in range(2)]


@pytest.fixture
def officer(client):
    user = make_user(Role.CITY_OFFICER, "52140-office")
    client.force_login(user)
    return user


class CityTests:
    def test_two_live_cases_are_named_with_what_to_do_and_no_button_is_offered(self, client, officer):
        cases = two_cases()
        pair = make_pair(*(case.client for case in cases))
        page = page_of(client, pair)
        text = page.content.decode()
        assert {row.url for row in page.context["obstacle"].rows} == {case.get_absolute_url() for case in cases}
        assert all(case.get_absolute_url() in text for case in cases)
        assert "지금은 두 기록을 합칠 수 없습니다." in text and "철회" in text
        assert f"/clients/pairs/{pair.pk}/merge/" not in text
        assert f"/clients/pairs/{pair.pk}/decide/" in text, "that they are two can still be said"

    def test_the_trial_changes_nothing(self, client, officer):
        files = [make_client("52140-office") for _ in range(2)]
        page = page_of(client, make_pair(*files))
        assert page.context["obstacle"] is None
        assert "/merge/" in page.content.decode()
        with everywhere():
            assert not ClientMerge.objects.exists()
            assert not Client.objects.filter(pk__in=[file.pk for file in files]).exclude(merged_into=None).exists()

    def test_once_one_case_is_withdrawn_the_files_can_be_one(self, client, officer):
        one, other = two_cases()
        pair = make_pair(one.client, other.client)
        with everywhere():
            type(one).objects.filter(pk=one.pk).update(withdrawn_on=date(2025, 4, 1))
        assert page_of(client, pair).context["obstacle"] is None
        client.post(f"/clients/pairs/{pair.pk}/merge/", {"keep": one.client_id})
        with everywhere():
            assert ClientMerge.objects.count() == 1

    def test_two_live_vouchers(self, client, officer):
        files = [make_client("52140-office") for _ in range(2)]
        vouchers = [make_voucher(client=file) for file in files]
        obstacle = page_of(client, make_pair(*files)).context["obstacle"]
        assert [row.url for row in obstacle.rows] == [voucher.get_absolute_url() for voucher in vouchers]
        assert obstacle.advice and not obstacle.hidden

    def test_what_lies_elsewhere_is_a_record_and_nothing_more(self, client, officer):
        one, two = (make_client("52140-office") for _ in range(2))
        mine = make_voucher(client=one)
        theirs = make_voucher("52110", client=make_client("52110-office", person=two.person_id, ref="ELSEWHERE"))
        page = page_of(client, make_pair(one, two))
        obstacle, text = page.context["obstacle"], page.content.decode()
        assert [row.url for row in obstacle.rows] == [mine.get_absolute_url()]
        assert obstacle.hidden and "열람 권한이 없는 기록" in text
        assert theirs.get_absolute_url() not in text and "ELSEWHERE" not in text

    def test_a_dependant_of_the_other(self, client, officer):
        principal = make_client("52140-office")
        link = make_dependant(principal)
        with everywhere():
            other = Client.objects.get(pk=link.client_id)
        obstacle = page_of(client, make_pair(principal, other)).context["obstacle"]
        assert [row.url for row in obstacle.rows] == [other.get_absolute_url()]
        assert not obstacle.hidden

    def test_two_dependants_of_one_household(self, client, officer):
        principal = make_client("52140-office")
        links = [make_dependant(principal) for _ in range(2)]
        with everywhere():
            assert Household.objects.count() == 1
            files = [Client.objects.get(pk=link.client_id) for link in links]
        assert len(page_of(client, make_pair(*files)).context["obstacle"].rows) == 2

    def test_a_centre_reads_what_an_office_keeps_of_its_clients_and_not_the_file_there(self, client):
        files = [make_client() for _ in range(2)]
        for file in files:
            make_voucher("52110", client=make_client("52110-office", person=file.person_id, ref="AT-THE-OFFICE"))
        client.force_login(make_user(Role.COUNSELLOR, official=False))
        page = page_of(client, make_pair(*files))
        assert len(page.context["obstacle"].rows) == 2
        assert "AT-THE-OFFICE" not in page.content.decode()

    def test_of_a_pair_told_apart_nothing_is_tried(self, client, officer):
        pair = make_pair(*(case.client for case in two_cases()), state="different")
        assert page_of(client, pair).context["obstacle"] is None


def test_two_stays_on_one_night_in_a_shelter(client):
    files = [make_client("52110-s1", sex_id="male") for _ in range(2)]
    stays = [
        make_stay(client=file, bed_code=str(number), checked_in_on=date(2025, 3, 2 + number), checked_out_on=end)
        for number, (file, end) in enumerate(zip(files, (date(2025, 3, 9), None), strict=True), start=1)
    ]
    earlier = make_stay(client=files[1], checked_in_on=date(2025, 1, 2), checked_out_on=date(2025, 1, 5))
    client.force_login(make_user(Role.SHELTER_OPERATOR, "52110-s1"))
    page = page_of(client, make_pair(*files))
    assert [row.url for row in page.context["obstacle"].rows] == [stay.get_absolute_url() for stay in stays]
    assert earlier.get_absolute_url() not in page.content.decode()
    assert "2025-03-03 – 2025-03-09" in page.content.decode()


def test_two_files_about_which_another_centre_asks_at_once_can_be_one(client):
    question = make_question(make_client("52130-c1"))
    files = [make_client() for _ in range(2)]
    for file in files:
        make_request(file, question)
    client.force_login(make_user(Role.COUNSELLOR, official=False))
    pair = make_pair(*files)
    assert page_of(client, pair).context["obstacle"] is None
    client.post(f"/clients/pairs/{pair.pk}/merge/", {"keep": files[0].pk})
    with everywhere():
        assert ClientMerge.objects.count() == 1
        assert IdentityRequest.objects.count() == 2


def test_each_rule_that_gives_one_person_or_file_one_of_something_has_its_advice():
    rules = {
        constraint.name
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if not model._meta.label.endswith("Event") and owner_of(constraint)
    }
    assert rules == ADVICE.keys() | LEFT_WHERE_IT_IS


def test_a_refusal_that_came_between_leads_to_the_two_rows(client, officer):
    """The page offered the merge, and a second case was received before the button was pressed."""
    one = make_visa_case("F-2-R", client=make_client("52140-office"), received_on=date(2025, 3, 3))
    other = make_client("52140-office")
    pair = make_pair(one.client, other)
    assert page_of(client, pair).context["obstacle"] is None
    make_visa_case("F-2-R", client=other, received_on=date(2025, 3, 4))
    answer = client.post(f"/clients/pairs/{pair.pk}/merge/", {"keep": other.pk}, follow=True)
    assert len(answer.context["obstacle"].rows) == 2
