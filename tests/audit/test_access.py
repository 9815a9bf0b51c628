"""Who looked at whom: one row a request, with exactly those whom the page shows, and no page without it."""

import re
from datetime import date

import pytest
from django.apps import apps
from django.conf import settings as site
from django.core.exceptions import PermissionDenied
from django.db import connection, models
from django.http import HttpResponse
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse

from audit.access import UNLOGGED, OnRecord, gathering, give_reason, show
from audit.models import AccessEntry
from cases.models import Client, ClientName, FamilyLink, Session
from centers.models import Role
from centers.scope import Scope, acting_for, set_scope
from tests.make import (
    everywhere,
    make_activity,
    make_client,
    make_dependant,
    make_session,
    make_stay,
    make_user,
    make_visa_case,
    make_voucher,
    place,
)
from tests.support import as_owner, ask, forbidden, run
from tests.test_permissions import named_routes

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FIELDS = "route, method, status, user_id, workspace_id, files, workspaces, purpose, host(address)"


def entries(database: str) -> list[tuple]:
    with as_owner(database) as owner:
        return owner.execute(f"SELECT {FIELDS} FROM audit_accessentry ORDER BY id").fetchall()


def last(database: str) -> dict:
    return dict(zip([name.split("(")[0] for name in FIELDS.split(", ")], entries(database)[-1], strict=True))


def signed_in(role: Role = Role.COUNSELLOR, at: str = "52110-c1") -> Browser:
    browser = Browser(raise_request_exception=False)
    browser.user = make_user(role, at)
    browser.force_login(browser.user, backend=BACKEND)
    return browser


def keep(request):
    """Read as pages do: a row whole, one without its client, one that is only written, and one past the models."""
    client = Client.objects.get(pk=request.GET["whole"])
    ClientName.objects.only("text").get(client=request.GET["name"])
    FamilyLink.objects.values_list("client_id", "workspace_id")
    made = Client.objects.create(workspace=client.workspace, person_id=client.person_id)
    show({int(request.GET["shown"]): client.workspace_id})
    give_reason("월말 점검")
    return HttpResponse(made.pk)


def fail(request):
    list(Client.objects.all())
    raise RuntimeError("broken")


def deny(request):
    list(Client.objects.all())
    raise PermissionDenied


def late(request):
    list(Client.objects.all())
    FamilyLink.objects.update(settled_on="2025-03-03")
    return HttpResponse("said too early")


urlpatterns = [
    path("keep/", keep, name="keep"),
    path("fail/", fail, name="fail"),
    path("deny/", deny, name="deny"),
    path("late/", late, name="late"),
    path("", HttpResponse, name="home"),
    path("sign-in/", HttpResponse, name="account_login"),
]


@pytest.fixture(autouse=True)
def quiet(settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]


@pytest.fixture
def own_routes(settings):
    settings.ROOT_URLCONF = __name__
    templates = [settings.TEMPLATES[0] | {"APP_DIRS": False, "DIRS": []}]
    loader = (
        "django.template.loaders.locmem.Loader",
        dict.fromkeys(["409.html", "403.html", "404.html", "500.html"], "-"),
    )
    templates[0]["OPTIONS"] = settings.TEMPLATES[0]["OPTIONS"] | {"loaders": [loader]}
    settings.TEMPLATES = templates


