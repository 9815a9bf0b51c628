"""The pages of the logs: whose rows they show to whom, in which words, and that every figure opens to its rows."""

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode

from audit import words
from audit.models import Action, AuditEntry
from audit.selectors import access_month
from centers.models import Role
from centers.scope import set_scope
from centers.selectors import scope_of
from tests.make import make_client, make_session, make_user, place
from tests.support import as_owner
from tests.test_permissions import named_routes

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LOG = "/access/"


@pytest.fixture(autouse=True)
def quiet(settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]


def sign_in(browser, role: Role | None = None, at: str = "52110-c1"):
    user = make_user(role, at)
    browser.force_login(user, backend=BACKEND)
    return user


def seen(browser, address: str = LOG, **query) -> list:
    answer = browser.get(address, query)
    assert answer.status_code == 200
    return answer.context["rows"]


def put_in(database: str, user, *, hours_ago: int = 0, **fields) -> None:
    """A row of the log as it might have been written some time ago."""
    values = {"route": "cases:client", "status": 200, "files": [], "workspaces": [], "purpose": ""} | fields
    with as_owner(database) as owner:
        owner.execute(
            "INSERT INTO audit_accessentry (at, user_id, route, method, status, files, workspaces, purpose)"
            " VALUES (now() - %(hours)s * interval '1 hour', %(user)s, %(route)s, 'GET', %(status)s, %(files)s,"
            " %(workspaces)s, %(purpose)s)",
            values | {"hours": hours_ago, "user": user.pk},
        )


def test_every_page_has_its_words():
    assert named_routes() - set(words.PAGES) - {"healthz"} == set()


