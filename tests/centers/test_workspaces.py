"""Each tab works in the workspace of its address."""

from datetime import date, timedelta

import pytest
from django.urls import get_script_prefix
from django.utils import timezone

from centers.models import Membership, Role
from centers.services.membership import grant_role
from tests.make import make_session, make_user, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def of_two(client):
    user = make_user(Role.COUNSELLOR, "52110-c1")
    granter = make_user()
    grant_role(user=user, workspace=place("52130-c1"), role=Role.COUNSELLOR, actor=granter)
    make_session("52110-c1", counsellor_name="jeonju", held_on=date(2025, 3, 3))
    make_session("52130-c1", counsellor_name="gunsan", held_on=date(2025, 3, 4))
    client.force_login(user)
    return user


def counsellors(answer) -> list[str]:
    return [row.counsellor_name for row in answer.context["shown"].page]


class WorkspaceTests:
    def test_an_address_below_a_workspace_shows_that_workspace_alone(self, client, of_two):
        assert counsellors(client.get("/at/52110-c1/sessions/")) == ["jeonju"]
        assert counsellors(client.get("/at/52130-c1/sessions/")) == ["gunsan"]
        assert counsellors(client.get("/sessions/")) == ["gunsan", "jeonju"]

    def test_its_links_stay_below_it(self, client, of_two):
        text = client.get("/at/52110-c1/sessions/").content.decode()
        assert 'href="/at/52110-c1/sessions/' in text
        assert 'href="/sessions/' not in text
        assert get_script_prefix() == "/"

    def test_files_of_the_site_stay_where_they_are(self, client, of_two):
        assert 'href="/static/' in client.get("/at/52110-c1/sessions/").content.decode()

    def test_a_record_of_another_workspace_is_not_there(self, client, of_two):
        other = make_session("52130-c1")
        assert client.get(f"/at/52130-c1/sessions/{other.pk}/").status_code == 200
        assert client.get(f"/at/52110-c1/sessions/{other.pk}/").status_code == 404

    def test_a_workspace_one_has_left_says_so_and_leads_back(self, client, of_two):
        yesterday = timezone.localdate() - timedelta(days=1)
        Membership.objects.filter(user=of_two, workspace=place("52130-c1")).update(
            starts_on=yesterday, ends_on=yesterday
        )
        answer = client.get("/at/52130-c1/sessions/")
        assert answer.status_code == 403
        text = answer.content.decode()
        assert "52130-c1" in text
        assert 'href="/at/' not in text
        assert get_script_prefix() == "/"

    @pytest.mark.parametrize("code", ["52110-c9", "nowhere", "52140-c1"])
    def test_a_workspace_that_is_none_of_mine_answers_like_one_that_does_not_exist(self, client, of_two, code):
        answer = client.get(f"/at/{code}/sessions/")
        assert (answer.status_code, answer.templates[0].name) == (403, "403.html")

    def test_a_stranger_is_led_to_the_sign_in(self, client):
        answer = client.get("/at/52110-c1/sessions/")
        assert answer.status_code == 302
        assert "/accounts/login/" in answer["Location"]
