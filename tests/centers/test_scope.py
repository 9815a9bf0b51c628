"""The second wall: what the database shows when the first one, in Python, has been forgotten."""

import json
from datetime import date

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction

from audit.models import Action
from audit.services import record
from cases.models import (
    Client,
    ClientMerge,
    Contact,
    FollowUpAnswer,
    Identifier,
    IdentifierKind,
    Session,
    SessionIssue,
)
from centers.models import Role
from centers.scope import Scope, acting_for, set_scope
from centers.selectors import scope_of
from tests.make import (
    DAY,
    everywhere,
    make_activity,
    make_attachment,
    make_batch,
    make_case_study,
    make_change,
    make_check,
    make_check_batch,
    make_client,
    make_closing,
    make_deadline,
    make_dependant,
    make_dependant_question,
    make_employment,
    make_export,
    make_finding,
    make_korean,
    make_leave,
    make_pair,
    make_paper_rule,
    make_question,
    make_request,
    make_semester,
    make_session,
    make_stay,
    make_student,
    make_study_permit,
    make_together,
    make_user,
    make_visa_case,
    make_voucher,
    place,
)
from tests.support import as_owner, ask, forbidden, run, sqlstate
from tests.tables import HISTORY, SEALED, WALLED
from workbook.models import ImportedFile, ImportedRow, OpenedFile

LOGS = {"audit_accessentry", "audit_auditentry", "audit_monthreview", "audit_reviewfinding"}
HERE, ELSEWHERE = "52110-c1", "52130-c1"