class AccessTests:
    def test_a_counsellor_reads_the_own_alone(self, client, committed):
        other = make_user()
        put_in(committed, other, files=[1], workspaces=[place().pk])
        user = sign_in(client, Role.COUNSELLOR)
        client.get("/sessions/")
        assert {row.user for row in seen(client)} == {user}

    def test_a_manager_reads_who_looked_at_files_of_the_centre_and_no_foreign_file(self, client, committed):
        here, there = place("52110-c1"), place("52130-c1")
        office = make_user(Role.CITY_OFFICER, "52130-office")
        put_in(committed, office, files=[7, 8], workspaces=[here.pk, there.pk])
        put_in(committed, office, files=[9], workspaces=[there.pk])
        sign_in(client, Role.MANAGER)
        rows = seen(client)
        assert [(row.user, row.files, row.others) for row in rows] == [(office, ["52110-c1 · 7"], 1)]

    def test_the_privacy_officer_reads_numbers_and_never_a_name(self, client, committed):
        person = make_client()
        counsellor = sign_in(client, Role.COUNSELLOR)
        client.get(person.get_absolute_url())
        sign_in(client, Role.PRIVACY_OFFICER, "52-office")
        answer = client.get(LOG, {"user": counsellor.pk})
        text = answer.content.decode()
        assert f"52110-c1 · {person.pk}" in text
        assert f"CLIENT {person.pk}" not in text
        assert [row.roles[0].role for row in answer.context["rows"]] == [Role.COUNSELLOR]

    def test_narrows_to_each_thing_one_may_be_after(self, client, committed):
        user = sign_in(client, Role.PRIVACY_OFFICER, "52-office")
        other = make_user(name="다른 직원")
        put_in(committed, other, files=[7], workspaces=[place().pk], hours_ago=49)
        put_in(committed, other, route="kpi:sheet", status=403)
        put_in(committed, user, route="kpi:sheet_xlsx", purpose="감사 제출")
        day = (timezone.localdate() - timedelta(days=1)).isoformat()
        found = {
            name: sorted(row.page for row in seen(client, user=other.pk, **query))
            for name, query in {
                "all": {}, "to": {"to": day}, "from": {"from": day}, "file": {"file": "52110-c1 · 7"},
                "page": {"page": "figures"}, "people": {"what": "people"}, "refused": {"what": "refused"},
                "workspace": {"workspace": place().pk}, "taken": {"what": "taken"},
            }.items()
        }  # fmt: skip
        client_page, sheet = words.page("cases:client"), words.page("kpi:sheet")
        assert found == {
            "all": sorted([client_page, sheet]), "to": [client_page], "from": [sheet], "file": [client_page],
            "page": [sheet], "people": [client_page], "refused": [sheet], "workspace": [client_page], "taken": [],
        }  # fmt: skip
        assert [row.purpose for row in seen(client, what="taken")] == ["감사 제출"]

    @pytest.mark.parametrize(
        "query",
        [
            {"from": "spring"}, {"to": "9999-99-99"}, {"user": "x"}, {"user": "9" * 30}, {"workspace": "\0"},
            {"file": "CLIENT"}, {"file": "\0"}, {"page": "x"}, {"what": "'; --"}, {"after": "made-up"},
            {"from": "2025-02-01", "to": "2025-01-01"},
        ],
    )  # fmt: skip
    def test_nonsense_is_told_and_breaks_nothing(self, client, committed, query):
        sign_in(client, Role.PRIVACY_OFFICER, "52-office")
        assert client.get(LOG, query).status_code == 400
        assert client.get(LOG, {"nothing": "known"}).status_code == 200

    def test_pages_go_on_where_the_last_one_ended_and_for_nobody_else(self, client, committed):
        user = sign_in(client, Role.COUNSELLOR)
        for number in range(60):
            put_in(committed, user, route=f"r{number:02}", hours_ago=number // 2)
        first = client.get(LOG, {"to": timezone.localdate().isoformat()})
        link = first.context["page"].links["next"]
        second = client.get(LOG + link)
        shown = [row.page for answer in (first, second) for row in answer.context["rows"] if row.page[0] == "r"]
        assert len(shown) == len(set(shown)) == 60
        sign_in(client, Role.COUNSELLOR)
        assert client.get(LOG + link).status_code == 400

    def test_more_rows_ask_no_more_of_the_database(self, client, committed):
        user = sign_in(client, Role.MANAGER)
        make_session(client=make_client())
        client.get("/sessions/")
        client.get(LOG)

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                client.get(LOG)
            return len(captured)

        one = queries()
        for number in range(20):
            put_in(committed, make_user() if number % 2 else user, files=[number], workspaces=[place().pk])
        assert queries() == one


class MonthTests:
    def test_every_figure_opens_to_its_rows(self, client, committed):
        user = sign_in(client, Role.PRIVACY_OFFICER, "52-office")
        busy = make_user()
        for number in range(3):
            put_in(committed, busy, files=[number, 10], workspaces=[place().pk] * 2)
        put_in(committed, make_user(), files=list(range(9)), workspaces=[place().pk] * 9)
        put_in(committed, busy, status=404)
        put_in(committed, busy, purpose="감사 제출")
        with transaction.atomic():
            set_scope(scope_of(user))
            figures = access_month(user, scope_of(user))
        for told in figures:
            page = client.get(f"{LOG}?{urlencode(told.rows)}").context["page"]
            # The log's own requests are on record too, and those of this test come after the figures were read.
            rows = [row for row in page.rows if row.user_id != user.pk]
            assert len(rows) == told.value, told
        busiest = figures[-1]
        assert busiest.value == 3, "requests, however many files each of them showed"
        assert busiest.rows["user"] == str(busy.pk)


class EntryTests:
    ADDRESS = "/entries/"

    def test_who_grants_reads_the_changes_of_rights_and_no_more(self, client, committed):
        make_user(Role.COUNSELLOR)
        sign_in(client, Role.SYSTEM_ADMIN, "52-office")
        client.get("/kpi/2025/")
        rows = seen(client, self.ADDRESS)
        assert {row.action for row in rows} == {str(Action.ROLE_GRANTED.label)}
        assert re.search(r"User \d+ · ", rows[0].detail)

    def test_others_read_what_they_did_themselves(self, client, committed):
        make_user(Role.COUNSELLOR)
        sign_in(client, Role.COUNSELLOR)
        assert seen(client, self.ADDRESS) == []
        sign_in(client, Role.PRIVACY_OFFICER, "52-office")
        assert len(seen(client, self.ADDRESS)) == 3
        assert [row.action for row in seen(client, self.ADDRESS, kind="rights")] == [Action.ROLE_GRANTED.label] * 3
        assert seen(client, self.ADDRESS, kind="signs") == []

    def test_both_walls_say_the_same(self, client, committed):
        make_user(Role.COUNSELLOR)
        for role in (Role.SYSTEM_ADMIN, Role.MANAGER, Role.PRIVACY_OFFICER):
            user = make_user(role, "52-office")
            scope = scope_of(user)
            with transaction.atomic():
                set_scope(scope)
                first = AuditEntry.objects.visible_to(user, scope).count()
                assert first == AuditEntry.objects.count() > 0


def test_the_pages_speak_the_reader_s_language(client, committed):
    sign_in(client)
    with translation.override("ko"):
        assert "내 접속" in client.get(reverse("audit:access")).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/access/", "/entries/"])
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "soon", "2025-13-01"])
def test_a_day_that_is_none_is_told_and_breaks_nothing(client, address, day):
    client.force_login(make_user(Role.PRIVACY_OFFICER, "52-office"))
    assert client.get(address, {"to": day, "from": day}).status_code == 400
