"""What the database itself says of the second wall: nothing about people was forgotten."""

import pytest
from django.conf import settings
from django.db import connection

from tests.tables import HISTORY, NOT_PEOPLE, PEOPLE, SEALED, WALLED

pytestmark = pytest.mark.django_db

OURS = "n.nspname IN ('public', 'wall')"
TABLES = f"FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS} AND c.relkind IN ('r', 'p')"

# Functions that see every row. Those the application may call ask the scope themselves, or answer nothing of a person.
CALLED_BY_THE_APPLICATION = {
    "accesses_of", "ask_dependants_of", "asked_elsewhere", "check_counts", "conditions", "drain", "end_draft",
    "evidence", "evidence_total", "exports_due", "files_numbered", "forget_number", "guarded_accesses",
    "is_official", "join_persons", "key_is", "known_persons", "look_at_work_of", "mark_all", "merge_files",
    "name_person", "nights_slept", "note_access", "numbers_of_files", "open_questions", "part_files",
    "part_persons", "payload", "people_of_letter", "persons_for", "purge_attachments", "purge_drafts",
    "purge_semester_lists", "recommended_beside", "record", "rows_gone", "rows_of_files", "size_of_letter",
    "status_report_counts", "students_elsewhere", "study_counts", "study_rows", "take_in", "waiting_line",
}  # fmt: skip
CALLED_BY_THE_WALL = {
    "advice_of", "ask_dependants", "ask_within_bounds", "begin_budget", "begin_decision", "begin_setting",
    "begin_share", "case_agrees_with_steps", "case_asks_dependants", "check_in_its_time", "close_month",
    "close_quota", "complete_in_time", "conditions_of", "contract_asks_to_look", "count_money", "count_seats",
    "count_vouchers", "decide_with_a_reason", "dependant_before_the_end", "dependant_has_a_permit",
    "dependant_settles_with_the_principal", "draft_is_of_no_record", "end_studies", "entry_balances", "entry_once",
    "fact_once", "facts_of", "finding_of_check", "fit_rooms_again", "grant_in_time", "heed_decision", "heed_notice",
    "heed_setting", "keep_finding", "keep_inner_step", "keep_month_count", "keep_studies_end", "lacking",
    "ledger_changed", "letter_once", "line_joins_a_new_entry", "look_at_work", "mark_clients", "mark_months",
    "mark_papers", "mark_reference", "month_is_closed", "nobody_depends_on_themselves", "one_household",
    "one_quota_a_day", "part_of_a_closed_month", "permit_within_hours", "permits_within_studies", "place_again",
    "place_visa_case", "place_was_there", "places_of_files", "places_were_there", "readers_of", "reallocate_within",
    "recount", "recount_places", "refuse_closed_months", "session_within_operation", "settled_without_permit",
    "share", "share_beside", "share_changed", "share_dependants", "sort_files", "status_changes_follow",
    "stay_fits_its_room",
    "step_of_proposal", "studies_end", "take_place_along", "take_places_anew", "take_reminders_along", "veil",
    "visa_case_seats", "workplace_asks_to_look", "works_on", "works_on_file",
}  # fmt: skip