def make_a_row_in_every_table(database: str) -> None:
    """One row about people in every table, none of them of the centre HERE; each is changed once, for its history."""
    client = make_client(ELSEWHERE)
    session = make_together(make_session(client=client), make_client(ELSEWHERE))
    with everywhere():
        own = {"workspace_id": client.workspace_id}
        Contact.objects.create(**own, client=client, value="010")
        Identifier.objects.create(
            **own, client=client, kind=IdentifierKind.PASSPORT, ciphertext=b"1", digest=b"1" * 32
        )
        SessionIssue.objects.create(**own, session=session, topic_id="labour.severance")
        FollowUpAnswer.objects.create(**own, session=session, promised_on=DAY, reason="x")
        ClientMerge.objects.create(**own, kept_id=client.pk, absorbed_id=client.pk)
        file = ImportedFile.objects.create(name="x.xlsx", digest=b"1", **own)
        row = ImportedRow.objects.create(
            sheet="s", namespace=client.workspace_id, ref="1", record_id=1, digest=b"1", file=file
        )
        OpenedFile.objects.create(row=row, client=client, **own)
        record(Action.WORKBOOK_IMPORTED, actor=None, **own)
    make_dependant(client)
    permit = {"recommended_on": DAY, "letter_number": "L-1", "granted_on": DAY}
    finding = make_finding(make_check(make_visa_case("F-4-R", "52130-office", **permit), kind="residence_region"))
    make_closing(finding)
    make_dependant_question(make_visa_case("F-4-R", "52130-office"))
    make_pair(client, make_client(ELSEWHERE))
    make_attachment(client)
    make_employment(client)
    make_change(student := make_student())
    make_study_permit(student)
    make_korean(student)
    make_case_study()
    make_semester()
    make_request(client, make_question(make_client(ELSEWHERE)))
    make_deadline(session)
    make_activity(at=ELSEWHERE)
    make_export(make_user(Role.COUNSELLOR, ELSEWHERE), workspace=place(ELSEWHERE))
    case = make_visa_case("E-7-4", "52130-office")
    make_paper_rule("E-7-4")
    make_batch(make_user(Role.CITY_OFFICER, "52130-office"))
    make_check_batch(make_user(Role.CITY_OFFICER, "52130-office"))
    make_voucher("52130")
    stay = make_stay(checked_in_on=date(2025, 3, 1))
    make_leave(stay, date(2025, 3, 2), date(2025, 3, 3))
    with as_owner(database) as owner:
        month, here = date(2025, 3, 1), client.workspace_id
        owner.execute(
            "INSERT INTO kpi_monthlyactivity"
            " (month, workspace_id, kind, dimension, value, records, quantity, minutes, province_won)"
            " VALUES (%s, %s, 'x', '', '', 1, 1, 0, 0)",
            [month, here],
        )
        owner.execute(
            "INSERT INTO kpi_monthlyperson (month, workspace_id, kind, person_id) VALUES (%s, %s, 'x', %s)",
            [month, here, client.person_id],
        )
        owner.execute(
            "INSERT INTO kpi_yearanswer (year, as_of, rule, generation, answer) VALUES (2024, '2024-12-31', '', 1, '')"
        )
        owner.execute(
            "INSERT INTO cases_draft (token, user_id, workspace_id, fields, version, tab, sequence, rivals)"
            " VALUES (gen_random_uuid(), %s, %s, '{}', 1, '', 0, '{}')",
            [make_user().pk, here],
        )
        for table, columns, values in (
            ("visas_casestep", "kind, happened_on, takes_back, document, note, against_advice, consented",
             "'checked', v.received_on, false, '', 'x', '', false"),
            ("visas_waitingmove", "place, reason", "1, 'x'"),
            ("visas_casepoint", "item_id, points, evidence",
             "(SELECT i.id FROM visas_pointitem i WHERE i.programme_id = v.programme_id AND i.code = 'age'), 1, ''"),
            ("visas_casepaper", "paper_id, state, happened_on, note",
             "(SELECT p.id FROM visas_requiredpaper p WHERE p.programme_id = v.programme_id LIMIT 1), 'missing',"
             " v.received_on, ''"),
            ("visas_casefact", "kind, value, found_on, evidence", "'funds', 30, v.received_on, 'x'"),
        ):  # fmt: skip
            owner.execute(
                f"INSERT INTO {table} (workspace_id, case_id, client_id, person_id, {columns})"
                f" SELECT v.workspace_id, v.id, v.client_id, v.person_id, {values}"
                " FROM visas_visacase v WHERE v.id = %s",
                [case.pk],
            )
        owner.execute(
            "INSERT INTO cases_putoff (workspace_id, user_id, client_id, until, reason)"
            " VALUES (%s, %s, %s, '2030-01-01', 'x')",
            [here, make_user().pk, client.pk],
        )
        owner.execute(
            "INSERT INTO cases_sessiontemplate (workspace_id, owner_id, name, fields) VALUES (%s, %s, 'x', '{}')",
            [here, make_user().pk],
        )
        owner.execute(
            "INSERT INTO cases_monthclose (workspace_id, month, sessions, document, open_reason)"
            " VALUES (%s, '2025-01-01', 0, '', '')",
            [here],
        )
        owner.execute("INSERT INTO cases_completionrule (workspace_id, fields) VALUES (%s, '{}')", [here])
        owner.execute(
            "INSERT INTO audit_accessentry (user_id, workspace_id, route, method, status, files, workspaces, purpose)"
            " VALUES (%s, %s, 'cases:client', 'GET', 200, %s, %s, '')",
            [make_user().pk, here, [client.pk], [here]],
        )
        for table, columns in {
            "audit_monthreview": "signed_by_id, month, figures, remark, document, alone",
            "audit_reviewfinding": "found_by_id, month, what, done",
        }.items():
            texts = ", '{}'" if "figures" in columns else ""
            texts += ", 'x'" * (columns.count(",") - 1 - texts.count("{"))
            owner.execute(f"INSERT INTO {table} ({columns}) VALUES (%s, '2025-03-01'{texts})", [make_user().pk])
        for table in sorted(WALLED - LOGS):
            owner.execute(f"UPDATE {table} SET workspace_id = workspace_id" if has_workspace(table) else "SELECT")
        # Further clients move with the day of their session, and have nothing else that could change.
        owner.execute("UPDATE cases_session SET held_on = held_on - 1")
        # A finding has had its second look, which changed it; what was done about it takes one alone.
        owner.execute(
            "UPDATE visas_closing SET state = 'confirmed', looked_by_id = %s, looked_on = done_on, reason = 'x'",
            [make_user().pk],
        )
        # A question about a dependant takes its answer alone.
        owner.execute("UPDATE visas_dependantquestion SET outcome_id = 'left', answered_on = happened_on")
        # A change of status takes its report alone.
        owner.execute(
            "UPDATE visas_statuschange SET reported_on = happened_on, report_document = 'x' WHERE due_on IS NOT NULL"
        )
        # What is on record of a student is withdrawn and changes otherwise in nothing.
        for table in ("visas_studypermit", "visas_koreanresult"):
            owner.execute(f"UPDATE {table} SET withdrawn_on = '2025-03-04', withdrawn_why = 'x'")
        alone = {
            "cases_sessionclientevent", "visas_closingevent", "visas_dependantquestionevent", "visas_findingevent",
            "visas_koreanresultevent", "visas_obligationcheckevent", "visas_statuschangeevent",
            "visas_studypermitevent",
        }  # fmt: skip
        for table in sorted(HISTORY - alone):
            history = table.removesuffix("event")
            column = {"cases_session": "minutes", "visas_visacase": "letter_number", "visas_voucher": "ref"}
            owner.execute(f"UPDATE {history} SET {changed(history, column)}")


