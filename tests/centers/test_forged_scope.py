"""A scope that was not set by the application is not believed."""

from hashlib import sha256

import pytest
from django.conf import settings
from django.db import transaction

from cases.models import Client
from centers.scope import Scope, acting_for
from tests.make import (
    everywhere,
    make_client,
    place,
)
from tests.support import ask, forbidden, run

LOGS = {"audit_accessentry", "audit_auditentry"}
HERE, ELSEWHERE = "52110-c1", "52130-c1"


def token(pid: int, body: str, key: bytes) -> str:
    return sha256(key + sha256(key + f"{pid}.{body}".encode()).digest()).hexdigest() + "." + body


EVERYTHING = '{"user":1,"in":{},"all":["view_clients","work_clients"]}'


@pytest.mark.django_db
class ForgedScopeTests:
    """Somebody can make the application run SQL of theirs: they may set the setting, and it is not believed."""

    @pytest.fixture(autouse=True)
    def client_elsewhere(self):
        make_client(ELSEWHERE)
        self.pid = ask("SELECT pg_backend_pid()")

    @pytest.mark.parametrize(
        "forged",
        [
            "nonsense",
            EVERYTHING,
            "." + EVERYTHING,
            "0" * 64 + "." + EVERYTHING,
            " ",
        ],
    )
    def test_a_setting_made_by_hand_is_refused(self, forged):
        with forbidden():
            run("SELECT set_config('wall.scope', %s, true)", forged)
            Client.objects.count()

    @pytest.mark.parametrize("key", [b"", b"\0" * 32, b"settlement", settings.MATCH_KEY.encode()])
    def test_a_token_signed_with_another_key_is_refused(self, key):
        with forbidden():
            run("SELECT set_config('wall.scope', %s, true)", token(self.pid, EVERYTHING, key))
            Client.objects.count()

    def test_the_same_token_with_the_key_is_believed(self):
        with transaction.atomic():
            run(
                "SELECT set_config('wall.scope', %s, true)",
                token(self.pid, EVERYTHING, bytes.fromhex(settings.SCOPE_KEY)),
            )
            assert Client.objects.count() == 1

    def test_a_union_that_sets_the_scope_is_refused(self):
        injected = "x' UNION SELECT set_config('wall.scope', '" + "0" * 64 + "." + EVERYTHING + "', true) --"
        with forbidden(), acting_for([place(HERE).pk]):
            run(f"SELECT name FROM centers_workspace WHERE code = '{injected}'")
            Client.objects.count()

    def test_a_union_in_the_very_query_that_reads_people_is_refused(self):
        with forbidden(), acting_for([place(HERE).pk]):
            run(
                "SELECT set_config('wall.scope', %s, true) UNION ALL SELECT ref FROM cases_client",
                "0" * 64 + "." + EVERYTHING,
            )

    def test_the_token_of_another_connection_is_refused(self):
        with forbidden():
            run(
                "SELECT set_config('wall.scope', %s, true)",
                Scope(everywhere=frozenset(["view_clients"])).signed(self.pid + 1),
            )
            Client.objects.count()

    def test_a_token_whose_body_was_altered_is_refused(self):
        own = Scope(workspaces={"view_clients": (place(HERE).pk,)}).signed(self.pid)
        with forbidden():
            run(
                "SELECT set_config('wall.scope', %s, true)", own.replace(str(place(HERE).pk), str(place(ELSEWHERE).pk))
            )
            Client.objects.count()

    def test_a_token_whose_connection_number_runs_into_its_body_is_refused(self):
        signed = token(self.pid, "1" + EVERYTHING, bytes.fromhex(settings.SCOPE_KEY))
        with forbidden():
            run("SELECT set_config('wall.scope', %s, true)", signed.replace(".1{", ".{"))
            Client.objects.count()

    @pytest.mark.parametrize(
        "statement",
        [
            "SELECT key FROM wall.scope_key",
            "UPDATE wall.scope_key SET key = sha256('x')",
            "SELECT wall.count_seats('[]')",
            "SELECT wall.count_money('[]')",
            "SELECT wall.share(ARRAY[1])",
            "SELECT wall.readers_of(ARRAY[1])",
            "SELECT wall.one_household(1, 2)",
            "SELECT wall.works_on(1)",
            "SET ROLE {owner}",
            "SET SESSION AUTHORIZATION {owner}",
            "ALTER TABLE cases_client DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE cases_client DISABLE TRIGGER ALL",
            "DROP POLICY view ON cases_client",
            "CREATE POLICY all_of_it ON cases_client USING (true)",
            "GRANT SELECT ON cases_person TO PUBLIC",
            "SET session_replication_role = replica",
            "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE VIEW wall.mine AS SELECT 1",
            "TRUNCATE cases_client",
            "COPY cases_client TO PROGRAM 'cat'",
            "SELECT pg_read_file('/etc/passwd')",
        ],
    )
    def test_what_would_take_the_wall_down_is_refused(self, statement):
        with forbidden(), everywhere():
            run(statement.format(owner=settings.DATABASE_OWNER["USER"]))

    def test_row_security_set_to_off_shows_no_more(self):
        with forbidden(), acting_for([place(HERE).pk]):
            run("SET LOCAL row_security = off")
            Client.objects.count()

    def test_a_temporary_table_does_not_stand_in_for_the_key(self):
        with transaction.atomic():
            run("CREATE TEMPORARY TABLE scope_key (key bytea) ON COMMIT DROP")
            run("INSERT INTO scope_key VALUES (%s)", b"\0" * 32)
            with forbidden():
                run("SELECT set_config('wall.scope', %s, true)", token(self.pid, EVERYTHING, b"\0" * 32))
                Client.objects.count()
