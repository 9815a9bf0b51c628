from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from centers.models import Membership, Role
from tests.make import make_client, make_session, make_user

pytestmark = pytest.mark.django_db
LIST = "/sessions/"


def queries_of(browser, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    return len(queries)


class SessionListTests:
    def test_shows_the_sessions_of_the_own_centre_alone(self, client):
        make_session("52110-c1", counsellor_name="here")
        make_session("52130-c1", counsellor_name="elsewhere")
        client.force_login(make_user(Role.COUNSELLOR))
        text = client.get(LIST).content.decode()
        assert "here" in text
        assert "elsewhere" not in text

    def test_more_rows_ask_no_more_of_the_database(self, client):
        client.force_login(make_user(Role.COUNSELLOR))
        make_session(client=make_client())
        client.get(LIST)  # what a process reads once
        one = queries_of(client, LIST)
        for number in range(10):
            make_session(client=make_client(), topic_id="health" if number % 2 else "stay")
        assert queries_of(client, LIST) == one

    def test_pages_go_on_where_the_last_one_ended(self, client):
        days = [date(2025, 1, 1) + timedelta(days=number // 2) for number in range(60)]
        for number, day in enumerate(days):
            make_session(held_on=day, counsellor_name=f"c{number:03}")
        client.force_login(make_user(Role.COUNSELLOR))
        first = client.get(LIST)
        second = client.get(LIST + first.context["links"]["next"])
        shown = [row.counsellor_name for page in (first, second) for row in page.context["page"]]
        assert shown == [f"c{number:03}" for number in reversed(range(60))]
        assert second.context["links"] == {"first": "?", "next": ""}

    def test_narrows_to_a_month_and_a_centre(self, client):
        make_session(held_on=date(2025, 3, 31))
        make_session(held_on=date(2025, 4, 1))
        client.force_login(make_user(Role.COUNSELLOR))
        page = client.get(LIST, {"month": "2025-04", "workspace": "52110-c1"}).context["page"]
        assert [row.held_on for row in page] == [date(2025, 4, 1)]

    def test_says_what_is_wrong_with_the_filter(self, client):
        client.force_login(make_user(Role.COUNSELLOR))
        form = client.get(LIST, {"month": "spring", "workspace": "52130-c1"}).context["form"]
        assert set(form.errors) == {"month", "workspace"}

    def test_refuses_a_page_token_of_somebody_else(self, client):
        client.force_login(make_user(Role.COUNSELLOR))
        assert client.get(LIST, {"after": "made-up"}).status_code == 400

    def test_is_closed_to_who_reads_no_sessions(self, client):
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        assert client.get(LIST).status_code == 403


class SessionTests:
    def test_shows_the_note_in_its_language(self, client):
        session = make_session(note="Xin chào")
        client.force_login(make_user(Role.COUNSELLOR))
        answer = client.get(session.get_absolute_url())
        assert 'lang="vi" dir="auto">Xin chào' in " ".join(answer.content.decode().split())
        assert "no-store" in answer["Cache-Control"]

    def test_does_not_exist_for_another_centre_or_the_province(self, client):
        session = make_session()
        others = [make_user(Role.COUNSELLOR, "52130-c1"), make_user(Role.PROVINCE_STAFF, "52-office")]
        for other in others:
            client.force_login(other)
            assert client.get(session.get_absolute_url()).status_code == 404


class ClientTests:
    def page(self, browser, *, official: bool, expires_on: date) -> str:
        person = make_client(status_id="E-9", status_expires_on=expires_on)
        user = make_user(Role.COUNSELLOR)
        Membership.objects.filter(user=user).update(official=official)
        browser.force_login(user)
        answer = browser.get(reverse("cases:client", args=[person.pk]), headers={"accept-language": "en"})
        assert answer.status_code == 200
        return answer.content.decode()

    def test_an_official_reads_that_an_expired_status_is_to_be_checked(self, client):
        text = self.page(client, official=True, expires_on=date(2025, 1, 31))
        assert "확인 필요" in text
        assert "2025-01-31" not in text

    def test_a_counsellor_who_is_none_reads_the_day(self, client):
        text = self.page(client, official=False, expires_on=date(2025, 1, 31))
        assert "확인 필요" not in text
        assert "2025-01-31" in text
