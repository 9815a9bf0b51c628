"""Who reviews the access log reads there whose files were opened, by the numbers that the staff know them by."""

from django.db import migrations

from centers.walls import function

REACHED = """
  (SELECT wall.whole('view_access_log'))
  OR c.workspace_id = ANY ((SELECT wall.scope('view_access_log'))::bigint[])
  OR c.workspace_id = ANY ((SELECT wall.scope('view_clients'))::bigint[])
  OR c.shared_with && (SELECT wall.scope('view_clients'))::int[]
"""


class Migration(migrations.Migration):

    dependencies = [("cases", "0030_relations_asked_about")]

    operations = [
        function(
            "wall.numbers_of_files(asked bigint[])",
            f"""
            SELECT c.id, CASE WHEN c.ref <> '' THEN c.ref ELSE c.workspace_id || '-' || c.id END
            FROM cases_client c
            WHERE c.id = ANY (asked) AND ({REACHED})
            """,
            returns="TABLE (file bigint, number text)",
            definer=True,
            language="sql",
            traits="STABLE",
        ),
        function(
            "wall.files_numbered(at text, told text, place bigint, key bigint)",
            f"""
            SELECT c.id
            FROM centers_workspace w JOIN cases_client c ON c.workspace_id = w.id
            WHERE (at = '' OR w.code = at)
              AND (c.ref <> '' AND c.ref = told OR c.id = key AND c.workspace_id = place)
              AND ({REACHED})
            """,
            returns="SETOF bigint",
            definer=True,
            language="sql",
            traits="STABLE",
        ),
    ]