class PageTests:
    """Each page about people, opened once: one row, and in it the files whose names stand on the page."""

    def open(self, database: str, browser: Browser, route: str, *arguments, **query) -> str:
        before = len(entries(database))
        answer = browser.get(reverse(route, args=arguments), query)
        assert answer.status_code == 200
        assert len(entries(database)) == before + 1
        assert last(database)["route"] == route
        return answer.content.decode()

    def named(self, text: str) -> list[int]:
        """The clients whose names stand in a page; the names that ``make_client`` gives tell them."""
        return sorted({int(number) for number in re.findall(r"CLIENT (\d+)", text)})

    def test_a_list_of_sessions(self, committed):
        shown = [make_client(), make_client()]
        for client in [*shown, make_client("52130-c1"), make_client()]:
            make_session(client=client, held_on=date(2025, 3, 3) if client in shown else date(2025, 4, 4))
        make_session()
        browser = signed_in()
        text = self.open(committed, browser, "cases:sessions", month="2025-03")
        assert self.named(text) == [client.pk for client in shown] == last(committed)["files"]
        assert last(committed)["workspaces"] == [place().pk] * 2

    def test_a_client(self, committed):
        client, other = make_client(), make_client()
        make_session(client=other)
        text = self.open(committed, signed_in(), "cases:client", client.pk)
        assert self.named(text) == [client.pk] == last(committed)["files"]

    def test_a_session(self, committed):
        client = make_client()
        browser = signed_in()
        text = self.open(committed, browser, "cases:session", make_session(client=client).pk)
        assert self.named(text) == [client.pk] == last(committed)["files"]

    def test_an_anonymous_session_is_of_its_workspace(self, committed):
        self.open(committed, signed_in(), "cases:session", make_session().pk)
        assert (last(committed)["files"], last(committed)["workspaces"]) == ([], [place().pk])

    def test_masked_rows_leave_nobody_and_open_ones_do(self, committed):
        make_session(client=make_client())
        case = make_visa_case(recommended_on=date(2025, 3, 4))
        browser = signed_in(Role.PROVINCE_STAFF, "52-office")
        self.open(committed, browser, "kpi:evidence", "2025.session")
        assert last(committed)["files"] == []
        self.open(committed, browser, "kpi:evidence", "2025.visa_recommended")
        assert last(committed)["files"] == [case.client_id]
        self.open(committed, browser, "kpi:sheet", 2025)
        assert last(committed)["files"] == []

    def test_where_somebody_works(self, committed):
        browser = signed_in()
        browser.get("/at/52110-c1/sessions/")
        assert last(committed)["workspace_id"] == place().pk
        browser.get("/sessions/")
        assert last(committed)["workspace_id"] == place().pk, "the only one is the one"
        browser.get("/at/52130-c1/sessions/")
        assert (last(committed)["status"], last(committed)["route"]) == (403, "cases:sessions")

    def test_from_where_and_how(self, committed, settings):
        browser = signed_in()
        browser.get("/sessions/?month=2025-03", REMOTE_ADDR="192.0.2.7")
        found = last(committed)
        assert (found["method"], found["host"], found["user_id"]) == ("GET", "192.0.2.7", browser.user.pk)
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        browser.get("/sessions/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.9, 203.0.113.5")
        assert last(committed)["host"] == "203.0.113.5"
        browser.get("/sessions/", REMOTE_ADDR="")
        assert last(committed)["host"] is None


class RefusalTests:
    def test_who_is_refused_has_seen_nobody(self, committed):
        client = make_client("52130-c1")
        browser = signed_in()
        for address, status, route in (
            (reverse("cases:client", args=[client.pk]), 404, "cases:client"),
            (reverse("kpi:sheet"), 403, "kpi:sheet"),
            ("/nothing/like/that/", 404, ""),
        ):
            assert browser.get(address).status_code == status
            found = last(committed)
            assert (found["route"], found["status"], found["files"]) == (route, status, [])

    def test_what_was_read_to_refuse_was_not_shown(self, committed, own_routes):
        make_client()
        assert signed_in().get("/deny/").status_code == 403
        assert (last(committed)["files"], last(committed)["workspaces"]) == ([], [])

    @pytest.mark.parametrize(("page", "status"), [("fail", 500), ("late", 409)])
    def test_what_was_taken_back_is_on_record_without_anybody(self, committed, own_routes, page, status):
        make_dependant(make_client())
        browser = signed_in()
        assert browser.get(f"/{page}/").status_code == status
        assert len(entries(committed)) == 1
        found = last(committed)
        assert (found["route"], found["status"], found["files"], found["workspaces"]) == (page, status, [], [])

    def test_nobody_signed_in_leaves_nothing(self, committed):
        for address in ("/accounts/login/", "/sessions/", "/healthz"):
            Browser().get(address)
        signed_in().get("/healthz")
        assert entries(committed) == []


class GatheringTests:
    def test_rows_whole_in_part_written_and_past_the_models(self, committed, own_routes):
        clients = [make_client() for _ in range(4)]
        browser = signed_in()
        query = {"whole": clients[0].pk, "name": clients[1].pk, "shown": clients[2].pk}
        made = int(browser.get("/keep/", query).content)
        assert last(committed)["files"] == [clients[0].pk, clients[1].pk, clients[2].pk, made]
        assert last(committed)["purpose"] == "월말 점검"

    @pytest.mark.django_db
    def test_a_row_of_the_history_is_of_the_same_person(self):
        client = make_client()
        with acting_for([client.workspace_id]), gathering() as shown:
            Client.objects.filter(pk=client.pk).update(ref="new")
            event = apps.get_model("cases.ClientEvent").objects.get()
        assert shown.files == {event.id: client.workspace_id} == {client.pk: client.workspace_id}

    @pytest.mark.django_db
    def test_outside_of_a_request_nothing_is_gathered(self):
        with gathering() as shown:
            pass
        with everywhere():
            list(Client.objects.all())
        assert shown.files == {}
        show({1: 1})
        give_reason("nobody hears it")

    def test_every_model_that_leads_to_a_client_tells_whose_it_is(self):
        untold = {
            model._meta.label
            for model in apps.get_models()
            if not issubclass(model, OnRecord)
            and any(
                isinstance(field, models.ForeignKey) and field.related_model is Client for field in model._meta.fields
            )
        }
        assert untold == set()
        for model in apps.get_models():
            if issubclass(model, OnRecord):
                assert {"workspace_id", *model.whose} <= {field.attname for field in model._meta.fields}, model