def has_workspace(table: str) -> bool:
    return any(model._meta.db_table == table and hasattr(model, "workspace_id") for model in apps.get_models())


def changed(table: str, known: dict[str, str]) -> str:
    """An assignment that changes a row of the table, whatever its columns are."""
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    names = {field.column for field in model._meta.fields}
    for column, value in (
        ("ref", "'changed'"), ("text", "'changed'"), ("value", "'changed'"), ("ciphertext", "'2'"),
        ("topic_id", "'labour.minimum_wage'"), ("back_on", "back_on + 1"), ("what", "'changed'"),
        ("note", "'changed'"), ("industry", "'changed'"), ("reason", "'changed'"),
    ):  # fmt: skip
        if column in names:
            return f"{column} = {value}"
    raise LookupError(table)


def columns_written(table: str) -> str:
    """The columns of a table but those that the database works out itself."""
    return ask(
        "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        table,
    )


def attempt(statement: str, *values) -> int | str:
    """How many rows a statement touched, or the state with which it was refused. Nothing stays of it."""
    try:
        with transaction.atomic():
            touched = run(statement, *values)
            transaction.set_rollback(True)
            return touched
    except DatabaseError as error:
        return sqlstate(error)


class ForgottenFilterTests:
    """``visible_to`` was left out; the rows are those of other workspaces."""

    @pytest.fixture(autouse=True)
    def world(self, committed):
        make_a_row_in_every_table(committed)
        self.scope = [place(HERE).pk]

    def test_every_table_has_a_row_to_be_hidden(self, committed):
        with as_owner(committed) as owner:
            tables = sorted(WALLED | HISTORY | SEALED - {"cases_personjoin", "cases_personkey"})
            counts = {table: owner.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}
        assert [table for table, count in counts.items() if not count] == []

    def test_the_workspace_itself_sees_its_rows(self):
        with acting_for([place(code).pk for code in (ELSEWHERE, "52130-office", "52110-s1", "jbnu")]):
            # The logs are read by those who review them, the year's answer by those who read all figures; the others
            # by their owner.
            owned = {"centers_export", "cases_draft", "cases_putoff", "cases_sessiontemplate"}
            owned |= {"visas_casebatch", "visas_checkbatch"}
            own = (WALLED | HISTORY) - LOGS - {"kpi_yearanswer"} - owned
            assert [table for table in sorted(own) if not ask(f"SELECT count(*) FROM {table}")] == []

    def test_nothing_is_read(self):
        with acting_for(self.scope):
            assert {table: ask(f"SELECT count(*) FROM {table}") for table in WALLED | HISTORY} == dict.fromkeys(
                WALLED | HISTORY, 0
            )
            assert [
                model for model in apps.get_models() if model._meta.db_table in WALLED and model.objects.all()
            ] == []

    def test_nothing_is_changed(self):
        with acting_for(self.scope):
            others = {"workbook_importedrow": "namespace", "kpi_yearanswer": "year", "visas_casebatch": "kind"}
            others["visas_checkbatch"] = "result"
            others |= dict.fromkeys(["audit_monthreview", "audit_reviewfinding"], "month")
            columns = {table: others.get(table, "workspace_id") for table in WALLED}
            touched = {table: attempt(f"UPDATE {table} SET {column} = {column}") for table, column in columns.items()}
        assert set(touched.values()) <= {0, "42501"}, touched

    def test_nothing_is_deleted(self):
        with acting_for(self.scope):
            touched = {table: attempt(f"DELETE FROM {table}") for table in WALLED}
        assert set(touched.values()) <= {0, "42501"}, touched

    def test_nothing_is_put_in(self, committed):
        with as_owner(committed) as owner:
            rows = {
                table: owner.execute(f"SELECT to_jsonb(t) FROM {table} t LIMIT 1").fetchone()[0] for table in WALLED
            }
        written = {table: columns_written(table) for table in WALLED}
        with acting_for(self.scope):
            refused = {
                table: attempt(
                    f"INSERT INTO {table} ({written[table]}) SELECT {written[table]}"
                    f" FROM jsonb_populate_record(NULL::{table}, %s)",
                    json.dumps(row | {"id": 1_000_000}),
                )
                for table, row in rows.items()
            }
        assert refused == dict.fromkeys(WALLED, "42501")

    @pytest.mark.parametrize("command", ["SELECT FROM", "DELETE FROM", "INSERT INTO"])
    def test_history_and_identities_are_never_written_nor_identities_read(self, command):
        closed = SEALED if command == "SELECT FROM" else SEALED | HISTORY | LOGS
        end = " DEFAULT VALUES" if command == "INSERT INTO" else ""
        with everywhere():
            refused = {table: attempt(f"{command} {table}{end}") for table in closed}
        assert refused == dict.fromkeys(closed, "42501")

    def test_history_is_not_updated(self):
        with everywhere():
            refused = {table: attempt(f"UPDATE {table} SET pgh_label = pgh_label") for table in HISTORY}
        assert refused == dict.fromkeys(HISTORY, "42501")

    def test_a_scope_of_one_class_of_data_opens_no_other(self):
        with transaction.atomic():
            set_scope(Scope(workspaces={"view_clients": (place(ELSEWHERE).pk,)}))
            assert Client.objects.count() > 0
            assert Session.objects.count() == 0
            assert run("UPDATE cases_client SET ref = 'x'") == 0

    def test_the_audit_cannot_be_changed_even_by_the_owner(self, committed):
        with as_owner(committed) as owner:
            for table in sorted(LOGS):
                for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
                    with pytest.raises(Exception, match="added and never changed"):
                        owner.execute(statement)


