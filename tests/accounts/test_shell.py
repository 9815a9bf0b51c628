from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.urls import reverse

from centers.models import Role
from tests.make import make_user

pytestmark = pytest.mark.django_db


class LanguageTests:
    def test_the_choice_stays_with_the_person_and_the_browser(self, client):
        user = make_user(Role.COUNSELLOR)
        client.force_login(user)
        answer = client.post(reverse("language"), {"language": "vi", "next": "/sessions/"})
        user.refresh_from_db()
        assert (answer.status_code, answer["Location"], user.language) == (302, "/sessions/", "vi")
        assert 'lang="vi"' in client.get("/sessions/").content.decode()

    def test_leads_nowhere_else(self, client):
        answer = client.post(reverse("language"), {"language": "en", "next": "https://example.org/"})
        assert answer["Location"] == "/"

    def test_refuses_a_language_it_does_not_speak_and_a_link(self, client):
        assert client.post(reverse("language"), {"language": "xx"}).status_code == 400
        assert client.get(reverse("language")).status_code == 405


class DisplayTests:
    def test_contrast_is_kept_with_the_browser(self, client):
        client.force_login(make_user(Role.COUNSELLOR))
        answer = client.post(reverse("contrast"), {"contrast": "high", "next": "/sessions/"})
        assert answer["Location"] == "/sessions/"
        assert '<html lang="ko" data-contrast="high">' in client.get("/sessions/").content.decode()
        assert client.post(reverse("contrast"), {"contrast": "blinding"}).status_code == 400

    def test_shortcuts_are_kept_with_the_person(self, client):
        user = make_user(Role.COUNSELLOR)
        client.force_login(user)
        client.post(reverse("shortcuts"), {"shortcuts": "off"})
        user.refresh_from_db()
        assert user.shortcuts is False
        assert 'data-shortcuts="off"' in client.get("/sessions/").content.decode()
        assert client.post(reverse("shortcuts"), {"shortcuts": "maybe"}).status_code == 400

    @pytest.mark.parametrize("name", ["language", "contrast"])
    def test_a_choice_that_does_not_exist_is_no_choice(self, client, name, settings):
        client.force_login(make_user(Role.COUNSELLOR))
        client.cookies[settings.LANGUAGE_COOKIE_NAME if name == "language" else name] = "tlh<script>"
        text = client.get("/sessions/", headers={"accept-language": "tlh"}).content.decode()
        assert '<html lang="ko">' in text


class IdleTests:
    def ends_at(self, client):
        return Session.objects.get(pk=client.session.session_key).expire_date

    def test_work_puts_the_end_off_once_a_minute(self, client):
        with time_machine.travel("2026-03-02 09:00+09:00", tick=False) as clock:
            client.force_login(make_user(Role.COUNSELLOR))
            client.get("/sessions/")
            first = self.ends_at(client)
            clock.shift(30)
            client.get("/sessions/")
            assert self.ends_at(client) == first
            clock.shift(31)
            client.get("/sessions/")
            assert self.ends_at(client) == first + timedelta(seconds=61)

    def test_what_a_page_asks_by_itself_puts_nothing_off(self, client):
        with time_machine.travel("2026-03-02 09:00+09:00", tick=False) as clock:
            client.force_login(make_user(Role.COUNSELLOR))
            client.get("/sessions/")
            first = self.ends_at(client)
            clock.shift(600)
            client.get("/sessions/", headers={"hx-request": "true"})
            assert self.ends_at(client) == first

    def test_who_does_nothing_is_signed_out(self, client, settings):
        with time_machine.travel("2026-03-02 09:00+09:00", tick=False) as clock:
            client.force_login(make_user(Role.COUNSELLOR))
            client.get("/sessions/")
            clock.shift(settings.SESSION_COOKIE_AGE + 1)
            assert client.get("/sessions/").status_code == 302

    def test_who_says_so_stays(self, client, settings):
        with time_machine.travel("2026-03-02 09:00+09:00", tick=False) as clock:
            client.force_login(make_user(Role.COUNSELLOR))
            client.get("/sessions/")
            clock.shift(settings.SESSION_COOKIE_AGE - 10)
            answer = client.post(reverse("stay"))
            assert (answer.status_code, answer.content.decode()) == (200, str(settings.IDLE_SECONDS))
            clock.shift(settings.IDLE_SECONDS - 1)
            assert client.get("/sessions/").status_code == 200

    def test_a_page_never_counts_on_more_than_the_server_gives(self, settings):
        assert settings.IDLE_SECONDS + settings.IDLE_WRITTEN_EVERY <= settings.SESSION_COOKIE_AGE
        assert 0 < settings.IDLE_WARNING < settings.IDLE_SECONDS


class ShellTests:
    def test_says_that_it_lives_without_a_sign_in(self, client):
        assert client.get("/healthz").content == b"ok"

    def test_a_stranger_is_led_to_the_sign_in(self, client):
        answer = client.get(reverse("home"))
        assert answer["Location"].startswith(reverse("account_login"))

    def test_who_holds_no_role_is_told_whom_to_ask(self, client):
        client.force_login(make_user())
        answer = client.get(reverse("home"))
        assert (answer.status_code, answer.context["panels"]) == (200, [])
        assert "notice--wait" in answer.content.decode()

    def test_a_page_that_is_not_there_says_so(self, client):
        client.force_login(make_user(Role.COUNSELLOR))
        answer = client.get("/nothing/")
        assert (answer.status_code, answer.templates[0].name) == (404, "404.html")

    def test_an_old_form_is_told_as_such(self):
        answer = Browser(enforce_csrf_checks=True).post(reverse("language"), {"language": "en"})
        assert (answer.status_code, answer.templates[0].name) == (403, "403_csrf.html")


class ServerErrorTests:
    def test_the_page_asks_nothing_of_the_database(self, django_assert_num_queries):
        from django.test import RequestFactory
        from django.views.defaults import server_error

        with django_assert_num_queries(0):
            answer = server_error(RequestFactory().get("/"))
        assert (answer.status_code, b"<h1>" in answer.content) == (500, True)
