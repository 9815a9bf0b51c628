from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cases.models import Topic
from centers.models import Membership, Role
from centers.models.codes import forget_kept_rows, kept_rows
from centers.models.municipality import Term
from centers.services.membership import grant_role
from tests.make import make_client, make_session, make_user, place

pytestmark = pytest.mark.django_db
LIST = "/sessions/"


def queries_of(browser, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    return len(queries)


def two_centres() -> User:
    user = make_user(Role.COUNSELLOR)
    grant_role(user=user, workspace=place("52130-c1"), role=Role.COUNSELLOR, actor=make_user())
    return user


def counsellors(pages: list) -> list[str]:
    return [row.counsellor_name for shown in pages for row in shown.page]


def days_of(browser, **filters) -> list[date]:
    """The days of the sessions that the list shows under these filters."""
    return [row.held_on for row in browser.get(LIST, filters).context["shown"].page]


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

    def test_pages_go_on_where_the_last_one_ended_and_back_again(self, client):
        days = [date(2025, 1, 1) + timedelta(days=number // 2) for number in range(80)]
        for number, day in enumerate(days):
            make_session(held_on=day, counsellor_name=f"c{number:03}")
        client.force_login(make_user(Role.COUNSELLOR))
        forth = [client.get(LIST).context["shown"]]
        while forth[-1].links["next"]:
            forth.append(client.get(LIST + forth[-1].links["next"]).context["shown"])
        assert counsellors(forth) == [f"c{number:03}" for number in reversed(range(80))]
        back = [forth[-1]]
        while back[-1].links["previous"]:
            back.append(client.get(LIST + back[-1].links["previous"]).context["shown"])
        assert counsellors(back[::-1]) == counsellors(forth)
        assert [bool(shown.links["first"]) for shown in back] == [True, True, False]
        assert str(forth[1].total) == "80"

    def test_narrows_to_a_month_and_a_centre(self, client):
        make_session(held_on=date(2025, 3, 31))
        make_session(held_on=date(2025, 4, 1))
        make_session("52130-c1", held_on=date(2025, 4, 2))
        client.force_login(two_centres())
        assert days_of(client, month="2025-04", workspace="52110-c1") == [date(2025, 4, 1)]

    def test_says_what_is_wrong_with_the_filter_and_shows_the_list_all_the_same(self, client):
        make_session()
        client.force_login(two_centres())
        shown = client.get(LIST, {"month": "spring", "workspace": "nowhere", "language": "tlh"}).context["shown"]
        assert set(shown.form.errors) == {"month", "workspace", "language"}
        assert len(shown.page) == 1

    def test_refuses_a_page_token_of_somebody_else(self, client):
        client.force_login(make_user(Role.COUNSELLOR))
        assert client.get(LIST, {"after": "made-up"}).status_code == 400

    def test_filters_by_what_a_session_is(self, client):
        user = make_user(Role.COUNSELLOR)
        client.force_login(user)
        made = {
            "language": make_session(held_on=date(2025, 1, 1), language_id="km", summary="요지"),
            "topic": make_session(held_on=date(2025, 1, 2), topic_id="health", summary="요지"),
            "channel": make_session(held_on=date(2025, 1, 3), channel_id="phone", summary="요지"),
            "counsellor": make_session(held_on=date(2025, 1, 4), counsellor=user, summary="요지"),
            "follow_up": make_session(
                client=make_client(), held_on=date(2025, 1, 5), follow_up_on=timezone.localdate(), summary="요지"
            ),
            "late": make_session(held_on=date(2025, 1, 6), recorded_on=date(2025, 2, 1), summary="요지"),
            "summary": make_session(held_on=date(2025, 1, 7)),
        }
        asked = {
            "language": "km", "topic": "health", "channel": "phone", "counsellor": "me", "follow_up": "due",
            "late": "1", "summary": "missing",
        }  # fmt: skip
        assert set(asked) == set(made)
        for name, session in made.items():
            assert days_of(client, **{name: asked[name]}) == [session.held_on], name
        assert days_of(client, **{"from": "2025-01-03", "to": "2025-01-04"}) == [date(2025, 1, 4), date(2025, 1, 3)]
        assert len(days_of(client, topic="labour")) == len(made) - 1  # a group holds its topics

    def test_a_name_without_a_translation_is_shown_in_korean_and_filters_all_the_same(self, client, monkeypatch):
        session = make_session(topic_id="health")
        forget_kept_rows()
        topic = kept_rows(Topic)["health"]
        monkeypatch.setattr(topic, "name_vi", "")
        client.force_login(make_user(Role.COUNSELLOR))
        client.cookies["django_language"] = "vi"
        page = client.get(LIST, {"topic": "health"})
        assert [row.pk for row in page.context["shown"].page] == [session.pk]
        assert topic.name_ko in page.content.decode()
        forget_kept_rows()

    def test_names_in_all_languages_are_read_once_and_not_with_each_page(self, client):
        make_session(client=make_client(), topic_id="health")
        client.force_login(make_user(Role.COUNSELLOR))
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        codes = {model._meta.db_table for model in apps.get_models() if issubclass(model, Term)}
        assert "cases_topic" in codes
        assert [query["sql"] for query in queries if any(f'FROM "{table}"' in query["sql"] for table in codes)] == []

    def test_a_void_session_is_shown_when_it_is_asked_for(self, client):
        make_session(voided_at=timezone.now())
        client.force_login(make_user(Role.COUNSELLOR))
        assert days_of(client) == []
        assert len(days_of(client, void="1")) == 1

    def test_sorts_the_other_way_round(self, client):
        for day in (1, 2, 3):
            make_session(held_on=date(2025, 1, day))
        client.force_login(make_user(Role.COUNSELLOR))
        shown = client.get(LIST).context["shown"]
        heading = shown.headings[0]
        assert heading.sort == "descending"
        turned = client.get(LIST + heading.url).context["shown"]
        assert [row.held_on.day for row in turned.page] == [1, 2, 3]
        assert turned.headings[0].sort == "ascending"

    def test_sorts_by_the_moment_of_recording_and_by_minutes_with_the_unknown_below_all(self, client):
        now = timezone.now()
        made = {
            minutes: make_session(minutes=minutes, recorded_at=now - timedelta(hours=hours))
            for minutes, hours in ((30, 2), (None, 1), (90, 3))
        }
        client.force_login(make_user(Role.COUNSELLOR))

        def asked(sort: str) -> list:
            pks = {session.pk: minutes for minutes, session in made.items()}
            return [pks[row.pk] for row in client.get(LIST, {"sort": sort}).context["shown"].page]

        assert asked("-recorded") == [None, 30, 90]
        assert asked("recorded") == [90, 30, None]
        assert asked("-minutes") == [90, 30, None]
        assert asked("minutes") == [None, 30, 90]

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
