"""Lists in the order of names, of the day of registration, of recording and of minutes, each carried by an index."""

from datetime import date

from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Coalesce

from centers.walls import function, on_statement

# The name that a file goes by, as its page and every list show it first: ``-kind``, then the older one.
GOES_BY = """coalesce((SELECT n.key FROM cases_clientname n WHERE n.client_id = c.id
                        ORDER BY n.kind DESC, n.id LIMIT 1), '')"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0038_months_within_operation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="client",
            name="sorted_as",
            field=models.TextField(blank=True, db_collation="C", db_default="", default="", editable=False),
        ),
        migrations.RunSQL(
            f"UPDATE cases_client c SET sorted_as = {GOES_BY}",
            migrations.RunSQL.noop,
        ),
        # A row that was read before its names changed would write the older key back.
        function(
            "wall.keep_sorted()",
            """
            BEGIN
              IF NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
                NEW.sorted_as := CASE WHEN TG_OP = 'INSERT' THEN '' ELSE OLD.sorted_as END;
              END IF;
              RETURN NEW;
            END
            """,
            returns="trigger",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER keep_sorted BEFORE INSERT OR UPDATE OF sorted_as ON cases_client "
            "FOR EACH ROW EXECUTE FUNCTION wall.keep_sorted()",
            "DROP TRIGGER keep_sorted ON cases_client",
        ),
        # Names that are entered, changed, removed, or moved to another file by a merge.
        function(
            "wall.sort_files()",
            f"""
            DECLARE
              files bigint[];
            BEGIN
              IF TG_OP = 'UPDATE' THEN
                SELECT array_agg(DISTINCT file) INTO files
                  FROM new_rows n JOIN old_rows o USING (id), unnest(ARRAY[n.client_id, o.client_id]) AS file
                 WHERE (n.client_id, n.kind, n.key) IS DISTINCT FROM (o.client_id, o.kind, o.key);
              ELSIF TG_OP = 'INSERT' THEN
                SELECT array_agg(DISTINCT n.client_id) INTO files FROM new_rows n;
              ELSE
                SELECT array_agg(DISTINCT o.client_id) INTO files FROM old_rows o;
              END IF;
              -- A few at a time: what looks at each change of a file compares all old rows with all new ones, and of
              -- twenty thousand names that are copied in that took minutes.
              FOR place IN 1 .. coalesce(array_length(files, 1), 0) BY 200 LOOP
                UPDATE cases_client c SET sorted_as = {GOES_BY}
                 WHERE c.id = ANY (files[place : place + 199]) AND c.sorted_as <> {GOES_BY};
              END LOOP;
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        on_statement("cases_clientname", "sort", "wall.sort_files", events=("INSERT", "UPDATE", "DELETE")),
        migrations.AddIndex(
            model_name="client",
            index=models.Index(
                Coalesce("recorded_on", models.Value(date(1, 1, 1))), "id", name="client_by_registration"
            ),
        ),
        migrations.AddIndex(
            model_name="client",
            index=models.Index(fields=["sorted_as", "id"], name="client_by_name"),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(fields=["workspace", "-recorded_at", "-id"], name="session_by_recording"),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index("workspace", Coalesce("minutes", models.Value(-1)), "id", name="session_by_minutes"),
        ),
    ]
