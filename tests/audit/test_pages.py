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
from audit.services import record
from cases.listings.people import number_of
from centers.models import Role
from centers.scope import set_scope
from centers.selectors import scope_of
from tests.make import make_client, make_export, make_session, make_user, place
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
    return list(answer.context["shown"].page)


def put_in(database: str, user, *, hours_ago: int = 0, **fields) -> None:
    """A row of the log as it might have been written some time ago."""
    usual = {"route": "cases:client", "method": "GET", "status": 200, "files": [], "workspaces": [], "purpose": ""}
    with as_owner(database) as owner:
        owner.execute(
            "INSERT INTO audit_accessentry (at, user_id, route, method, status, files, workspaces, purpose)"
            " VALUES (now() - %(hours)s * interval '1 hour', %(user)s, %(route)s, %(method)s, %(status)s, %(files)s,"
            " %(workspaces)s, %(purpose)s)",
            usual | fields | {"hours": hours_ago, "user": user.pk},
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
        ours, theirs = make_client(ref="P0007"), make_client("52130-c1")
        office = make_user(Role.CITY_OFFICER, "52130-office")
        put_in(committed, office, files=[ours.pk, theirs.pk], workspaces=[ours.workspace_id, theirs.workspace_id])
        put_in(committed, office, files=[theirs.pk], workspaces=[theirs.workspace_id])
        sign_in(client, Role.MANAGER)
        rows = seen(client)
        assert [(row.user, row.told.files, row.told.others) for row in rows] == [(office, ["52110-c1 · P0007"], 1)]

    def test_the_privacy_officer_reads_numbers_and_never_a_name(self, client, committed):
        person = make_client()
        counsellor = sign_in(client, Role.COUNSELLOR)
        assert f"번호 {number_of(person)}" in client.get(person.get_absolute_url()).content.decode()
        sign_in(client, Role.PRIVACY_OFFICER, "52-office")
        answer = client.get(LOG, {"user": counsellor.pk})
        text = answer.content.decode()
        assert f"52110-c1 · {number_of(person)}" in text
        assert f"CLIENT {person.pk}" not in text
        assert [row.told.roles[0].role for row in answer.context["shown"].page] == [Role.COUNSELLOR]

    def test_narrows_to_each_thing_one_may_be_after(self, client, committed):
        user = sign_in(client, Role.PRIVACY_OFFICER, "52-office")
        other, person = make_user(name="다른 직원"), make_client(ref="2025-7")
        put_in(committed, other, files=[person.pk], workspaces=[place().pk], hours_ago=49)
        put_in(committed, other, route="kpi:sheet", status=403)
        put_in(committed, user, route="kpi:sheet_xlsx", purpose="감사 제출")
        day = (timezone.localdate() - timedelta(days=1)).isoformat()
        found = {
            name: sorted(row.told.page for row in seen(client, user=other.pk, **query))
            for name, query in {
                "all": {}, "to": {"to": day}, "from": {"from": day}, "file": {"file": "52110-c1 · 2025-7"},
                "page": {"page": "figures"}, "people": {"what": "people"}, "refused": {"what": "refused"},
                "workspace": {"workspace": place().code}, "taken": {"what": "taken"},
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
            {"file": "\0"}, {"page": "x"}, {"what": "'; --"}, {"from": "2025-02-01", "to": "2025-01-01"},
        ],
    )  # fmt: skip
    def test_nonsense_is_told_and_narrows_nothing(self, client, committed, query):
        sign_in(client, Role.PRIVACY_OFFICER, "52-office")
        shown = client.get(LOG, query).context["shown"]
        assert shown.form.errors.keys() == {list(query)[-1]}

    def test_a_place_in_the_log_that_was_made_up_leads_back(self, client, committed):
        sign_in(client, Role.PRIVACY_OFFICER, "52-office")
        assert client.get(LOG, {"after": "made-up"}).status_code == 400

    def test_a_file_is_found_by_the_number_that_its_page_says(self, client, committed):
        named, bare = make_client(ref="2025-7"), make_client()
        make_client("52130-c1", ref="2025-7")
        user = sign_in(client, Role.COUNSELLOR)
        for file in (named, bare):
            client.get(file.get_absolute_url())
        sign_in(client, Role.PRIVACY_OFFICER, "52-office")
        for file in (named, bare):
            number = number_of(file)
            for text in (number, f"52110-c1 · {number}", f"52110-c1·{number}"):
                rows = [row for row in seen(client, file=text, page="clients") if row.user == user]
                assert [row.files for row in rows] == [[file.pk]], text
            assert seen(client, file=f"52130-c1 · {number}") == [], "a file of another workspace"
        assert seen(client, file=str(bare.pk)) == []

    def test_it_sorts_by_the_time_and_goes_out_as_a_file(self, client, committed):
        sign_in(client, Role.PRIVACY_OFFICER, "52-office")
        for hours in (3, 1, 2):
            put_in(committed, make_user(), hours_ago=hours)
        times = [row.at for row in seen(client, sort="at")]
        assert times == sorted(times) and len(times) >= 3
        page = client.get("/exports/new/accesses/")
        assert page.status_code == 200 and page.context["rows"].number >= 3

    def test_pages_go_on_where_the_last_one_ended_and_for_nobody_else(self, client, committed):
        user = sign_in(client, Role.COUNSELLOR)
        for number in range(50):
            put_in(committed, user, route=f"r{number:02}", hours_ago=number // 2)
        first = client.get(LOG, {"to": timezone.localdate().isoformat()})
        link = first.context["shown"].links["next"]
        second = client.get(LOG + link)
        rows = [row for answer in (first, second) for row in answer.context["shown"].page]
        shown = [row.route for row in rows if row.route[0] == "r"]
        assert len(shown) == len(set(shown)) == 50
        sign_in(client, Role.COUNSELLOR)
        assert client.get(LOG + link).status_code == 400

    def test_asking_how_far_it_is_leaves_no_row_and_the_worker_sends_nothing_in(self, client, committed):
        user = sign_in(client, Role.COUNSELLOR)
        export = make_export(user)
        put_in(committed, user, route="centers:export", method="")
        before = len(seen(client))
        for _time in range(3):
            assert client.get(f"/exports/{export.pk}/progress/").status_code == 200
        rows = seen(client)
        assert len(rows) == before + 1, "the log's own page"
        assert [row.told.wrote for row in rows if row.route == "centers:export"] == [False]

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
            file = make_client()
            put_in(committed, make_user() if number % 2 else user, files=[file.pk], workspaces=[place().pk])
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
            page = client.get(f"{LOG}?{urlencode(told.rows)}").context["shown"].page
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
        assert {row.action for row in rows} == {Action.ROLE_GRANTED}
        assert re.search(r"User \d+ · ", rows[0].detail)

    def test_others_read_what_they_did_themselves(self, client, committed):
        make_user(Role.COUNSELLOR)
        sign_in(client, Role.COUNSELLOR)
        assert seen(client, self.ADDRESS) == []
        sign_in(client, Role.PRIVACY_OFFICER, "52-office")
        assert len(seen(client, self.ADDRESS)) == 3
        assert [row.action for row in seen(client, self.ADDRESS, kind="rights")] == [Action.ROLE_GRANTED] * 3
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
    assert client.get(address, {"to": day, "from": day}).context["shown"].form.errors.keys() >= {"to", "from"}


@pytest.mark.django_db
class TakenTests:
    """What the record says of a file that was taken away."""

    def test_the_list_its_rows_its_format_and_what_it_was_narrowed_to(self, client):
        officer = make_user(Role.PRIVACY_OFFICER, "52-office")
        client.force_login(make_user(Role.COUNSELLOR))
        make_session()
        client.post("/exports/new/sessions/?month=2025-03&language=vi", {"format": "csv", "reason": "월간 보고"})
        client.force_login(officer)
        with translation.override("ko"):
            (row,) = seen(client, "/entries/", kind="exports")
        assert row.detail == "상담 · 1행 · 쉼표로 나눈 텍스트(CSV) · 월: 2025-03 · 언어: 베트남어 · 월간 보고"

    def test_a_list_that_is_no_more_is_named_by_its_code(self, client):
        user = make_user(Role.PRIVACY_OFFICER, "52-office")
        record(Action.LIST_EXPORTED, actor=user, listing="gone", rows=3, format="csv", filters={})
        client.force_login(user)
        assert [row.detail for row in seen(client, "/entries/", kind="exports")] == ["gone"]