def rows(statement: str, *values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall()


def names(statement: str, *values) -> set[str]:
    return {row[0] for row in rows(statement, *values)}


class TableTests:
    def test_every_table_stands_on_one_of_two_lists(self):
        assert not PEOPLE & NOT_PEOPLE
        assert names(f"SELECT c.relname {TABLES}") == PEOPLE | NOT_PEOPLE

    def test_every_table_about_people_has_row_security(self):
        assert names(f"SELECT c.relname {TABLES} AND c.relrowsecurity") == PEOPLE

    def test_the_owner_is_not_blinded(self):
        assert names(f"SELECT c.relname {TABLES} AND c.relforcerowsecurity") == set()

    def test_the_application_owns_nothing(self):
        owners = names(f"SELECT DISTINCT pg_get_userbyid(c.relowner) {TABLES}")
        assert owners == {settings.DATABASE_OWNER["USER"]}
        assert rows("SELECT current_user")[0][0] not in owners

    def test_each_command_on_people_has_a_policy_of_its_own(self):
        policies = rows("SELECT tablename, cmd FROM pg_policies WHERE schemaname = 'public'")
        assert {table for table, command in policies} == WALLED | HISTORY
        assert "ALL" not in {command for table, command in policies}, "FOR ALL widens what is read"
        assert {table for table, command in policies if command == "SELECT"} == WALLED | HISTORY
        assert {command for table, command in policies if table in HISTORY} == {"SELECT"}

    def test_no_policy_is_permissive_beyond_a_scope(self):
        conditions = rows("SELECT tablename, coalesce(qual, with_check) FROM pg_policies WHERE schemaname = 'public'")
        assert [table for table, condition in conditions if "wall." not in condition] == []


class RightsTests:
    @pytest.mark.parametrize("right", ["INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"])
    def test_nobody_writes_history(self, right):
        writable = names(f"SELECT c.relname {TABLES} AND has_table_privilege(c.oid, '{right}')")
        assert writable & (HISTORY | SEALED | {"audit_accessentry", "audit_auditentry", "scope_key"}) == set()

    def test_the_application_works_on_rows_and_not_on_tables(self):
        rights = ["TRUNCATE", "REFERENCES", "TRIGGER"]
        if connection.pg_version >= 17_00_00:
            rights.append("MAINTAIN")
        for right in rights:
            assert names(f"SELECT c.relname {TABLES} AND has_table_privilege(c.oid, '{right}')") == set(), right

    def test_sealed_tables_are_not_even_read(self):
        readable = names(f"SELECT c.relname {TABLES} AND has_table_privilege(c.oid, 'SELECT')")
        assert readable & (SEALED | {"scope_key"}) == set()

    def test_counters_are_read_and_never_written(self):
        writable = names(f"SELECT c.relname {TABLES} AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE')")
        assert writable & {"visas_quotapool", "visas_poolprogramme", "visas_voucherbudget"} == set()
        changed = names(f"SELECT c.relname {TABLES} AND has_table_privilege(c.oid, 'UPDATE, DELETE')")
        assert "visas_quotashare" not in changed

    def test_the_application_makes_nothing_in_our_schemas(self):
        assert (
            names(f"SELECT nspname FROM pg_namespace n WHERE {OURS} AND has_schema_privilege(oid, 'CREATE')") == set()
        )

    def test_the_role_has_no_way_above_the_wall(self):
        above = "rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication"
        assert rows(f"SELECT {above} FROM pg_roles WHERE rolname = current_user") == [(False,)]
        reach = names("SELECT rolname FROM pg_roles WHERE rolname <> current_user AND pg_has_role(oid, 'MEMBER')")
        assert reach == set()


class ViewTests:
    def test_every_view_asks_as_the_caller(self):
        views = rows(
            "SELECT c.relname, coalesce(c.reloptions, '{}')"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            f" WHERE {OURS} AND c.relkind = 'v'"
        )
        assert [name for name, options in views if "security_invoker=true" not in options] == []

    def test_no_view_keeps_rows_of_its_own(self):
        assert names("SELECT matviewname FROM pg_matviews n WHERE schemaname IN ('public', 'wall')") == set()


class FunctionTests:
    DEFINERS = f"FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {OURS} AND p.prosecdef"

    def test_every_function_that_sees_all_rows_is_known(self):
        found = names(f"SELECT p.proname {self.DEFINERS} AND p.proname NOT LIKE 'pgtrigger\\_%'")
        assert found == CALLED_BY_THE_APPLICATION | CALLED_BY_THE_WALL

    def test_each_pins_its_search_path(self):
        pinned = "coalesce('search_path=public, pg_temp' = ANY (p.proconfig), false)"
        loose = names(f"SELECT p.proname {self.DEFINERS} AND NOT {pinned}")
        assert loose == set()

    def test_none_is_open_to_everyone(self):
        everyone = names(
            "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname = 'wall' AND has_function_privilege('public', p.oid, 'EXECUTE')"
        )
        assert everyone == set()

    def test_the_application_calls_only_those_meant_for_it(self):
        open_to_it = names(f"SELECT p.proname {self.DEFINERS} AND has_function_privilege(p.oid, 'EXECUTE')")
        assert open_to_it == CALLED_BY_THE_APPLICATION

    def test_history_is_written_by_the_owner_whoever_changes_the_row(self):
        trigger_functions = rows("SELECT proname, prosecdef FROM pg_proc WHERE proname LIKE 'pgtrigger\\_%'")
        assert trigger_functions
        assert [name for name, definer in trigger_functions if not definer] == []

    def test_every_table_with_history_has_its_triggers_on(self):
        tables = {name.removesuffix("event") for name in HISTORY}
        enabled = names(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE 'pgtrigger\\_update\\_%' AND t.tgenabled <> 'D'"
        )
        assert tables <= enabled
