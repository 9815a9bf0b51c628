"""The second wall: the signed scope of a transaction, verified where the rows are."""

from django.db import migrations

from centers.walls import app_role, function


class Migration(migrations.Migration):
    dependencies = [("centers", "0001_initial"), ("audit", "0003_append_only")]
    operations = [
        migrations.RunSQL(
            f"""
            -- Only the owner reads the key that signs scopes; `prepare` writes it.
            CREATE TABLE wall.scope_key (
              only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
              key bytea NOT NULL CHECK (length(key) = 32)
            );
            REVOKE ALL ON wall.scope_key FROM {app_role()};
            -- Who could read what is kept: a membership is ended, never deleted.
            REVOKE DELETE ON centers_membership FROM {app_role()};
            """,
            "DROP TABLE wall.scope_key",
        ),
        function(
            "wall.today()",
            "SELECT (now() AT TIME ZONE 'Asia/Seoul')::date",
            returns="date",
            language="sql",
            traits="STABLE PARALLEL SAFE",
        ),
        # What the running transaction may see, or null. Signed for this very connection, so that a setting
        # forged by injected SQL, or carried over from another connection, is refused and not believed.
        function(
            "wall.payload()",
            """
            DECLARE
              token text := current_setting('wall.scope', true);
              body text;
              secret bytea;
            BEGIN
              IF coalesce(token, '') = '' THEN
                RAISE WARNING 'no scope is set: rows about people are hidden' USING ERRCODE = '01W01';
                RETURN NULL;
              END IF;
              body := substr(token, 66);
              SELECT key INTO secret FROM wall.scope_key;
              IF secret IS NULL OR left(token, 65) IS DISTINCT FROM encode(sha256(secret || sha256(
                   secret || convert_to(pg_backend_pid() || '.' || body, 'UTF8'))), 'hex') || '.' THEN
                RAISE EXCEPTION 'the scope is not signed for this connection' USING ERRCODE = '42501';
              END IF;
              RETURN body::jsonb;
            END
            """,
            returns="jsonb",
            definer=True,
            traits="STABLE PARALLEL RESTRICTED",
        ),
        function(
            "wall.scope(permission text)",
            """
            SELECT coalesce(
              (SELECT array_agg(value::bigint) FROM jsonb_array_elements_text(wall.payload() -> 'in' -> permission)),
              '{}')
            """,
            returns="bigint[]",
            language="sql",
            traits="STABLE PARALLEL RESTRICTED",
        ),
        function(
            "wall.whole(permission text)",
            "SELECT coalesce(wall.payload() -> 'all' ? permission, false)",
            returns="boolean",
            language="sql",
            traits="STABLE PARALLEL RESTRICTED",
        ),
        function(
            "wall.actor()",
            "SELECT (wall.payload() ->> 'user')::bigint",
            returns="bigint",
            language="sql",
            traits="STABLE PARALLEL RESTRICTED",
        ),
        function(
            "wall.key_is(fingerprint text)",
            "SELECT EXISTS (SELECT FROM wall.scope_key WHERE encode(sha256(key), 'hex') = fingerprint)",
            returns="boolean",
            definer=True,
            language="sql",
            traits="STABLE",
        ),
        # Nothing that happened lies in the future; the columns are the trigger's arguments.
        function(
            "wall.refuse_future()",
            """
            DECLARE
              found boolean;
            BEGIN
              EXECUTE format('SELECT EXISTS (SELECT FROM new_rows WHERE greatest(%s) > wall.today())',
                             array_to_string(TG_ARGV, ', ')) INTO found;
              IF found THEN
                RAISE EXCEPTION 'a date lies in the future'
                  USING ERRCODE = '23514', CONSTRAINT = 'not_in_the_future', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
        ),
        # The audit is read by those who review it; the app below could not name the wall yet.
        migrations.RunSQL(
            """
            ALTER TABLE audit_auditentry ENABLE ROW LEVEL SECURITY;
            CREATE POLICY view ON audit_auditentry FOR SELECT USING (
              (SELECT wall.whole('view_access_log'))
              OR workspace_id = ANY ((SELECT wall.scope('view_access_log'))::bigint[])
              OR actor_id = (SELECT wall.actor()));
            """,
            "DROP POLICY view ON audit_auditentry; ALTER TABLE audit_auditentry DISABLE ROW LEVEL SECURITY",
        ),
    ]
