from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import SuspiciousOperation
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client as Browser
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.typed import typed_in
from centers.models import Role
from centers.services import grant_role
from config.views import bad_request, server_error
from tests.make import make_user, place

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
        for wrong in ("xx", "", "<b>"):
            answer = client.post(reverse("language"), {"language": wrong})
            assert answer.status_code == 400
            assert "요청을 읽을 수 없습니다" in answer.content.decode(), wrong
        assert client.get(reverse("language")).status_code == 405


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

    def test_a_page_that_may_lie_in_another_workspace_leads_there(self, client):
        user = make_user(Role.COUNSELLOR, "52110-c1")
        granter = make_user()
        grant_role(user=user, workspace=place("52130-c1"), role=Role.COUNSELLOR, actor=granter)
        client.force_login(user)
        page = client.get("/at/52110-c1/nothing/").content.decode()
        assert page.split("<main")[1].split("</main>")[0].count('href="/at/52130-c1/here/?page=') == 1


class ContrastTests:
    @pytest.mark.parametrize("chosen", ["more", "standard"])
    def test_the_choice_stays_with_the_browser_and_is_drawn_by_the_server(self, client, chosen):
        answer = client.post(reverse("contrast"), {"contrast": chosen, "next": "/accounts/login/"})
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
        assert f'data-contrast="{chosen}"' in client.get("/accounts/login/").content.decode()

    def test_it_can_be_left_to_the_system_again(self, client):
        client.post(reverse("contrast"), {"contrast": "more"})
        client.post(reverse("contrast"), {"contrast": "system"})
        assert "data-contrast" not in client.get("/accounts/login/").content.decode()

    def test_a_made_up_cookie_is_not_drawn(self, client):
        client.cookies["contrast"] = 'more"><script>'
        assert "data-contrast" not in client.get("/accounts/login/").content.decode()


class ShortcutTests:
    def test_the_choice_stays_with_the_person(self, client):
        user = make_user(Role.COUNSELLOR)
        client.force_login(user)
        assert user.shortcuts
        for given, kept in (("0", False), ("1", True)):
            answer = client.post(reverse("shortcuts"), {"on": given, "next": "/sessions/"})
            user.refresh_from_db()
            assert (answer["Location"], user.shortcuts) == ("/sessions/", kept)


class IdleTests:
    START = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)

    @pytest.fixture
    def clock(self, settings):
        settings.IDLE_SECONDS = 3600
        with time_machine.travel(self.START, tick=False) as clock:
            yield clock

    def test_who_does_nothing_is_signed_out_and_led_back_after_the_sign_in(self, client, clock):
        client.force_login(make_user(Role.COUNSELLOR))
        assert client.get("/sessions/").status_code == 200
        clock.shift(3599)
        assert client.get("/sessions/").status_code == 200
        clock.shift(3601)
        assert client.get("/sessions/")["Location"] == "/accounts/login/?next=/sessions/"

    def test_a_page_opened_within_a_minute_writes_nothing(self, client, clock):
        client.force_login(make_user(Role.COUNSELLOR))
        client.get("/sessions/")
        for seconds, written in ((59, False), (2, True)):
            clock.shift(seconds)
            with CaptureQueriesContext(connection) as queries:
                client.get("/sessions/")
            assert any('UPDATE "django_session"' in (query["sql"] or "") for query in queries) is written, seconds

    def test_asking_keeps_nobody_signed_in_and_staying_does(self, client, clock):
        client.force_login(make_user(Role.COUNSELLOR))
        client.get("/sessions/")
        clock.shift(3000)
        assert client.get(reverse("stay")).json()["seconds"] == 600
        assert client.get(reverse("stay")).json()["seconds"] == 600
        assert client.post(reverse("stay")).json()["seconds"] == 3600
        clock.shift(3600)
        assert client.get(reverse("stay")).json()["seconds"] == 0
        assert client.post(reverse("stay")).json() | {"token": ""} == {"seconds": 0, "sign": "", "token": ""}

    def test_a_page_knows_whose_it_is_and_says_not_who(self, client):
        signs = set()
        for user in [make_user(), make_user()]:
            client.force_login(user)
            signs.add(client.get(reverse("stay")).json()["sign"])
        assert len(signs) == 2


class BarePageTests:
    PAGES = ("400", "403_csrf", "409", "429", "500")

    def test_the_page_asks_nothing_of_the_database(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            answer = server_error(RequestFactory().get("/"))
        assert (answer.status_code, b"<h1>" in answer.content) == (500, True)

    @pytest.mark.parametrize("page", PAGES)
    def test_says_that_it_is_a_demonstration_and_leads_on(self, page):
        with translation.override("en"):
            shown = render_to_string(f"{page}.html", {"demo": True, "sentence": "No.", "here": "/x/"})
        assert 'class="demo"' in shown
        assert 'href="/"' in shown.split("<main")[1]

    def test_a_form_and_an_address_that_cannot_be_read_say_so_in_a_demonstration_too(self, settings):
        settings.DEMO = True
        old = Browser(enforce_csrf_checks=True).post(reverse("language"), {"language": "en"})
        damaged = bad_request(RequestFactory().get("/"), SuspiciousOperation())
        for answer, status in ((old, 403), (damaged, 400)):
            assert (answer.status_code, b'class="demo"' in answer.content) == (status, True)

    def test_what_was_typed_is_shown_again_without_what_is_secret(self):
        sent = {
            "note": "Công ty chưa trả lương.", "password1": "hidden-1", "csrfmiddlewaretoken": "hidden-2",
            "next": "/hidden-3/", "topic": "7",
        }  # fmt: skip
        assert typed_in(RequestFactory().post("/", sent)) == ["Công ty chưa trả lương."]


@pytest.mark.parametrize(
    ("came_from", "goes_to"),
    [
        ("http://testserver/sessions/?topic=health", "/sessions/?topic=health"),
        ("", "/"),
        ("https://elsewhere.example/x", "/"),
    ],
)
def test_what_was_sent_without_being_signed_in_leads_back_to_the_page_it_came_from(client, came_from, goes_to):
    """The address that it was sent to is none to open: it does something, or nothing stands there."""
    answer = client.post("/deadlines/3/done/", headers={"referer": came_from} if came_from else {})
    assert parse_qs(urlsplit(answer["Location"]).query) == {"next": [goes_to]}
    asked = client.get("/sessions/?topic=health")
    assert parse_qs(urlsplit(asked["Location"]).query) == {"next": ["/sessions/?topic=health"]}


@pytest.mark.parametrize(
    ("language", "written"),
    [("ko", "32,100,000"), ("en", "32,100,000"), ("vi", "32.100.000"), ("zh-hans", "32,100,000")],
)
def test_thousands_are_marked_in_every_language(language, written):
    with translation.override(language):
        assert intcomma(32_100_000) == written


@pytest.mark.parametrize(
    "address", ["/visas/quotas/%00/", "/visas/quotas/%00/share/", "/sessions/months/%00/2025-03/"]
)
def test_no_sign_in_an_address_breaks_a_page(client, address):
    client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
    assert client.get(address).status_code == 404