class HistoryTests:
    @pytest.mark.django_db
    def test_what_a_row_was_is_seen_by_its_workspace_alone(self):
        client = make_client(ELSEWHERE)
        with everywhere():
            client.ref = "changed"
            client.save()
        with acting_for([place(ELSEWHERE).pk]):
            assert client.events.count() == 1
        with acting_for([place(HERE).pk]):
            assert client.events.count() == 0


@pytest.mark.django_db
class VisibleToTests:
    """The first wall."""

    def test_a_counsellor_sees_the_own_centre(self):
        mine, _theirs = make_client(HERE), make_client(ELSEWHERE)
        user = make_user("counsellor", HERE)
        with transaction.atomic():
            set_scope(scope_of(user))
            assert list(Client.objects.visible_to(user)) == [mine]
            assert list(Client.objects.all()) == [mine]

    def test_both_walls_show_a_visa_case_of_an_own_client(self):
        mine = make_client(HERE)
        case = make_visa_case(client=make_client("52140-office", person=mine.person_id))
        user = make_user("counsellor", HERE)
        with transaction.atomic():
            set_scope(scope_of(user))
            assert list(type(case).objects.visible_to(user)) == [case]
            assert run("UPDATE visas_visacase SET ref = 'x'") == 0

    def test_the_province_reviews_every_visa_case_and_makes_none(self):
        case = make_visa_case()
        user = make_user("province_staff", "52-office")
        with transaction.atomic():
            set_scope(scope_of(user))
            assert list(type(case).objects.visible_to(user)) == [case]
            assert run("UPDATE visas_visacase SET recommended_on = received_on") == 1
            case.pk = None
            with forbidden():
                case.save(force_insert=True)

    def test_no_role_and_an_inactive_person_see_nothing(self):
        make_client(HERE)
        stranger, gone = make_user(), make_user("counsellor", HERE)
        gone.is_active = False
        for user in (stranger, gone):
            with transaction.atomic():
                set_scope(scope_of(user))
                assert not Client.objects.visible_to(user).exists()
                assert not Client.objects.exists()
