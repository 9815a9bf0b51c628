import pytest
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


class ShellTests:
    def test_says_that_it_lives_without_a_sign_in(self, client):
        assert client.get("/healthz").content == b"ok"

    def test_a_stranger_is_led_to_the_sign_in(self, client):
        answer = client.get(reverse("home"))
        assert answer["Location"].startswith(reverse("account_login"))

    @pytest.mark.parametrize(
        ("role", "at", "page"),
        [
            (Role.PROVINCE_STAFF, "52-office", "kpi:sheet"),
            (Role.COUNSELLOR, "52110-c1", "cases:sessions"),
            (Role.MANAGER, "52110-c1", "cases:sessions"),
            (Role.PRIVACY_OFFICER, "52-office", "audit:access"),
            (Role.SYSTEM_ADMIN, "52-office", "centers:grants"),
        ],
    )
    def test_home_is_the_first_page_of_the_role(self, client, role, at, page):
        client.force_login(make_user(role, at))
        assert client.get(reverse("home"))["Location"] == reverse(page)

    def test_who_has_no_page_is_told_so(self, client):
        client.force_login(make_user(Role.SHELTER_OPERATOR, "52110-s1"))
        answer = client.get(reverse("home"))
        assert (answer.status_code, answer.templates[0].name) == (200, "home.html")

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