class NoPageWithoutARecordTests:
    def test_a_record_that_cannot_be_written_is_no_page(self, committed):
        client = make_client()
        browser = signed_in()
        address = reverse("cases:client", args=[client.pk])
        assert browser.get(address).status_code == 200
        with as_owner(committed) as owner:
            owner.execute(f"REVOKE EXECUTE ON FUNCTION wall.note_access FROM {site.DATABASE_APP_ROLE}")
        answer = browser.get(address)
        assert answer.status_code == 500
        assert f"CLIENT {client.pk}" not in answer.content.decode()

    def test_it_costs_one_statement(self, committed):
        browser = signed_in()
        with CaptureQueriesContext(connection) as queries:
            browser.get("/sessions/")
        assert len([query for query in queries if "note_access" in query["sql"]]) == 1
        assert [query for query in queries if "audit_accessentry" in query["sql"]] == []

    def test_every_route_is_put_on_record(self, committed):
        browser = signed_in()
        for route in sorted(named_routes()):
            try:
                address = reverse(route)
            except Exception:  # takes arguments
                continue
            before = len(entries(committed))
            browser.get(address)
            browser.force_login(browser.user, backend=BACKEND)
            assert len(entries(committed)) - before == (0 if route in UNLOGGED else 1), route


@pytest.mark.django_db
class WallTests:
    NOTE = "SELECT wall.note_access(NULL, 'x', 'GET', 200, NULL, '{1}', '{1}', '')"

    def test_it_is_the_signed_person_who_is_put_on_record(self):
        user, other = make_user(Role.COUNSELLOR), make_user(Role.COUNSELLOR)
        set_scope(Scope(user.pk))
        run(self.NOTE)
        assert ask("SELECT user_id FROM audit_accessentry") == user.pk
        with forbidden():
            run("INSERT INTO audit_accessentry (user_id) VALUES (%s)", other.pk)
        forged = Scope(other.pk).signed(1)
        with forbidden():
            run("SELECT set_config('wall.scope', %s, true)", forged)
            run(self.NOTE)

    def test_nobody_is_nobody(self):
        with forbidden():
            run(self.NOTE)
        set_scope(Scope(None, everywhere=frozenset({"view_clients"})))
        with forbidden():
            run(self.NOTE)

    @pytest.mark.parametrize("statement", ["UPDATE audit_accessentry SET status = 1", "DELETE FROM audit_accessentry"])
    def test_nothing_is_changed(self, statement):
        with everywhere(), forbidden():
            run(statement)


@pytest.mark.django_db
class ReadingTests:
    """Both walls say the same of who reads which rows."""

    @pytest.fixture
    def log(self) -> dict[str, int]:
        here, there = place("52110-c1").pk, place("52130-c1").pk
        made = {}
        for name, workspace, workspaces in (
            ("here", here, [here]), ("there", there, [there]), ("looked at from there", there, [here]),
            ("both", None, [there, here]), ("nowhere", None, []),
        ):  # fmt: skip
            user = make_user()
            set_scope(Scope(user.pk))
            run(
                "SELECT wall.note_access(%s, %s, 'GET', 200, NULL, %s, %s, '')",
                workspace,
                name,
                [7] * len(workspaces),
                workspaces,
            )
            made[name] = user.pk
        return made

    def seen(self, scope: Scope, user, **narrowed) -> set[str]:
        set_scope(scope)
        first = set(AccessEntry.objects.visible_to(user, scope).filter(**narrowed).values_list("route", flat=True))
        second = set(AccessEntry.objects.filter(**narrowed).values_list("route", flat=True))
        assert first == second
        of_file = set(AccessEntry.objects.of_files([7]).filter(**narrowed).values_list("route", flat=True))
        assert of_file == first - {"nowhere"}
        return first

    def test_a_manager_reads_what_concerns_the_own_centre(self, log):
        user = make_user()
        found = self.seen(Scope(user.pk, {"view_access_log": (place().pk,)}), user)
        assert found == {"here", "looked at from there", "both"}

    def test_the_privacy_officer_reads_all(self, log):
        user = make_user()
        assert self.seen(Scope(user.pk, {}, frozenset({"view_access_log"})), user) == set(log)

    def test_everybody_reads_their_own(self, log):
        user = make_user()
        set_scope(Scope(user.pk))
        run("SELECT wall.note_access(NULL, 'mine', 'GET', 200, NULL, '{7}', '{1}', '')")
        assert self.seen(Scope(user.pk, {"view_sessions": (place().pk,)}), user) == {"mine"}

    def test_all_kinds_of_records_tell_whose_they_are(self):
        client = make_client("52110-s1", sex_id="male")
        with everywhere(), gathering() as shown:
            pass
        rows = [
            make_stay(client=client), make_visa_case(), make_voucher(), make_dependant(make_client()),
            make_session(client=make_client()),
        ]  # fmt: skip
        make_activity()
        with everywhere(), gathering() as shown:
            for row in rows:
                assert type(row).objects.get(pk=row.pk)
        assert shown.files == {row.client_id: row.workspace_id for row in rows}
        assert Session in {type(row) for row in rows}
