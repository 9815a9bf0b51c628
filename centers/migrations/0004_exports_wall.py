"""Whose exports are whose: one's own, beside those who review what was taken out."""

from django.db import migrations

from centers.walls import app_role, function

REVIEWED = """(SELECT wall.whole('view_access_log'))
  OR workspace_id = ANY ((SELECT wall.scope('view_access_log'))::bigint[])"""
OWN = "user_id = (SELECT wall.actor())"


class Migration(migrations.Migration):
    dependencies = [("centers", "0003_exports")]
    operations = [
        migrations.RunSQL(
            f"""
            ALTER TABLE centers_export ENABLE ROW LEVEL SECURITY;
            CREATE POLICY view ON centers_export FOR SELECT USING ({OWN} OR {REVIEWED});
            CREATE POLICY own_insert ON centers_export FOR INSERT WITH CHECK ({OWN});
            CREATE POLICY own_update ON centers_export FOR UPDATE USING ({OWN}) WITH CHECK ({OWN});
            REVOKE DELETE ON centers_export FROM {app_role()};
            """,
            "ALTER TABLE centers_export DISABLE ROW LEVEL SECURITY; DROP POLICY view ON centers_export; "
            "DROP POLICY own_insert ON centers_export; DROP POLICY own_update ON centers_export",
        ),
        # What a sweep has to do: exports without a sign of life, and files whose day is over. Ids and nothing else.
        function(
            "wall.exports_due(forgotten int)",
            """
            SELECT e.id, e.user_id, e.state = 'done' FROM centers_export e
             WHERE (e.state = 'queued' AND e.requested_at < now() - least(forgotten, 60) * interval '1 second')
                OR (e.state = 'running' AND e.progressed_at < now() - forgotten * interval '1 second')
                OR (e.state = 'done' AND e.expires_at <= now())
            """,
            returns="TABLE (export bigint, owner bigint, over boolean)",
            definer=True,
            language="sql",
            traits="STABLE",
        ),
    ]
