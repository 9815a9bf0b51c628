"""What is on record stays: by a trigger, not by promise. Written through a function, since one may record what one may not read."""

from django.conf import settings
from django.db import migrations

ROLE = '"' + settings.DATABASE_APP_ROLE.replace('"', '""') + '"'


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_initial")]
    operations = [
        migrations.RunSQL(
            f"""
            CREATE FUNCTION wall.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              RAISE EXCEPTION 'rows of % are added and never changed', TG_TABLE_NAME
                USING ERRCODE = '23514', CONSTRAINT = 'append_only', TABLE = TG_TABLE_NAME;
            END $$;
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_auditentry
              FOR EACH ROW EXECUTE FUNCTION wall.refuse_change();
            REVOKE INSERT, UPDATE, DELETE ON audit_auditentry FROM {ROLE};

            CREATE FUNCTION wall.record(
              actor bigint, action text, workspace bigint, target_type text, target_id bigint, data jsonb
            ) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            BEGIN
              -- A person's request puts that person on record and nobody else.
              IF coalesce(current_setting('wall.scope', true), '') <> '' AND wall.actor() <> coalesce(actor, 0) THEN
                RAISE EXCEPTION 'nobody is put on record for another' USING ERRCODE = '42501';
              END IF;
              INSERT INTO audit_auditentry (at, actor_id, action, workspace_id, target_type, target_id, data)
              VALUES (now(), actor, action, workspace, target_type, target_id, data);
            END $$;
            REVOKE ALL ON FUNCTION wall.record FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION wall.record TO {ROLE};
            """,
            "DROP FUNCTION wall.record; DROP TRIGGER append_only ON audit_auditentry; DROP FUNCTION wall.refuse_change",
        )
    ]
