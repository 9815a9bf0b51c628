"""SQL that migrations use to wall a table about people (``postgres.md`` calls it the second wall)."""

from django.conf import settings
from django.db import migrations


def _open_to(permission: str, *, shared: bool = False, through: str = "") -> str:
    """True for the rows that the running scope opens. The sub-selects run once a query, not once a row."""
    condition = (
        f"(SELECT wall.whole('{permission}')) OR workspace_id = ANY ((SELECT wall.scope('{permission}'))::bigint[])"
    )
    if shared:
        condition += f" OR shared_with && (SELECT wall.scope('{permission}'))::int[]"
    if through:  # asked only of rows that the workspaces do not open
        condition += (
            f" OR EXISTS (SELECT FROM cases_client c WHERE c.id = {through}"
            f" AND c.shared_with && (SELECT wall.scope('{permission}'))::int[])"
        )
    return condition


def wall(
    table: str,
    *,
    view: str,
    work: str,
    review: str = "",
    shared: bool = False,
    deletable: bool = False,
    history: bool = False,
) -> migrations.RunSQL:
    """Row security on a table: read with ``view``, write with ``work``; one policy a command.

    ``review``: who may change a row and not make one. ``shared``: the row is also read by the workspaces in
    ``shared_with``. ``deletable``: rows of it are parts of another record and may go. ``history``: its event
    table is read likewise and written by none.
    """
    change = f"{_open_to(work)} OR {_open_to(review)}" if review else _open_to(work)
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY view ON {table} FOR SELECT USING ({_open_to(view, shared=shared)})",
        f"CREATE POLICY work_insert ON {table} FOR INSERT WITH CHECK ({_open_to(work)})",
        f"CREATE POLICY work_update ON {table} FOR UPDATE USING ({change}) WITH CHECK ({change})",
    ]
    undo = [f"DROP POLICY {name} ON {table}" for name in ("view", "work_insert", "work_update")]
    if deletable:
        statements.append(f"CREATE POLICY work_delete ON {table} FOR DELETE USING ({_open_to(work)})")
        undo.append(f"DROP POLICY work_delete ON {table}")
    else:
        statements.append(f"REVOKE DELETE ON {table} FROM {app_role()}")
    if history:
        statements += [
            f"ALTER TABLE {table}event ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY view ON {table}event FOR SELECT USING ({_open_to(view)})",
            f"REVOKE INSERT, UPDATE, DELETE ON {table}event FROM {app_role()}",
        ]
        undo += [f"DROP POLICY view ON {table}event", f"ALTER TABLE {table}event DISABLE ROW LEVEL SECURITY"]
    undo.append(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    return migrations.RunSQL(statements, undo)


def deletable(table: str, *, work: str) -> migrations.RunSQL:
    """Let rows of a walled table go that at first were to stay: with ``work``, as the rest of its writing."""
    return migrations.RunSQL(
        [
            f"CREATE POLICY work_delete ON {table} FOR DELETE USING ({_open_to(work)})",
            f"GRANT DELETE ON {table} TO {app_role()}",
        ],
        [f"REVOKE DELETE ON {table} FROM {app_role()}", f"DROP POLICY work_delete ON {table}"],
    )


def sealed(table: str) -> migrations.RunSQL:
    """A table that the application reaches through functions of the database alone."""
    return migrations.RunSQL(
        [f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", f"REVOKE ALL ON {table} FROM {app_role()}"],
        [
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {app_role()}",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ],
    )


def shared_by_trigger(table: str) -> migrations.RunSQL:
    """Keep ``shared_with`` to the functions of the wall: a row that was read before it changed would write it back."""
    return migrations.RunSQL(
        f"CREATE TRIGGER keep_shared BEFORE INSERT OR UPDATE OF shared_with ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION wall.keep_shared()",
        f"DROP TRIGGER keep_shared ON {table}",
    )


def shared_through(table: str, client: str, *, view: str) -> migrations.RunSQL:
    """Rows that are part of a client's file are also read by the workspaces that the file is shared with."""
    return migrations.RunSQL(
        f"ALTER POLICY view ON {table} USING ({_open_to(view, through=client)})",
        f"ALTER POLICY view ON {table} USING ({_open_to(view)})",
    )


def client_triple(table: str, *, person: str = "person_id", client: str = "client_id") -> migrations.RunSQL:
    """Tie (client, workspace, person) of a record to its client: no record hangs on a foreign one, and joining
    identities moves every record with its client. ``person=""`` where the record keeps no identity.
    """
    mine = f"{client}, workspace_id" + (f", {person}" if person else "")
    theirs = "id, workspace_id" + (", person_id" if person else "")
    name = f"{table}_{client}_is_of_the_workspace"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({mine}) REFERENCES cases_client ({theirs}) "
        f"ON UPDATE CASCADE",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def function(
    signature: str,
    body: str,
    *,
    returns: str,
    definer: bool = False,
    private: bool = False,
    language: str = "plpgsql",
    traits: str = "",
) -> migrations.RunSQL:
    """A function of the wall. A definer function sees all rows, so its search path is pinned.

    ``private``: other functions of the wall call it, and the application does not.
    """
    security = "SECURITY DEFINER SET search_path = public, pg_temp" if definer else ""
    name = signature.partition("(")[0]
    grant = "" if private or returns == "trigger" else f"GRANT EXECUTE ON FUNCTION {name} TO {app_role()};"
    return migrations.RunSQL(
        f"CREATE OR REPLACE FUNCTION {signature} RETURNS {returns} LANGUAGE {language} {traits} {security} AS $body$"
        f"{body}$body$; REVOKE ALL ON FUNCTION {name} FROM PUBLIC; {grant}",
        f"DROP FUNCTION {name}",
    )


def on_statement(
    table: str, name: str, function_name: str, *, events=("INSERT", "UPDATE"), arguments=()
) -> migrations.RunSQL:
    """Call a trigger function once a statement, with the rows it changed as ``new_rows`` and ``old_rows``."""
    tables = {
        "INSERT": "REFERENCING NEW TABLE AS new_rows",
        "UPDATE": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "DELETE": "REFERENCING OLD TABLE AS old_rows",
    }
    given = ", ".join(f"'{argument}'" for argument in arguments)
    return migrations.RunSQL(
        [
            f"CREATE TRIGGER {name}_{event.lower()} AFTER {event} ON {table} {tables[event]} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function_name}({given})"
            for event in events
        ],
        [f"DROP TRIGGER {name}_{event.lower()} ON {table}" for event in events],
    )


def app_role() -> str:
    return '"' + settings.DATABASE_APP_ROLE.replace('"', '""') + '"'
