"""Whoever goes to another workspace, or to another language, stays where they were."""

import re

import pytest
from django.urls import reverse

from centers.models import Role
from centers.services.membership import grant_role
from tests.make import make_session, make_user, place

pytestmark = pytest.mark.django_db
LINK = re.compile(r'class="menu__item"\s*href="([^"]+)"')


@pytest.fixture
def both(client):
    """Somebody who counsels in two centres and works on visas in an office."""
    user = make_user(Role.COUNSELLOR, "52110-c1")
    for role, at in ((Role.COUNSELLOR, "52130-c1"), (Role.CITY_OFFICER, "52140-office")):
        grant_role(actor=None, user=user, role=role, workspace=place(at), declaration="작은 군")
    client.force_login(user)
    return client


def switched(browser, address: str, to: str):
    """The answer after choosing a workspace in the head of a page."""
    page = browser.get(address).content.decode()
    (link,) = [link for link in LINK.findall(page) if link.startswith(f"/at/{to}/" if to else "/here/")]
    return browser.get(link.replace("&amp;", "&"), follow=True)


class WorkspaceTests:
    def test_a_list_stays_the_same_list_narrowed_alike(self, both):
        answer = switched(both, "/at/52110-c1/sessions/?language=vi&sort=day", "52130-c1")
        assert answer.request["PATH_INFO"] == "/at/52130-c1/sessions/"
        assert answer.request["QUERY_STRING"] == "language=vi&sort=day"

    def test_what_belongs_to_the_workspace_alone_stays_behind(self, both):
        for _number in range(31):
            make_session("52110-c1")
        shown = both.get("/at/52110-c1/sessions/").context["shown"]
        answer = switched(both, "/at/52110-c1/sessions/" + shown.links["next"], "52130-c1")
        assert (answer.status_code, answer.request["QUERY_STRING"]) == (200, "")

    def test_the_page_of_a_record_leads_to_the_list_and_says_why(self, both):
        session = make_session("52110-c1")
        answer = switched(both, f"/at/52110-c1/sessions/{session.pk}/", "52130-c1")
        assert answer.request["PATH_INFO"] == "/at/52130-c1/sessions/"
        assert "다른 업무공간으로 옮겨 가지 않습니다" in answer.content.decode()

    def test_but_comes_along_to_all_workspaces(self, both):
        session = make_session("52110-c1")
        answer = switched(both, f"/at/52110-c1/sessions/{session.pk}/", "")
        assert answer.request["PATH_INFO"] == f"/sessions/{session.pk}/"

    def test_where_there_is_no_such_list_the_start_page_says_so(self, both):
        answer = switched(both, "/at/52110-c1/sessions/", "52140-office")
        assert answer.request["PATH_INFO"] == "/at/52140-office/"
        assert "보시던 화면이 없어" in answer.content.decode()

    @pytest.mark.parametrize(
        "page", ["", "//elsewhere.example/", "https://elsewhere.example/sessions/", "/none/", "\x00"]
    )
    def test_no_address_leads_out_of_the_house(self, both, page):
        answer = both.get("/at/52130-c1/here/", {"page": page})
        assert answer["Location"].startswith("/at/52130-c1/")


class LanguageTests:
    def chosen(self, browser, page, **headers):
        back = re.search(r'name="next" value="([^"]*)"', page.content.decode())[1].replace("&amp;", "&")
        return browser.post(reverse("language"), {"language": "en", "next": back})["Location"]

    def test_a_list_keeps_what_it_is_narrowed_to(self, both):
        address = "/at/52110-c1/sessions/?language=vi&sort=day"
        assert self.chosen(both, both.get(address)) == address

    def test_a_form_that_was_sent_is_opened_anew(self, both):
        refused = both.post("/at/52110-c1/sessions/new/", {})
        assert self.chosen(both, refused) == "/at/52110-c1/sessions/new/"

    def test_or_the_page_that_it_stood_on(self, both):
        stood_on = "http://testserver/at/52110-c1/sessions/new/?held_on=2026-01-01"
        refused = both.post("/at/52110-c1/sessions/new/", {}, headers={"Referer": stood_on})
        assert self.chosen(both, refused) == "/at/52110-c1/sessions/new/?held_on=2026-01-01"

    def test_a_page_elsewhere_is_not_gone_back_to(self, both):
        refused = both.post("/sessions/new/", {}, headers={"Referer": "https://elsewhere.example/x/"})
        assert self.chosen(both, refused) == "/sessions/new/"
